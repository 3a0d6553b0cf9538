"""Lay out the page of one child."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
from markupsafe import Markup

from helpers.profile import declared_elements, folded
from helpers.report.blocks import Block
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
from helpers.report.templates import render
from helpers.standard import first_day, last_day

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["ChildPage", "ChildView", "child_page", "disputed", "role_name", "system_names"]


# Element and year -> source files and rows.
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


class ChildView(Protocol):
    """Parts of a view of one child that the page needs."""

    @property
    def role(self) -> str:
        """Role of the viewer."""

    @property
    def school_year(self) -> int | None:
        """School year shown."""

    @property
    def children(self) -> pd.DataFrame:
        """One row per child."""

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
    """A page, and the source rows of each button."""

    # HTML with all text escaped, and the page in a sentence.
    block: Block
    # The child's name as this role may see it.
    title: str
    # Number of a button on the page -> what it opens: a value (element and year), an indicator (elements and
    # year) or a dated line (silo, file, row and kind).
    opens: tuple[dict[str, Any], ...]


def role_name(role: str) -> str:
    """Describe a role."""
    return role.replace("_", " ")


def system_names(systems: pd.DataFrame) -> dict[str, SystemName]:
    """Return the display names of a source's systems."""
    columns = systems[["silo", "system", "title", "latest_day"]].astype({"silo": "string"})
    names = short_display_name({row.silo: (row.system, row.title) for row in each_row(columns)})
    return {
        row.silo: SystemName(names[row.silo], row.latest_day if pd.notna(row.latest_day) else None)
        for row in each_row(columns)
    }


@dataclass(frozen=True)
class _Opener:
    number: int
    summary: str
    place: str


class _Openers:
    """Numbers the buttons in the order of the page."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []

    def add(self, summary: str, place: str, **opens: Any) -> _Opener:
        self.all.append(opens)
        return _Opener(len(self.all) - 1, summary, place)


@dataclass(frozen=True)
class _ValueLine:
    what: str
    says: str
    of: str
    opener: _Opener
    unchecked: bool
    # Values of other systems, and the rule that chose this one.
    against: str
    rule: str


@dataclass(frozen=True)
class _DatedLine:
    day: str
    system: str
    what: str
    unchecked: bool
    more: str
    opener: _Opener | None


@dataclass(frozen=True)
class _Year:
    lanes: Markup
    caption: str
    count: str
    rows: list[_DatedLine]


@dataclass(frozen=True)
class _Lacking:
    where: str
    what: str
    why: str


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
    # In the order of the page, because buttons are numbered as they come.
    tenets = _tenets(known, openers, places)
    indicators = indicator_section(view.indicators, view.school_year, openers.add)
    year = _year(view, systems, openers, schools or {})
    markup = render(
        "report/child/page.html.j2",
        title=title,
        note=note,
        invented=invented,
        facts=_facts(child, view),
        counts=_counts(known),
        strengths=strengths,
        tenets=tenets,
        indicators=indicators,
        year=year,
        missing=_missing(values, systems),
        withheld=list(each_row(view.withheld)),
    )
    text = f"{title}, seen as: {role_name(view.role)}. {len(known)} things are known."
    return ChildPage(Block(markup, text), title, tuple(openers.all))


def _said(child: pd.Series, name: str) -> str:
    value = child.get(name)
    return "" if value is None or pd.isna(value) else str(value)


def _title(child: pd.Series) -> str:
    """Return a child's name as this role may see it: the name, or else the code."""
    name = " ".join(part for part in (_said(child, "first_name"), _said(child, "last_surname")) if part)
    return name or ("No name on record" if "first_name" in child.index else f"Child {_said(child, 'child')}")


def _facts(child: pd.Series, view: ChildView) -> str:
    facts = [grade_name(_said(child, "grade_level")), _said(child, "school") or "school not known"]
    if view.school_year is not None:
        facts.append(f"school year {view.school_year - 1}–{view.school_year}")
    return " · ".join([*facts, f"seen as: {role_name(view.role)}"])


