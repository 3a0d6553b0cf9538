"""Count days and gradebooks of a year once, for all rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.arrays import (
    Groups,
    KeyIndex,
    index_of,
    is_first,
    is_in,
    is_last,
    one_number,
)
from helpers.profile.facts.attendance import GENERATED, LAST_DAY, Days, Numbers, derive_days
from helpers.profile.facts.store import FactStore, Rows
from helpers.profile.rules.results import FactKeys
from helpers.standard import attendance_terms

__all__ = [
    "AttendanceYears",
    "DayCounts",
    "GradebookYears",
    "YearlyCounts",
    "attendance_years",
    "gradebook_years",
    "latest_per_record",
    "only_handed_in",
]


Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
OF_DAYS = ("calendar", "school_enrollment", "attendance_event")


@dataclass(frozen=True)
class DayCounts:
    """Day counts by child, system and school year."""

    # Keys of each count.
    whose: FactKeys
    # ``absent, tardy`` and, if the days are known, ``enrolled, present``.
    days: Mapping[str, Ints]
    # First and last known day.
    begin_date: npt.NDArray[Any]
    as_of: npt.NDArray[Any]
    # Source events of ``absent``, ``tardy`` and ``all``: each event's position in the table, and the position
    # of its count.
    events: Mapping[str, tuple[Ints, Ints]]
    # The same for enrollment.
    periods: tuple[Ints, Ints]

    def rows(self, behind: tuple[Ints, Ints]) -> Ints:
        """Count the source rows of each value."""
        return np.bincount(behind[1], minlength=len(self.whose)).astype("int64")


@dataclass(frozen=True)
class AttendanceYears:
    """Attendance by child, system and school year."""

    # Children with known days.
    counted: DayCounts
    # Counts from events alone, without known days. Zeros mean nothing there.
    recorded: DayCounts
    # Per row of the fact tables: whether it was considered for one of these.
    event_weighed: pd.Series
    period_weighed: pd.Series
    # Per event of a child: whether calendar and enrollment are known but don't include it.
    event_out_of_place: pd.Series


def _schools(evidence: FactStore) -> tuple[Ints, Ints, Ints]:
    """Encode the schools of calendar, enrollment and events; a school without a calendar has its own code."""
    calendar = evidence.facts["calendar"]
    system = index_of(calendar["silo"], evidence.silos)
    schools = KeyIndex(system, calendar["school_id"])
    numbers = [schools.of(system, calendar["school_id"])]
    for table in ("school_enrollment", "attendance_event"):
        rows = evidence.tables[table]
        codes, words = rows.codes("school_id")
        # Look up each pair of system and school once.
        width = len(words) + 1
        pair, at = np.unique(rows.system * width + codes + 1, return_inverse=True)
        named = pd.Series(pd.array([None, *words], dtype="string"))
        known = schools.of(pair // width, named.iloc[pair % width])
        without = len(calendar) + pair
        numbers.append(np.where(known >= 0, known, np.where(pair % width > 0, without, -1))[at])
    return numbers[0], numbers[1], numbers[2]


def _derived(evidence: FactStore) -> Days:
    periods, events = evidence.tables["school_enrollment"], evidence.tables["attendance_event"]
    school, period_school, event_school = _schools(evidence)
    numbers = Numbers(
        school=school,
        period_school=period_school,
        event_school=event_school,
        period_record=periods.tie,
        event_record=events.tie,
        period_silo=periods.system,
        event_silo=events.system,
        reach=np.array([*map(evidence.survey.reach.of, evidence.silos), -1], dtype="int64"),
        rostered=np.array(sorted(evidence.survey.rostered), dtype="int64"),
    )
    return derive_days({name: evidence.facts[name] for name in OF_DAYS}, evidence.years, numbers)


def _day_counts(days: Days, owner: Ints, system: Ints, evidence: FactStore) -> tuple[Groups, Ints, Any, Any]:
    """Count each day of a child once, by its most certain record from any school."""
    terms = attendance_terms()
    pairs = Groups(owner, system)
    years = len(evidence.years.years)
    counts = np.zeros((len(pairs), years, 3), dtype="int64")
    nothing = np.full((len(pairs), years), np.datetime64("NaT", "us"))
    first_day, last_day = nothing, nothing.copy()
    period, day, rank = _covered(days)
    if len(day) == 0:
        return pairs, counts, first_day, last_day
    first, span = int(np.min(day)), int(np.ptp(day)) + 1
    cell = (pairs.of * span - first)[period] + day
    marks = np.zeros(len(pairs) * span, dtype="int8")
    marks[cell] = GENERATED
    # Rising, so that the most certain record of a day remains.
    known = np.flatnonzero(rank != GENERATED)
    known = known[np.argsort(rank[known], kind="stable")]
    marks[cell[known]] = rank[known]
    there = marks.reshape(len(pairs), span) > 0
    special = np.unique(cell[known])
    of_special = marks[special].astype("int64")
    dates = (first + np.arange(span)).astype("datetime64[D]").astype("datetime64[us]")
    year_of_day = evidence.years.positions(evidence.years.of(pd.Series(dates)).to_numpy(dtype="int64"))
    is_absent = days.statuses.isin(list(terms.absent)).to_numpy(dtype=bool)
    is_tardy = (days.statuses == "Tardy").fillna(False).to_numpy(dtype=bool)
    for year in range(years):
        within = np.flatnonzero(year_of_day == year)
        if len(within) == 0:
            continue
        here = there[:, within]
        counts[:, year, 0] = here.sum(axis=1)
        some = np.flatnonzero(counts[:, year, 0])
        first_day[some, year] = dates[within[here[some].argmax(axis=1)]]
        last_day[some, year] = dates[within[len(within) - 1 - here[some][:, ::-1].argmax(axis=1)]]
        mine = year_of_day[special % span] == year
        for place, which in ((1, is_absent), (2, is_tardy)):
            owners = special[mine & which[of_special]] // span
            counts[:, year, place] = np.bincount(owners, minlength=len(pairs))
    return pairs, counts, first_day, last_day


def _covered(days: Days) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the known days: enrollment period, day, and rank of the status."""
    if days.covered.all():
        return days.period, days.day, days.rank
    return days.period[days.covered], days.day[days.covered], days.rank[days.covered]


