"""Generate enrollment: stayers, movers, newcomers, leavers, returners and no-shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import Arrays, dates, pick, positions_in, text, truth, whole
from synthetic_data.population import Population
from synthetic_data.population.hard_cases import SMALLEST
from synthetic_data.population.schools import GRADES, LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling.calendar import DAY, SchoolYear
from synthetic_data.streams import rng_for

__all__ = ["MOVES", "EnrollmentPeriods", "draw_enrollment", "enrollment_frame", "moves_frame"]

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Ed-Fi's terms.
ENTRIES = ("Next year school", "New to education system", "Transfer", "Re-entry")
NEXT_YEAR, NEW, TRANSFER_IN, RE_ENTRY = range(4)
EXITS = ("End of school year", "Graduated", "Transferred", "Withdrawn", "Dropout", "No show")
END_OF_YEAR, GRADUATED, TRANSFERRED, WITHDRAWN, DROPOUT, NO_SHOW_EXIT = range(6)

# What happens to a child's enrollment in a year; the hard cases among them, with what they break.
STAYS, ARRIVES, LEAVES, RETURNS, NO_SHOW, MOVES_SCHOOL = range(6)
MOVES = {
    ARRIVES: ("late_arrival", "came to the district after the first day"),
    LEAVES: ("left", "left the district during the year"),
    RETURNS: ("returner", "left and came back: two spells at one school"),
    NO_SHOW: ("no_show", "enrolled in summer, never came: a spell without a day"),
    MOVES_SCHOOL: ("two_enrolments", "changed school within the district: two spells"),
}
ARRIVES_LATE = 0.5  # of families new this year; the others come on the first day
LEAVES_EARLY = 0.55  # of families who leave; the others stay to the last day
GONE_AT_LEAST, GONE_AT_MOST = 15, 60  # instructional days between leaving and returning


@dataclass(frozen=True)
class EnrollmentPeriods(Arrays):
    """Enrollment periods as arrays; children, schools and grades are indexes.

    ``begin`` and ``end`` count instructional days of the school's level from 0. ``end`` is -1 for an open
    period; a no-show has no day (``end < begin``).
    """

    child: Codes
    school: Codes
    grade: Codes
    year: Codes
    level: Codes
    begin: Codes
    end: Codes
    entry: Codes
    exit: Codes
    kind: Codes
    is_open: Mask

    def attended(self, year: int, level: str | None = None) -> Codes:
        """Return the positions of a year's enrollments with a school day, of one level or all."""
        mine = (self.year == year) & (self.end != -2)
        return np.flatnonzero(mine if level is None else mine & (self.level == list(LEVELS).index(level)))


