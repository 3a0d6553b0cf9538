"""What counts towards a diploma: credits, courses failed, and career and technical courses."""

from __future__ import annotations

import pandas as pd

from helpers.profile.elements import Element, credit_terms
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.newest import newest_in_year
from helpers.profile.tallies import Tallies

__all__ = ["courses_counted", "courses_failed", "credits_attempted", "credits_in_all"]

KEYS = ["child", "silo", "school_year"]


def _courses(evidence: Evidence) -> tuple[pd.DataFrame, pd.Series]:
    """Give the courses of transcripts, and which rows were looked at."""
    courses = evidence.facts["course_transcript"]
    weighed = courses["child"].notna() & evidence.years.speak_of(courses["year"])
    used = courses[weighed]
    return used.assign(school_year=used["year"]), weighed


def _told(used: pd.DataFrame, values: pd.Series, element: Element, evidence: Evidence) -> pd.DataFrame:
    """Make values by child, system and year; the rows behind them are those of the kind that is asked for."""
    wanted = fitting(used, element.where, evidence.of_systems(element.systems)).astype("int64")
    behind = wanted.groupby([used[name] for name in KEYS], sort=True).sum()
    sums = pd.DataFrame({"value": values, "rows": behind})
    sums = sums.join(behind_one_value(used, KEYS), how="left").reset_index()
    sums = sums.assign(as_of=evidence.spoken(sums))
    return found(sums, sums["value"], element)


def credits_attempted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum the credits that a child could have earned in the courses of a year that are over."""
    if evidence.facts["course_transcript"].empty:
        return NOTHING
    used, weighed = _courses(evidence)
    used = used[used["attempted_credits"].notna()]
    sums = used.groupby(KEYS, sort=True)["attempted_credits"].sum()
    return Found(_told(used, sums, element, evidence), {"course_transcript": weighed})


def courses_failed(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the courses of a year that a child failed, each term once; zero where all were passed.

    Of a child whose transcript of the year has a course without a mark nothing is told: it may be a failure.
    """
    if evidence.facts["course_transcript"].empty:
        return NOTHING
    used, weighed = _courses(evidence)
    wanted = fitting(used, element.where, evidence.of_systems(element.systems))
    failed = used["final_letter_grade"].isin(list(credit_terms().failing)).fillna(False).astype(bool)
    used = used.assign(
        failed=(failed & wanted).astype("int64"), unknown=used["final_letter_grade"].isna() & wanted
    )
    by = used.groupby(KEYS, sort=True)
    counts = by["failed"].sum().astype("float64").mask(by["unknown"].any())
    return Found(_told(used, counts, element, evidence), {"course_transcript": weighed})


def courses_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the different courses of a kind that a child finished in a year; zero where it has only others."""
    if evidence.facts["course_transcript"].empty:
        return NOTHING
    used, weighed = _courses(evidence)
    wanted = fitting(used, element.where, evidence.of_systems(element.systems))
    used = used.assign(title=used["course_title"].where(wanted))
    counts = used.groupby(KEYS, sort=True)["title"].nunique()
    return Found(_told(used, counts, element, evidence), {"course_transcript": weighed})


def credits_in_all(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the newest sum of a year over all years of high school, as the system itself keeps it."""
    records = evidence.facts["academic_record"]
    if records.empty:
        return NOTHING
    weighed = records["child"].notna() & evidence.years.speak_of(records["year"])
    used = records[weighed & records["cumulative_earned_credits"].notna()]
    # What was attempted only grows, so that the largest sum is the newest.
    used = newest_in_year(used, ["cumulative_attempted_credits", "cumulative_earned_credits"])
    used = used.assign(as_of=evidence.spoken(used))
    return Found(found(used, used["cumulative_earned_credits"], element), {"academic_record": weighed})
