"""Write the index of a run: four sentences, one chart, the reports, and the source of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from helpers.files import write_atomically
from helpers.report.blocks import banner, is_invented, where_from
from helpers.report.charts.bars import stacked_bars
from helpers.report.charts.picture import Picture
from helpers.report.pages.page import Failure
from helpers.report.tables import as_number, number_text, table_markup
from helpers.report.templates import render
from helpers.report.theme import page_css
from helpers.share import NOT_SHOWN, SMALLEST_GROUP

__all__ = ["CHANGED_PAGE", "Count", "IndexFigures", "ReportLine", "index_page", "sentences"]

# A number; the guard's text instead ("fewer than 10"); or None: it can't be scored.
Count = int | str | None

_MOST_NAMED = 6
_RUNS_SHOWN = 12
CHANGED_PAGE = "what_changed.html"


@dataclass(frozen=True)
class IndexFigures:
    """Figures of the index, computed elsewhere: this room only writes them."""

    # Name of the district, or of the folder.
    place: str
    # Number of children on the roster; in all systems together without a roster.
    children: Count
    # Number of children in each system, by its display name.
    systems: Mapping[str, Count]
    # Of ``children``: those on the roster, which a synthetic district has this school year; None without an
    # answer key.
    on_roster: Count = None
    enrolled: Count = None
    # Children linked in all systems that serve them; None without an answer key.
    joined: Count = None
    # Children linked in all systems, whether or not they serve them; shown if ``joined`` is None.
    joined_everywhere: Count = None
    # Children linked to another child's records without any check noticing; None without an answer key.
    wrong_unnoticed: Count = None
    # The same for a lookup by number alone; None without an answer key.
    looked_up_wrong: Count = None
    # Records that need review.
    waiting: Count = None
    # Records linked by an id that nothing could verify.
    unverified: Count = None
    # Rows of the chart: name of the row, then right, missed, wrong … in children.
    outcomes: Mapping[str, Mapping[str, Count]] = field(default_factory=dict)
    # What the rows of the chart count.
    outcomes_count: str = "records of children"
    # Finding of the chart, and the systems with a bar in it.
    picture_title: str = ""
    picture_caption: str = ""
    # The first step, as a sentence.
    first_step: str = ""
    # Link confidence of each system's records as text; shown if there is no answer key.
    ties: pd.DataFrame | None = None
    # Systems without any linked record, by display name.
    apart: Sequence[str] = ()
    # Files without a layout, so that reports have nothing from them.
    unknown_files: Sequence[str] = ()
    # The system assumed to be the roster, if no layout declares one, as a sentence; otherwise empty.
    roster: str = ""


@dataclass(frozen=True)
class ReportLine:
    """One report in the index."""

    # The question that it answers.
    title: str
    # Address of its page next to the index; empty if none.
    page: str
    # Reading time.
    minutes: int | None = None
    # ``done`` or ``failed``.
    status: str = "done"
    # Where it failed.
    failed: Failure | None = None

    @property
    def said(self) -> str:
        """The status as text."""
        return "complete" if self.status == "done" else "not complete"


def _children(count: Count) -> str:
    """Format a count of children with noun and verb: one child is, two children are."""
    text = number_text(count)
    if as_number(count) == 0:
        return "**No** child is"
    return f"**{text[:1].upper()}{text[1:]}** {'child is' if as_number(count) == 1 else 'children are'}"


def _known(figures: IndexFigures) -> str:
    known = {name: count for name, count in figures.systems.items() if count is not None}
    if not known:
        return "No system in this folder names a child."
    if len(known) <= _MOST_NAMED:
        (first, count), *rest = known.items()
        first = first[:1].upper() + first[1:]
        said = f"{first} knows **{number_text(count)}** {'child' if count == 1 else 'children'}"
        others = [f"{name} **{number_text(other)}**" for name, other in rest]
        if not others:
            return f"{said}."
        return f"{said}, {', '.join(others[:-1])}{', ' if others[:-1] else ''}{others[-1]}."
    numbers = {name: as_number(count) for name, count in known.items()}
    sure = {name: number for name, number in numbers.items() if number is not None}
    if not sure:
        return f"{len(known)} systems each know fewer than {SMALLEST_GROUP} children."
    least, most = min(sure, key=sure.__getitem__), max(sure, key=sure.__getitem__)
    if len(sure) < len(known):
        return (
            f"{len(known)} systems know up to **{number_text(sure[most])}** children ({most}); "
            f"{len(known) - len(sure)} of them know fewer than {SMALLEST_GROUP}."
        )
    return (
        f"{len(known)} systems know between **{number_text(sure[least])}** children ({least}) "
        f"and **{number_text(sure[most])}** ({most})."
    )


def sentences(figures: IndexFigures) -> list[str]:
    """Summarize this run in four sentences; numbers are between ``**``."""
    of_all = "" if figures.children in (None, NOT_SHOWN) else f" of **{number_text(figures.children)}**"
    lines = [f"{_known(figures)}{_who_is_counted(figures)}"]
    if figures.joined is not None:
        number = as_number(figures.joined)
        noun = "child is" if number == 1 else "children are"
        said = f"**{number_text(figures.joined)}**{of_all} {noun} joined in all systems that should know them"
        lines.append(f"{said}{_apart(figures.apart)}.")
    else:
        unjudged = "how many should be cannot be judged, since there is no answer key."
        if len(figures.systems) == 1:
            lines.append("One system alone has nothing to be joined to: add the exports of another one.")
        elif figures.joined_everywhere is None:
            lines.append(unjudged[0].upper() + unjudged[1:].replace("should be", "should be joined"))
        else:
            lines.append(f"{_children(figures.joined_everywhere)} joined in every system; {unjudged}")
    lines.append(_joined_wrongly(figures))
    lines.append(f"First thing to do: {figures.first_step or 'nothing stands out; read the reports below.'}")
    return lines


def _apart(systems: Sequence[str]) -> str:
    """Name the systems that are linked to no other, as the end of a sentence."""
    if not systems:
        return ""
    named = " and ".join([*([", ".join(systems[:-1])] if systems[:-1] else []), systems[-1]])
    shares = "shares nothing" if len(systems) == 1 else "share nothing"
    system = "system" if len(systems) == 1 else "systems"
    return f": **{len(systems)}** {system} ({named}) {shares} with any other that could tell who is who"


def _joined_wrongly(figures: IndexFigures) -> str:
    """Describe children linked to another child: by a lookup of numbers alone, and by verified links."""
    if figures.wrong_unnoticed is None:
        known = [
            f"{number_text(count)} {one if as_number(count) == 1 else more}"
            for count, one, more in (
                (
                    figures.unverified,
                    "record is joined by an id that nothing could verify",
                    "records are joined by an id that nothing could verify",
                ),
                (figures.waiting, "record waits for a person", "records wait for a person"),
            )
            if count is not None and count != 0
        ]
        return (
            "Whether a child is joined to another child's records cannot be judged without an answer key"
            + (f"; {' and '.join(known)}." if known else ".")
        )
    if figures.looked_up_wrong is None:
        if figures.wrong_unnoticed == 0:
            return "**No child** is joined to another child's records without a check noticing."
        return (
            f"{_children(figures.wrong_unnoticed)} joined to another child's records, and no check noticed."
        )
    number = as_number(figures.looked_up_wrong)
    wrong = "no child" if number == 0 else f"{number_text(figures.looked_up_wrong)} child"
    noun = wrong if number in (0, 1) else f"{wrong}ren"
    verified = "none is" if figures.wrong_unnoticed == 0 else number_text(figures.wrong_unnoticed)
    return (
        f"Looked up by number alone, **{noun}** would be joined to another child's records with nothing "
        f"looking wrong; joined by all that the systems say of a child, **{verified}**."
    )


def _not_read(files: Sequence[str]) -> str:
    """Name the files without a layout, and what to do about them."""
    if not files:
        return ""
    named = ", ".join(file.rsplit("/", 1)[-1] for file in files[:_MOST_NAMED])
    more = f" and {len(files) - _MOST_NAMED:,} more" if len(files) > _MOST_NAMED else ""
    one = len(files) == 1
    return (
        f"**{len(files):,}** {'file is' if one else 'files are'} known to no layout, and nothing of "
        f"{'it' if one else 'them'} is in these pages: {named}{more}. Next step: bigpicture start FOLDER "
        f"drafts {'its layout' if one else 'a layout of each'}, which a person corrects."
    )


def _ties(figures: IndexFigures) -> Markup | None:
    if figures.ties is None or figures.ties.empty:
        return None
    heads = {"records": "records of children", "how": "how they are joined to other systems"}
    # For a real folder, these are counts of children, under a heading for that.
    return table_markup(figures.ties, caption="How each system's children are joined", names=heads)[0]


def _title(figures: IndexFigures) -> str:
    count = len(figures.systems)
    if figures.children is None or not count:
        return f"{figures.place}: what this run found"
    systems = "one system knows" if count == 1 else f"{count} systems know"
    if figures.children == NOT_SHOWN:
        return f"{figures.place}: what {systems} of its children"
    return f"{figures.place}: what {systems} of {number_text(figures.children)} children"


def _picture(figures: IndexFigures) -> Picture | None:
    counts = [as_number(count) for row in figures.outcomes.values() for count in row.values()]
    if not any(counts):
        # If there is nothing to draw, or every part is too small to show, a chart says nothing.
        return None
    hidden = any(isinstance(count, str) for row in figures.outcomes.values() for count in row.values())
    small = f"A row with a group of fewer than {SMALLEST_GROUP} children is shown in words." if hidden else ""
    caption = f"{figures.picture_caption} {small}".strip()
    return stacked_bars(
        figures.outcomes,
        title=figures.picture_title or "How the children of each system are joined",
        unit=figures.outcomes_count,
        caption=caption,
    )


def _earlier(earlier: pd.DataFrame | None, runs: str) -> tuple[Markup, int] | None:
    """List earlier runs, with a link if their folder still exists, and count the rest."""
    if earlier is None or earlier.empty:
        return None
    shown = earlier.head(_RUNS_SHOWN)
    names: list[str] = list(shown["run"].fillna("")) if "run" in shown.columns else []
    links = [f"{runs}{name}/index.html" if name else "" for name in names]
    table = table_markup(shown.drop(columns="run", errors="ignore"), label="Earlier runs", links=links)[0]
    return table, len(earlier) - len(shown)


def _made(about: Mapping[str, object], synthetic: bool, version: str) -> dict[str, Any]:
    if synthetic:
        origin = where_from(about)
        return {
            "title": "This district is invented",
            "lines": [
                "No child, family or school in it exists. It is made by a program that also wrote down "
                "the truth, so that every join here could be checked.",
                f"{origin}. The same scenario and seed make the same district again." if origin else "",
            ],
        }
    return {
        "title": "How this was made",
        "lines": [
            "These are a district's own exports, read on this machine; nothing was sent anywhere. "
            f"Groups of fewer than {SMALLEST_GROUP} children are not shown, nor is any child's name, "
            "number or record.",
            "There is no answer key to such a folder: a person has to look at what is right and wrong.",
            f"Made with version {version}." if version else "",
        ],
    }


def index_page(
    out_path: Path,
    figures: IndexFigures | None,
    reports: Sequence[ReportLine],
    about: Mapping[str, object],
    *,
    synthetic: bool | None = None,
    version: str = "",
    earlier: pd.DataFrame | None = None,
    changed: Sequence[str] = (),
    pages: str = "",
    runs: str = "",
    trouble: str = "",
) -> Path:
    """Write the index of a run."""
    invented = is_invented(about) if synthetic is None else synthetic
    made = _made(about, invented, version)
    made["lines"] = [line for line in made["lines"] if line]
    lines = [replace(line, page=pages + line.page if line.page else "") for line in reports]
    markup = render(
        "report/pages/templates/index.html.j2",
        title=_title(figures) if figures else "The reports of this run",
        trouble=trouble,
        css=page_css(),
        banner=banner(about, invented).markup,
        sentences=sentences(figures) if figures else [],
        picture=_picture(figures) if figures else None,
        ties=_ties(figures) if figures else None,
        roster=figures.roster if figures else "",
        not_read=_not_read(figures.unknown_files) if figures else "",
        reports=lines,
        made=made,
        changed=changed,
        changed_page=f"{pages}{CHANGED_PAGE}",
        earlier=_earlier(earlier, runs),
    )
    write_atomically(out_path, markup.encode("utf-8"), private=False)
    return out_path


def _who_is_counted(figures: IndexFigures) -> str:
    """Explain why a system can have more children than there are, and who all the children are."""
    if figures.children is None or len(figures.systems) < 2:
        return ""
    twice = " A child with two records that nothing joins counts twice, and children who have left count too."
    children, roster, enrolled = map(as_number, (figures.children, figures.on_roster, figures.enrolled))
    said = number_text(figures.children)
    if figures.children == NOT_SHOWN:
        return twice
    if children is None or roster is None:
        # Without a key, nobody knows the real number of children behind the records.
        return (
            f"{twice} **{said}** are all children of any record, as far as they are joined, "
            "those who have left among them."
        )
    whole = (
        f"{twice} The systems hold records of **{said}** children in all, "
        f"**{number_text(figures.on_roster)}** of them on the roster"
    )
    if enrolled is None or children <= enrolled:
        return f"{whole}."
    return (
        f"{whole}; **{number_text(figures.enrolled)}** belong to this school year, "
        "and the rest left or graduated before it."
    )
