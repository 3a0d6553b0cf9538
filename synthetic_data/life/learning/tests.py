"""Simulate tests, with their norms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import first_day
from synthetic_data.columns import Arrays, dates, pick, whole
from synthetic_data.facts import rows
from synthetic_data.life.absences import Absences
from synthetic_data.life.effects import OWN, Effect, effect
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, measured
from synthetic_data.population import Population
from synthetic_data.population.schools import GRADES, LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = [
    "EFFECTS",
    "PROGRAMS",
    "SEASONS",
    "SUBJECTS",
    "TESTED",
    "WINDOWS",
    "YEARS_GIVEN",
    "Tests",
    "draw_tests",
    "fifths",
    "iready_scale",
    "latest_scores",
    "means",
    "older_tests",
    "percentiles",
    "spreads",
    "window_of",
]


SUBJECTS = ("Mathematics", "Reading")
SEASONS = ("Fall", "Winter", "Spring")
PROGRAMS = ("MAP Growth", "i-Ready")


@cache
def _tables(program: int) -> tuple[Numbers, Numbers]:
    """Return means and standard deviations by subject, grade and season; NaN without norms."""
    mean = np.full((len(SUBJECTS), len(GRADES), len(SEASONS)), np.nan)
    spread = mean.copy()
    if PROGRAMS[program] == "MAP Growth":
        for row in rows("map_growth_norms_2025"):
            place = SUBJECTS.index(row["subject"]), GRADES.index(row["grade"]), SEASONS.index(row["season"])
            mean[place], spread[place] = float(row["mean"]), float(row["sd"])
    else:
        for row in rows("iready_scale"):
            for season, name in enumerate(SEASONS):
                place = SUBJECTS.index(row["subject"]), GRADES.index(row["grade"]), season
                mean[place], spread[place] = float(row[name.lower()]), float(row["sd"])
    return mean, spread


def means(program: int, subject: Codes | int, grade: Codes, season: Codes | int) -> Numbers:
    """Return the norm mean of a program (0 MAP Growth, 1 i-Ready); all other arguments are indexes."""
    return np.asarray(_tables(program)[0][subject, grade, season])


def spreads(program: int, subject: Codes | int, grade: Codes, season: Codes | int) -> Numbers:
    """Return the norm standard deviation."""
    return np.asarray(_tables(program)[1][subject, grade, season])


@cache
def cut_points() -> Numbers:
    """Return the lowest standard scores of the 2nd, 3rd … 99th percentile."""
    return np.array([NormalDist().inv_cdf((place + 0.5) / 100) for place in range(1, 99)])


def percentiles(standard_scores: Numbers) -> Codes:
    """Return percentiles from 1 to 99: the share of children below, rounded."""
    return 1 + np.searchsorted(cut_points(), standard_scores, side="right")


def fifths(percentile: Codes) -> Codes:
    """Return the quintile, 0 to 4, of a percentile."""
    return np.minimum((percentile - 1) // 20, 4)


@cache
def iready_scale(name: str) -> Numbers:
    """Return a column of facts/iready_scale.csv by subject and grade; NaN for grades without a scale."""
    table = np.full((len(SUBJECTS), len(GRADES)), np.nan)
    for row in rows("iready_scale"):
        table[SUBJECTS.index(row["subject"]), GRADES.index(row["grade"])] = float(row[name])
    return table


Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

# Elements of the profile, by subject.
SCORE_ELEMENTS, PERCENTILE_ELEMENTS, GROWTH_ELEMENTS = (
    tuple(f"{subject}_{what}" for subject in ("math", "reading"))
    for what in ("score", "percentile", "growth")
)
# First and last grade, by program.
TESTED = ((2, 9), (0, 6))
# First and last day of the test windows by program and season: month and day. MAP's start 4, 20 and 32 weeks
# into the year, as its norms assume; the others are the kit's own.
WINDOWS = (
    (("09-15", "10-03"), ("01-12", "02-06"), ("03-30", "04-24")),
    (("08-25", "09-12"), ("01-12", "01-30"), ("04-20", "05-22")),
)
IREADY = PROGRAMS.index("i-Ready")
YEARS_GIVEN = (2, 1)  # school years of test results, by program
MISSED = ("Excused Absence", "Unexcused Absence")
# The kit's own sizes.
SCHEDULED = 0.6  # share of a window: the days scheduled for grades; the rest is for makeup tests
NEVER = 0.015  # of children take no test at all: excused, refused, broken off
ACADEMIC_IN_TESTS = 0.88  # correlation of the academic trait with the true score in a subject
OF_THE_SEASON = 0.08  # share of the true score's variance that is new each season
STANDARD_ERROR = (3.2, (8.0, 12.0))  # MAP Growth: RIT, in the middle; i-Ready: mathematics, reading
ERROR_AT_THE_ENDS = 0.22  # increase per unit of squared standard score: tests are less exact at the ends
SCORES = ((100, 350), (100, 800))

EFFECTS = (
    effect("academic_in_tests", ACADEMIC_IN_TESTS),
    effect("season_in_tests", OF_THE_SEASON),
    effect("norms_in_map_growth", 1.0),
    effect("error_in_map_growth", STANDARD_ERROR[0]),
    *(
        Effect(f"error_in_iready_{word}", "chance", f"i-Ready {word}", size, "points, standard error", OWN)
        for word, size in zip(("math", "reading"), STANDARD_ERROR[1], strict=True)
    ),
)


@dataclass(frozen=True)
class Tests(Arrays):
    """Every test up to the exports, as arrays; by program, child, subject and day."""

    year: Codes
    """School year."""
    program: Codes
    subject: Codes
    season: Codes
    child: Codes
    school: Codes
    grade: Codes
    day: Days
    score: Codes
    error: Numbers
    """Standard error of the score."""
    percentile: Codes

    def frame(self, population: Population) -> pd.DataFrame:
        """Return the tests as a frame."""
        return pd.DataFrame(
            {
                "person": population.children["person"].array.take(self.child),
                "assessment": pick(PROGRAMS, self.program),
                "academic_subject": pick(SUBJECTS, self.subject),
                "school_year": whole(self.year),
                "term": pick(SEASONS, self.season),
                "administration_date": dates(self.day),
                "school_id": pick(population.school_list.ids, self.school),
                "grade_level": pick(GRADES, self.grade),
                "score": whole(self.score),
                "standard_error": self.error,
                "percentile": whole(self.percentile),
            }
        )


def draw_tests(
    scenario: Scenario,
    population: Population,
    schooling: Schooling,
    absences: Absences,
    traits: Sequence[Traits],
) -> Tests:
    """Draw the tests of all children."""
    count = len(population.children)
    standing = [_standing(scenario, seen, count) for seen in traits]
    missed = _missed(scenario, population, absences)
    parts: list[tuple[Codes | Days | Numbers, ...]] = []
    for program, given in enumerate(YEARS_GIVEN):
        for back in range(given):
            year = scenario.school_year - back
            for season, window in enumerate(WINDOWS[program]):
                if scenario.people_only and not _of_newest(scenario, program, year, season):
                    continue
                for subject in range(len(SUBJECTS)):
                    key = (
                        PROGRAMS[program],
                        SEASONS[season],
                        SUBJECTS[subject],
                        *(back * ("the year before",)),
                    )
                    rng = rng_for(scenario.seed, "tests", *key)
                    enrollment, day = _sit(year, schooling, missed, program, window_of(year, window), rng)
                    child, grade = (
                        schooling.enrollments.child[enrollment],
                        schooling.enrollments.grade[enrollment],
                    )
                    of_today = rng.standard_normal(count)[child]
                    z = np.sqrt(1 - OF_THE_SEASON) * standing[program][subject, child]
                    z = z + np.sqrt(OF_THE_SEASON) * of_today
                    score, error = _score(rng, program, subject, season, grade, z)
                    at = np.full(len(child), 0)
                    place = (score - means(program, subject, grade, season)) / spreads(
                        program, subject, grade, season
                    )
                    parts.append(
                        (
                            at + year,
                            at + program,
                            at + subject,
                            at + season,
                            child,
                            schooling.enrollments.school[enrollment],
                            grade,
                            day,
                            score,
                            error,
                            percentiles(place),
                        )
                    )
    columns = [np.concatenate([part[n] for part in parts]) for n in range(len(parts[0]))]
    order = np.lexsort((columns[7], columns[2], columns[4], columns[1]))
    return Tests(*(column[order] for column in columns))


def _of_newest(scenario: Scenario, program: int, year: int, season: int) -> bool:
    """Check whether a window is i-Ready's latest finished one (MAP's results don't name children)."""
    over = [
        number
        for number, window in enumerate(WINDOWS[program])
        if window_of(scenario.school_year, window)[1] <= np.datetime64(scenario.as_of, "D")
    ]
    return program == IREADY and (year, season) == (scenario.school_year, max(over, default=0))


