"""Rules for courses, gradebooks and report card grades."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.arrays import KeyIndex, index_of, is_first
from helpers.profile.facts.store import FactStore, Rows
from helpers.profile.rules.results import (
    NOTHING,
    FactKeys,
    RuleResult,
    absent_values,
    latest_as_of,
    stated_by_group,
    stated_values,
)
from helpers.profile.rules.yearly_counts import YearlyCounts, latest_per_record
from helpers.profile.rules.zeros import ListedChildren, add_zeros, count_with_zeros
from helpers.standard import Element, mark_terms

__all__ = [
    "courses_taken",
    "days_logged_in",
    "grade_points",
    "gradebook_count",
    "handed_in",
    "latest_mark",
    "mean_grade",
    "newest_classes",
    "points_share",
    "years_handed_in",
]


Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# By element column: the gradebook cells that are its source.
COUNTED = {"earned": "graded", "possible": "graded"}


def _classes(evidence: FactStore) -> tuple[Rows, Bools]:
    """Return class enrollments, and a mask of the rows of children in class."""
    classes = evidence.tables["section_enrollment"]
    known = classes.usable & ~classes.lacks("section_id")
    return classes, known & (classes.lacks("role") | classes.among("role", ["Student"]))


def newest_classes(evidence: FactStore) -> dict[tuple[int, int], Any]:
    """Find, by system and year, the latest first day of a child's class; NaT without any date."""
    classes, known = _classes(evidence)
    at = np.flatnonzero(known)
    whose = FactKeys.of(classes, at)
    groups = whose.of_system()
    days = groups.newest(classes.days("begin_date")[at])
    pairs = zip(groups.parent(whose.system).tolist(), groups.parent(whose.year).tolist(), strict=True)
    return dict(zip(pairs, days, strict=True))