def _piece_years(days: Days, evidence: FactStore) -> tuple[Ints, Ints]:
    """List the school years in which each enrollment period has a known day: period and year."""
    piece, day, _ = _covered(days)
    first = int(np.min(day, initial=0 if len(day) == 0 else LAST_DAY))
    span = np.arange(first, int(np.max(day, initial=first)) + 1)
    dates = pd.Series(span.astype("datetime64[D]").astype("datetime64[us]"))
    year_of_day = evidence.years.positions(evidence.years.of(dates).to_numpy(dtype="int64"))
    year = year_of_day.astype("int16")[day - first]
    # The days of a period are adjacent, so a new period or year shows as a change.
    new = np.ones(len(piece), dtype=bool)
    new[1:] = (piece[1:] != piece[:-1]) | (year[1:] != year[:-1])
    return piece[new].astype("int64"), year[new].astype("int64")


def _events_behind(at: Ints, of: Ints, absent: Bools, tardy: Bools) -> dict[str, tuple[Ints, Ints]]:
    """Return the source events of each count."""
    known = of >= 0
    return {
        name: (at[which & known], of[which & known])
        for name, which in (("absent", absent[at]), ("tardy", tardy[at]), ("all", known))
    }


def _counted(days: Days, evidence: FactStore, at: Ints, absent: Bools, tardy: Bools) -> DayCounts:
    """Count the days of children with known days."""
    periods, events = evidence.tables["school_enrollment"], evidence.tables["attendance_event"]
    owner, system = periods.owner[days.source], periods.system[days.source]
    pairs, counts, first_day, last_day = _day_counts(days, owner, system, evidence)
    pair, year = np.nonzero(counts[:, :, 0])
    place = np.full((len(pairs) + 1, counts.shape[1] + 1), -1, dtype="int64")
    place[pair, year] = np.arange(len(pair))
    piece, piece_year = _piece_years(days, evidence)
    of_piece = place[pairs.of[piece], piece_year]
    piece, of_piece = piece[of_piece >= 0], of_piece[of_piece >= 0]
    tie, link_status = periods.tie[days.source][piece], periods.link_status[days.source][piece]
    by_value = Groups(of_piece)
    whose = FactKeys(
        pairs.parent(owner)[pair], pairs.parent(system)[pair], year, by_value.only(tie),
        by_value.largest(link_status),
    )  # fmt: skip
    width = len(evidence.silos) + 1
    named = pairs.parent(owner) * width + pairs.parent(system)
    sought = events.owner[at] * width + events.system[at]
    if len(named):
        found = np.minimum(np.searchsorted(named, sought), len(named) - 1)
        found = np.where(named[found] == sought, found, -1)
    else:
        found = np.full(len(at), -1, dtype="int64")
    enrolled, missed, late = (counts[pair, year, which] for which in range(3))
    return DayCounts(
        whose=whose,
        days={"enrolled": enrolled, "present": enrolled - missed, "absent": missed, "tardy": late},
        begin_date=first_day[pair, year],
        as_of=last_day[pair, year],
        events=_events_behind(at, place[found, events.year[at]], absent, tardy),
        periods=(days.source[piece], of_piece),
    )


