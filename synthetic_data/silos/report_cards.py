"""What the attendance system keeps beside attendance: report cards, transcripts, sums of credits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, pick, text, whole
from synthetic_data.life.credits import SEMESTERS
from synthetic_data.life.grades import LETTER_FROM, LETTERS
from synthetic_data.population.schools import GRADES, LEVELS
from synthetic_data.schooling.school_calendar import GRADING_PERIODS
from synthetic_data.silos.observation import Truth

__all__ = ["Resource", "academic_records", "course_transcripts", "grading_periods", "report_card_grades"]

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

Resource = tuple[pd.DataFrame, Codes]  # rows of an Ed-Fi resource, and the place of each one's child
CARNEGIE = "Carnegie unit"  # one credit is a course of a year


def grading_periods(truth: Truth) -> pd.DataFrame:
    """Give every school's grading periods, those to come too, as they stand in its calendar."""
    places, years = truth.population.places, sorted({year for year, _ in truth.schooling.years})
    rows = []
    for school, level in zip(places.ids, places.levels, strict=True):
        for year in years:
            laid_out = truth.schooling.years[year, level]
            begin = 0
            for place, last in enumerate(laid_out.period_end):
                days = laid_out.days[[begin, last]]
                rows.append((school, year, place, *days, last - begin + 1))
                begin = last + 1
    school_ids, of_year, periods, begins, ends, days_taught = zip(*rows, strict=True)
    period = np.array(periods)
    return pd.DataFrame(
        {
            "gradingPeriodDescriptor": pick(GRADING_PERIODS, period),
            "gradingPeriodName": _by_year(np.array(of_year), period, _period_name),
            "schoolReference.schoolId": text(school_ids),
            "schoolYearTypeReference.schoolYear": whole(np.array(of_year)),
            "beginDate": dates(np.array(begins)),
            "endDate": dates(np.array(ends)),
            "periodSequence": whole(period + 1),
            "totalInstructionalDays": whole(np.array(days_taught)),
        }
    )


def _by_year(year: Codes, part: Codes, name: Callable[[int, int], str]) -> Any:
    """Name a part of a school year, each distinct one once."""
    distinct, which = np.unique(np.stack([year, part], axis=1), axis=0, return_inverse=True)
    return pick([name(y, p) for y, p in distinct.tolist()], which.reshape(-1))


def _period_name(year: int, period: int) -> str:
    return f"{year - 1}-{year} {GRADING_PERIODS[period]}"


def report_card_grades(truth: Truth, known: Mask, day: np.datetime64) -> Resource:
    """Give the grades of every grading period that had ended.

    Parameters
    ----------
    truth
        How things are.
    known
        By child: whether the system has heard of it.
    day
        The day up to which it has heard.

    Returns
    -------
    Resource
        Ed-Fi `grades`, by school, period and section.
    """
    grades, schooling = truth.life.grades, truth.schooling
    children, sections = truth.population.children, schooling.sections
    row = np.flatnonzero(known[grades.child] & (grades.ended <= day))
    state_id = children["state_id"].to_numpy(dtype=object)
    section_school = np.asarray(
        pd.Index(truth.population.places.ids).get_indexer(pd.Index(sections["school_id"]))
    )
    rank = np.argsort(np.argsort(state_id, kind="stable"))
    section = grades.section[row]
    row = row[
        np.lexsort(
            (rank[grades.child[row]], section, grades.period[row], grades.year[row], section_school[section])
        )
    ]
    child, section, year, period, seat = (
        part[row] for part in (grades.child, grades.section, grades.year, grades.period, grades.seat)
    )
    # A section that lasts the year is one a semester here, as terms are: it begins anew in spring.
    begin = schooling.section_enrollment["begin_date"].to_numpy()[seat].astype("datetime64[D]")
    spring = np.full(len(row), np.datetime64("NaT", "D"))
    level = schooling.spells.level[schooling.seats.spell[seat]]
    for (of_year, of_level), laid_out in schooling.years.items():
        place = list(LEVELS).index(of_level)
        spring[(year == of_year) & (level == place)] = laid_out.days[laid_out.fall_end + 1]
    begin = np.where(period >= 2, np.maximum(begin, spring), begin)
    course = pd.Index(schooling.courses["course_id"]).get_indexer(pd.Index(sections["course_id"]))
    sessions = schooling.sessions.dropna(subset=["parent_session_id"])
    titles = {
        (int(y), SEMESTERS.index(kind)): title
        for y, kind, title in zip(
            sessions["school_year"], sessions["session_type"], sessions["title"], strict=True
        )
    }
    school = sections["school_id"].array.take(section)
    frame = pd.DataFrame(
        {
            "gradeTypeDescriptor": "Report card",
            "gradingPeriodReference.gradingPeriodDescriptor": pick(GRADING_PERIODS, period),
            "gradingPeriodReference.gradingPeriodName": _by_year(year, period, _period_name),
            "gradingPeriodReference.schoolId": school,
            "gradingPeriodReference.schoolYear": whole(year),
            "studentSectionAssociationReference.beginDate": dates(begin),
            "studentSectionAssociationReference.localCourseCode": schooling.courses["course_code"]
            .array.take(course)
            .take(section),
            "studentSectionAssociationReference.schoolId": school,
            "studentSectionAssociationReference.schoolYear": whole(year),
            "studentSectionAssociationReference.sectionIdentifier": sections["section_id"].array.take(
                section
            ),
            "studentSectionAssociationReference.sessionName": _by_year(
                year, period // 2, lambda y, p: titles[y, p]
            ),
            "studentSectionAssociationReference.studentUniqueId": children["state_id"].array.take(child),
            "letterGradeEarned": _letters(grades.percent[row]),
            "numericGradeEarned": grades.percent[row],
        }
    )
    return frame, child


