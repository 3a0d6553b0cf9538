"""What a child has earned towards a diploma, and whether it is on track in its first year of high school."""

from __future__ import annotations

import pandas as pd

from helpers.profile.elements import Element, credit_terms
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.tallies import Tallies

__all__ = ["credits_earned", "on_track"]

KEYS = ["child", "silo", "school_year"]


def _attempts(evidence: Evidence) -> tuple[pd.DataFrame, pd.Series]:
    """Give the attempts at courses whose credits are known, and which rows were looked at."""
    courses = evidence.facts["course_transcript"]
    weighed = courses["child"].notna() & evidence.years.speak_of(courses["year"])
    used = courses[weighed & courses["earned_credits"].notna()]
    return used.assign(school_year=used["year"]), weighed


def credits_earned(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum the credits that a child earned in a year so far."""
    if evidence.facts["course_transcript"].empty:
        return NOTHING
    used, weighed = _attempts(evidence)
    sums = used.groupby(KEYS, sort=True).agg(value=("earned_credits", "sum"), rows=("row", "size"))
    sums = sums.join(behind_one_value(used, KEYS), how="left").reset_index()
    sums = sums.assign(as_of=evidence.spoken(sums))
    return Found(found(sums, sums["value"], element), {"course_transcript": weighed})


def on_track(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Say whether a child in its first year of high school earns the credits and fails no more than may be.

    Before the year is over, and of who came or left within it, the credits that belong to the terms in which
    the child sat are asked for.
    """
    if evidence.facts["course_transcript"].empty:
        return NOTHING
    terms = credit_terms()
    used, weighed = _attempts(evidence)
    used = used[used["grade_level_when_taken"] == terms.grade_level]
    failed = used["final_letter_grade"].isin(list(terms.failing)) & used["academic_subject"].isin(
        list(terms.core_subjects)
    )
    used = used.assign(failed=failed.fillna(False).astype("int64"))
    by = used.groupby(KEYS, sort=True)
    sums = by.agg(
        credits=("earned_credits", "sum"),
        failed=("failed", "sum"),
        over=("term", "nunique"),
        rows=("row", "size"),
    )
    sums = sums.join(behind_one_value(used, KEYS), how="left").reset_index()
    needed = terms.credits_a_year * sums["over"].clip(1, terms.terms) / terms.terms
    sums = sums.assign(as_of=evidence.spoken(sums))
    kept = (sums["credits"] >= needed - 1e-9) & (sums["failed"] <= terms.most_failed)
    return Found(found(sums, kept.astype("boolean"), element), {"course_transcript": weighed})