def courses_taken(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count a child's courses on the latest day of a year with data.

    A system may list the whole year's classes or only current ones; on that day both agree. It is zero only
    for a child whom the same system enrolls in that year.
    """
    classes, known = _classes(evidence)
    at = np.flatnonzero(known)
    whose = FactKeys.of(classes, at)
    groups = whose.groups()
    sections = evidence.facts["section"]
    place = KeyIndex(index_of(sections["silo"], evidence.silos), sections["section_id"])
    named = classes.texts("section_id", at)
    course = sections["course_id"].array.take(place.of(whose.system, named), allow_fill=True)
    of_section = pd.Series(course).astype("string")
    code, _ = pd.factorize(classes.texts("course_id", at).fillna(of_section).fillna(named))
    newest = np.full((len(evidence.silos), len(evidence.years.years)), np.datetime64("NaT", "us"))
    there = np.zeros((len(evidence.silos), len(evidence.years.years)), dtype=bool)
    for pair, day in evidence.survey.newest_classes.items():
        newest[pair], there[pair] = day, True
    over = classes.days("end_date")[at] < newest[whose.system, whose.year]
    counts = groups.distinct(np.where(over, -1, code))
    periods = evidence.tables["school_enrollment"]
    enrolled = np.flatnonzero(periods.usable)
    enrolled = enrolled[there[periods.system[enrolled], periods.year[enrolled]]]
    covered = ListedChildren.of("school_enrollment", enrolled, FactKeys.of(periods, enrolled))
    values, listed = add_zeros(element, evidence, whose.of_groups(groups), counts, groups.size(), covered)
    return RuleResult(values, {"section_enrollment": known}, {"section_enrollment": (at, groups.of)}, listed)


def gradebook_count(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return one of the gradebook counts; zero for a child with a line in a gradebook."""
    column = str(element.column)
    gradebook = tallies.gradebook
    cells = COUNTED.get(column, column)
    values = stated_values(
        element, evidence, gradebook.whose, gradebook.counts[column], rows=gradebook.rows[cells],
        as_of=gradebook.as_of,
    )  # fmt: skip
    listed = absent_values(*gradebook.lines["assigned"], gradebook.rows[cells])
    return RuleResult(
        values, {"assignment_score": gradebook.weighed}, {"assignment_score": gradebook.lines[cells]},
        {"assignment_score": listed},
    )  # fmt: skip


def points_share(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Divide points earned by possible points; not applicable without possible points so far.

    If a graded assignment has no possible points, there is no share: a share of the others would mislead.
    """
    gradebook = tallies.gradebook
    earned, possible = gradebook.counts["earned"], gradebook.counts["possible"]
    none = possible == 0
    values = stated_values(
        element, evidence, gradebook.whose, earned / np.where(none, np.nan, possible),
        rows=gradebook.rows["graded"], as_of=gradebook.as_of, not_applicable=none,
    )  # fmt: skip
    return RuleResult(
        values, {"assignment_score": gradebook.weighed}, {"assignment_score": gradebook.lines["graded"]}
    )


def mean_grade(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Average a child's grades of one kind over its classes; each class counts once, whatever its size."""
    grades = evidence.tables["course_grade"]
    weighed = evidence.asked_in_a_year(element)
    at = latest_per_record(
        grades, np.flatnonzero(weighed), ["section_id", "course_title", "grading_period", "grade_type"]
    )
    grade = grades.numbers("numeric_grade")
    at = at[~np.isnan(grade[at])]
    whose = FactKeys.of(grades, at)
    groups = whose.groups()
    values = stated_by_group(element, evidence, whose, groups, groups.mean(grade[at]))
    return RuleResult(values, {"course_grade": weighed}, {"course_grade": (at, groups.of)})


def days_logged_in(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count the days on which a child used a system; zero only if the system lists the child."""
    logins = evidence.tables["login"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~logins.lacks("date"))
    whose = FactKeys.of(logins, at)
    groups = whose.groups()
    days = np.unique(logins.days("date")[at], return_inverse=True)[1]
    return count_with_zeros(
        element, evidence, whose.of_groups(groups), groups.distinct(days), groups.size(),
        weighed=weighed, behind=(at, groups.of), elsewhere=False,
    )  # fmt: skip


def years_handed_in(evidence: FactStore) -> frozenset[tuple[int, int]]:
    """List the systems and years with any submission."""
    work = evidence.tables["assignment_score"]
    at = np.flatnonzero(work.usable & ~work.lacks("submitted_utc"))
    at = at[is_first(work.system[at], work.year[at])]
    return frozenset(zip(work.system[at].tolist(), work.year[at].tolist(), strict=True))


def handed_in(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count the assignments that a child handed in, in the way that the element asks for.

    It is zero for a child with assignments, if the system records submissions at all.
    """
    if not evidence.survey.keeps_submissions:
        return NOTHING
    work = evidence.tables["assignment_score"]
    weighed = work.usable
    keeps = np.zeros((len(evidence.silos) + 1, len(evidence.years.years) + 1), dtype=bool)
    for pair in evidence.survey.years_handed_in:
        keeps[pair] = True
    at = np.flatnonzero(weighed & keeps[work.system, work.year])
    whose = FactKeys.of(work, at)
    groups = whose.groups()
    counts_here = work.fits(element.where)[at] & ~work.lacks("submitted_utc")[at]
    some, of = at[counts_here], groups.of[counts_here]
    named = [work.code(name)[some] + 1 for name in ("section_id", "assignment_id", "title")]
    once = is_first(of, *named)
    values = stated_by_group(
        element, evidence, whose, groups, np.bincount(of[once], minlength=len(groups)),
        rows=groups.count(counts_here),
    )  # fmt: skip
    listed = absent_values(at, groups.of, groups.count(counts_here))
    return RuleResult(
        values, {"assignment_score": weighed}, {"assignment_score": (some, of)}, {"assignment_score": listed}
    )


NAMED = ("section_id", "course_title", "grading_period", "grade_type")


def latest_mark(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return the grade of the year's latest grading period, in the courses that the element asks for."""
    grades = evidence.tables["course_grade"]
    column = str(element.column)
    weighed = evidence.asked_in_a_year(element)
    at = latest_per_record(grades, np.flatnonzero(weighed), NAMED)
    at = at[~grades.lacks(column)[at]]
    periods = mark_terms().grading_periods
    codes, words = grades.codes("grading_period")
    positions = [float(periods.index(word)) if word in periods else np.nan for word in words]
    place = np.array([*positions, np.nan])[codes[at]]
    values = grades.texts(column, at) if element.type == "string" else grades.numbers(column)[at]
    return latest_as_of(element, evidence, "course_grade", at, [place], values, weighed=weighed)


def grade_points(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Average the points of a year's letter grades, counting each course and grading period once."""
    grades = evidence.tables["course_grade"]
    weighed = evidence.asked_in_a_year(element)
    at = latest_per_record(grades, np.flatnonzero(weighed), NAMED)
    codes, letters = grades.codes("letter_grade")
    worth = dict(mark_terms().points)
    points = [float(worth.get(letter.strip().upper(), np.nan)) for letter in letters]
    point = np.array([*points, np.nan])[codes]
    at = at[~np.isnan(point[at])]
    whose = FactKeys.of(grades, at)
    groups = whose.groups()
    values = stated_by_group(element, evidence, whose, groups, groups.mean(point[at]))
    return RuleResult(values, {"course_grade": weighed}, {"course_grade": (at, groups.of)})