def draw_enrollment(
    scenario: Scenario, population: Population, years: dict[tuple[int, str], SchoolYear]
) -> EnrollmentPeriods:
    """Enroll every child in both school years."""
    schools, children = population.school_list, population.children
    homes = population.households
    home = positions_in(homes["household"], children["household"])
    zone_now = homes["zone"].to_numpy(dtype="int64")
    zones = len(schools.of_level("elementary"))
    grades = {
        scenario.school_year: positions_in(GRADES, children["grade_level"]),
        scenario.school_year - 1: positions_in(
            pd.Series(GRADES, dtype="string"), children["grade_level_before"]
        ),
    }
    parts: list[EnrollmentPeriods] = []
    zone_end = zone_now
    for year, grade in grades.items():  # backward in time: today's address is the last one
        current = year == scenario.school_year
        rng = rng_for(scenario.seed, "moves", year)
        families = len(zone_now)
        moved = rng.random(families) < scenario.moved_in_year
        other = (zone_end + 1 + rng.integers(0, max(1, zones - 1), families)) % zones
        gone = rng.random(families) < (scenario.left_in_year if current else LEAVES_EARLY)
        late = rng.random(families) < ARRIVES_LATE
        newcomers = rng.random(families) < scenario.arrived_in_year
        when, gap = rng.random(families), rng.integers(0, 4, families)

        here = grade >= 0
        count = len(grade)
        leaves_for_good = here & (grades[scenario.school_year] < 0) & (grade < len(GRADES) - 1)
        new = (
            (grades[scenario.school_year - 1] < 0) & (grade > 0) if current else newcomers[home] & (grade > 0)
        )
        returns = rng.random(count) < scenario.returned_in_year
        no_show = rng.random(count) < scenario.no_show
        leaving = gone[home] if current else gone[home] & leaves_for_good
        start, end = schools.of(other[home], grade), schools.of(zone_end[home], grade)
        moves = moved[home] & (start != end)
        kind = np.select(
            [no_show, leaving, new & late[home], returns, moves],
            [NO_SHOW, LEAVES, ARRIVES, RETURNS, MOVES_SCHOOL],
            STAYS,
        )
        lasting = np.array(
            [years[year, level].past if current else len(years[year, level].days) for level in LEVELS]
        )
        total = np.array([len(years[year, level].days) for level in LEVELS])
        level = np.searchsorted([first for first, _ in LEVELS.values()], grade, side="right") - 1
        room = lasting[level] - 30
        # This early in the year, nothing has happened yet.
        kind[(room < 1) & (kind != NO_SHOW)] = STAYS
        if current and scenario.students >= SMALLEST and room[here].min() > 0:
            kind = _plant(rng_for(scenario.seed, "moves", "hard cases"), home, grade, new, kind)
            moves = (kind == MOVES_SCHOOL) & (start == end)
            start[moves] = schools.of(other[home[moves]], grade[moves])
            moved[home[moves]] = True
        came = np.zeros(count, dtype=bool)
        if current and (movers := population.movers) is not None:
            kind[movers.child] = np.where(movers.leaves, LEAVES, ARRIVES)
            when[home[movers.child]] = movers.when
            came[movers.child[~movers.leaves]] = True
        first_day = 12 + (when[home] * np.maximum(room, 1)).astype("int64")
        away = np.minimum(rng.integers(GONE_AT_LEAST, GONE_AT_MOST, count), lasting[level] - 4 - first_day)
        entry = np.where(grade == 0, NEW, np.where(new, TRANSFER_IN, NEXT_YEAR))
        senior = (grade == len(GRADES) - 1) & (grades[scenario.school_year] < 0)
        leaver_exit = rng.random(count)
        leaver_exit = np.where(
            (grade >= 9) & (leaver_exit < 0.15), DROPOUT, np.where(leaver_exit < 0.75, TRANSFERRED, WITHDRAWN)
        )
        if current and population.movers is not None:
            leaver_exit[population.movers.child] = TRANSFERRED
        final_exit = -np.ones(count, dtype="int64") if current else np.where(senior, GRADUATED, END_OF_YEAR)
        last = np.full(count, -1) if current else total[level] - 1

        two = np.isin(kind, (RETURNS, MOVES_SCHOOL))
        first_school = np.where(kind == MOVES_SCHOOL, start, end)
        first = {
            "school": first_school,
            # A child from another district of the region has left there before.
            "begin": np.where(kind == ARRIVES, first_day + 2 * came, 0),
            "end": np.select([kind == NO_SHOW, kind == LEAVES, two], [-2, first_day, first_day], last),
            "entry": np.where(kind == ARRIVES, TRANSFER_IN, entry),
            "exit": np.select(
                [kind == NO_SHOW, kind == LEAVES, kind == RETURNS, kind == MOVES_SCHOOL],
                [
                    np.full(count, NO_SHOW_EXIT),
                    leaver_exit,
                    np.full(count, WITHDRAWN),
                    np.full(count, TRANSFERRED),
                ],
                final_exit,
            ),
        }
        second = {
            "school": end,
            "begin": first_day + 1 + np.where(kind == RETURNS, away, gap[home]),
            "end": last,
            "entry": np.where(kind == RETURNS, RE_ENTRY, TRANSFER_IN),
            "exit": final_exit,
        }
        for enrollment, mask in ((first, here), (second, here & two)):
            child = np.flatnonzero(mask)
            parts.append(
                EnrollmentPeriods(
                    child=child,
                    grade=grade[mask],
                    year=np.full(len(child), year),
                    level=level[mask],
                    kind=kind[mask],
                    is_open=enrollment["end"][mask] == -1,
                    **{name: values[mask] for name, values in enrollment.items()},
                )
            )
        zone_end = np.where(moved, other, zone_end)
    merged = EnrollmentPeriods.stack(parts)
    return merged.at(np.lexsort((merged.begin, merged.child, merged.year)))


