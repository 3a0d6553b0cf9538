"""Systems and schools: names, latest days, and which system is the authority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.layouts import Layout, all_layouts
from helpers.profile.facts.arrays import KeyIndex, index_of
from helpers.standard import STRING, Element, as_table, fact_tables, standard_table
from helpers.systems import systems as known_systems

if TYPE_CHECKING:
    from helpers.files import District, Silo

__all__ = [
    "COUNTED_BY",
    "ROSTER",
    "Authority",
    "LatestDay",
    "authority_in",
    "authority_of",
    "latest_days",
    "name_schools",
    "recording_system",
    "school_names_from_rosters",
    "school_names_of",
    "stands_for",
    "systems_of",
]


# A mistyped date in the far future would make a system look current: ignore the latest of a thousand dates.
NEWEST_OF = 0.999
# Dates that are naturally in the future say nothing about how current an export is.
AHEAD = ("end_date", "due_date", "calendar", "session")
# Facts that come in windows, a few times a year: a system has nothing new between two of them. Nor has one
# that only dates memberships, plans or interests, while nobody comes or goes.
IN_WINDOWS = ("assessment_result", "screener_result", "survey_response")
ON_CHANGE = (
    "school_enrollment", "section_enrollment", "program", "participation", "meal_eligibility", "contact",
    "career_interest", "career_plan",
)  # fmt: skip
# Days without a test within one window; a longer pause separates two windows.
WITHIN_A_WINDOW = 31
# Days between two windows, for a system with only one window so far: tests come two to four times a year. Our
# own judgment.
BETWEEN_WINDOWS = 120


@dataclass(frozen=True)
class LatestDay:
    """How current the systems are."""

    # Latest day by system; a system without dated rows has none.
    days: dict[str, pd.Timestamp]
    # Earlier pauses of systems that report occasionally, in days; 0 for any other.
    pauses: dict[str, int]

    def waits(self, silo: str, lag: int) -> bool:
        """Return whether a system that is so many days behind may simply have nothing new."""
        return 0 < lag <= self.pauses.get(silo, 0)


def latest_days(district: District) -> LatestDay:
    """Find the latest day of each system: its as-of date, else the latest date in its facts."""
    days: dict[str, pd.Timestamp] = {}
    pauses: dict[str, int] = {}
    # System by system: concatenating the facts of all first costs ten times as much.
    for name in sorted(district):
        silo = district[name]
        as_of = silo.people["as_of"].max()
        if pd.notna(as_of):
            days[name] = as_of
            continue
        mine = _dated(silo)
        if mine.empty:
            continue
        newest = mine["day"].quantile(NEWEST_OF, interpolation="higher")
        days[name] = pd.Timestamp(str(newest)).normalize()
        if mine["now_and_then"].all():
            longest = _pause(mine.loc[mine["day"] <= newest, "day"])
            one_window = mine["windowed"].all() and longest <= WITHIN_A_WINDOW
            pauses[name] = BETWEEN_WINDOWS if one_window else longest
    return LatestDay(days, pauses)


def _dated(silo: Silo) -> pd.DataFrame:
    """List the dates of a system's facts, and whether they are of an occasional kind."""
    seen = [
        pd.DataFrame({"day": pd.Series(dtype="datetime64[us]"), "windowed": False, "now_and_then": False})
    ]
    for table in fact_tables():
        if table in AHEAD or table == "attendance_day" or table not in silo.facts:
            continue
        facts, windowed = silo.facts[table], table in IN_WINDOWS
        for column in standard_table(table).columns:
            if column.type in ("date", "datetime") and column.name not in AHEAD:
                dated = facts[column.name].dropna()
                now_and_then = windowed or table in ON_CHANGE
                seen.append(pd.DataFrame({"day": dated, "windowed": windowed, "now_and_then": now_and_then}))
    filled = [part for part in seen if len(part)]
    return pd.concat(filled or seen, ignore_index=True)


def _pause(days: pd.Series) -> int:
    """Return the longest pause between two days of one year."""
    distinct = np.unique(days.to_numpy(dtype="datetime64[D]"))
    number = distinct.astype("int64")
    of_a_year = number[number > np.max(number, initial=0) - 366]
    return int(np.max(np.diff(of_a_year), initial=0))


# A school number of one system means a school name of another if at least this many children have both in one
# year, and this share of all children with the number. The rest are children who moved between two exports.
LEAST_CHILDREN = 3
LEAST_SHARE = 0.8


