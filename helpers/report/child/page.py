"""The page of one child."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from helpers.profile import declared_elements, folded
from helpers.report.blocks import Block, escape
from helpers.report.charts.timeline import Happening, year_timeline
from helpers.report.child.indicators import indicator_section
from helpers.report.child.values import (
    TIES,
    KnownValue,
    SystemName,
    each_row,
    known_values,
    name_of,
    of_year,
    value_texts,
)
from helpers.report.display_names import (
    element_name,
    element_names,
    grade_name,
    short_display_name,
    short_names,
    status_word,
)
from helpers.standard import first_day, last_day

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["ChildPage", "ChildView", "child_page", "disputed", "role_name", "system_names"]


# Element and year -> files and rows behind it.
Places = Callable[[str, int | None], str]

TENETS = ("Healthy", "Safe", "Engaged", "Supported", "Challenged")
_DOMAINS = {
    "roster": "Name and school",
    "programs": "Support programs",
    "wellbeing": "Well-being",
    "assessment": "Tests",
    "learning": "Learning",
    "career": "Career and graduation",
    "family": "Family contact",
    "activities": "Activities and interests",
    "meals": "School meals",
}
_THINK = (
    '<span class="unchecked"><span aria-hidden="true">?</span> we think so, but no one has checked</span>'
)


class ChildView(Protocol):
    """What is read of a view of one child."""

    @property
    def role(self) -> str:
        """Who looks."""

    @property
    def school_year(self) -> int | None:
        """The year that is shown."""

    @property
    def children(self) -> pd.DataFrame:
        """One row a child."""

    @property
    def values(self) -> pd.DataFrame:
        """Rows of table ``values``."""

    @property
    def timeline(self) -> pd.DataFrame:
        """Rows of table ``timeline``."""

    @property
    def indicators(self) -> pd.DataFrame:
        """Rows of table ``indicators``."""

    @property
    def withheld(self) -> pd.DataFrame:
        """What the role may not see, by domain: ``title, allow, why, citation``."""


@dataclass(frozen=True)
class ChildPage:
    """A page, and what stands behind each of its buttons."""

    # HTML in which every text is escaped, and the page in a sentence.
    block: Block
    # Whose page it is, as it may be said to this role.
    title: str
    # Number of an opener on the page -> what it opens: a value (element and year), an indicator (elements and
    # year) or a dated line (silo, file, row and kind).
    opens: tuple[dict[str, Any], ...]


def role_name(role: str) -> str:
    """Say a role in words."""
    return role.replace("_", " ")


def system_names(systems: pd.DataFrame) -> dict[str, SystemName]:
    """Name the systems of a source."""
    columns = systems[["silo", "system", "title", "newest_day"]].astype({"silo": "string"})
    names = short_display_name({row.silo: (row.system, row.title) for row in each_row(columns)})
    return {
        row.silo: SystemName(names[row.silo], row.newest_day if pd.notna(row.newest_day) else None)
        for row in each_row(columns)
    }


class _Openers:
    """Numbers what can be opened, in the order of the page."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []

    def details(self, summary: str, place: str, **opens: Any) -> str:
        self.all.append(opens)
        inside = f'<p class="place">{escape(place)}</p>' if place else ""
        return (
            f'<details class="open" data-open="{len(self.all) - 1}"><summary>{summary}</summary>'
            f'<div class="opened">{inside}</div></details>'
        )


def child_page(
    view: ChildView,
    systems: Mapping[str, SystemName],
    *,
    note: str,
    invented: bool = False,
    strengths: Sequence[str] = (),
    schools: Mapping[str, str] | None = None,
    places: Places | None = None,
) -> ChildPage:
    """Lay out a child's page."""
    if len(view.children) != 1:
        raise ValueError("A page is one child's: give the view of one.")
    child = view.children.iloc[0]
    days = [system.newest for system in systems.values() if system.newest is not None]
    values = of_year(view.values, view.school_year)
    known = known_values(values, systems, max(days, default=None))
    openers = _Openers()
    title = _title(child)
    parts = [
        _head(child, title, view, known, note, invented),
        _going_well(strengths),
        _tenets(known, openers, places),
        indicator_section(view.indicators, view.school_year, openers.details),
        _year(view, systems, openers, schools or {}),
        _missing(values, view.withheld, systems),
    ]
    markup = f'<article class="child-page" aria-label="{escape(title)}">{"".join(parts)}</article>'
    text = f"{title}, seen as: {role_name(view.role)}. {len(known)} things are known."
    return ChildPage(Block(markup, text), title, tuple(openers.all))


def _said(child: pd.Series, name: str) -> str:
    value = child.get(name)
    return "" if value is None or pd.isna(value) else str(value)


def _title(child: pd.Series) -> str:
    """Name a child as this role may: by name, else by its code."""
    name = " ".join(part for part in (_said(child, "first_name"), _said(child, "last_surname")) if part)
    return name or ("No name on record" if "first_name" in child.index else f"Child {_said(child, 'child')}")


