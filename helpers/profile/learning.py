"""What a child learns in: courses, grades, and the assignments of the gradebooks."""

from __future__ import annotations

import pandas as pd

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.gradebook_years import newest_of_each
from helpers.profile.keys import listed_in
from helpers.profile.tallies import Tallies

__all__ = ["courses_taken", "days_logged_in", "gradebook_count", "handed_in", "mean_grade", "points_share"]

KEYS = ["child", "silo", "school_year"]
# By the element's column: which lines of gradebooks stand behind it.
ROWS_BEHIND = {
    "assigned": "assigned_rows",
    "graded": "graded_rows",
    "excused": "excused_rows",
    "earned": "graded_rows",
    "possible": "graded_rows",
}


def courses_taken(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the courses that a child takes on the newest day of a year that the system speaks of.

    A system may list the whole year's classes or only those that run; both give the same on that day. Zero is
    told only of a child whom the same system enrols in that year.
    """
    classes = evidence.facts["section_enrollment"]
    if classes.empty:
        return NOTHING
    sections = evidence.facts["section"].dropna(subset=["section_id"])
    sections = sections.drop_duplicates(["silo", "section_id"])[["silo", "section_id", "course_id"]]
    known = classes["child"].notna() & classes["section_id"].notna()
    known &= (classes["role"].isna() | (classes["role"] == "Student")).fillna(False)
    known &= evidence.years.speak_of(classes["year"])
    used = classes[known].merge(
        sections, on=["silo", "section_id"], how="left", validate="many_to_one", suffixes=("", "_of_section")
    )
    used = used.assign(
        school_year=used["year"],
        course=used["course_id"].fillna(used["course_id_of_section"]).fillna(used["section_id"]),
    )
    newest = used.groupby(["silo", "school_year"])["begin_date"].transform("max")
    over = (used["end_date"] < newest).fillna(False)
    used = used.assign(course=used["course"].mask(over))
    counts = used.groupby(KEYS).agg(value=("course", "nunique"), rows=("course", "size"))
    counts = counts.join(behind_one_value(used, KEYS), how="left").reset_index()

    spells = evidence.facts["school_enrollment"]
    spells = spells[spells["child"].notna()]
    spells = spells.assign(school_year=spells["year"])
    spells = spells[listed_in(spells[["silo", "school_year"]], counts[["silo", "school_year"]])]
    covered = behind_one_value(spells, KEYS).assign(value=0, rows=0).reset_index()
    covered = covered[~listed_in(covered[KEYS], counts[KEYS])]
    both = pd.concat([counts, covered], ignore_index=True)
    both = both.assign(as_of=evidence.spoken(both))
    return Found(found(both, both["value"], element), {"section_enrollment": known})


def gradebook_count(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take one of the counts of the gradebooks; zero is told of a child who has a line in one."""
    column = str(element.column)
    counted = tallies.gradebook.counted
    if counted.empty:
        return NOTHING
    counted = counted.assign(rows=counted[ROWS_BEHIND[column]])
    return Found(found(counted, counted[column], element), {"assignment_score": tallies.gradebook.weighed})


def points_share(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Divide points earned by points to be had; not applicable where none were to be had so far.

    Where of one graded assignment nobody says how many were to be had, there is no share: that of the others
    would be taken for it.
    """
    counted = tallies.gradebook.counted
    if counted.empty:
        return NOTHING
    none = counted["possible"] == 0
    share = counted["earned"] / counted["possible"].mask(none)
    values = found(counted.assign(rows=counted["graded_rows"]), share, element)
    return Found(
        values.assign(status=values["status"].mask(none, "Not applicable")),
        {"assignment_score": tallies.gradebook.weighed},
    )


def mean_grade(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Average a child's grades of one kind over its classes; each class counts once, whatever its size."""
    grades = evidence.facts["course_grade"]
    if grades.empty:
        return NOTHING
    weighed = grades["child"].notna() & evidence.years.speak_of(grades["year"])
    weighed &= fitting(grades, element.where)
    used = newest_of_each(grades[weighed], ["section_id", "course_title", "grading_period", "grade_type"])
    used = used[used["numeric_grade"].notna()]
    used = used.assign(school_year=used["year"])
    means = used.groupby(KEYS, sort=True)["numeric_grade"].agg(["mean", "size"])
    means = means.join(behind_one_value(used, KEYS), how="left").reset_index()
    means = means.assign(rows=means["size"], as_of=evidence.spoken(means))
    return Found(found(means, means["mean"], element), {"course_grade": weighed})


def days_logged_in(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the days on which a child used a system; zero only for a child whom the system lists."""
    logins = evidence.facts["login"]
    if logins.empty:
        return NOTHING
    weighed = logins["child"].notna() & evidence.years.speak_of(logins["year"])
    weighed &= fitting(logins, element.where, evidence.of_systems(element.systems))
    used = logins[weighed & logins["date"].notna()]
    used = used.assign(school_year=used["year"])
    counts = used.groupby(KEYS, sort=True).agg(value=("date", "nunique"), rows=("row", "size"))
    return counted_with_zeros(counts, used, element, evidence, weighed, elsewhere=False)


def handed_in(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the assignments that a child handed in, in the way that the element asks for.

    Zero is told of a child of whom the system lists assignments, where it keeps what was handed in at all.
    """
    work = evidence.facts["assignment_score"]
    if work.empty or work["submitted_utc"].isna().all():
        return NOTHING
    weighed = work["child"].notna() & evidence.years.speak_of(work["year"])
    used = work[weighed]
    used = used.assign(school_year=used["year"])
    keeps = used.loc[used["submitted_utc"].notna(), ["silo", "school_year"]].drop_duplicates()
    used = used.merge(keeps, on=["silo", "school_year"], how="inner", validate="many_to_one")
    counts_here = fitting(used, element.where) & used["submitted_utc"].notna()
    used = used.assign(counts=counts_here)
    some = used[counts_here]
    once = some.drop_duplicates([*KEYS, "section_id", "assignment_id", "title"])
    counts = used.groupby(KEYS, sort=True)[["counts"]].sum().rename(columns={"counts": "rows"})
    counts = counts.assign(value=once.groupby(KEYS, sort=True).size()).fillna({"value": 0})
    counts = counts.join(behind_one_value(used, KEYS), how="left").reset_index()
    counts = counts.assign(as_of=evidence.spoken(counts))
    return Found(found(counts, counts["value"], element), {"assignment_score": weighed})
