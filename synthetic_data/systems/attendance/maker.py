"""Generate the attendance system: daily attendance and report cards."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.layouts import load_layout
from helpers.standard import STRING, isin_text
from synthetic_data.columns import dates, pick, positions_in, text, whole
from synthetic_data.life.learning.grades import LETTER_FROM, LETTERS, SEMESTERS
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    in_own_words,
    keep,
    look_up,
    not_held,
)
from synthetic_data.population.schools import GRADES, LEVELS
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.schooling.calendar import GRADING_PERIODS

__all__ = ["LAYOUT", "SILO", "Resource", "grading_periods", "observe"]


Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

Resource = tuple[pd.DataFrame, Codes]  # rows of an Ed-Fi resource, and each one's child as index
CARNEGIE = "Carnegie unit"  # one credit is a year-long course


def grading_periods(truth: Truth) -> pd.DataFrame:
    """Return every school's grading periods, including future ones, from its calendar."""
    schools, years = truth.population.school_list, sorted({year for year, _ in truth.schooling.years})
    rows = []
    for school, level in zip(schools.ids, schools.levels, strict=True):
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
    """Name part of a school year, each distinct one once."""
    distinct, which = np.unique(np.stack([year, part], axis=1), axis=0, return_inverse=True)
    return pick([name(y, p) for y, p in distinct.tolist()], which.reshape(-1))


def _period_name(year: int, period: int) -> str:
    return f"{year - 1}-{year} {GRADING_PERIODS[period]}"


def report_card_grades(truth: Truth, known: Mask, day: np.datetime64) -> Resource:
    """Return the grades of every finished grading period."""
    grades, schooling = truth.life.grades, truth.schooling
    children, sections = truth.population.children, schooling.sections
    row = np.flatnonzero(known[grades.child] & (grades.ended <= day))
    state_id = children["state_id"].to_numpy(dtype=object)
    section_school = positions_in(truth.population.school_list.ids, sections["school_id"])
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
    # A year-long section is one section per semester here, like terms: it starts again in spring.
    begin = schooling.section_enrollment["begin_date"].to_numpy()[seat].astype("datetime64[D]")
    spring = np.full(len(row), np.datetime64("NaT", "D"))
    level = schooling.enrollments.level[schooling.seats.enrollment[seat]]
    for (of_year, of_level), laid_out in schooling.years.items():
        place = list(LEVELS).index(of_level)
        spring[(year == of_year) & (level == place)] = laid_out.days[laid_out.fall_end + 1]
    begin = np.where(period >= 2, np.maximum(begin, spring), begin)
    course = positions_in(schooling.courses["course_id"], sections["course_id"])
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
    """Return the attempts at high school courses in every finished semester."""
    credits, children = truth.life.credits, truth.population.children
    sections, courses = truth.schooling.sections, truth.schooling.courses
    row = _in_order(truth, np.flatnonzero(known[credits.child] & (credits.ended <= day)))
    child = credits.child[row]
    course = positions_in(courses["course_id"], sections["course_id"])
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
    """Sort attempts by state number and semester, and within a semester by course."""
    credits = truth.life.credits
    state_id = truth.population.children["state_id"].to_numpy(dtype=object)
    rank = np.argsort(np.argsort(state_id, kind="stable"))
    keys = (credits.section[row], credits.semester[row], credits.year[row], rank[credits.child[row]])
    return row[np.lexsort(keys)]


def academic_records(truth: Truth, known: Mask, day: np.datetime64) -> Resource:
    """Return the sums of credits at the end of every finished semester."""
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
        """Sum a term's credits, and all credits up to its end."""
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


SILO = "attendance"
LAYOUT = "attendance/edfi_json"
STUDENT = "studentReference.studentUniqueId"
SORTED_BY = {
    "students": ("studentUniqueId",),
    "studentEducationOrganizationAssociations": (STUDENT,),
    "studentSchoolAssociations": (STUDENT, "entryDate"),
    "studentSchoolAttendanceEvents": ("schoolReference.schoolId", "eventDate", STUDENT),
}
WORK = 8  # among the slowest to write; the largest number is the slowest

