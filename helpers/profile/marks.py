"""What the report cards say of a child in one subject, and what its marks come to."""

from __future__ import annotations

import numpy as np

from helpers.profile.evidence import Evidence
from helpers.profile.found import Found, Whose, told_of_groups
from helpers.profile.gradebook_years import newest_of_each
from helpers.profile.newest import newest_told
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element, mark_terms

__all__ = ["grade_points", "latest_mark"]

NAMED = ("section_id", "course_title", "grading_period", "grade_type")


def latest_mark(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the mark of the newest grading period of the year in the courses that the element asks for."""
    grades = evidence.tables["course_grade"]
    column = str(element.column)
    weighed = evidence.asked_in_a_year(element)
    at = newest_of_each(grades, np.flatnonzero(weighed), NAMED)
    at = at[~grades.lacks(column)[at]]
    periods = mark_terms().grading_periods
    codes, words = grades.codes("grading_period")
    places = [float(periods.index(word)) if word in periods else np.nan for word in words]
    place = np.array([*places, np.nan])[codes[at]]
    said = grades.texts(column, at) if element.type == "string" else grades.numbers(column)[at]
    return newest_told(element, evidence, "course_grade", at, [place], said, weighed=weighed)


def grade_points(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Average the points of a year's letter marks, each course and grading period counted once."""
    grades = evidence.tables["course_grade"]
    weighed = evidence.asked_in_a_year(element)
    at = newest_of_each(grades, np.flatnonzero(weighed), NAMED)
    codes, letters = grades.codes("letter_grade")
    worth = dict(mark_terms().points)
    points = [float(worth.get(letter.strip().upper(), np.nan)) for letter in letters]
    point = np.array([*points, np.nan])[codes]
    at = at[~np.isnan(point[at])]
    whose = Whose.of(grades, at)
    groups = whose.groups()
    values = told_of_groups(element, evidence, whose, groups, groups.mean(point[at]))
    return Found(values, {"course_grade": weighed}, {"course_grade": (at, groups.of)})
