"""Shared by two test vendors: the children on their rosters, their schools and numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import marked, only, text
from synthetic_data.life.learning.tests import PROGRAMS, TESTED, WINDOWS, YEARS_GIVEN, Tests, window_of
from synthetic_data.observation import Truth
from synthetic_data.population import ten_digits
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for

__all__ = ["VendorRoster", "held_by", "numbers_of", "race_words"]

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

# A vendor has one category per child, and Hispanic or Latino is one of them. The first five terms are from
# the vendor's own training data; the other two are the kit's own.
GROUP_WORDS = {
    "White": "White",
    "Hispanic": "Hispanic or Latino",
    "Black": "Black or African American",
    "Asian": "Asian",
    "American Indian/Alaska Native": "American Indian or Alaska Native",
    "Pacific Islander": "Native Hawaiian or Other Pacific Islander",
    "Two or more races": "Multi-ethnic",
}


@dataclass(frozen=True)
class VendorRoster:
    """What a vendor records."""

    tests: Tests
    """Tests of children whom its roster lists."""
    term: Codes
    """By test: the term, counted through the seasons of all years that the vendor holds."""
    years: tuple[int, ...]
    school: Codes
    """By child and term: the place of the school at which the vendor has the child, -1: nowhere."""
    listed: Mask
    """By child and term: whether the roster of that term lists the child."""
    grade: Codes
    """By child and year: the grade; -1 where there is none."""
    missing: dict[str, pd.Series]
    """The children whom it doesn't hold, by the reason."""
    last_roster: pd.Timestamp


def held_by(scenario: Scenario, truth: Truth, exchange: Exchange, program: int) -> VendorRoster:
    """Find the children on a vendor's rosters, and the tests that it therefore has.

    A vendor gets a roster before each window, but none after the day of its last one; it has all of those of
    the year before. It doesn't list children who came later, or their new schools: such a child took the test
    with a temporary account, and is in no export.
    """
    enrollments, begin, end = truth.schooling.enrollments, truth.schooling.begin, truth.schooling.end
    person = truth.population.children["person"]
    count, as_of = len(person), np.datetime64(scenario.as_of, "D")
    # However old its rosters are, a vendor has one for the first window of the year.
    first_window = window_of(scenario.school_year, WINDOWS[program][0])[0]
    last_roster = max(np.datetime64(exchange.roster_date, "D"), min(first_window, as_of))
    lowest, highest = TESTED[program]
    years = tuple(range(scenario.school_year - YEARS_GIVEN[program] + 1, scenario.school_year + 1))
    seasons = len(WINDOWS[program])
    grade = np.full((count, len(years)), -1)
    school = np.full((count, len(years) * seasons), -1)
    listed = np.zeros(school.shape, dtype=bool)
    for number, year in enumerate(years):
        of_year = (enrollments.year == year) & (enrollments.end != -2)
        grade[enrollments.child[of_year], number] = enrollments.grade[of_year]
        fits = of_year & (enrollments.grade >= lowest) & (enrollments.grade <= highest)
        for season, window in enumerate(WINDOWS[program]):
            first, last = window_of(year, window)
            if first > as_of:
                continue
            day = last if year < scenario.school_year else min(last, last_roster, as_of)
            at = number * seasons + season
            begun = np.flatnonzero(fits & (begin <= day))
            # The latest enrollment period comes last.
            school[enrollments.child[begun], at] = enrollments.school[begun]
            listed[enrollments.child[begun[np.isnat(end[begun]) | (end[begun] >= day)]], at] = True

    every = truth.life.tests
    mine = np.flatnonzero(every.program == program)
    term = (every.year[mine] - years[0]) * seasons + every.season[mine]
    known = school[every.child[mine], term] >= 0
    tests, term = every.at(mine[known]), term[known]
    listed[tests.child, term] = True

    here = np.unique(enrollments.child[(enrollments.year == scenario.school_year) & (begin <= as_of)])
    holds = marked(tests.child if program else np.flatnonzero(listed.any(axis=1)), count)
    tested = marked(every.child[mine], count)
    not_held = here[~holds[here]]
    late = tested[not_held]
    return VendorRoster(
        tests,
        term,
        years,
        school,
        listed,
        grade,
        {"Roster date": person.iloc[not_held[late]], "Not served": person.iloc[not_held[~late]]},
        pd.Timestamp(last_roster),
    )


def numbers_of(
    scenario: Scenario, truth: Truth, exchange: Exchange, program: int
) -> tuple[Words, npt.NDArray[np.object_]]:
    """Return each child's number at a vendor, and the state's number if the vendor has it."""
    children = truth.population.children
    rng = rng_for(scenario.seed, PROGRAMS[program], "numbers")
    own = ten_digits(rng, len(children))
    has_number = rng.random(len(children)) < exchange.ids.get("State", 0.0)
    if "District" in exchange.ids:
        own = children["district_number"].to_numpy(dtype=object)
    return own, only(has_number, children["state_id"].to_numpy(dtype=object))


def race_words(truth: Truth, agreed: bool) -> object:
    """Return each child's race: in the district's terms if codes are agreed, else the vendor's category."""
    children = truth.population.children
    if agreed:
        return children["race"].array
    return text([GROUP_WORDS[group] for group in children["group"].tolist()])
