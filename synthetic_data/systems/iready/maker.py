"""Generate i-Ready: one row per diagnostic test in two files, with placements, domains and growth."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, marked, pick, ranked, text, whole
from synthetic_data.life.learning.tests import SEASONS, SUBJECTS, Tests, iready_scale, spreads
from synthetic_data.observation import (
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
Words = npt.NDArray[np.object_]

SILO = "iready"
LAYOUT = "assessment/iready_diagnostic"
WORK = 6  # among the slowest to write; the largest number is the slowest
PROGRAM = 1
SORTED_BY = dict.fromkeys(
    ("math", "ela"), ("School", "Last Name", "First Name", "Student ID", "Completion Date")
)
FILES = (("math", "diagnostic_results_math.csv"), ("ela", "diagnostic_results_ela.csv"))  # by subject

columns_not_held = partial(not_held, LAYOUT)

# Terms as observed, except "Emerging K" and "Not Enrolled".
NORMING_WINDOWS = (
    "Fall (Beginning of Year - November 15)",
    "Winter (November 16 - March 1)",
    "Spring (March 2 - End of Year)",
)
RELATIVE = (
    "3 or More Grade Levels Below",
    "2 Grade Levels Below",
    "1 Grade Level Below",
    "Early On Grade Level",
    "Mid or Above Grade Level",
)
MID_OR_ABOVE = 4
MATH_DOMAINS = ("Number and Operations", "Algebra and Algebraic Thinking", "Measurement and Data", "Geometry")
COMPREHENSION = (
    "Vocabulary",
    "Comprehension: Overall",
    "Comprehension: Literature",
    "Comprehension: Informational Text",
)
# Reading domains by grade: the kit's own, after the observed data of grades 3 and 6.
SOUNDS_TO_GRADE, PHONICS_TO_GRADE, WORDS_TO_GRADE = 1, 4, 3
PHONICS_DONE, WORDS_DONE = 560, 510  # scores from which the domain is surpassed
DOMAIN_SPREAD = 0.42  # of the norms' standard deviation: spread of a domain around the overall score
MINUTES = (64.0, 20.0)
# Lexile and Quantile measures: lines through observed pairs (424, 215L to 593, 980L; 404, 275Q to 507, 905Q),
# the ranges below and above, and the prefix that replaces a minus: beginning reader, emergent mathematician.
LEXILE, QUANTILE = (4.53, -1706.0, 100, 50, "BR"), (6.12, -2197.0, 50, 50, "EM")
LOWEST_MEASURE = -400
LEVELS_FROM = (-30, 10)  # from the start of the grade: levels 2 and 3 of the state test; level 4 from late on
DIFFICULTY_BELOW, DIFFICULTY_TO_GRADE = 20, 3  # percentile


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the vendor's diagnostic tests."""
    held = held_by(scenario, truth, exchange, PROGRAM)
    numbers = numbers_of(scenario, truth, exchange, PROGRAM)
    days = {}
    for subject, _ in enumerate(SUBJECTS):
        for day in np.unique(held.tests.day[held.tests.subject == subject]).astype(object).tolist():
            days[f"{day:%m/%d/%Y}"] = f"{day.month}/{day.day}/{day.year}"
    files = []
    for subject, (name, path) in enumerate(FILES):
        frame, whose = _results(scenario, truth, exchange, held, subject, numbers)
        # The vendor writes months and days without a leading zero.
        wording = {"Start Date": days, "Completion Date": days}
        people = about(truth.population.children["person"].array.take(whose), "Subject")
        files.append(Recorded(name, path, frame, people, wording=wording))
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=tuple(reversed(files)),
        limits=all_limits(held.missing, columns_not_held()),
    )