columns_not_held = partial(not_held, LAYOUT, left_empty=("sex",))


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record what the attendance system lists: each child's school, absences and grades."""
    day = exchange.roster_date
    population, schooling = truth.population, truth.schooling
    ids = population.children[["person", "state_id"]]
    all_enrollments = schooling.school_enrollment
    enrollments = keep(all_enrollments, all_enrollments["begin_date"] <= day)
    children = keep(population.children, isin_text(population.children["person"], enrollments["person"]))
    as_of = pd.Timestamp(scenario.as_of)
    known_elsewhere = all_enrollments.loc[all_enrollments["begin_date"] <= as_of, "person"].drop_duplicates()
    not_yet = known_elsewhere.loc[~isin_text(known_elsewhere, children["person"])]

    students = pd.DataFrame(
        {
            "studentUniqueId": children["state_id"].array,
            "firstName": children["first_name"].array,
            "middleName": children["middle_name"].array,
            "lastSurname": children["last_surname"].array,
            "generationCodeSuffix": children["generation_code_suffix"].array,
            "preferredFirstName": children["preferred_first_name"].array,
            "birthDate": children["birth_date"].array,
        }
    )
    terms = _terms(truth)
    whom = about(children["person"], "Subject")
    numbers = []
    if "District" in exchange.ids:
        numbers = [_recorded("studentEducationOrganizationAssociations", _numbers(truth, children), whom)]

    def associations() -> list[Recorded]:
        frame, whose = _associations(enrollments, ids, day)
        return [_recorded("studentSchoolAssociations", frame, about(whose, "Subject"))]

    def events() -> list[Recorded]:
        frame, whose = _events(truth, enrollments, ids, terms, day, exchange)
        return [_recorded("studentSchoolAttendanceEvents", frame, about(whose, "Subject"))]

    known = isin_text(population.children["person"], children["person"])

    def marks(
        name: str, resource: Callable[[Truth, npt.NDArray[np.bool_], np.datetime64], Resource]
    ) -> Later:
        def make() -> list[Recorded]:
            frame, child = resource(truth, known, np.datetime64(day, "D"))
            return [_recorded(name, frame, about(population.children["person"].array.take(child), "Subject"))]

        return Later(name, make)

    files: tuple[Recorded | Later, ...] = (
        _recorded("students", students, whom),
        *numbers,
        Later("studentSchoolAssociations", associations),
        Later("calendarDates", lambda: [_recorded("calendarDates", _calendar(truth))]),
        Later("sessions", lambda: [_recorded("sessions", _sessions(truth, terms))]),
        Later("studentSchoolAttendanceEvents", events),
        Later("gradingPeriods", lambda: [_recorded("gradingPeriods", grading_periods(truth))]),
        marks("grades", report_card_grades),
        marks("studentAcademicRecords", academic_records),
        marks("courseTranscripts", course_transcripts),
    )
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=files,
        limits=all_limits({"Roster date": not_yet}, columns_not_held()),
    )


def _recorded(name: str, frame: pd.DataFrame, people: pd.DataFrame | None = None) -> Recorded:
    if people is None:
        nobody = pd.Series([pd.NA] * len(frame), dtype=STRING)
        people = pd.DataFrame({"person": nobody, "part": nobody})
    return Recorded(name, load_layout(LAYOUT).file_named(name).path, frame, people)


def _numbers(truth: Truth, children: pd.DataFrame) -> pd.DataFrame:
    """Return the district's and the state's numbers."""
    return pd.DataFrame(
        {
            "educationOrganizationReference.educationOrganizationId": truth.population.district_id,
            "studentReference.studentUniqueId": children["state_id"].array,
            "studentIdentificationCodes[1].assigningOrganizationIdentificationCode": "District",
            "studentIdentificationCodes[1].identificationCode": children["district_number"].array,
            "studentIdentificationCodes[1].studentIdentificationSystemDescriptor": "District",
        }
    ).astype(STRING)


