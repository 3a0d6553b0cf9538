"""What the report cards say of a child in one subject, and what its marks come to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.profile.elements import Element, mark_terms
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.gradebook_years import newest_of_each
from helpers.profile.newest import newest_in_year
from helpers.profile.tallies import Tallies

__all__ = ["grade_points", "latest_mark"]

KEYS = ["child", "silo", "school_year"]


def _marks(element: Element, evidence: Evidence) -> tuple[pd.DataFrame, pd.Series]:
    """Give the marks that an element asks for, each once, and which rows they are."""
    grades = evidence.facts["course_grade"]
    weighed = grades["child"].notna() & evidence.years.speak_of(grades["year"])
    weighed &= fitting(grades, element.where, evidence.of_systems(element.systems))
    used = newest_of_each(grades[weighed], ["section_id", "course_title", "grading_period", "grade_type"])
    return used, weighed


def latest_mark(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the mark of the newest grading period of the year in the courses that the element asks for."""
    if evidence.facts["course_grade"].empty:
        return NOTHING
    column = str(element.column)
    used, weighed = _marks(element, evidence)
    order = {period: place for place, period in enumerate(mark_terms().grading_periods)}
    used = used[used[column].notna()]
    place = used["grading_period"].map(order).astype("float64")
    used = newest_in_year(used.assign(place=place), ["place"])
    used = used.assign(as_of=evidence.spoken(used))
    return Found(found(used, used[column], element), {"course_grade": weighed})


def grade_points(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Average the points of a year's letter marks, each course and grading period counted once."""
    if evidence.facts["course_grade"].empty:
        return NOTHING
    used, weighed = _marks(element, evidence)
    letter = used["letter_grade"].str.strip().str.upper()
    points = letter.map(dict(mark_terms().points)).to_numpy(dtype="float64", na_value=np.nan)
    used = used.assign(school_year=used["year"], points=points)
    used = used[used["points"].notna()]
    means = used.groupby(KEYS, sort=True)["points"].agg(["mean", "size"])
    means = means.join(behind_one_value(used, KEYS), how="left").reset_index()
    means = means.assign(rows=means["size"], as_of=evidence.spoken(means))
    return Found(found(means, means["mean"], element), {"course_grade": weighed})