def _letters(percent: npt.NDArray[np.float64]) -> Any:
    return pick(LETTERS, np.searchsorted(LETTER_FROM, percent, side="right"))


def course_transcripts(truth: Truth, known: Mask, day: np.datetime64) -> Resource:
    """Give the attempts at courses of high schools in every semester that had ended.

    Parameters
    ----------
    truth, known, day
        As in `report_card_grades`.

    Returns
    -------
    Resource
        Ed-Fi `courseTranscripts`, child by child.
    """
    credits, children = truth.life.credits, truth.population.children
    sections, courses = truth.schooling.sections, truth.schooling.courses
    row = _in_order(truth, np.flatnonzero(known[credits.child] & (credits.ended <= day)))
    child = credits.child[row]
    course = np.asarray(pd.Index(courses["course_id"]).get_indexer(pd.Index(sections["course_id"])))
    course = course[credits.section[row]]
    district = truth.population.district_id
    frame = pd.DataFrame(
        {
            "courseAttemptResultDescriptor": pick(("Fail", "Pass"), credits.passed[row].astype("int64")),
            "courseReference.courseCode": courses["course_code"].array.take(course),
            "courseReference.educationOrganizationId": district,
            "studentAcademicRecordReference.educationOrganizationId": district,
            "studentAcademicRecordReference.schoolYear": whole(credits.year[row]),
            "studentAcademicRecordReference.studentUniqueId": children["state_id"].array.take(child),
            "studentAcademicRecordReference.termDescriptor": pick(SEMESTERS, credits.semester[row]),
            "academicSubjects[1].academicSubjectDescriptor": courses["academic_subject"].array.take(course),
            "attemptedCredits": credits.attempted[row],
            "attemptedCreditTypeDescriptor": CARNEGIE,
            "courseTitle": courses["course_title"].array.take(course),
            "earnedCredits": credits.earned[row],
            "earnedCreditTypeDescriptor": CARNEGIE,
            "finalLetterGradeEarned": _letters(credits.percent[row]),
            "finalNumericGradeEarned": credits.percent[row],
            "whenTakenGradeLevelDescriptor": pick(GRADES, credits.grade[row]),
        }
    )
    return frame, child


def _in_order(truth: Truth, row: Codes) -> Codes:
    """Put attempts in the order of state numbers and semesters; those of a semester in that of courses."""
    credits = truth.life.credits
    state_id = truth.population.children["state_id"].to_numpy(dtype=object)
    rank = np.argsort(np.argsort(state_id, kind="stable"))
    keys = (credits.section[row], credits.semester[row], credits.year[row], rank[credits.child[row]])
    return row[np.lexsort(keys)]


def academic_records(truth: Truth, known: Mask, day: np.datetime64) -> Resource:
    """Give the sums of credits at the end of every semester that had ended.

    Parameters
    ----------
    truth, known, day
        As in `report_card_grades`.

    Returns
    -------
    Resource
        Ed-Fi `studentAcademicRecords`, child by child.
    """
    credits = truth.life.credits
    row = _in_order(truth, np.flatnonzero(known[credits.child] & (credits.ended <= day)))
    child, year, semester = credits.child[row], credits.year[row], credits.semester[row]
    new = np.ones(len(row), dtype=bool)
    new[1:] = (child[1:] != child[:-1]) | (year[1:] != year[:-1]) | (semester[1:] != semester[:-1])
    first = np.flatnonzero(new)
    child, year, semester = child[first], year[first], semester[first]
    new_child = np.ones(len(first), dtype=bool)
    new_child[1:] = child[1:] != child[:-1]
    of_child = np.cumsum(new_child) - 1

    def sums(of: npt.NDArray[np.float64], before: npt.NDArray[np.float64]) -> tuple[Any, Any]:
        """Sum a term's credits, and all up to its end."""
        term = np.add.reduceat(of[row], first) if len(first) else np.zeros(0)
        running = np.cumsum(term)
        start = (running - term)[np.flatnonzero(new_child)]
        return term, running - start[of_child] + before[child]

    attempted, all_attempted = sums(credits.attempted, credits.before_attempted)
    earned, all_earned = sums(credits.earned, credits.before_earned)
    frame = pd.DataFrame(
        {
            "educationOrganizationReference.educationOrganizationId": truth.population.district_id,
            "schoolYearTypeReference.schoolYear": whole(year),
            "studentReference.studentUniqueId": truth.population.children["state_id"].array.take(child),
            "termDescriptor": pick(SEMESTERS, semester),
            "cumulativeAttemptedCredits": all_attempted,
            "cumulativeEarnedCredits": all_earned,
            "sessionAttemptedCredits": attempted,
            "sessionEarnedCredits": earned,
        }
    )
    return frame, child
