"""Which children are in which system, since when, and whom each system serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import fact_tables, figure, standard_table, whole_figure

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

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


# Facts that a child has who chose something or needs it.
OF_SOME_CHILDREN = {"program", "participation", "career_interest", "career_plan", "application"}

# Key of a line under which the records behind it are kept, where somebody asks for them.
BEHIND = "behind"


@dataclass(frozen=True)
class Presence:
    """The records of children by system."""

    # Systems that know a child: the roster first, then by name.
    silos: tuple[str, ...]
    # One row a record of a student: columns of ``people`` with ``child``, ``band``, and ``file, row`` of the
    # first row behind it, in order of system, file and row.
    records: pd.DataFrame
    # One entry a record: the place of its system.
    place: npt.NDArray[np.int64]
    # One entry a record: the child's number.
    child: npt.NDArray[np.int64]
    # A row a child, a column a system: it has a record of the child.
    holds: npt.NDArray[np.bool_]
    # One entry a child: it is surely one of its own. A record by a name or an id alone that nothing ties to
    # another may be of a child who is counted already.
    counts: npt.NDArray[np.bool_]
    # Systems that keep only who takes part in something, or has a plan: nobody is missing there.
    of_some: frozenset[str] = frozenset()
    # Whether lines keep the records behind them, and not only the first as an example.
    keeps_behind: bool = False

    def pairs(self) -> list[tuple[int, int]]:
        """List every pair of systems once, by their places."""
        return list(combinations(range(len(self.silos)), 2))

    def is_told_apart(self, place: int) -> bool:
        """Say of a system whether most of its children are surely children of their own."""
        holds = self.holds[:, place]
        return int((holds & self.counts).sum()) * 2 >= int(holds.sum())

    def is_for_some(self, place: int) -> bool:
        """Say of a system whether nobody can tell from its records whom else it might be for."""
        return self.silos[place] in self.of_some or not self.is_told_apart(place)

    def of(self, place: int) -> npt.NDArray[np.bool_]:
        """Mark the records of a system."""
        return self.place == place

    def numbers_of(self, silos: pd.Series, records: pd.Series) -> npt.NDArray[np.int64]:
        """Give the places of records in ``records``; -1 for one that isn't there."""
        own = pd.MultiIndex.from_frame(self.records[["silo", "record"]])
        asked = pd.MultiIndex.from_arrays([silos, records])
        return np.asarray(own.get_indexer(asked), dtype="int64")

    def example(self, marked: npt.NDArray[np.bool_]) -> dict[str, Any]:
        """Point at the first of some records."""
        places = np.flatnonzero(marked)
        if len(places) == 0:
            return {}
        first = self.records.iloc[int(places[0])]
        behind = {BEHIND: places} if self.keeps_behind else {}
        return {"example_file": first["file"], "example_row": first["row"], **behind}


def load_presence(district: District, links: Links, *, keeps_behind: bool = False) -> Presence:
    """Find who is in which system."""
    tied = links.crosswalk[["silo", "record", "child", "band"]]
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
    """Name the systems that say nothing of children but in what they take part, or which plan they have."""
    tells: dict[str, set[str]] = {}
    for table in fact_tables():
        if standard_table(table).about == "child":
            for silo in district.fact(table)["silo"].unique():
                tells.setdefault(str(silo), set()).add(table)
    return frozenset(silo for silo, tables in tells.items() if tables <= OF_SOME_CHILDREN)


# Later than every day.
NEVER = 10**6

Days = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Membership:
    """Since when each system lists a child, and when it ended the membership.

    A row a child, a column a system. Days since 1970; `NEVER` where it doesn't list the child, or didn't
    end it. ``tells``: which systems say anything of a beginning or an end.
    """

    since: Days
    until: Days
    tells: npt.NDArray[np.bool_]


