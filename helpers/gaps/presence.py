"""Find which children each system lists, since when, and whom each system serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.standard import fact_tables, figure, standard_table, whole_figure

__all__ = [
    "BEHIND",
    "NEVER",
    "SMALLEST_GROUP",
    "Membership",
    "Presence",
    "Scope",
    "days_since_1970",
    "load_presence",
    "membership_of",
    "scope_of",
    "worded",
]


# Facts that only some children have: those who chose something or need it.
OF_SOME_CHILDREN = {"program", "participation", "career_interest", "career_plan", "application"}

# Key of a line for its source records, where a caller asks for them.
BEHIND = "behind"


@dataclass(frozen=True)
class Presence:
    """Records of children by system."""

    # Systems with records of children: the roster first, then by name.
    silos: tuple[str, ...]
    # One row per student record: columns of ``people`` with ``child``, ``link_status``, and ``file, row`` of
    # its first source row, sorted by system, file and row.
    records: pd.DataFrame
    # Per record: index of its system in `silos`.
    place: npt.NDArray[np.int64]
    # Per record: number of the child.
    child: npt.NDArray[np.int64]
    # One row per child, one column per system: whether the system has a record of the child.
    holds: npt.NDArray[np.bool_]
    # Per child: whether she is certainly distinct. An unlinked record that has only a name or an id may
    # belong to a child who is counted already.
    counts: npt.NDArray[np.bool_]
    # Systems that list only children who take part in something or have a plan: a child who isn't listed
    # isn't missing.
    of_some: frozenset[str] = frozenset()
    # Whether lines carry all source records, and not only the first as an example.
    keeps_behind: bool = False

    def pairs(self) -> Iterable[tuple[tuple[int, str], tuple[int, str]]]:
        """List every pair of systems once, each with its index."""
        return combinations(enumerate(self.silos), 2)

    def has_placed(self, place: int) -> bool:
        """Check that a system has any child who is certainly distinct."""
        return bool((self.holds[:, place] & self.counts).any())

    def is_distinct(self, place: int) -> bool:
        """Check that most of a system's children are certainly distinct."""
        holds = self.holds[:, place]
        return int((holds & self.counts).sum()) * 2 >= int(holds.sum())

    def is_for_some(self, place: int) -> bool:
        """Check whether a system serves only some children, or its records don't show whom it serves."""
        return self.silos[place] in self.of_some or not self.is_distinct(place)

    def of(self, place: int) -> npt.NDArray[np.bool_]:
        """Mark the records of a system."""
        return self.place == place

    def numbers_of(self, silos: pd.Series, records: pd.Series) -> npt.NDArray[np.int64]:
        """Return the row number of each record in `records`, or -1 if it isn't there."""
        own = pd.MultiIndex.from_frame(self.records[["silo", "record"]])
        asked = pd.MultiIndex.from_arrays([silos, records])
        return np.asarray(own.get_indexer(asked), dtype="int64")

    def example(self, marked: npt.NDArray[np.bool_]) -> dict[str, Any]:
        """Return file and row of the first marked record."""
        rows = np.flatnonzero(marked)
        if len(rows) == 0:
            return {}
        first = self.records.iloc[int(rows[0])]
        behind = {BEHIND: rows} if self.keeps_behind else {}
        return {"example_file": first["file"], "example_row": first["row"], **behind}