def _associations(
    enrollments: pd.DataFrame, ids: pd.DataFrame, day: pd.Timestamp
) -> tuple[pd.DataFrame, pd.Series]:
    state_id = look_up(enrollments["person"], ids, "person", "state_id")
    # A future exit, or one that hasn't reached the system, isn't recorded.
    ended = enrollments["end_date"].notna() & (enrollments["end_date"] <= day)
    frame = pd.DataFrame(
        {
            STUDENT: state_id.array,
            "schoolReference.schoolId": enrollments["school_id"].array,
            "schoolYearTypeReference.schoolYear": enrollments["school_year"].array,
            "entryDate": enrollments["begin_date"].array,
            "entryGradeLevelDescriptor": enrollments["grade_level"].array,
            "entryTypeDescriptor": enrollments["entry_type"].array,
            "exitWithdrawDate": enrollments["end_date"].where(ended).array,
            "exitWithdrawTypeDescriptor": enrollments["exit_withdraw_type"].where(ended).array,
            "primarySchool": enrollments["is_primary"].array,
        }
    )
    return frame, enrollments["person"]


def _terms(truth: Truth) -> pd.DataFrame:
    """Return the terms of every school: school_id, title, session_type, begin and end, school_year."""
    sessions = truth.schooling.sessions
    sessions = keep(sessions, sessions["parent_session_id"].notna()).drop(columns="school_id")
    terms = truth.population.schools[["school_id"]].merge(sessions, how="cross")
    return terms.sort_values(["school_id", "begin_date"]).reset_index(drop=True)


def _calendar(truth: Truth) -> pd.DataFrame:
    calendar = truth.schooling.calendar.sort_values(["school_id", "date"])
    return pd.DataFrame(
        {
            "calendarReference.calendarCode": "Main",
            "calendarReference.schoolId": calendar["school_id"].array,
            "calendarReference.schoolYear": calendar["school_year"].array,
            "date": calendar["date"].array,
            "calendarEvents[1].calendarEventDescriptor": calendar["calendar_event"].array,
        }
    )


def _sessions(truth: Truth, terms: pd.DataFrame) -> pd.DataFrame:
    calendar = truth.schooling.calendar
    days = keep(calendar, calendar["is_instructional"])[["school_id", "date"]]
    within = terms[["school_id", "title", "begin_date", "end_date"]].merge(
        days, on="school_id", how="left", validate="many_to_many"
    )
    within = within.loc[(within["date"] >= within["begin_date"]) & (within["date"] <= within["end_date"])]
    count = within.groupby(["school_id", "title"], as_index=False).agg(days=("date", "size"))
    terms = terms.merge(count, on=["school_id", "title"], how="left", validate="one_to_one")
    return pd.DataFrame(
        {
            "sessionName": terms["title"].array,
            "schoolReference.schoolId": terms["school_id"].array,
            "schoolYearTypeReference.schoolYear": terms["school_year"].array,
            "beginDate": terms["begin_date"].array,
            "endDate": terms["end_date"].array,
            "termDescriptor": terms["session_type"].array,
            "totalInstructionalDays": terms["days"].fillna(0).astype("Int64").array,
        }
    )


def _events(
    truth: Truth,
    enrollments: pd.DataFrame,
    ids: pd.DataFrame,
    terms: pd.DataFrame,
    day: pd.Timestamp,
    exchange: Exchange,
) -> tuple[pd.DataFrame, pd.Series]:
    absences = truth.life.absences
    absences = keep(
        absences, (absences["date"] <= day) & isin_text(absences["person"], enrollments["person"])
    )
    # The last term that had started by then: terms of one school don't overlap.
    starts = terms[["school_id", "begin_date", "title", "school_year"]].sort_values("begin_date")
    by_date = absences[["school_id", "date"]].reset_index(names="at").sort_values("date")
    term = pd.merge_asof(
        by_date, starts, left_on="date", right_on="begin_date", by="school_id", direction="backward"
    ).sort_values("at")
    reason = absences["reason"]
    if not exchange.agreed_codes:
        schools = truth.population.schools["school_id"]
        manner = positions_in(schools, absences["school_id"])
        reason = in_own_words("attendance", "reason", reason, manner)
    frame = pd.DataFrame(
        {
            "studentReference.studentUniqueId": look_up(absences["person"], ids, "person", "state_id").array,
            "schoolReference.schoolId": absences["school_id"].array,
            "sessionReference.schoolId": absences["school_id"].array,
            "sessionReference.schoolYear": term["school_year"].array,
            "sessionReference.sessionName": term["title"].array,
            "eventDate": absences["date"].array,
            "attendanceEventCategoryDescriptor": absences["attendance_event_category"].array,
            "attendanceEventReason": reason.array,
        }
    )
    return frame, absences["person"]