def membership_of(district: District, known: Presence, days: Mapping[str, pd.Timestamp]) -> Membership:
    """Find since when each system lists each child, and until when."""
    day = known.records["silo"].map(days).astype("datetime64[us]")
    key = ["silo", "record"]
    spells = district.fact("school_enrollment")
    spells = spells[spells["record"].notna()][[*key, "begin_date", "end_date"]]
    # A record without spells is a spell of its own.
    own = known.records[[*key, "begin_date", "end_date"]]
    spelled = pd.MultiIndex.from_frame(own[key]).isin(pd.MultiIndex.from_frame(spells[key]))
    numbered = known.records[key].assign(number=np.arange(len(known.records)), day=day)
    every = pd.concat([part for part in (spells, own[~spelled]) if len(part)], ignore_index=True)
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
    tells = np.bincount(at[1][dated], minlength=len(known.silos)) > 0
    return Membership(since, np.where(since == NEVER, until, NEVER), tells)


def days_since_1970(dates: pd.Series) -> Days:
    """Count days since 1970; 0, the beginning of time, where there is none."""
    numbers = dates.to_numpy(dtype="datetime64[D]").astype("int64")
    return np.where(dates.isna(), 0, numbers)


# A learning system that only middle and high schools use, or a test that is given in some grades, isn't
# meant to know the others: that nobody of them is in it is a limit, not a gap. No export says so. But a
# grade, or a school, of which a system knows hardly anybody while it knows others well is one that it is
# not for; who runs the system can say otherwise.

LEAST_SHARE = figure("profile/thresholds.served_share")
# Of a smaller group nobody may be known by chance; and of a real district no such group is told.
SMALLEST_GROUP = whole_figure("smallest_group")
# A system of whose children fewer than this share have a known grade says nothing about grades.
KNOWN_SHARE = 0.5
GRADES = ("PK", "KG", *(f"{number:02d}" for number in range(1, 13)))

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scope:
    """Whom the systems are for."""

    # A row a child, a column a system: the system knows the child, or is for her grade and her school, as far
    # as anybody can tell. A system of those who take part or have a plan is meant for nobody else.
    meant: Flags
    # By system, the grades that it is not for, in order; empty where it is for all, or nobody knows.
    outside_grades: tuple[tuple[str, ...], ...]
    # A row a child, a column a system: outside because of her grade; because of her school alone.
    by_grade: Flags
    by_school: Flags


def scope_of(known: Presence) -> Scope:
    """Find for which grades and schools each system is."""
    grade = _first_said(known, "grade_level", range(len(known.silos)))
    school = _first_said(known, "school_id", range(min(1, len(known.silos))))
    by_grade, grades = _outside(known, grade)
    by_school, _ = _outside(known, school)
    by_school &= ~by_grade
    order = {name: place for place, name in enumerate(GRADES)}
    named = tuple(tuple(sorted(own, key=lambda name: (order.get(name, len(order)), name))) for own in grades)
    meant = ~(by_grade | by_school)
    for place, silo in enumerate(known.silos):
        if silo in known.of_some:
            meant[:, place] = known.holds[:, place]
    return Scope(meant, named, by_grade, by_school)


def _first_said(known: Presence, column: str, places: range) -> pd.Series:
    """Give each child what the first of some systems says of her; records are in order of systems."""
    said = known.records[column].where(pd.Series(np.isin(known.place, list(places))))
    spoken = pd.DataFrame({"child": known.child, "said": said}).dropna().drop_duplicates("child")
    return spoken.set_index("child")["said"].reindex(range(len(known.holds)))


def _outside(known: Presence, group: pd.Series) -> tuple[Flags, list[list[str]]]:
    """Mark children of groups of which a system knows hardly anybody, and name these groups by system."""
    code, names = pd.factorize(group)
    outside = np.zeros(known.holds.shape, dtype=bool)
    empty: list[list[str]] = []
    spoken = (code >= 0) & known.counts
    size = np.bincount(code[spoken], minlength=len(names))
    for place in range(len(known.silos)):
        holds = known.holds[:, place] & known.counts
        held = np.bincount(code[spoken & holds], minlength=len(names))
        whole = int(holds.sum())
        not_for = (held < LEAST_SHARE * size) & (size >= SMALLEST_GROUP)
        if whole == 0 or held.sum() < KNOWN_SHARE * whole or known.is_for_some(place):
            not_for[:] = False
        if len(names):
            outside[:, place] = spoken & ~holds & not_for[code]
        empty.append([str(name) for name in names[not_for]])
    return outside, empty


def worded(grades: tuple[str, ...]) -> str:
    """Say grades in words: those that follow one another as from and to.

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
