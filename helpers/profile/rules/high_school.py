"""Rules for credits, diplomas and interests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helpers.profile.facts.store import FactStore, Rows
from helpers.profile.rules.results import FactKeys, RuleResult, absent_values, latest_as_of, stated_by_group
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.profile.rules.zeros import count_with_zeros
from helpers.standard import Element, credit_terms

__all__ = [
    "applications_counted",
    "courses_counted",
    "courses_failed",
    "credits_attempted",
    "credits_earned",
    "credits_in_all",
    "first_named_interest",
    "on_track",
]


def first_named_interest(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return a child's first interest on the latest day of the year."""
    interests = evidence.tables["career_interest"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~interests.lacks("interest"))
    # In a list without numbers, the upper row is first.
    strength = interests.numbers("strength")[at]
    place = np.where(np.isnan(strength), interests.row[at], strength)
    day = interests.days("date")[at]
    return latest_as_of(
        element, evidence, "career_interest", at, [day, -place], interests.texts("interest", at),
        weighed=weighed, as_of=day,
    )  # fmt: skip


def applications_counted(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count a child's applications in a year; zero only if the system itself lists the child."""
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(evidence.tables["application"], at)
    groups = whose.groups()
    size = groups.size()
    return count_with_zeros(
        element, evidence, whose.of_groups(groups), size, size,
        weighed=weighed, behind=(at, groups.of), elsewhere=False,
    )  # fmt: skip


def _attempts(evidence: FactStore) -> tuple[Rows, npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return transcripts, a mask of their considered rows, and the attempts with known credits."""
    courses = evidence.tables["course_transcript"]
    return courses, courses.usable, np.flatnonzero(courses.usable & ~courses.lacks("earned_credits"))


def credits_earned(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Sum the credits that a child has earned in a year so far."""
    courses, weighed, at = _attempts(evidence)
    whose = FactKeys.of(courses, at)
    groups = whose.groups()
    sums = groups.total(courses.numbers("earned_credits")[at])
    values = stated_by_group(element, evidence, whose, groups, sums)
    return RuleResult(values, {"course_transcript": weighed}, {"course_transcript": (at, groups.of)})


def on_track(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Decide whether a child is on track in the first year of high school, by credits and failures.

    Before the year is over, and for children who arrive or leave during it, the required credits are those of
    the terms that the child attended.
    """
    terms = credit_terms()
    courses, weighed, at = _attempts(evidence)
    at = at[courses.among("grade_level_when_taken", [terms.grade_level])[at]]
    failed = courses.among("final_letter_grade", terms.failing)
    failed &= courses.among("academic_subject", terms.core_subjects)
    whose = FactKeys.of(courses, at)
    groups = whose.groups()
    sat = np.clip(groups.distinct(courses.code("term")[at]), 1, terms.terms)
    needed = terms.credits_a_year * sat / terms.terms
    kept = groups.total(courses.numbers("earned_credits")[at]) >= needed - 1e-9
    kept &= groups.count(failed[at]) <= terms.most_failed
    values = stated_by_group(element, evidence, whose, groups, kept)
    return RuleResult(values, {"course_transcript": weighed}, {"course_transcript": (at, groups.of)})


def credits_attempted(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Sum the credits that a child attempted in a year's finished courses."""
    courses = evidence.tables["course_transcript"]
    at = np.flatnonzero(courses.usable & ~courses.lacks("attempted_credits"))
    whose = FactKeys.of(courses, at)
    groups = whose.groups()
    sums = groups.total(courses.numbers("attempted_credits")[at])
    values = stated_by_group(element, evidence, whose, groups, sums)
    return RuleResult(values, {"course_transcript": courses.usable}, {"course_transcript": (at, groups.of)})


def _wanted(element: Element, evidence: FactStore, at: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return evidence.asked("course_transcript", element.where, element.systems)[at]


def courses_failed(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count the courses of a year that a child failed, each term once; zero if all were passed.

    It is unknown if the year's transcript has a course without a grade, which may be a failure.
    """
    courses = evidence.tables["course_transcript"]
    at = np.flatnonzero(courses.usable)
    wanted = _wanted(element, evidence, at)
    failed = courses.among("final_letter_grade", credit_terms().failing)[at] & wanted
    unknown = courses.lacks("final_letter_grade")[at] & wanted
    whose = FactKeys.of(courses, at)
    groups = whose.groups()
    counts = np.where(groups.count(unknown) > 0, np.nan, groups.count(failed))
    values = stated_by_group(element, evidence, whose, groups, counts, rows=groups.count(wanted))
    return RuleResult(
        values, {"course_transcript": courses.usable}, {"course_transcript": (at[wanted], groups.of[wanted])},
        {"course_transcript": absent_values(at, groups.of, groups.count(wanted))},
    )  # fmt: skip


def courses_counted(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count the distinct courses of a kind that a child finished in a year; zero if it has only others."""
    courses = evidence.tables["course_transcript"]
    at = np.flatnonzero(courses.usable)
    wanted = _wanted(element, evidence, at)
    title = np.where(wanted, courses.code("course_title")[at], -1)
    whose = FactKeys.of(courses, at)
    groups = whose.groups()
    counts = groups.distinct(title)
    values = stated_by_group(element, evidence, whose, groups, counts, rows=groups.count(wanted))
    return RuleResult(
        values, {"course_transcript": courses.usable}, {"course_transcript": (at[wanted], groups.of[wanted])},
        {"course_transcript": absent_values(at, groups.of, groups.count(wanted))},
    )  # fmt: skip


def credits_in_all(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return the latest cumulative credits of a year, as the system itself records them."""
    records = evidence.tables["academic_record"]
    earned = records.numbers("cumulative_earned_credits")
    at = np.flatnonzero(records.usable & ~np.isnan(earned))
    # Attempted credits only grow, so the largest sum is the latest.
    order = [records.numbers("cumulative_attempted_credits")[at], earned[at]]
    return latest_as_of(element, evidence, "academic_record", at, order, earned[at], weighed=records.usable)
