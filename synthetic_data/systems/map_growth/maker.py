"""Generate MAP Growth: children by term, and one row per test.

The export has two files, and a third with last year's results, downloaded in an older format.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, pick, text, whole
from synthetic_data.life.learning.tests import (
    SEASONS,
    SUBJECTS,
    TESTED,
    Tests,
    fifths,
    means,
    percentiles,
    spreads,
)
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    not_held,
)
from synthetic_data.population.schools import GRADES
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for
from synthetic_data.systems.assessment_vendors import VendorRoster, held_by, numbers_of, race_words

__all__ = ["LAYOUT", "SILO", "observe"]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Goals = tuple[tuple[tuple[str, ...], ...], ...]

SILO = "map_growth"
LAYOUT = "assessment/nwea_map_growth"
SORTED_BY = {
    "StudentsBySchool": ("TermName", "SchoolName", "StudentLastName", "StudentFirstName"),
    "AssessmentResults": ("TermName", "SchoolName", "StudentID", "Subject"),
}
WORK = 4  # among the slowest to write; the largest number is the slowest
PROGRAM = 0

columns_not_held = partial(not_held, LAYOUT)
FIFTHS = ("Low", "LoAvg", "Avg", "HiAvg", "High")

# Terms of the vendor's tests: subjects and naming pattern as in the observed export; the tests of these two
# subjects, and their goals, after the Common Core's headings.
VENDOR_SUBJECTS = ("Mathematics", "Language Arts")
COURSES = ("Math K-12", "Reading")
FORMS = (
    ("Growth: Math 2-5 CCSS 2010 V2", "Growth: Math 6+ CCSS 2010 V2"),
    ("Growth: Reading 2-5 CCSS 2010 V4", "Growth: Reading 6+ CCSS 2010 V4"),
)
SECOND_FORM_FROM = 6  # grade from which the second form is used
GOALS = (
    (
        ("Operations and Algebraic Thinking", "Number and Operations", "Measurement and Data", "Geometry"),
        (
            "Operations and Algebraic Thinking",
            "The Real and Complex Number Systems",
            "Geometry",
            "Statistics and Probability",
        ),
    ),
    (
        ("Literary Text", "Informational Text", "Vocabulary: Acquisition and Use"),
        ("Literary Text", "Informational Text", "Vocabulary: Acquisition and Use"),
    ),
)
WEEKS = (4, 20, 32)  # weeks of instruction before each season's test, as the norms assume
TEST_NUMBERS = 700_000_000  # test events have nine-digit numbers
OLDER_TESTS = 80_000_000  # last year's numbers started this much lower
# The kit's own sizes: a goal has a quarter of the questions, so its error is about twice the test's.
GOAL_ERROR, GOAL_SPREAD = 2.0, 4.0
MINUTES = (46.0, 15.0)
FIRST_TEST, LAST_TEST, PAUSE = 8.25, 13.75, 0.2  # hours: first and last start, and pause between two tests
GUESSING_SHARE = 0.08
# Growth between seasons within a year, and between years: years back, from, to.
GROWTHS = ((0, 0, 1), (0, 0, 2), (0, 1, 2), (1, 0, 0), (1, 1, 1), (1, 2, 2))
# The older format: its own terms for subjects, tests and goals, as in the vendor's training data of that
# time.
OLDER = "AssessmentResults_2013"
OLDER_FORMS = (
    ("MAP: Math 2-5 Common Core 2010 V2", "MAP: Math 6+ Common Core 2010 V2"),
    ("MAP: Reading 2-5 Common Core 2010", "MAP: Reading 6+ Common Core 2010"),
)
OLDER_GOALS = (GOALS[0], (("Literature", "Informational Text", "Foundational Skills and Vocabulary"),) * 2)


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the vendor's children and their tests."""
    held = held_by(scenario, truth, exchange, PROGRAM)
    own, state = numbers_of(scenario, truth, exchange, PROGRAM)
    children, whose = _children(truth, exchange, held, own)
    person = truth.population.children["person"]

    def results() -> list[Recorded]:
        rows = _results(scenario, truth, held, own, state)
        return [Recorded("AssessmentResults", "AssessmentResults.csv", *rows)]

    def older_results() -> list[Recorded]:
        rows = _older_results(scenario, truth, held, own)
        return [Recorded(OLDER, f"SchoolYear{held.years[0]}AssessmentResults.csv", *rows)]

    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(
            Recorded(
                "StudentsBySchool",
                "StudentsBySchool.csv",
                children,
                about(person.array.take(whose), "Subject"),
            ),
            Later("AssessmentResults", results),
            Later(OLDER, older_results),
        ),
        limits=all_limits(held.missing, columns_not_held()),
    )