def _recorded(evidence: FactStore, at: Ints, absent: Bools, tardy: Bools, counted: FactKeys) -> DayCounts:
    """Count the days in events, if no calendar or enrollment shows the possible days."""
    events = evidence.tables["attendance_event"]
    whose = FactKeys.of(events, at)
    groups = whose.groups()
    date = events.days("date")[at]
    days = Groups(groups.of, np.unique(date, return_inverse=True)[1])
    missed = days.count(absent[at]) > 0
    late = (days.count(tardy[at]) > 0) & ~missed
    of_day = days.parent(groups.of)
    own = whose.of_groups(groups)
    width, years = len(evidence.silos) + 1, len(evidence.years.years) + 1

    def number(of: FactKeys) -> Ints:
        return (of.owner * width + of.system) * years + of.year

    kept = ~np.isin(number(own), number(counted))
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    nothing = np.zeros(0, dtype="int64")
    return DayCounts(
        whose=own.taken(kept),
        days={
            name: np.bincount(of_day[which], minlength=len(groups))[kept].astype("int64")
            for name, which in (("absent", missed), ("tardy", late))
        },
        begin_date=groups.oldest(date)[kept],
        as_of=groups.newest(date)[kept],
        events=_events_behind(at, place[groups.of], absent, tardy),
        periods=(nothing, nothing),
    )


def attendance_years(evidence: FactStore) -> AttendanceYears:
    """Count every child's days by system and school year."""
    terms = attendance_terms()
    periods, events = evidence.tables["school_enrollment"], evidence.tables["attendance_event"]
    days = _derived(evidence)
    codes, words = events.codes("attendance_event_category")
    statuses = [terms.status.get(word) for word in words]
    absent = np.array([*(status in terms.absent for status in statuses), False], dtype=bool)[codes]
    tardy = np.array([*(status == "Tardy" for status in statuses), False], dtype=bool)[codes]
    counted = days.counted & events.of_a_child
    result = _counted(days, evidence, np.flatnonzero(counted), absent, tardy)
    loose = events.usable & ~events.lacks("date") & events.lacks("section_id")
    loose &= ~counted & ~days.out_of_place
    recorded = _recorded(evidence, np.flatnonzero(loose), absent, tardy, result.whose)
    index, period_rows = events.frame.index, periods.frame.index
    return AttendanceYears(
        counted=result,
        recorded=recorded,
        event_weighed=pd.Series(counted | loose, index=index),
        period_weighed=pd.Series(days.expanded & periods.of_a_child, index=period_rows),
        event_out_of_place=pd.Series(days.out_of_place, index=index),
    )


@dataclass(frozen=True)
class GradebookYears:
    """Assignments by child, system and school year."""

    # Keys of each count.
    whose: FactKeys
    # ``assigned, graded, excused`` (assignments), ``earned, possible`` (points of graded ones; NaN if one of
    # them has no possible points).
    counts: Mapping[str, npt.NDArray[Any]]
    # For ``assigned, graded, excused``: numbers of gradebook lines with them.
    rows: Mapping[str, Ints]
    # These lines: each one's position in ``assignment_score``, and the position of its count.
    lines: Mapping[str, tuple[Ints, Ints]]
    # Latest as-of date of the records.
    as_of: npt.NDArray[Any]
    # Per row of ``assignment_score``: whether it was considered.
    weighed: npt.NDArray[np.bool_]