def _standing(scenario: Scenario, traits: Traits, count: int) -> Numbers:
    """Return every child's standard score in each subject, one row per subject."""
    own = rng_for(scenario.seed, "tests", "subjects", *traits.stream[1:])
    rest = own.standard_normal((len(SUBJECTS), count))
    return ACADEMIC_IN_TESTS * traits.academic + np.sqrt(1 - ACADEMIC_IN_TESTS**2) * rest


def window_of(year: int, window: tuple[str, str]) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and last day of a window of `WINDOWS` in a school year."""
    first, last = (np.datetime64(f"{year - 1 if day >= '07' else year}-{day}") for day in window)
    return first, last


def _missed(scenario: Scenario, population: Population, absences: Absences) -> tuple[Codes, Days]:
    """List missed days by child, in both years."""
    frame = absences.frame
    first = np.datetime64(first_day(scenario.school_year))
    before = frame.loc[frame["date"].to_numpy() < first]
    before = before.loc[before["attendance_event_category"].isin(MISSED).to_numpy(dtype=bool)]
    child = population.child_of(before["person"])
    return (
        np.concatenate([child.astype("int64"), absences.child[absences.missed]]),
        np.concatenate(
            [
                before["date"].to_numpy().astype("datetime64[D]"),
                absences.day[absences.missed].astype("datetime64[D]"),
            ]
        ),
    )


def _sit(
    year: int,
    schooling: Schooling,
    missed: tuple[Codes, Days],
    program: int,
    window: tuple[np.datetime64, np.datetime64],
    rng: np.random.Generator,
) -> tuple[Codes, Days]:
    """Find the test day of each child: indexes of enrollment periods, and days."""
    enrollments, (first, last) = schooling.enrollments, window
    lowest, highest = TESTED[program]
    fits = (enrollments.grade >= lowest) & (enrollments.grade <= highest)
    refused = rng.random(int(np.max(enrollments.child)) + 1) < NEVER
    found, on = [], []
    for level in LEVELS:
        laid_out = schooling.years[year, level]
        begin, end = np.searchsorted(laid_out.days, [first, last + np.timedelta64(1, "D")])
        known = min(end, laid_out.past)
        mine = enrollments.attended(year, level)
        mine = mine[fits[mine]]
        # Each grade of each school has its day; we draw all, so that none changes another's.
        planned = rng.random((int(np.max(enrollments.school)) + 1, len(GRADES)))
        if known <= begin or not len(mine):
            continue
        own_day = planned[enrollments.school[mine], enrollments.grade[mine]]
        own_day = begin + (own_day * SCHEDULED * (end - begin)).astype("int64")
        stays = np.where(enrollments.is_open[mine], known - 1, enrollments.end[mine])
        columns = np.arange(begin, known)
        there = columns >= np.maximum(own_day, enrollments.begin[mine])[:, None]
        there &= columns <= stays[:, None]
        there &= ~_away(missed, enrollments.child[mine], laid_out.days[begin:known])
        there &= ~refused[enrollments.child[mine], None]
        sits = np.flatnonzero(there.any(axis=1))
        found.append(mine[sits])
        on.append(laid_out.days[begin + there[sits].argmax(axis=1)])
    if not found:
        return np.zeros(0, dtype="int64"), np.zeros(0, dtype="datetime64[D]")
    enrollment, day = np.concatenate(found), np.concatenate(on)
    # A child who changed school within the window takes the test where she attends first.
    order = np.lexsort((day, enrollments.child[enrollment]))
    enrollment, day = enrollment[order], day[order]
    first_time = np.ones(len(enrollment), dtype=bool)
    first_time[1:] = enrollments.child[enrollment[1:]] != enrollments.child[enrollment[:-1]]
    return enrollment[first_time], day[first_time].astype("datetime64[D]")


def _away(missed: tuple[Codes, Days], child: Codes, days: Days) -> npt.NDArray[np.bool_]:
    """Check for each child and day whether the child misses it."""
    distinct, row = np.unique(child, return_inverse=True)
    away = np.zeros((len(distinct), len(days)), dtype=bool)
    within = (missed[1] >= days[0]) & (missed[1] <= days[-1])
    whose, when = missed[0][within], missed[1][within]
    place = np.searchsorted(distinct, whose).clip(max=len(distinct) - 1)
    column = np.searchsorted(days, when)
    ours = distinct[place] == whose
    away[place[ours], column[ours]] = True
    return away[row]


def _score(
    rng: np.random.Generator, program: int, subject: int, season: int, grade: Codes, z: Numbers
) -> tuple[Codes, Numbers]:
    """Convert a child's standard score to a test score, with its standard error."""
    usual = STANDARD_ERROR[0] if program == 0 else STANDARD_ERROR[1][subject]
    spread = spreads(program, subject, grade, season)
    # The norms' spread includes measurement error.
    true_spread = np.sqrt(spread**2 - usual**2)
    error = np.round(usual * (0.93 + ERROR_AT_THE_ENDS * z**2 / 3).clip(max=1.9), 2)
    shown = means(program, subject, grade, season) + true_spread * z + error * rng.standard_normal(len(z))
    return np.rint(shown).clip(*SCORES[program]).astype("int64"), error