def _results(
    scenario: Scenario,
    truth: Truth,
    exchange: Exchange,
    held: VendorRoster,
    subject: int,
    numbers: tuple[Words, Words],
) -> tuple[pd.DataFrame, Codes]:
    """Build the file of one subject, each child's tests by day, with the child of each row."""
    population, (own, state) = truth.population, numbers
    children = population.children
    mine = np.flatnonzero(held.tests.subject == subject)
    # A child is listed at the vendor's current school.
    now = np.where(held.school >= 0, np.arange(held.school.shape[1]), 0).max(axis=1)
    at_school = held.school[np.arange(len(now)), now]
    everybody = held.tests.at(mine)
    names = [ranked(children[name]) for name in ("first_name", "last_surname")]
    school_name = ranked(pd.Series(population.school_list.names))
    order = np.lexsort(
        (
            everybody.day,
            ranked(pd.Series(own))[everybody.child],
            names[0][everybody.child],
            names[1][everybody.child],
            school_name[at_school[everybody.child]],
        )
    )
    tests = everybody.at(order)
    child, school = tests.child, at_school[tests.child]
    rng = rng_for(scenario.seed, SILO, SUBJECTS[subject])
    accounts = _accounts(scenario, len(children))
    enrolled = _enrolled(scenario, truth, held.last_roster)[child]
    first, last = _first_and_last(tests)

    def of(values: Any) -> Any:
        return values.take(child)

    placement, relative = _placement(tests.score, tests.grade, subject)
    frame: dict[str, Any] = {
        "Last Name": of(children["last_surname"].array),
        "First Name": of(children["first_name"].array),
        "Student ID": text(own[child]),
        "Student Grade": pick(GRADES, tests.grade),
        "Academic Year": scenario.school_year,
        "School": pick(population.school_list.names, school),
        "Enrolled": pick(("Not Enrolled", "Enrolled"), enrolled.astype("int64")),
        "District State ID": population.district_id,
        "School State ID": pick(population.school_list.ids, school),
        "Student State ID": text(state[child]),
        "User Name": text([f"AUTO_{account}" for account in accounts[child].tolist()]),
        "Sex": of(children["sex"].array),
        "Hispanic or Latino": of(children["hispanic_latino_ethnicity"].array),
        "Race": of(race_words(truth, exchange.agreed_codes)),
        "Start Date": dates(tests.day),
        "Completion Date": dates(tests.day),
        "Norming Window": pick(NORMING_WINDOWS, tests.season),
        "Baseline Diagnostic (Y/N)": pd.array(first, dtype="boolean"),
        "Most Recent Diagnostic YTD (Y/N)": pd.array(last, dtype="boolean"),
        "Duration (min)": whole(
            np.rint(MINUTES[0] + MINUTES[1] * rng.standard_normal(len(child))).clip(12, 160)
        ),
        "Read Aloud": "Off",
        "Overall Scale Score": whole(tests.score),
        "Overall Placement": placement,
        "Overall Relative Placement": pick(RELATIVE, relative),
        "Percentile": whole(tests.percentile),
        "Grouping": whole(np.array([1, 1, 2, 3, 3])[relative]),
        **_measure("Lexile" if subject else "Quantile", tests.score),
    }
    frame |= _reading_domains(rng, tests) if subject else _math_domains(rng, tests)
    frame |= _progress(tests, subject, first)
    return pd.DataFrame(frame), child


def _accounts(scenario: Scenario, count: int) -> Codes:
    """Draw the numbers of logins; both files have the same."""
    rng = rng_for(scenario.seed, SILO, "accounts")
    drawn = np.unique(10**6 + rng.integers(0, 9 * max(10**6, 2 * count), int(count * 1.3) + 50))
    return rng.permutation(drawn)[:count]


def _enrolled(scenario: Scenario, truth: Truth, day: pd.Timestamp) -> npt.NDArray[np.bool_]:
    """Mark children enrolled on the day of the vendor's last roster."""
    enrollments, school_enrollment = truth.schooling.enrollments, truth.schooling.school_enrollment
    end = school_enrollment["end_date"]
    runs = (school_enrollment["begin_date"] <= day) & (end.isna() | (end >= day))
    runs &= school_enrollment["school_year"] == scenario.school_year
    enrolled = marked(enrollments.child[runs.to_numpy(dtype=bool)], len(truth.population.children))
    return enrolled


def _first_and_last(tests: Tests) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Mark each child's first and latest test; tests are sorted by child and day."""
    new = np.ones(len(tests.child), dtype=bool)
    new[1:] = tests.child[1:] != tests.child[:-1]
    return new, np.r_[new[1:], np.ones(min(1, len(new)), dtype=bool)]


def _placement(score: Codes, grade: Codes, subject: int) -> tuple[Any, Codes]:
    """Return a score's grade level, and its placement relative to the child's grade (index in `RELATIVE`)."""
    start, mid, late, above = (iready_scale(name)[subject] for name in ("start", "mid", "late", "above"))
    tested = len(start[~np.isnan(start)])
    words = ["Emerging K", "Grade K", *(f"Grade {n}" for n in range(1, tested + 1))]
    for n in range(tested):
        words += [f"{part} {n or 'K'}" for part in ("Early", "Mid", "Late")]
    place = np.zeros(len(score), dtype="int64")
    relative = place.copy()
    for own in np.unique(grade).tolist():
        mine = np.flatnonzero(grade == own)
        # Grades below, three steps within the child's own, grades above.
        cuts = np.r_[start[: own + 1], mid[own], late[own], np.maximum.accumulate(above[own:tested])]
        step = np.searchsorted(cuts, score[mine], side="right")
        within = step - own - 1
        on_grade = tested + 2 + 3 * own + within.clip(0, 2)
        place[mine] = np.select([within < 0, within > 2], [step, own + within - 1], on_grade)
        relative[mine] = np.select(
            [within < 0, within == 0], [(3 + within).clip(0, 2), MID_OR_ABOVE - 1], MID_OR_ABOVE
        )
    return pick(words, place), relative