def latest_per_record(rows: Rows, at: Ints, named: Sequence[str]) -> Ints:
    """Keep the last row of each item of a child, so that items in two exports count once."""
    codes = [rows.code(name)[at] + 1 for name in named]
    last = is_last(rows.owner[at], rows.system[at], rows.year[at], *codes)
    nameless = np.sum(codes, axis=0) == 0
    return at[last | nameless]


def only_handed_in(scores: pd.DataFrame) -> np.ndarray:
    """Test which rows only add a submission date to another row of the same child.

    A system may list submissions separately from its gradebooks, with only the number of the assignment.
    """
    bare = scores["section_id"].isna() & scores["score"].isna() & scores["score_possible"].isna()
    bare &= scores["assignment_id"].notna() & scores["record"].notna()
    if not bare.any():
        return np.zeros(len(scores), dtype=bool)
    # Compare assignment numbers first: they are few, and mostly decide.
    about = scores["assignment_id"].isin(scores.loc[bare, "assignment_id"].unique())
    cells = scores.loc[about & scores["section_id"].notna(), ["silo", "record", "assignment_id"]]
    theirs = scores.loc[bare, ["silo", "record", "assignment_id"]]
    in_cells = is_in(theirs, cells)
    found = np.zeros(len(scores), dtype=bool)
    found[np.flatnonzero(bare.to_numpy(dtype=bool))[in_cells]] = True
    return found


def gradebook_years(evidence: FactStore) -> GradebookYears:
    """Count every child's assignments by system and school year.

    A gradebook has a cell for each child and assignment of a class. An empty cell is an assignment without a
    grade so far, not a zero. A class without the child says nothing about it.
    """
    scores = evidence.tables["assignment_score"]
    weighed = scores.usable
    at = np.flatnonzero(weighed & ~only_handed_in(scores.frame))
    at = latest_per_record(scores, at, ["section_id", "assignment_id", "title"])
    whose = FactKeys.of(scores, at)
    groups = whose.groups()
    score, possible = scores.numbers("score")[at], scores.numbers("score_possible")[at]
    graded = ~np.isnan(score)
    cells = {
        "assigned": ~scores.among("score_status", ["Not assigned"])[at],
        "graded": graded,
        "excused": scores.among("score_status", ["Excused"])[at],
    }
    unknown = groups.count(graded & np.isnan(possible)) > 0
    points = groups.total(np.where(graded & ~np.isnan(possible), possible, 0.0))
    counts: dict[str, npt.NDArray[Any]] = {name: groups.count(which) for name, which in cells.items()}
    counts["earned"] = groups.total(np.where(graded, score, 0.0))
    counts["possible"] = np.where(unknown, np.nan, points)
    # One line of a gradebook has many cells.
    line = one_number(scores.files(evidence)[at], scores.row[at])[0]
    lines = {}
    for name, which in cells.items():
        positions = np.flatnonzero(which)
        positions = positions[is_first(groups.of[positions], line[positions])]
        lines[name] = at[positions], groups.of[positions]
    return GradebookYears(
        whose=whose.of_groups(groups),
        counts=counts,
        rows={name: np.bincount(of, minlength=len(groups)) for name, (_, of) in lines.items()},
        lines=lines,
        as_of=groups.newest(evidence.as_of_dates(whose.system, whose.tie)),
        weighed=weighed,
    )


@dataclass(frozen=True)
class YearlyCounts:
    """Counts by child, system and school year that several elements need, each made when one asks for it."""

    evidence: FactStore

    @cached_property
    def attendance(self) -> AttendanceYears:
        """Days enrolled, present, absent and late."""
        return attendance_years(self.evidence)

    @cached_property
    def gradebook(self) -> GradebookYears:
        """Assignments and their points."""
        return gradebook_years(self.evidence)