def load_presence(district: District, links: Links, *, keeps_behind: bool = False) -> Presence:
    """Build the table of records by system and child."""
    tied = links.crosswalk[["silo", "record", "child", "link_status"]]
    records = district.people.merge(tied, on=["silo", "record"], how="inner", validate="one_to_one")
    there = set(records["silo"])
    silos = [silo for silo in district if silo in there]
    rows = district.person_rows.sort_values(["silo", "file", "row"], kind="stable")
    rows = rows.drop_duplicates(["silo", "record"])
    records = records.merge(rows, on=["silo", "record"], how="left", validate="one_to_one")
    order = records["silo"].map({silo: place for place, silo in enumerate(silos)})
    records = records.assign(order=order).sort_values(["order", "file", "row", "record"], kind="stable")
    place = records["order"].to_numpy(dtype="int64")
    records = records.drop(columns="order").reset_index(drop=True)
    child, named = pd.factorize(records["child"])
    holds = np.zeros((len(named), len(silos)), dtype=bool)
    holds[child, place] = True
    counts = holds.sum(axis=1) > 1
    dated = (records["linkable_by"] == "Name and birth date").to_numpy(dtype=bool)
    counts[child[dated | (place == 0)]] = True
    some = _of_some(district)
    return Presence(tuple(silos), records, place, child.astype("int64"), holds, counts, some, keeps_behind)


def _of_some(district: District) -> frozenset[str]:
    """Return the systems whose facts are all about participation or plans."""
    tables_of: dict[str, set[str]] = {}
    for table in fact_tables():
        if standard_table(table).about == "child":
            for silo in district.fact(table)["silo"].unique():
                tables_of.setdefault(str(silo), set()).add(table)
    return frozenset(silo for silo, tables in tables_of.items() if tables <= OF_SOME_CHILDREN)


# Later than any date.
NEVER = 10**6

Days = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Membership:
    """Membership of each child in each system: when it began, and when the system ended it.

    One row per child, one column per system, in days since 1970. `NEVER` means that the system doesn't list
    the child, or didn't end the membership. ``dated`` marks the systems that record any begin or end date.
    """

    since: Days
    until: Days
    dated: npt.NDArray[np.bool_]


def membership_of(district: District, known: Presence, days: Mapping[str, pd.Timestamp]) -> Membership:
    """Find when each system began and ended each child's membership."""
    day = known.records["silo"].map(days).astype("datetime64[us]")
    key = ["silo", "record"]
    periods = district.fact("school_enrollment")
    periods = periods[periods["record"].notna()][[*key, "begin_date", "end_date"]]
    # A record without enrollment periods counts as one period of its own.
    own = known.records[[*key, "begin_date", "end_date"]]
    has_periods = pd.MultiIndex.from_frame(own[key]).isin(pd.MultiIndex.from_frame(periods[key]))
    numbered = known.records[key].assign(number=np.arange(len(known.records)), day=day)
    every = pd.concat([part for part in (periods, own[~has_periods]) if len(part)], ignore_index=True)
    every = every.merge(numbered, on=key, how="inner", validate="many_to_one")
    over = (every["end_date"] < every["day"]).to_numpy(dtype=bool)
    since = np.full(known.holds.shape, NEVER)
    until = np.full(known.holds.shape, -1)
    number = every["number"].to_numpy(dtype="int64")
    at = known.child[number], known.place[number]
    begin, end = (days_since_1970(every[name]) for name in ("begin_date", "end_date"))
    np.minimum.at(since, tuple(part[~over] for part in at), begin[~over])
    np.maximum.at(until, tuple(part[over] for part in at), end[over])
    dated = (every["begin_date"].notna() | every["end_date"].notna()).to_numpy(dtype=bool)
    is_dated = np.bincount(at[1][dated], minlength=len(known.silos)) > 0
    return Membership(since, np.where(since == NEVER, until, NEVER), is_dated)


def days_since_1970(dates: pd.Series) -> Days:
    """Count days since 1970; a missing date counts as 0."""
    numbers = dates.to_numpy(dtype="datetime64[D]").astype("int64")
    return np.where(dates.isna(), 0, numbers)


# A learning system for middle and high schools, or a test given in some grades, isn't meant to serve other
# children. That it lists none of them is a limit, not a gap. No export states whom a system serves. We infer
# it: a system that lists almost nobody of a grade or school, but many others, doesn't serve it. Whoever runs
# the system can correct that.