def latest_scores(tests: Tests, year: int, count: int, until: np.datetime64) -> list[Element]:
    """Return each child's newest score of a year with its percentile, by subject, and the growth.

    Growth is the latest score of the year less that of the same season a year before, of a test given for
    several years: a year's growth, in any season. A child without that earlier test has none.
    """
    found, growths = [], []
    for subject in range(len(SUBJECTS)):
        taken = (tests.subject == subject) & (tests.day <= until)
        mine = np.flatnonzero(taken & (tests.year == year))
        mine = mine[np.argsort(tests.day[mine], kind="stable")]
        for names, numbers in ((SCORE_ELEMENTS, tests.score), (PERCENTILE_ELEMENTS, tests.percentile)):
            latest = np.full(count, np.nan)
            latest[tests.child[mine]] = numbers[mine]  # sorted by day: the last one wins
            found.append(Element(names[subject], latest, measured))
        for program in np.flatnonzero(np.array(YEARS_GIVEN) > 1):
            both = taken & (tests.program == program)
            mine = both & (tests.year == year)
            season = np.zeros(count, dtype="int64")
            season[tests.child[mine]] = tests.season[mine]
            score = np.full((2, count, len(SEASONS)), np.nan)
            of_year = tests.year[both] - (year - 1)
            score[of_year, tests.child[both], tests.season[both]] = tests.score[both]
            then, now = score[:, np.arange(count), season]
            growths.append(Element(GROWTH_ELEMENTS[subject], now - then, measured))
    return [*found, *growths]


def older_tests(tests: Tests, year: int, until: np.datetime64) -> Iterator[tuple[str, Codes, Numbers, Days]]:
    """Yield the last results of a child's other test; until the newest test, each was the newest itself.

    Element, children, numbers and days. A profile without the newest test shows them: old, and not wrong.
    """
    for subject in range(len(SUBJECTS)):
        mine = np.flatnonzero((tests.subject == subject) & (tests.day <= until) & (tests.year == year))
        mine = mine[np.argsort(tests.day[mine], kind="stable")]
        rows = pd.DataFrame({"child": tests.child[mine], "program": tests.program[mine]}, index=mine)
        last = rows[~rows.duplicated(keep="last")]
        older = last.index[last.duplicated("child", keep="last")].to_numpy()
        for names, numbers in ((SCORE_ELEMENTS, tests.score), (PERCENTILE_ELEMENTS, tests.percentile)):
            yield names[subject], tests.child[older], numbers[older].astype("float64"), tests.day[older]