def _terms(held: VendorRoster) -> list[str]:
    return [f"{season} {year - 1}-{year}" for year in held.years for season in SEASONS]


def _children(
    truth: Truth,
    exchange: Exchange,
    held: VendorRoster,
    own: npt.NDArray[np.object_],
) -> tuple[pd.DataFrame, Codes]:
    """List the children of each term, each at the school of that term's roster."""
    people = truth.population.children
    child, term = np.nonzero(held.listed)
    names = text(truth.population.school_list.names)

    def of(values: Any) -> Any:
        return values.take(child)

    frame = pd.DataFrame(
        {
            "TermName": pick(_terms(held), term),
            "DistrictName": truth.population.district_name,
            "SchoolName": names.take(held.school[child, term]),
            "StudentLastName": of(people["last_surname"].array),
            "StudentFirstName": of(people["first_name"].array),
            "StudentMI": of(people["middle_name"].str[:1].array),
            "StudentID": text(own[child]),
            "StudentDateOfBirth": of(people["birth_date"].array),
            "StudentEthnicGroup": of(race_words(truth, exchange.agreed_codes)),
            "StudentGender": of(people["sex"].array),
            "Grade": pick(GRADES, held.grade[child, term // len(SEASONS)]),
        }
    )
    return frame, child


def _results(
    scenario: Scenario,
    truth: Truth,
    held: VendorRoster,
    own: npt.NDArray[np.object_],
    state: npt.NDArray[np.object_],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build one row per test, by term and school, with the child of each."""
    population = truth.population
    row, school = _in_order(truth, held, own, held.years[-1])
    tests, count = held.tests.at(row), len(row)
    rng = rng_for(scenario.seed, SILO, "results")
    form = (tests.grade >= SECOND_FORM_FROM).astype("int64")
    steps = rng.integers(1, 400, count)
    sitting = _sitting(rng, tests)
    number = _test_numbers(scenario, tests, steps, sitting)
    frame = {
        "TermName": pick(_terms(held), held.term[row]),
        "DistrictName": population.district_name,
        "District_StateID": population.district_id,
        "SchoolName": pick(population.school_list.names, school),
        "School_StateID": pick(population.school_list.ids, school),
        "StudentID": text(own[tests.child]),
        "Student_StateID": text(state[tests.child]),
        "Subject": pick(VENDOR_SUBJECTS, tests.subject),
        "Course": pick(COURSES, tests.subject),
        "GrowthMeasureYN": True,
        "NormsReferenceData": "2025",
        **{
            f"WISelectedAY{season}": whole(np.full(count, WEEKS[place]), tests.season == place)
            for place, season in enumerate(SEASONS)
        },
        "TestType": "Survey With Goals",
        "TestName": pick([name for forms in FORMS for name in forms], 2 * tests.subject + form),
        "TestID": text([str(n) for n in number.tolist()]),
        "TestStartDate": dates(tests.day),
        **sitting,
        "TestRITScore": whole(tests.score),
        "TestStandardError": tests.error,
        "TestPercentile": whole(tests.percentile),
        "AchievementQuintile": pick(FIFTHS, fifths(tests.percentile)),
        **_growth(held.tests, row, len(population.children)),
        **_goals(rng, tests, form, GOALS),
        **_typical_growth(tests),
    }
    return pd.DataFrame(frame), about(population.children["person"].array.take(tests.child), "Subject")


def _in_order(
    truth: Truth, held: VendorRoster, own: npt.NDArray[np.object_], year: int
) -> tuple[Codes, Codes]:
    """Sort a year's tests by term, school and number; return indexes and schools."""
    row = np.flatnonzero(held.tests.year == year)
    school = held.school[held.tests.child[row], held.term[row]]
    name = np.array(truth.population.school_list.names, dtype=object)[school]
    tests = held.tests.at(row)
    order = np.lexsort((tests.subject, own[tests.child], name, tests.season))
    return row[order], school[order]


def _older_results(
    scenario: Scenario, truth: Truth, held: VendorRoster, own: npt.NDArray[np.object_]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build last year's tests in the older format, with only the vendor's number."""
    population = truth.population
    row, school = _in_order(truth, held, own, held.years[0])
    tests = held.tests.at(row)
    rng = rng_for(scenario.seed, SILO, "older results")
    form = (tests.grade >= SECOND_FORM_FROM).astype("int64")
    sitting = _sitting(rng, tests)
    number = _test_numbers(scenario, tests, rng.integers(1, 400, len(row)), sitting)
    usual = _typical_growth(tests)
    spans = ("FallToFall", "SpringToSpring", "FallToSpring", "FallToWinter")
    frame = {
        "TermName": pick(_terms(held), held.term[row]),
        "StudentID": text(own[tests.child]),
        "SchoolName": pick(population.school_list.names, school),
        "MeasurementScale": pick(SUBJECTS, tests.subject),
        "Discipline": pick(SUBJECTS, tests.subject),
        "GrowthMeasureYN": True,
        "TestType": "Survey With Goals",
        "TestName": pick([name for forms in OLDER_FORMS for name in forms], 2 * tests.subject + form),
        "TestID": text([str(n - OLDER_TESTS) for n in number.tolist()]),
        "TestStartDate": dates(tests.day),
        "TestDurationMinutes": sitting["TestDurationMinutes"],
        "TestRITScore": whole(tests.score),
        "TestStandardError": tests.error,
        "TestPercentile": whole(tests.percentile),
        **{f"Typical{span}Growth": usual[f"Typical{span}Growth"] for span in spans},
        **_goals(rng, tests, form, OLDER_GOALS),
        "TestStartTime": sitting["TestStartTime"],
        "PercentCorrect": sitting["PercentCorrect"],
    }
    return pd.DataFrame(frame), about(population.children["person"].array.take(tests.child), "Subject")


def _test_numbers(scenario: Scenario, tests: Tests, steps: Codes, sitting: dict[str, Any]) -> Codes:
    """Assign numbers to the vendor's test events in order of time, with gaps for other districts."""
    numbers = np.empty(len(steps), dtype="int64")
    start = np.asarray(sitting["TestStartTime"], dtype=object).astype(str)
    years = (int(year) for year in np.unique(tests.year))
    draw = rng_for(scenario.seed, SILO, "tests of one moment", *years).random(len(steps))
    numbers[np.lexsort((draw, start, tests.day))] = TEST_NUMBERS + np.cumsum(steps)
    return numbers


def _sitting(rng: np.random.Generator, tests: Tests) -> dict[str, Any]:
    """Draw how each test went: start time, duration, percent correct, percent guessed."""
    count = len(tests.day)
    second = ((FIRST_TEST + rng.random(count) * (LAST_TEST - FIRST_TEST)) * 3600).astype("int64")
    minutes = np.rint(MINUTES[0] + MINUTES[1] * rng.standard_normal(count)).clip(9, 130).astype("int64")
    guessing = rng.random(count)
    share = np.where(guessing < GUESSING_SHARE, np.rint(20 * rng.random(count) ** 2) / 43 * 100, 0.0)
    # The test chooses questions of which a child answers about half correctly.
    right = np.rint(51 + 3.2 * rng.standard_normal(count)).clip(20, 90)
    second = _one_after_the_other(tests, second, minutes)
    starts = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in second.tolist()]
    return {
        "TestStartTime": text(starts),
        "TestDurationMinutes": whole(minutes),
        "PercentCorrect": whole(right),
        "RapidGuessingPercentage": share.round(4),
    }


def _one_after_the_other(tests: Tests, second: Codes, minutes: Codes) -> Codes:
    """Move two tests of a child on one day apart, so that the first ends before the second starts."""
    order = np.lexsort((second, tests.day, tests.child))
    child, day = tests.child[order], tests.day[order]
    again = np.flatnonzero((child[1:] == child[:-1]) & (day[1:] == day[:-1]))
    one, other = order[again], order[again + 1]
    taken = 60 * minutes[one] + int(PAUSE * 3600)
    earliest = int(FIRST_TEST * 3600)
    begins = second.copy()
    begins[one] = np.minimum(second[one], np.maximum(second[other] - taken, earliest))
    begins[other] = np.maximum(second[other], begins[one] + taken)
    return begins


def _growth(every: Tests, row: Codes, count: int) -> dict[str, Any]:
    """Compute growth since earlier tests of the year, and since the same season a year before.

    Expected growth is the difference of the norm means.
    """
    shape = (2, count, len(SUBJECTS), len(SEASONS))
    score, error = np.full(shape, np.nan), np.full(shape, np.nan)
    grade = np.full((2, count), -1)
    tests, this_year = every.at(row), int(np.max(every.year, initial=0))
    back = this_year - every.year
    score[back, every.child, every.subject, every.season] = every.score
    error[back, every.child, every.subject, every.season] = every.error
    grade[back, every.child] = every.grade
    columns: dict[str, Any] = {}
    for years, start, end in GROWTHS:
        name = f"{SEASONS[start]}To{SEASONS[end]}"
        at = years, tests.child, tests.subject, start
        before = score[at]
        known = (tests.season == end) & ~np.isnan(before)
        observed = np.where(known, tests.score - before, 0.0)
        then = np.where(known, grade[years, tests.child], tests.grade)
        expected = _expected(tests.subject, then, start, tests.grade, end)
        off = np.sqrt(np.nan_to_num(error[at]) ** 2 + tests.error**2)
        spread = np.sqrt(off**2 + (0.3 * spreads(PROGRAM, tests.subject, tests.grade, end)) ** 2)
        index = (observed - expected) / spread
        place = percentiles(index)
        columns |= {
            f"{name}ProjectedGrowth": whole(np.rint(expected), known),
            f"{name}ObservedGrowth": whole(observed, known),
            f"{name}ObservedGrowthSE": np.where(known, off.round(2), np.nan),
            f"{name}MetProjectedGrowth": pick(
                ("No", "Yes"), np.where(known, observed >= np.rint(expected), -1).astype("int64")
            ),
            f"{name}ConditionalGrowthIndex": np.where(known, index.round(2) + 0.0, np.nan),
            f"{name}ConditionalGrowthPercentile": whole(place, known),
            f"{name}GrowthQuintile": pick(FIFTHS, np.where(known, fifths(place), -1)),
        }
    return columns


def _expected(subject: Codes, grade: Codes, start: int, later_grade: Codes, end: int) -> Numbers:
    return means(PROGRAM, subject, later_grade, end) - means(PROGRAM, subject, grade, start)


def _typical_growth(tests: Tests) -> dict[str, Any]:
    """Compute typical growth from here on; over summer into the next grade, if that is tested."""
    following = np.minimum(tests.grade + 1, len(GRADES) - 1)
    columns = {}
    for start, end, grade in (
        (0, 0, following),
        (0, 1, tests.grade),
        (0, 2, tests.grade),
        (1, 1, following),
        (1, 2, tests.grade),
        (2, 2, following),
    ):
        known = (tests.season == start) & (grade <= TESTED[PROGRAM][1])
        usual = np.rint(_expected(tests.subject, tests.grade, start, grade, end))
        columns[f"Typical{SEASONS[start]}To{SEASONS[end]}Growth"] = whole(usual, known)
    return columns


def _goals(rng: np.random.Generator, tests: Tests, form: Codes, words: Goals) -> dict[str, Any]:
    """Draw goal scores, which vary around the overall score."""
    columns: dict[str, Any] = {}
    most = max(len(goals) for forms in words for goals in forms)
    for goal in range(most):
        names = [goals[goal] if goal < len(goals) else None for forms in words for goals in forms]
        there = np.array([name is not None for name in names])[2 * tests.subject + form]
        around = tests.score + np.rint(GOAL_SPREAD * rng.standard_normal(len(tests.score)))
        around = around.astype("int64")
        error = (GOAL_ERROR * tests.error * rng.uniform(0.92, 1.08, len(around))).round(1)
        spread = spreads(PROGRAM, tests.subject, tests.grade, tests.season)
        standing = (around - means(PROGRAM, tests.subject, tests.grade, tests.season)) / spread
        # About a thousand distinct ranges, each formatted once.
        both = np.stack([np.rint(around - error), np.rint(around + error)], axis=1).astype("int64")
        distinct, which = np.unique(both, axis=0, return_inverse=True)
        ranges = [f"{low}-{high}" for low, high in distinct.tolist()]
        n = goal + 1
        columns |= {
            f"Goal{n}Name": text(np.array(names, dtype=object)).take(2 * tests.subject + form),
            f"Goal{n}RitScore": whole(around, there),
            f"Goal{n}StdErr": np.where(there, error, np.nan),
            f"Goal{n}Range": pick(ranges, np.where(there, which.reshape(-1), -1)),
            f"Goal{n}Adjective": pick(FIFTHS, np.where(there, fifths(percentiles(standing)), -1)),
        }
    return columns