def _counts(known: list[KnownValue]) -> str:
    against, unchecked = (
        sum(bool(line.against) for line in known),
        sum(line.unchecked for line in known),
    )
    told = [f"{_count(len(known), 'thing is', 'things are')} known" if known else "nothing is known"]
    told.append(f"{_count(against, 'is', 'are')} contradicted by another system")
    told.append(f"{_count(unchecked, 'stands', 'stand')} on a record that waits for a check")
    return "; ".join(told)


def _count(number: int, one: str, many: str) -> str:
    return f"{number or 'none'} {many if number > 1 else one}"


def _tenets(
    known: list[KnownValue], openers: _Openers, places: Places | None
) -> list[tuple[str, list[tuple[str, list[_ValueLine]]]]]:
    """Return the tenets with data, each with its domains and their lines."""
    tenets = []
    for tenet in TENETS:
        own = [line for line in known if line.element.tenet == tenet]
        domains = [
            (
                _DOMAINS.get(domain, domain.replace("_", " ").capitalize()),
                [_value(line, openers, places) for line in own if line.element.domain == domain],
            )
            for domain in dict.fromkeys(line.element.domain for line in own)
        ]
        if domains:
            tenets.append((tenet, domains))
    return tenets


def _value(line: KnownValue, openers: _Openers, places: Places | None) -> _ValueLine:
    where = line.place
    if places is not None and line.counted:
        where = f"{where}: {places(line.element.name, line.school_year)}".removesuffix(": ")
    place = f"{line.element.meaning}. {where}." if where else f"{line.element.meaning}."
    opener = openers.add(
        line.source, place, element=line.element.name, school_year=line.school_year, what=line.what
    )
    against = "; ".join(f"{system} says {text}" for system, text in line.against)
    return _ValueLine(line.what, line.says, line.of, opener, line.unchecked, against, line.rule)


def _year(
    view: ChildView, systems: Mapping[str, SystemName], openers: _Openers, schools: Mapping[str, str]
) -> _Year | None:
    year = view.school_year
    line = view.timeline
    if line.empty or year is None:
        return None
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
        opener = None
        file, number = getattr(row, "file", pd.NA), getattr(row, "row", pd.NA)
        if not pd.isna(file) and not pd.isna(number):
            place = f"{file}, row {int(number)}"
            opener = openers.add("its row", place, silo=row.silo, file=file, row=int(number), kind=row.kind)
        unchecked = row.link_status in ("Unverified", "Review")
        rows.append(_DatedLine(f"{row.date:%Y-%m-%d}", system, what, unchecked, more, opener))
    caption = "Each mark is a dated line of one system. No mark on a day: none of them wrote anything."
    if others:
        caption += f" No record is joined to this child in: {', '.join(others)}."
    lanes = year_timeline(happenings, names, {}, begin, end)
    return _Year(lanes.markup, caption, _count(len(rows), "dated line", "dated lines"), rows)


def _with_schools(detail: str, schools: Mapping[str, str]) -> str:
    return ", ".join(schools.get(part, part) for part in detail.split(", "))


def _missing(values: pd.DataFrame, systems: Mapping[str, SystemName]) -> list[_Lacking]:
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
    return [_Lacking(where, ", ".join(what), reason) for (reason, where), what in gathered.items()]


# Name or birth date: there is one truth, and somebody at home knows it.
OF_WHOM = ("birth_date", "last_surname", "first_name")


def disputed(values: pd.DataFrame, district: District) -> pd.DataFrame:
    """Compare values of one element of one child where systems disagree.

    Parameters
    ----------
    values
        Table ``values``, with only children who may be shown.
    district
        The district, for the names of its systems.

    Returns
    -------
    pandas.DataFrame
        ``what, system, says, of_day, tie``: one row per system and value, all of one birth date or name of
        one child; empty if no two systems disagree.
    """
    said = values[values["element"].isin(list(OF_WHOM)) & values["status"].eq("Reported")]
    said = said.assign(word=folded(said["value"]))
    of_two = said.groupby(["child", "element"], sort=False)["word"].nunique().gt(1)
    against = of_two[of_two].reset_index()
    columns = ["what", "system", "says", "of_day", "tie"]
    if against.empty:
        return pd.DataFrame(columns=columns)
    # Birth date before name, because no custom explains two birth dates; then the element with most systems.
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
            "tie": hers["link_status"].map(TIES).astype("string"),
        }
    ).reset_index(drop=True)[columns]