LEAST_SHARE = figure("profile/thresholds.served_share")
# In a smaller group, a system may list nobody by chance; and a group too small to be shown isn't judged.
SMALLEST_GROUP = max(whole_figure("gaps/thresholds.smallest_judged_group"), whole_figure("smallest_group"))
# We infer no grades for a system if fewer than this share of its children have a known grade.
KNOWN_SHARE = 0.5
GRADES = ("PK", "KG", *(f"{number:02d}" for number in range(1, 13)))

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scope:
    """Children whom each system serves."""

    # One row per child, one column per system: the system lists the child, or serves her grade and school as
    # far as the files show. A system for participants or children with a plan serves nobody else.
    meant: Flags
    # By system: grades that it doesn't serve, in order. Empty if it serves all, or the files don't show it.
    outside_grades: tuple[tuple[str, ...], ...]
    # One row per child, one column per system: outside because of her grade; because of her school alone.
    by_grade: Flags
    by_school: Flags
    # One row per child, one column per system: she is certainly distinct, and files show whether the system
    # serves her grade. An unknown grade is no grade that it serves.
    placed: Flags


def scope_of(known: Presence) -> Scope:
    """Find the grades and schools that each system serves."""
    grade = _first_value(known, "grade_level", range(len(known.silos)))
    school = _first_value(known, "school_id", range(min(1, len(known.silos))))
    by_grade, grades = _outside(known, grade)
    by_school, _ = _outside(known, school)
    by_school &= ~by_grade
    order = {name: place for place, name in enumerate(GRADES)}
    named = tuple(tuple(sorted(own, key=lambda name: (order.get(name, len(order)), name))) for own in grades)
    meant = ~(by_grade | by_school)
    for place, silo in enumerate(known.silos):
        if silo in known.of_some:
            meant[:, place] = known.holds[:, place]
    graded = grade.notna().to_numpy(dtype=bool)[:, None] | ~np.array([bool(own) for own in grades])
    return Scope(meant, named, by_grade, by_school, known.counts[:, None] & (known.holds | graded))


def _first_value(known: Presence, column: str, systems: range) -> pd.Series:
    """Return each child's value from the first system that has one; records are sorted by system."""
    values = known.records[column].where(pd.Series(np.isin(known.place, list(systems))))
    first = pd.DataFrame({"child": known.child, "value": values}).dropna().drop_duplicates("child")
    return first.set_index("child")["value"].reindex(range(len(known.holds)))


def _outside(known: Presence, group: pd.Series) -> tuple[Flags, list[list[str]]]:
    """Mark children in groups that a system hardly lists, and return those groups by system."""
    code, names = pd.factorize(group)
    outside = np.zeros(known.holds.shape, dtype=bool)
    empty: list[list[str]] = []
    stated = (code >= 0) & known.counts
    size = np.bincount(code[stated], minlength=len(names))
    for place in range(len(known.silos)):
        holds = known.holds[:, place] & known.counts
        held = np.bincount(code[stated & holds], minlength=len(names))
        whole = int(holds.sum())
        not_for = (held < LEAST_SHARE * size) & (size >= SMALLEST_GROUP)
        if whole == 0 or held.sum() < KNOWN_SHARE * whole or known.is_for_some(place):
            not_for[:] = False
        if len(names):
            outside[:, place] = stated & ~holds & not_for[code]
        empty.append([str(name) for name in names[not_for]])
    return outside, empty


def worded(grades: tuple[str, ...]) -> str:
    """Format grades as text, and consecutive grades as a range.

    >>> worded(("KG", "01", "02", "12"))
    'grades KG to 02, 12'
    """
    runs: list[list[str]] = []
    for grade in grades:
        follows = (
            bool(runs)
            and grade in GRADES
            and runs[-1][-1] in GRADES
            and GRADES.index(grade) == GRADES.index(runs[-1][-1]) + 1
        )
        if follows:
            runs[-1].append(grade)
        else:
            runs.append([grade])
    parts = [run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    return f"{'grade' if len(grades) == 1 else 'grades'} {', '.join(parts)}"