def _measure(name: str, score: Codes) -> dict[str, Any]:
    """Convert a score to another publisher's scale, in steps of five, with its range."""
    slope, start, below, above, below_zero = LEXILE if name == "Lexile" else QUANTILE
    value = (np.rint((slope * score + start) / 5) * 5).clip(LOWEST_MEASURE, 2000).astype("int64")
    distinct, which = np.unique(value, return_inverse=True)

    def as_text(measure: int) -> str:
        return f"{below_zero if measure < 0 else ''}{abs(measure)}{name[0]}"

    ranges = [f"{as_text(max(v - below, LOWEST_MEASURE))}-{as_text(v + above)}" for v in distinct.tolist()]
    return {
        f"{name} Measure": pick([as_text(v) for v in distinct.tolist()], which),
        f"{name} Range": pick(ranges, which),
    }


def _part(rng: np.random.Generator, tests: Tests, subject: int, name: str) -> tuple[Codes, dict[str, Any]]:
    """Draw a domain's score, with its placement."""
    spread = DOMAIN_SPREAD * spreads(PROGRAM, subject, tests.grade, tests.season)
    score = np.rint(tests.score + spread * rng.standard_normal(len(tests.score))).clip(100, 800)
    score = score.astype("int64")
    placement, relative = _placement(score, tests.grade, subject)
    return score, {
        f"{name} Scale Score": whole(score),
        f"{name} Placement": placement,
        f"{name} Relative Placement": pick(RELATIVE, relative),
    }


def _math_domains(rng: np.random.Generator, tests: Tests) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in MATH_DOMAINS:
        columns |= _part(rng, tests, 0, name)[1]
    return columns


def _reading_domains(rng: np.random.Generator, tests: Tests) -> dict[str, Any]:
    """Write the reading domains: surpassed ones are marked, later ones aren't assessed."""
    columns: dict[str, Any] = {}
    for name, to_grade, done in (
        ("Phonological Awareness", SOUNDS_TO_GRADE, None),
        ("Phonics", PHONICS_TO_GRADE, PHONICS_DONE),
        ("High-Frequency Words", WORDS_TO_GRADE, WORDS_DONE),
    ):
        score, placements = _part(rng, tests, 1, name)
        asked = tests.grade <= to_grade
        full = np.zeros(len(score), dtype=bool)
        if name == "High-Frequency Words":
            full = asked & (score >= WORDS_DONE)
            score = np.minimum(score, WORDS_DONE)
        elif done is not None:
            asked &= score < done
        instead = "Not Assessed" if done is None else "Surpassed Level"
        beyond = instead if done is None else RELATIVE[MID_OR_ABOVE]
        placement = pd.Series(placements[f"{name} Placement"]).mask(full, "Max Score").where(asked, instead)
        relative = pd.Series(placements[f"{name} Relative Placement"])
        columns |= {
            f"{name} Scale Score": whole(score, asked),
            f"{name} Placement": placement.array,
            f"{name} Relative Placement": relative.mask(full, beyond).where(asked, beyond).array,
        }
    for name in COMPREHENSION:
        columns |= _part(rng, tests, 1, name)[1]
    return columns


def _progress(tests: Tests, subject: int, first: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Write growth since the year's first test; negative growth counts as zero."""
    baseline = tests.score[np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))]
    gain = np.maximum(tests.score - baseline, 0)
    typical, stretch = (iready_scale(name)[subject, tests.grade] for name in ("typical", "stretch"))
    columns: dict[str, Any] = {
        "Diagnostic Gain": whole(gain),
        "Annual Typical Growth Measure": whole(typical),
        "Annual Stretch Growth Measure": whole(stretch),
        "Percent Progress to Annual Typical Growth (%)": whole(np.rint(100 * gain / typical)),
        "Percent Progress to Annual Stretch Growth (%)": whole(np.rint(100 * gain / stretch)),
        "Mid On Grade Level Scale Score": whole(iready_scale("mid")[subject, tests.grade]),
    }
    if subject:
        struggles = (tests.percentile < DIFFICULTY_BELOW).astype("int64")
        asked = tests.grade <= DIFFICULTY_TO_GRADE
        indicator = pick(("N", "Y", "Not Provided"), np.where(asked, struggles, 2))
        return columns | {"Reading Difficulty Indicator (Y/N)": indicator}
    words = [f"Level {n}" for n in range(1, 5)]
    start, late = iready_scale("start")[subject, tests.grade], iready_scale("late")[subject, tests.grade]

    def level(score: npt.NDArray[Any]) -> Codes:
        return np.sum([score >= start + step for step in LEVELS_FROM] + [score >= late], axis=0)

    # In spring, the year has no growth ahead.
    ahead = tests.season < len(SEASONS) - 1
    return columns | {
        "Proficiency if Student Shows No Additional Growth": pick(words, level(tests.score)),
        **{
            f"Projection if Student Achieves {name} Growth": pick(
                words, np.where(ahead, level(tests.score + growth), -1)
            )
            for name, growth in (("Typical", typical), ("Stretch", stretch))
        },
    }