def _head(
    child: pd.Series, title: str, view: ChildView, known: list[KnownValue], note: str, invented: bool
) -> str:
    facts = [grade_name(_said(child, "grade_level")), _said(child, "school") or "school not known"]
    if view.school_year is not None:
        facts.append(f"school year {view.school_year - 1}–{view.school_year}")
    facts.append(f"seen as: {role_name(view.role)}")
    against, unchecked = (
        sum(bool(line.against) for line in known),
        sum(line.unchecked for line in known),
    )
    told = [f"{_count(len(known), 'thing is', 'things are')} known" if known else "nothing is known"]
    told.append(f"{_count(against, 'is', 'are')} contradicted by another system")
    told.append(f"{_count(unchecked, 'stands', 'stand')} on a record that waits for a check")
    return (
        f'<header><p class="{"note" if invented else "note restricted"}">{escape(note)}</p>'
        f"<h2>{escape(title)}</h2>"
        f'<p class="facts">{escape(" · ".join(facts))}</p><p>{escape("; ".join(told))}.</p></header>'
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number or 'none'} {many if number > 1 else one}"


def _going_well(strengths: Sequence[str]) -> str:
    if not strengths:
        told = "<p>These systems tell nothing of it to this role. A system isn’t all there is: ask.</p>"
    else:
        told = "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in strengths) + "</ul>"
    return f"<section><h3>What is going well</h3>{told}</section>"


def _tenets(known: list[KnownValue], openers: _Openers, places: Places | None) -> str:
    parts = ["<section><h3>What is known, by tenet</h3>"]
    for tenet in TENETS:
        own = [line for line in known if line.element.tenet == tenet]
        if not own:
            continue
        parts.append(f'<section class="tenet"><h4>{tenet}</h4>')
        for domain in dict.fromkeys(line.element.domain for line in own):
            name = _DOMAINS.get(domain, domain.replace("_", " ").capitalize())
            lines = [_value(line, openers, places) for line in own if line.element.domain == domain]
            parts.append(f'<h5>{escape(name)}</h5><dl class="values">{"".join(lines)}</dl>')
        parts.append("</section>")
    if not known:
        parts.append("<p>Nothing that this role may see is known.</p>")
    return "".join(parts) + "</section>"


def _value(line: KnownValue, openers: _Openers, places: Places | None) -> str:
    summary = escape(line.source)
    where = line.place
    if places is not None and line.counted:
        where = f"{where}: {places(line.element.name, line.school_year)}".removesuffix(": ")
    place = f"{line.element.meaning}. {where}." if where else f"{line.element.meaning}."
    opened = openers.details(
        summary, place, element=line.element.name, school_year=line.school_year, what=line.what
    )
    of = f' <span class="of">{escape(line.of)}</span>' if line.of else ""
    marks = f"<p>{_THINK}</p>" if line.unchecked else ""
    if line.against:
        others = "; ".join(f"{system} says {text}" for system, text in line.against)
        marks += (
            f'<p class="against"><span aria-hidden="true">≠</span> {escape(others)}. '
            f'<span class="rule">{escape(line.rule)}</span></p>'
        )
    said = f"<strong>{escape(line.says)}</strong>{of}{opened}{marks}"
    wide = ' class="wide"' if line.against or line.unchecked else ""
    return f"<div{wide}><dt>{escape(line.what)}</dt><dd>{said}</dd></div>"


def _year(
    view: ChildView, systems: Mapping[str, SystemName], openers: _Openers, schools: Mapping[str, str]
) -> str:
    year = view.school_year
    head = "<section><h3>One year, one lane a system</h3>"
    line = view.timeline
    if line.empty or year is None:
        return f"{head}<p>No dated line that this role may see is joined to this child.</p></section>"
    begin, end = first_day(year), last_day(year)
    line = line[line["date"].between(pd.Timestamp(begin), pd.Timestamp(end)).to_numpy(dtype=bool)]
    line = line.sort_values(["date", "silo"], kind="stable")
    told = view.values[~view.values["status"].isin(["Not linked", "Not collected"]).to_numpy(dtype=bool)]
    knowing = set(told["silo"].dropna()) | set(view.timeline["silo"].dropna())
    names = [system.name for silo, system in systems.items() if silo in knowing]
    strangers = set(view.values["silo"].dropna()) - knowing
    others = [system.name for silo, system in systems.items() if silo in strangers]
    happenings, rows = [], []
    for row in each_row(line):
        system = name_of(row.silo, systems)
        what = "of no known kind" if pd.isna(row.event) else str(row.event)
        happenings.append(Happening(row.date.date(), system, what))
        more = "" if pd.isna(row.detail) else _with_schools(str(row.detail), schools)
        opened = ""
        file, number = getattr(row, "file", pd.NA), getattr(row, "row", pd.NA)
        if not pd.isna(file) and not pd.isna(number):
            place = f"{file}, row {int(number)}"
            opened = openers.details(
                "its row", place, silo=row.silo, file=file, row=int(number), kind=row.kind
            )
        sure = f"<br>{_THINK}" if row.link_band in ("Unverified", "Review") else ""
        rows.append(
            f'<tr><td class="date">{row.date:%Y-%m-%d}</td><td>{escape(system)}</td>'
            f"<td>{escape(what)}{sure}</td><td>{escape(more)}</td><td>{opened}</td></tr>"
        )
    lanes = year_timeline(happenings, names, {}, begin, end)
    heads = "".join(
        f'<th scope="col">{name}</th>' for name in ("day", "system", "what", "more of it", "from")
    )
    table = (
        f"<details><summary>The same as a table: {_count(len(rows), 'dated line', 'dated lines')}</summary>"
        '<div class="table-scroll" tabindex="0" role="group" aria-label="Dated lines"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></details>"
    )
    caption = "Each mark is a dated line of one system. No mark on a day: none of them wrote anything."
    if others:
        caption += f" No record is joined to this child in: {', '.join(others)}."
    return f"{head}<figure>{lanes.markup}<figcaption>{escape(caption)}</figcaption></figure>{table}</section>"


