"""What a child has earned towards a diploma, and whether it is on track in its first year of high school."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helpers.profile.evidence import Evidence
from helpers.profile.found import Found, Whose, told_of_groups
from helpers.profile.rows import Rows
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element, credit_terms

__all__ = ["credits_earned", "on_track"]


def _attempts(evidence: Evidence) -> tuple[Rows, npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Give transcripts, which of their rows were looked at, and the attempts whose credits are known."""
    courses = evidence.tables["course_transcript"]
    return courses, courses.told, np.flatnonzero(courses.told & ~courses.lacks("earned_credits"))


def credits_earned(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum the credits that a child earned in a year so far."""
    courses, weighed, at = _attempts(evidence)
    whose = Whose.of(courses, at)
    groups = whose.groups()
    sums = groups.total(courses.numbers("earned_credits")[at])
    values = told_of_groups(element, evidence, whose, groups, sums)
    return Found(values, {"course_transcript": weighed}, {"course_transcript": (at, groups.of)})


def on_track(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Say whether a child in its first year of high school earns the credits and fails no more than may be.

    Before the year is over, and of who came or left within it, the credits that belong to the terms in which
    the child sat are asked for.
    """
    terms = credit_terms()
    courses, weighed, at = _attempts(evidence)
    at = at[courses.among("grade_level_when_taken", [terms.grade_level])[at]]
    failed = courses.among("final_letter_grade", terms.failing)
    failed &= courses.among("academic_subject", terms.core_subjects)
    whose = Whose.of(courses, at)
    groups = whose.groups()
    sat = np.clip(groups.distinct(courses.code("term")[at]), 1, terms.terms)
    needed = terms.credits_a_year * sat / terms.terms
    kept = groups.total(courses.numbers("earned_credits")[at]) >= needed - 1e-9
    kept &= groups.count(failed[at]) <= terms.most_failed
    values = told_of_groups(element, evidence, whose, groups, kept)
    return Found(values, {"course_transcript": weighed}, {"course_transcript": (at, groups.of)})
