"""Write the true profile of every child on the day of the exports, and earlier values that differ.

A system with a roster some weeks old records what was true then. So the key also contains the values of every
earlier day on which a system's roster is based, if they differ. This separates *not fresh* from *wrong*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import pick, text
from synthetic_data.life.absences import ENOUGH_DAYS, Absences, is_chronic
from synthetic_data.population import Population
from synthetic_data.population.schools import LEVELS
from synthetic_data.schooling import Schooling

__all__ = ["Element", "a_day", "measured", "true_values", "whole_number"]

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Element:
    """One element of every child on one day, as a number; NaN if a child has none."""

    name: str
    numbers: Numbers
    write: Callable[[Numbers], object]
    """Format of the numbers, such as `measured` or `whole_number`."""


def whole_number(numbers: Numbers) -> object:
    """Format whole numbers."""
    return text([f"{number:.0f}" for number in numbers.tolist()])


def measured(numbers: Numbers) -> object:
    """Format shares and means with four decimals."""
    return text([f"{number:.4f}" for number in numbers.tolist()])


def a_day(numbers: Numbers) -> object:
    """Format days, counted from 1970 on."""
    return text(np.datetime_as_string(numbers.astype("int64").astype("datetime64[D]")).astype(object))


def true_values(
    year: int,
    population: Population,
    schooling: Schooling,
    absences: Absences,
    lasting: Sequence[Element],
    changing: Callable[[np.datetime64], Sequence[Element]],
    earlier: Iterable[tuple[str, Codes, Numbers, Days]],
    days: Sequence[pd.Timestamp],
) -> pd.DataFrame:
    """Build the true elements of this year's children, with the names that profiles use.

    ``earlier`` are elements, children, numbers and the days on which these were true.
    """

    def on(day: pd.Timestamp) -> list[Element]:
        until = np.datetime64(day, "D")
        return [
            _school(year, population, schooling, until),
            *_days_at_school(year, population, schooling, absences, until),
            _courses(year, population, schooling, day),
            *changing(until),
        ]

    newest = on(days[0])
    parts: list[tuple[str, Codes, object, Any]] = [
        (name, child, words, days[0]) for name, child, words in _about_the_child(population)
    ]
    for one in (*lasting, *newest):
        whose = np.flatnonzero(~np.isnan(one.numbers))
        parts.append((one.name, whose, one.write(one.numbers[whose]), days[0]))
    for day in days[1:]:
        for now, then in zip(newest, on(day), strict=True):
            whose = np.flatnonzero(~np.isnan(then.numbers) & (then.numbers != now.numbers))
            parts.append((then.name, whose, then.write(then.numbers[whose]), day))
    for name, whose, numbers, since in earlier:
        # What was true on the day of a roster is there already.
        other = ~np.isin(since, np.asarray(days, "datetime64[D]"))
        parts.append((name, whose[other], measured(numbers[other]), since[other].astype("datetime64[us]")))
    lengths = [len(child) for _, child, _, _ in parts]
    return pd.DataFrame(
        {
            "person": population.children["person"].array.take(np.concatenate([part[1] for part in parts])),
            "element": pick([part[0] for part in parts], np.repeat(np.arange(len(parts)), lengths)),
            "value": pd.concat([pd.Series(part[2]) for part in parts], ignore_index=True),
            "as_of": np.concatenate(
                [np.broadcast_to(np.asarray(day, "datetime64[us]"), len(child)) for _, child, _, day in parts]
            ),
        }
    )


def _about_the_child(population: Population) -> list[tuple[str, Codes, object]]:
    """Return what doesn't change within a school year."""
    children = population.children
    here = np.flatnonzero(children["grade_level"].notna())
    language = children[["household"]].merge(
        population.households[["household", "home_language"]],
        on="household",
        how="left",
        validate="many_to_one",
    )["home_language"]
    births = np.datetime_as_string(children["birth_date"].to_numpy()[here], unit="D")
    parts: list[tuple[str, Codes, object]] = [
        (name, here, children[name].array.take(here))
        for name in ("first_name", "last_surname", "sex", "state_id", "grade_level")
    ]
    parts.append(("birth_date", here, text(births.astype(object))))
    parts.append(("home_language", here, language.array.take(here)))
    return parts


def _nobody(population: Population) -> Numbers:
    return np.full(len(population.children), np.nan)


def _school(year: int, population: Population, schooling: Schooling, until: np.datetime64) -> Element:
    """Return the school of each child's latest started enrollment period."""
    enrollments = schooling.enrollments
    begin = schooling.begin
    begun = np.flatnonzero((enrollments.year == year) & (begin <= until))
    school = _nobody(population)
    # Enrollment periods are sorted by begin date.
    school[enrollments.child[begun]] = enrollments.school[begun]
    names = population.schools["school_name"].tolist()
    return Element("school", school, lambda numbers: pick(names, numbers.astype("int64")))


def _days_at_school(
    year: int,
    population: Population,
    schooling: Schooling,
    absences: Absences,
    until: np.datetime64,
) -> list[Element]:
    """Count this year's days up to a day: enrolled, present, absent, late, and derived elements."""
    enrollments, count = schooling.enrollments, len(population.children)
    past = np.zeros(len(enrollments.child), dtype="int64")
    for place, level in enumerate(LEVELS):
        days = schooling.years[year, level].days
        past[enrollments.level == place] = np.searchsorted(days, until, side="right")
    mine = enrollments.attended(year)
    last = np.where(
        enrollments.is_open[mine], past[mine] - 1, np.minimum(enrollments.end[mine], past[mine] - 1)
    )
    stayed = np.maximum(last - enrollments.begin[mine] + 1, 0)
    enrolled = np.bincount(enrollments.child[mine], weights=stayed, minlength=count)
    so_far = absences.day <= until
    absent, tardy = (
        np.bincount(absences.child[so_far & kind], minlength=count).astype("float64")
        for kind in (absences.missed, absences.tardy)
    )
    none = enrolled == 0
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = 1 - absent / enrolled
    chronic = np.where(enrolled >= ENOUGH_DAYS, is_chronic(absent, enrolled).astype("float64"), np.nan)
    return [
        *(
            Element(name, np.where(none, np.nan, numbers), whole_number)
            for name, numbers in (
                ("days_enrolled", enrolled),
                ("days_present", enrolled - absent),
                ("days_absent", absent),
                ("days_tardy", tardy),
            )
        ),
        Element("rate", np.where(none, np.nan, rate), measured),
        Element("chronically_absent", chronic, lambda n: pick(("false", "true"), n.astype("int64"))),
    ]


def _courses(year: int, population: Population, schooling: Schooling, day: pd.Timestamp) -> Element:
    """Count the distinct courses of each child on a day."""
    seats, enrollments = schooling.seats, schooling.enrollments
    # Students come first among section enrollments, in the same order; staff follow.
    seated = schooling.section_enrollment.iloc[: len(seats.enrollment)]
    end = seated["end_date"]
    runs = (seated["begin_date"] <= day) & (end.isna() | (end >= day))
    runs &= seated["school_year"] == year
    there = np.flatnonzero(runs.to_numpy(dtype=bool))
    course_ids = pd.Index(schooling.courses["course_id"])
    course = np.asarray(course_ids.get_indexer(pd.Index(schooling.sections["course_id"])))
    pairs = enrollments.child[seats.enrollment[there]] * len(course_ids) + course[seats.section[there]]
    child, courses = np.unique(np.unique(pairs) // len(course_ids), return_counts=True)
    numbers = _nobody(population)
    numbers[child] = courses
    return Element("courses", numbers, whole_number)