def _with_schools(detail: str, schools: Mapping[str, str]) -> str:
    return ", ".join(schools.get(part, part) for part in detail.split(", "))


def _missing(values: pd.DataFrame, withheld: pd.DataFrame, systems: Mapping[str, SystemName]) -> str:
    declared = {each.name for each in declared_elements()}
    lacking = values[
        (
            values["chosen"] & values["status"].ne("Reported") & values["element"].isin(list(declared))
        ).to_numpy(bool)
    ]
    gathered: dict[tuple[str, str], list[str]] = {}
    columns = (lacking[name].tolist() for name in ("element", "status", "silo"))
    for name, status, silo in zip(*columns, strict=True):
        where = name_of(silo, systems)
        if pd.isna(silo):
            where = "No system here" if status == "Not collected" else "Several systems"
        gathered.setdefault((status_word(status), where), []).append(element_name(name))
    items = [
        f"<li><strong>{escape(where)}</strong>: {escape(', '.join(what))} "
        f'<span class="why">({escape(reason)})</span></li>'
        for (reason, where), what in gathered.items()
    ]
    parts = ["<section><h3>What is missing, and where it would come from</h3>"]
    if items:
        parts.append(f'<ul class="lacking">{"".join(items)}</ul>')
    else:
        parts.append("<p>Of what this role may see, nothing is missing.</p>")
    hidden = [
        f"<li><strong>{escape(row.title)}</strong>: {escape(row.why)} "
        f'<span class="citation">({escape(row.citation)})</span></li>'
        for row in each_row(withheld)
    ]
    if hidden:
        parts.append(
            "<h4>What this role doesn’t see of any child</h4>"
            "<p>Whether there is anything of it about this child isn’t said.</p>"
            f'<ul class="withheld">{"".join(hidden)}</ul>'
        )
    return "".join(parts) + "</section>"


# A name or a birth date: there is one truth, and somebody at home knows it.
OF_WHOM = ("birth_date", "last_surname", "first_name")


def disputed(values: pd.DataFrame, district: District) -> pd.DataFrame:
    """Put what systems say of one thing about one child beside each other, where they disagree.

    Parameters
    ----------
    values
        Table ``values``; only children who may be shown should be in it.
    district
        The district: what its systems are called.

    Returns
    -------
    pandas.DataFrame
        ``what, system, says, of_day, tie``: one row a system and value, all of one birth date or name of one
        child; without rows where no two systems disagree about any.
    """
    said = values[values["element"].isin(list(OF_WHOM)) & values["status"].eq("Reported")]
    said = said.assign(word=folded(said["value"]))
    of_two = said.groupby(["child", "element"], sort=False)["word"].nunique().gt(1)
    against = of_two[of_two].reset_index()
    columns = ["what", "system", "says", "of_day", "tie"]
    if against.empty:
        return pd.DataFrame(columns=columns)
    # A birth date before a name, since no custom explains two of them; then what most systems speak of.
    against = against.assign(
        place=against["element"].map({name: place for place, name in enumerate(OF_WHOM)}),
        systems=-said.groupby(["child", "element"])["silo"]
        .nunique()
        .reindex(pd.MultiIndex.from_frame(against[["child", "element"]]))
        .to_numpy(),
    )
    first = against.sort_values(["place", "systems", "child"], kind="stable").iloc[0]
    hers = said[said["child"].eq(first["child"]) & said["element"].eq(first["element"])]
    hers = hers.drop_duplicates(["element", "silo", "word"])
    return pd.DataFrame(
        {
            "what": element_names(hers["element"]),
            "system": hers["silo"].map(dict(short_names(district.layouts))).astype("string"),
            "says": value_texts(hers),
            "of_day": hers["as_of"],
            "tie": hers["link_band"].map(TIES).astype("string"),
        }
    ).reset_index(drop=True)[columns]
