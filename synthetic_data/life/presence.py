"""Find who is absent on a day, and who is present in a window, for all that happens to children."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import marked
from synthetic_data.life.absences import Absences
from synthetic_data.population.schools import LEVELS
from synthetic_data.schooling import Schooling

__all__ = [
    "days_away",
    "days_in_window",
    "enrolled_until",
    "is_away",
    "last_days",
    "windows_of",
    "windows_so_far",
]

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


def days_away(absences: Absences) -> Codes:
    """Return the missed days of this year, in the form that `is_away` needs."""
    return np.sort(_keys(absences.child[absences.missed], absences.day[absences.missed]))


def is_away(away: Codes, child: Codes, day: Days) -> Mask:
    """Check for children and days whether the child misses that day."""
    if not len(away):
        return np.zeros(len(child), dtype=bool)
    keys = _keys(child, day)
    return np.asarray(away[np.searchsorted(away, keys).clip(max=len(away) - 1)] == keys)


def _keys(child: Codes, day: Days) -> Codes:
    return child * 100_000 + day.astype("datetime64[D]").astype("int64")


def enrolled_until(schooling: Schooling, year: int, children: int, until: np.datetime64) -> Mask:
    """Mark children whom a school had enrolled in a school year by a day, whether they came or not."""
    enrollments = schooling.enrollments
    begin = schooling.begin
    here = marked(enrollments.child[(enrollments.year == year) & (begin <= until)], children)
    return here


def last_days(schooling: Schooling, children: int) -> Days:
    """Return each child's last day in the district's schools; ``NaT`` for those still enrolled."""
    last = np.full(children, np.datetime64("NaT", "D"))
    last[schooling.enrollments.child] = schooling.end
    return last


def windows_of(
    windows: dict[str, tuple[str, str]], year: int
) -> list[tuple[str, np.datetime64, np.datetime64]]:
    """Return name, first and last day of each window in a school year, declared by month and day."""
    found = []
    for name, window in windows.items():
        first, last = (np.datetime64(f"{year - (day >= '07')}-{day}") for day in window)
        found.append((name, first, last))
    return found


def windows_so_far(
    windows: dict[str, tuple[str, str]], this_year: int, as_of: dt.date, latest_only: bool
) -> list[tuple[int, int, str, np.datetime64, np.datetime64]]:
    """List the windows of both school years that had started by the day of the exports, or the latest."""
    found = [
        (year, place, *window)
        for year in (this_year - 1, this_year)
        for place, window in enumerate(windows_of(windows, year))
        if window[1] <= np.datetime64(as_of, "D")
    ]
    return found[-1:] if latest_only else found


def days_in_window(
    schooling: Schooling,
    year: int,
    window: tuple[np.datetime64, np.datetime64],
    asked: Mask,
    draw: Numbers,
) -> tuple[Codes, Days]:
    """Draw a day in a window for each child, if she is enrolled then."""
    enrollments, (first, last) = schooling.enrollments, window
    found, on = [], []
    for level in LEVELS:
        laid_out = schooling.years[year, level]
        begin, end = np.searchsorted(laid_out.days, [first, last + np.timedelta64(1, "D")])
        known = min(int(end), laid_out.past)
        at = enrollments.attended(year, level)
        at = at[asked[at]]
        column = begin + (draw[enrollments.child[at]] * (end - begin)).astype("int64")
        stays = np.where(enrollments.is_open[at], column, enrollments.end[at])
        there = (column < known) & (column >= enrollments.begin[at]) & (column <= stays)
        found.append(at[there])
        on.append(laid_out.days[column[there]])
    enrollment, day = np.concatenate(found), np.concatenate(on)
    order = np.argsort(enrollments.child[enrollment], kind="stable")
    return enrollment[order], day[order].astype("datetime64[D]")
