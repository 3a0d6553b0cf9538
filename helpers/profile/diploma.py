"""What counts towards a diploma: credits, courses failed, career and technical courses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helpers.profile.evidence import Evidence
from helpers.profile.found import Found, Whose, told_of_groups, where_none
from helpers.profile.newest import newest_told
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element, credit_terms

__all__ = ["courses_counted", "courses_failed", "credits_attempted", "credits_in_all"]


def credits_attempted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum the credits that a child could have earned in the courses of a year that are over."""
    courses = evidence.tables["course_transcript"]
    at = np.flatnonzero(courses.told & ~courses.lacks("attempted_credits"))
    whose = Whose.of(courses, at)
    groups = whose.groups()
    sums = groups.total(courses.numbers("attempted_credits")[at])
    values = told_of_groups(element, evidence, whose, groups, sums)
    return Found(values, {"course_transcript": courses.told}, {"course_transcript": (at, groups.of)})


def _wanted(element: Element, evidence: Evidence, at: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return evidence.asked("course_transcript", element.where, element.systems)[at]


def courses_failed(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the courses of a year that a child failed, each term once; zero where all were passed.

    Of a child whose transcript of the year has a course without a mark nothing is told: it may be a failure.
    """
    courses = evidence.tables["course_transcript"]
    at = np.flatnonzero(courses.told)
    wanted = _wanted(element, evidence, at)
    failed = courses.among("final_letter_grade", credit_terms().failing)[at] & wanted
    unknown = courses.lacks("final_letter_grade")[at] & wanted
    whose = Whose.of(courses, at)
    groups = whose.groups()
    counts = np.where(groups.count(unknown) > 0, np.nan, groups.count(failed))
    values = told_of_groups(element, evidence, whose, groups, counts, rows=groups.count(wanted))
    return Found(
        values, {"course_transcript": courses.told}, {"course_transcript": (at[wanted], groups.of[wanted])},
        {"course_transcript": where_none(at, groups.of, groups.count(wanted))},
    )  # fmt: skip


def courses_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the different courses of a kind that a child finished in a year; zero where it has others."""
    courses = evidence.tables["course_transcript"]
    at = np.flatnonzero(courses.told)
    wanted = _wanted(element, evidence, at)
    title = np.where(wanted, courses.code("course_title")[at], -1)
    whose = Whose.of(courses, at)
    groups = whose.groups()
    counts = groups.distinct(title)
    values = told_of_groups(element, evidence, whose, groups, counts, rows=groups.count(wanted))
    return Found(
        values, {"course_transcript": courses.told}, {"course_transcript": (at[wanted], groups.of[wanted])},
        {"course_transcript": where_none(at, groups.of, groups.count(wanted))},
    )  # fmt: skip


def credits_in_all(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the newest sum of a year over all years of high school, as the system itself keeps it."""
    records = evidence.tables["academic_record"]
    earned = records.numbers("cumulative_earned_credits")
    at = np.flatnonzero(records.told & ~np.isnan(earned))
    # What was attempted only grows, so that the largest sum is the newest.
    order = [records.numbers("cumulative_attempted_credits")[at], earned[at]]
    return newest_told(element, evidence, "academic_record", at, order, earned[at], weighed=records.told)
