"""Generate the calendar of two school years: instructional days, closed days and why, and terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import first_day
from synthetic_data.columns import dates, pick, text, truth, whole
from synthetic_data.population.schools import LEVELS, Schools
from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = ["GRADING_PERIODS", "SchoolYear", "calendar_frame", "school_years", "session_id", "sessions_frame"]

Days = npt.NDArray[np.datetime64]
Codes = npt.NDArray[np.int64]

# Ed-Fi's terms. The first is a day when children attend.
EVENTS = ("Instructional day", "Holiday", "Teacher only day", "Weather day")
INSTRUCTIONAL, HOLIDAY, TEACHER_ONLY, WEATHER = range(4)

# Levels end on different days: each has its own number of days. Most state laws require about 180.
INSTRUCTIONAL_DAYS = {"elementary": 179, "middle": 180, "high": 178}

# Ed-Fi's words; two in each semester.
GRADING_PERIODS = ("First Nine Weeks", "Second Nine Weeks", "Third Nine Weeks", "Fourth Nine Weeks")
SESSIONS = (
    ("FY", "Year Round", "School Year"),
    ("S1", "Fall Semester", "Fall"),
    ("S2", "Spring Semester", "Spring"),
)


DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class SchoolYear:
    """One school year of one level."""

    # The year in which it ends.
    year: int
    # Every weekday from the teachers' first to the last day, with its type (index in `EVENTS`).
    weekdays: Days
    events: Codes
    # Instructional days.
    days: Days
    # Number of these on or before the day of the exports.
    past: int
    # Last instructional day of each grading period, counted from 0.
    period_end: tuple[int, int, int, int]

    @property
    def fall_end(self) -> int:
        """Last instructional day of the fall semester, counted from 0."""
        return self.period_end[1]


def session_id(year: int, place: int) -> str:
    """Name a session: 0 the year, 1 fall, 2 spring."""
    return f"{year}-{SESSIONS[place][0]}"


def school_years(scenario: Scenario) -> dict[tuple[int, str], SchoolYear]:
    """Plan both school years for every level."""
    found = {}
    for year in (scenario.school_year - 1, scenario.school_year):
        first = _weekday(year - 1, 8, 18, 0, 1)
        closed = _closed(year)
        teachers = {_weekday(year - 1, 10, 1, 4, 3), _weekday(year, 3, 1, 4, 1)}
        teachers |= {first - step * DAY for step in (5, 4, 3)}  # Wednesday to Friday of the week before
        after_break = closed["winter"][-1] + 3 * DAY
        teachers.add(after_break)
        everyday = np.arange(first - 5 * DAY, np.datetime64(first_day(year + 1)))
        weekdays = everyday[np.is_busday(everyday)]
        free = np.array(sorted(day for days in closed.values() for day in days))
        events = np.where(np.isin(weekdays, free), HOLIDAY, INSTRUCTIONAL)
        events[np.isin(weekdays, np.array(sorted(teachers)))] = TEACHER_ONLY
        cold = (weekdays >= np.datetime64(f"{year}-01-12")) & (weekdays <= np.datetime64(f"{year}-02-20"))
        could = np.flatnonzero((events == INSTRUCTIONAL) & cold)
        events[could[int(rng_for(scenario.seed, "weather day", year).integers(len(could)))]] = WEATHER
        for level in LEVELS:
            taught = np.cumsum(events == INSTRUCTIONAL)
            end = int(np.searchsorted(taught, INSTRUCTIONAL_DAYS[level])) + 1
            days = weekdays[:end][events[:end] == INSTRUCTIONAL]
            fall = int(np.searchsorted(days, closed["winter"][0])) - 1
            last = len(days) - 1
            period_end = (fall // 2, fall, (fall + last) // 2, last)
            past = int(np.searchsorted(days, np.datetime64(scenario.as_of), side="right"))
            found[year, level] = SchoolYear(year, weekdays[:end], events[:end], days, past, period_end)
    return found


def calendar_frame(schools: Schools, years: dict[tuple[int, str], SchoolYear]) -> pd.DataFrame:
    """Return every school's calendar."""
    parts = [
        (place, laid_out)
        for place, level in enumerate(schools.levels)
        for (_, of_level), laid_out in years.items()
        if of_level == level
    ]
    events = np.concatenate([laid_out.events for _, laid_out in parts])
    lengths = [len(laid_out.events) for _, laid_out in parts]
    return pd.DataFrame(
        {
            "school_id": pick(schools.ids, np.repeat([place for place, _ in parts], lengths)),
            "date": dates(np.concatenate([laid_out.weekdays for _, laid_out in parts])),
            "calendar_event": pick(EVENTS, events),
            "is_instructional": truth(events == INSTRUCTIONAL),
            "school_year": whole(np.repeat([laid_out.year for _, laid_out in parts], lengths)),
        }
    )


def sessions_frame(years: dict[tuple[int, str], SchoolYear]) -> pd.DataFrame:
    """Return the terms, which the whole district shares."""
    rows = []
    for year in sorted({year for year, _ in years}):
        levels = [laid_out for (of_year, _), laid_out in years.items() if of_year == year]
        begin, end = min(one.days[0] for one in levels), max(one.days[-1] for one in levels)
        fall = max(one.days[one.fall_end] for one in levels)
        spring = min(one.days[one.fall_end + 1] for one in levels)
        for place, span in enumerate(((begin, end), (begin, fall), (spring, end))):
            code, kind, title = SESSIONS[place]
            parent = session_id(year, 0) if place else None
            rows.append((f"{year}-{code}", parent, kind, f"{year - 1}-{year} {title}", *span, year))
    ids, parents, kinds, titles, begins, ends, of_year = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "session_id": text(ids),
            "parent_session_id": text(parents),
            "session_type": text(kinds),
            "title": text(titles),
            "school_id": text([None] * len(rows)),
            "begin_date": dates(np.array(begins)),
            "end_date": dates(np.array(ends)),
            "school_year": whole(np.array(of_year)),
        }
    )


def _weekday(year: int, month: int, day: int, weekday: int, nth: int) -> np.datetime64:
    """Find the nth such weekday (0: Monday) on or after a day."""
    start = np.datetime64(f"{year}-{month:02d}-{day:02d}")
    ahead = (weekday - int((start.astype("int64") - 4) % 7)) % 7  # day 4 since 1970 was a Monday
    return start + np.timedelta64(ahead + 7 * (nth - 1), "D")


def _closed(year: int) -> dict[str, list[np.datetime64]]:
    """Return the days on which schools are closed."""
    thanksgiving = _weekday(year - 1, 11, 1, 3, 4)
    winter = _weekday(year - 1, 12, 19, 0, 1)
    spring = _weekday(year, 3, 14, 0, 1)
    return {
        "autumn": [
            _weekday(year - 1, 9, 1, 0, 1),
            _weekday(year - 1, 10, 1, 0, 2),
            np.datetime64(f"{year - 1}-11-11"),
            *(thanksgiving + step * DAY for step in (-1, 0, 1)),
        ],
        "winter": [winter + step * DAY for step in (*range(5), *range(7, 12))],
        "spring": [
            _weekday(year, 1, 1, 0, 3),
            _weekday(year, 2, 1, 0, 3),
            *(spring + step * DAY for step in range(5)),
            _weekday(year, 5, 25, 0, 1),
            np.datetime64(f"{year}-06-19"),
        ],
    }
