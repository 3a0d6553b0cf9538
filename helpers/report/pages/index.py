"""Write the first page of a run: three sentences, one picture, three actions, and what each report found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from helpers.files import describe_tables, write_atomically
from helpers.report.blocks import banner, folded, is_invented
from helpers.report.charts.picture import Picture
from helpers.report.pages.explain import page_of_measure, pages_of
from helpers.report.pages.page import Failure
from helpers.report.tables import table_markup
from helpers.report.templates import link_measures, render
from helpers.report.theme import page_css
from helpers.report.to_do import Action, Count
from helpers.standard import measures_in

__all__ = ["CHANGED_PAGE", "IndexFigures", "Lead", "ReportLine", "index_page"]

# Measures that have a page of their own in this run, each with its place.
Explains = Collection[tuple[str, str]]
_MOST_NAMED = 6
_RUNS_SHOWN = 12
CHANGED_PAGE = "what_changed.html"


@dataclass(frozen=True)
class Lead:
    """One of the three sentences: a word in the margin, then the sentence; numbers are between ``**``."""

    word: str
    sentence: str
    # The measure whose list the sentence opens; empty if none.
    measure: str = ""


@dataclass(frozen=True)
class IndexFigures:
    """What the first page shows; `helpers.report.runs.first_page` computes it."""

    # Name of the district, or of the folder.
    place: str
    # The finding, as a headline.
    title: str
    # Children with a record in any system.
    children: Count
    # Children whose page is complete, and those whose page shows another child's record without any check
    # noticing. None without an answer key.
    complete: Count = None
    undetected: Count = None
    sentences: Sequence[Lead] = ()
    picture: Picture | None = None
    actions: Sequence[Action] = ()
    # Which of them come first, as a sentence.
    order: str = ""
    # The numbers of the sentences, if there is an answer key; without one, `links` has them. Its column
    # ``measure`` names the measure whose page a row opens.
    numbers: pd.DataFrame | None = None
    # Sentences about what can't be known yet, how fresh the data are, and how this was made.
    unknown: Sequence[str] = ()
    fresh: Sequence[str] = ()
    made: Sequence[str] = ()
    # Link confidence of each system's records as text, if there is no answer key.
    links: pd.DataFrame | None = None
    # Files without a layout, so that reports have nothing from them.
    unknown_files: Sequence[str] = ()
    # The system assumed to be the roster, if no layout declares one, as a sentence; otherwise empty.
    roster: str = ""

    @property
    def measures(self) -> set[tuple[str, str]]:
        """Name the measures that the page says or whose lists it opens, each with its place."""
        names = {one.measure for one in self.sentences}
        names |= set(self.numbers["measure"]) if self.numbers is not None else set()
        text = [self.title, *(one.sentence for one in self.sentences), *self.unknown, *self.fresh, *self.made]
        for step in self.actions:
            text += [f"{step.many}", step.what, step.effect]
        return {(name, "") for name in names - {""}} | {one for part in text for one in measures_in(part)}


@dataclass(frozen=True)
class ReportLine:
    """One report in the index."""

    # The question that it answers.
    title: str
    # Address of its page next to the index; empty if none.
    page: str
    # Its main finding, as a sentence; numbers are between ``**``. Empty if it has none.
    finding: str = ""
    # ``done`` or ``failed``.
    status: str = "done"
    # Where it failed.
    failed: Failure | None = None


def _not_read(files: Sequence[str]) -> str:
    """Name the files without a layout, and what to do about them."""
    if not files:
        return ""
    named = ", ".join(file.rsplit("/", 1)[-1] for file in files[:_MOST_NAMED])
    more = f" and {len(files) - _MOST_NAMED:,} more" if len(files) > _MOST_NAMED else ""
    one = len(files) == 1
    return (
        f"The kit can't read **{describe_tables(files)}** yet, so these pages show "
        f"nothing of {'it' if one else 'them'}: {named}{more}. bigpicture start FOLDER drafts "
        f"{'its layout' if one else 'their layouts'}, and a person corrects the draft."
    )


def _links(figures: IndexFigures | None) -> Markup | None:
    if figures is None or figures.links is None or figures.links.empty:
        return None
    # Of a real folder, the rows count children; else records.
    title = f"How each system's {figures.links.columns[1]} are linked"
    heads = {"how": "how they are linked to other systems"}
    return folded(title, table_markup(figures.links, label=title, names=heads)[0])


def _numbers(figures: IndexFigures | None, explains: Explains, pages: str) -> Markup | None:
    if figures is None or figures.numbers is None:
        return None
    title = "The numbers of the sentences, and who is behind each"
    links = [_page_of(name, explains, pages) for name in figures.numbers["measure"]]
    shown = figures.numbers.drop(columns="measure")
    return folded(title, table_markup(shown, label=title, links=links)[0])


def _page_of(measure: str, explains: Explains, pages: str) -> str:
    return f"{pages}{page_of_measure(measure)}" if (measure, "") in explains else ""


def _earlier(earlier: pd.DataFrame | None, runs: str) -> tuple[Markup, int] | None:
    """List earlier runs, with a link if their folder still exists, and count the rest."""
    if earlier is None or earlier.empty:
        return None
    shown = earlier.head(_RUNS_SHOWN)
    names: list[str] = list(shown["run"].fillna("")) if "run" in shown.columns else []
    links = [f"{runs}{name}/index.html" if name else "" for name in names]
    table = table_markup(shown.drop(columns="run", errors="ignore"), label="Earlier runs", links=links)[0]
    return table, len(earlier) - len(shown)


def index_page(
    out_path: Path,
    figures: IndexFigures | None,
    reports: Sequence[ReportLine],
    about: Mapping[str, object],
    *,
    synthetic: bool | None = None,
    earlier: pd.DataFrame | None = None,
    changed: Sequence[str] = (),
    pages: str = "",
    runs: str = "",
    trouble: str = "",
    explains: Explains = (),
) -> Path:
    """Write the first page of a run.

    ``explains`` names the measures that have a page of their own in this run, each with its place.
    ``pages`` and ``runs`` are the addresses of this run's folder and of the folder of runs, relative to the
    page. A step leads only to a report that this run has.
    """
    invented = is_invented(about) if synthetic is None else synthetic
    lines = [replace(line, page=pages + line.page if line.page else "") for line in reports]
    there = {line.page for line in reports if line.status == "done"}
    actions = [
        replace(one, page=pages + one.page if one.page in there else "")
        for one in (figures.actions if figures else ())
    ]
    markup = render(
        "report/pages/templates/index.html.j2",
        title=figures.title if figures else "The reports of this run",
        trouble=trouble,
        css=page_css(),
        banner=banner(about, invented).markup,
        figures=figures,
        actions=actions,
        links=_links(figures),
        numbers=_numbers(figures, explains, pages),
        lists=[_page_of(lead.measure, explains, pages) for lead in figures.sentences] if figures else [],
        not_read=_not_read(figures.unknown_files) if figures else "",
        reports=lines,
        changed=changed,
        changed_page=f"{pages}{CHANGED_PAGE}",
        earlier=_earlier(earlier, runs),
    )
    linked = link_measures(markup, pages_of(explains, pages))
    write_atomically(out_path, linked.encode("utf-8"), private=not invented)
    return out_path