def name_schools(rows: pd.DataFrame, schools: pd.DataFrame) -> pd.Series:
    """Name the schools of children in a single table."""
    system, silos = pd.factorize(rows["silo"])
    numbers = {
        "owner": pd.factorize(rows["child"])[0],
        "system": system,
        "year": rows["school_year"].to_numpy(dtype="int64", na_value=-1),
    }
    given = rows[["school_id", "school_name"]].reset_index(drop=True).assign(**numbers)
    names = tuple(map(str, silos))
    learned = school_names_from_rosters(given, schools, names)
    named = school_names_of(system, given["school_id"], given["school_name"], schools, names, learned)
    return named.set_axis(rows.index)


def school_names_of(
    systems: np.ndarray,
    numbers: pd.Series,
    names: pd.Series,
    schools: pd.DataFrame,
    silos: Sequence[str],
    learned: pd.DataFrame,
) -> pd.Series:
    """Name the schools of children."""
    known = _own_names(systems, numbers, names, schools, silos)
    sure = _sure(learned)
    at = KeyIndex(sure["system"].to_numpy(dtype="int64"), sure["name_of"]).of(systems, numbers)
    return known.fillna(_taken(sure["name"], at)).fillna(numbers)


def school_names_from_rosters(
    rows: pd.DataFrame, schools: pd.DataFrame, silos: Sequence[str]
) -> pd.DataFrame:
    """Count shared children by one system's school number and another's school name."""
    system = rows["system"].to_numpy(dtype="int64")
    name = _own_names(system, rows["school_id"], rows["school_name"], schools, silos)
    rows = rows.assign(name=name.array)
    when = ["owner", "year"]
    has_name = rows["name"].notna().to_numpy(dtype=bool)
    by_name = rows[has_name].drop_duplicates(when)[[*when, "name"]]
    numbered = rows.loc[~has_name, [*when, "system", "school_id"]].drop_duplicates()
    both = numbered.merge(by_name, on=when, how="inner", validate="many_to_one")
    counts = both.groupby(["system", "school_id", "name"]).size().rename("children").reset_index()
    return counts.rename(columns={"school_id": "name_of"})


def _taken(words: pd.Series, at: np.ndarray) -> pd.Series:
    return pd.Series(words.astype(STRING).array.take(at, allow_fill=True))


def _own_names(
    systems: np.ndarray, numbers: pd.Series, names: pd.Series, schools: pd.DataFrame, silos: Sequence[str]
) -> pd.Series:
    at = KeyIndex(index_of(schools["silo"], tuple(silos)), schools["school_id"]).of(systems, numbers)
    return _taken(schools["school_name"], at).fillna(names.astype(STRING))


def _sure(counts: pd.DataFrame) -> pd.DataFrame:
    """Keep the names that nearly all children with a number share."""
    share = counts["children"] / counts.groupby(["system", "name_of"])["children"].transform("sum")
    return counts[(counts["children"] >= LEAST_CHILDREN) & (share >= LEAST_SHARE)].reset_index(drop=True)


def recording_system(element: Element) -> str:
    """Return the name of the most trusted system that exports an element's facts."""
    return next((name for name in element.trust if element.table in _tables_of(name)), element.trust[0])


@cache
def _tables_of(system: str) -> frozenset[str]:
    layouts = [layout for layout in all_layouts().values() if layout.silo == system]
    return frozenset(makes.table for layout in layouts for file in layout.files for makes in file.makes)


ROSTER = "roster"
# Domains of the kit's own systems that list a district's children; tests, meals and clubs don't.
LISTS_CHILDREN = (ROSTER, "attendance")
COUNTED_BY = ["silo", "role", "linkable_by"]
WHOLE_NAME_AND_DATE = "Name and birth date"


@dataclass(frozen=True)
class Authority:
    """The authority of a district's systems."""

    # Silo -> the kit's systems that it stands in for in trust orders, separated by blanks; silos are in the
    # trust order for elements that name none of them.
    systems: Mapping[str, str]
    # Silos with authority over the roster.
    rosters: tuple[str, ...]
    # Whether this was inferred from the files, since no layout declares it.
    inferred: bool
    # The reason in words, if inferred among several systems with children; else empty.
    why: str


@cache
def _kit_systems() -> Mapping[str, tuple[str, ...]]:
    """Map each domain to the kit's systems."""
    found: dict[str, set[str]] = {}
    for layout in all_layouts().values():
        found.setdefault(layout.domain or "", set()).add(layout.silo)
    return {domain: tuple(sorted(systems)) for domain, systems in found.items()}