def enrollment_frame(
    population: Population, enrollments: EnrollmentPeriods, years: dict[tuple[int, str], SchoolYear]
) -> pd.DataFrame:
    """Convert enrollment periods to dates and codes."""
    begin = np.full(len(enrollments.child), np.datetime64("NaT", "D"))
    end = begin.copy()
    for (year, level), laid_out in years.items():
        mine = (enrollments.year == year) & (enrollments.level == list(LEVELS).index(level))
        begin[mine] = laid_out.days[enrollments.begin[mine]]
        closed = mine & (enrollments.end >= 0)
        end[closed] = laid_out.days[enrollments.end[closed]]
        # Enrolled in summer, withdrawn on the day before school starts.
        absent = mine & (enrollments.end == -2)
        begin[absent] = laid_out.days[0] - 21 * DAY
        end[absent] = laid_out.days[0] - DAY
    return pd.DataFrame(
        {
            "person": population.children["person"].array.take(enrollments.child),
            "school_id": pick(population.school_list.ids, enrollments.school),
            "grade_level": pick(GRADES, enrollments.grade),
            "begin_date": dates(begin),
            "end_date": dates(end),
            "entry_type": pick(ENTRIES, enrollments.entry),
            "exit_withdraw_type": pick(EXITS, enrollments.exit),
            "school_year": whole(enrollments.year),
            "is_primary": truth(np.ones(len(begin), dtype=bool)),
        }
    )


def moves_frame(scenario: Scenario, population: Population, enrollments: EnrollmentPeriods) -> pd.DataFrame:
    """List this year's arrivals, departures and moves as hard cases."""
    first = (enrollments.year == scenario.school_year) & (enrollments.kind != STAYS)
    first[1:] &= (enrollments.child[1:] != enrollments.child[:-1]) | (
        enrollments.year[1:] != enrollments.year[:-1]
    )
    kind = enrollments.kind[first]
    return pd.DataFrame(
        {
            "case": pick([name for name, _ in MOVES.values()], kind - 1),
            "person": population.children["person"].array.take(enrollments.child[first]),
            "other_person": text([None] * len(kind)),
            "note": pick([note for _, note in MOVES.values()], kind - 1),
        }
    ).sort_values(["case", "person"], ignore_index=True)


def _plant(rng: np.random.Generator, home: Codes, grade: Codes, new: Mask, kind: Codes) -> Codes:
    """Inject each kind of move that chance left out, in a family that stays.

    Returns the updated kinds, unchanged if no family stays.
    """
    kind = kind.copy()
    here = grade >= 0
    young = here & (grade < LEVELS["middle"][0])  # that level always has two schools
    order = rng.permutation(np.flatnonzero(here))
    stays = np.ones(int(np.max(home)) + 1, dtype=bool)
    stays[home[here & (kind != STAYS)]] = False
    fits = {
        MOVES_SCHOOL: (young,),
        ARRIVES: (new, grade == 0, here),
        LEAVES: (here,),
        RETURNS: (here,),
        NO_SHOW: (here,),
    }
    for injected, choices in fits.items():
        if (here & (kind == injected)).any():
            continue
        for fit in choices:
            child = next((one for one in order.tolist() if fit[one] and stays[home[one]]), None)
            if child is not None:
                family = (home == home[child]) & here
                kind[family & young if injected == MOVES_SCHOOL else child] = injected
                stays[home[child]] = False
                break
    return kind