def stands_for(silo: str, layout: Layout | None, *inferred: str) -> str:
    """List the kit's systems that a system stands in for."""
    claimed = [*(layout.authority if layout else ()), *inferred]
    named = [system for domain in claimed for system in _kit_systems().get(domain, ())]
    return " ".join(dict.fromkeys([layout.silo if layout else silo, *named]))


def authority_of(silos: Sequence[str], layouts: Mapping[str, Layout], people: pd.DataFrame) -> Authority:
    """Determine the authority of each system."""
    children = people[people["role"].eq("Student").fillna(False)]
    many = children.groupby("silo")["rows"].sum().to_dict()
    whole = children[children["linkable_by"].eq(WHOLE_NAME_AND_DATE)].groupby("silo")["rows"].sum().to_dict()

    def shown(silo: str) -> tuple[int, int, float]:
        return (
            many.get(silo, 0),
            len(_fields(layouts.get(silo))),
            whole.get(silo, 0) / max(many.get(silo, 0), 1),
        )

    others = sorted(known_systems())

    def place(silo: str) -> tuple[int, tuple[float, ...], str]:
        name = layouts[silo].silo if silo in layouts else silo
        known = others.index(name) if name in others else len(others)
        return known, tuple(-figure for figure in shown(silo)), silo

    order = sorted(map(str, silos), key=place)
    rosters = tuple(silo for silo in order if silo in layouts and _claims_the_roster(layouts[silo]))
    inferred = not rosters and any(many.values())
    why = ""
    if inferred:
        listing = [silo for silo in order if many.get(silo) and _may_list_children(layouts.get(silo))]
        known = [silo for silo in order if many.get(silo)]
        best = max(listing or known, key=shown)
        rosters = (best,)
        why = _why(best, {silo: shown(silo) for silo in listing or known}) if len(known) > 1 else ""
    found = (ROSTER,) if inferred else ()
    systems = {
        silo: stands_for(silo, layouts.get(silo), *(found if silo in rosters else ())) for silo in order
    }
    return Authority(systems, rosters, inferred, why)


def authority_in(district: District) -> Authority:
    """Determine the authority of each system of a district."""
    people = district.people.groupby(COUNTED_BY, dropna=False).size().rename("rows").reset_index()
    return authority_of(tuple(district), district.layouts, people)


def _why(best: str, shown: Mapping[str, tuple[int, int, float]]) -> str:
    """Explain why one system was taken as the roster, in a comparison without numbers, safe for any page."""
    others = [figures for silo, figures in shown.items() if silo != best]
    second = max(others, default=None)
    reasons = (
        "lists the most children",
        "lists as many as another, in more fields",
        "lists as many as another, more completely",
    )
    if second is None:
        reason = "is the only one that lists children"
    elif shown[best] == second:
        reason = "comes first of several whose files show no difference"
    else:
        reason = next(
            words for words, one, other in zip(reasons, shown[best], second, strict=True) if one != other
        )
    return (
        f"No layout names the roster, so we use {best} as the roster: it {reason}. If that is "
        f'wrong, write authority = ["{ROSTER}"] into the layout of the roster.'
    )


def _claims_the_roster(layout: Layout) -> bool:
    return ROSTER in layout.authority or layout.silo in _kit_systems().get(ROSTER, ())


def _may_list_children(layout: Layout | None) -> bool:
    if layout is None or layout.layout not in all_layouts():
        return True
    return layout.domain in LISTS_CHILDREN


def _fields(layout: Layout | None) -> set[str]:
    """List the fields of people that a layout takes."""
    files = layout.files if layout else []
    makes = [make for file in files for make in file.makes if make.table == "people"]
    return {field for make in makes for field in {**make.take, **make.set}}


def systems_of(district: District) -> pd.DataFrame:
    """List the systems of a district."""
    days = latest_days(district).days
    layouts = district.layouts
    names = list(district)
    return as_table(
        "systems",
        pd.DataFrame(
            {
                "silo": names,
                "system": [layouts[name].silo for name in names],
                "stands_for": [stands_for(name, layouts[name]) for name in names],
                "layout": [layouts[name].layout for name in names],
                "title": [layouts[name].title for name in names],
                "domain": [layouts[name].domain for name in names],
                "latest_day": pd.Series([days.get(name, pd.NaT) for name in names], dtype="datetime64[us]"),
            }
        ),
    )
