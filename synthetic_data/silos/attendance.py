"""What the attendance system records: Ed-Fi resources of two school years, of attendance exceptions only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.layouts import load_layout
from helpers.standard import STRING
from synthetic_data.columns import is_among
from synthetic_data.levels import Exchange
from synthetic_data.scenario import Scenario
from synthetic_data.silos.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    keep,
    limits,
    look_up,
)
from synthetic_data.silos.own_words import in_own_words
from synthetic_data.silos.report_cards import (
    Resource,
    academic_records,
    course_transcripts,
    grading_periods,
    report_card_grades,
)

__all__ = ["LAYOUT", "SILO", "observe"]

SILO = "attendance"
LAYOUT = "attendance/edfi_json"

NOT_HELD = (
    "sex",
    "race",
    "hispanic_latino_ethnicity",
    "street_number_name",
    "city",
    "postal_code",
    "home_language",
    "telephone",
    "email",
)


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Write down what the attendance system knows: who is at which school, absences, and marks.

    Parameters
    ----------
    scenario
        School year; the year before is recorded too.
    truth
        How things are.
    exchange
        The day up to which the system has heard, and whether reasons are written in the district's words.

    Returns
    -------
    Observation
        Nine Ed-Fi resources, ten where the district's numbers are carried; children of whom the system
        hasn't heard yet are limits.
    """
    day = exchange.roster_date
    population, schooling = truth.population, truth.schooling
    ids = population.children[["person", "state_id"]]
    all_spells = schooling.school_enrollment
    spells = keep(all_spells, all_spells["begin_date"] <= day)
    children = keep(population.children, is_among(population.children["person"], spells["person"]))
    children = children.sort_values("state_id").reset_index(drop=True)
    as_of = pd.Timestamp(scenario.as_of)
    known_elsewhere = all_spells.loc[all_spells["begin_date"] <= as_of, "person"].drop_duplicates()
    not_yet = known_elsewhere.loc[~is_among(known_elsewhere, children["person"])]

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
        frame, whose = _associations(spells, ids, day)
        return [_recorded("studentSchoolAssociations", frame, about(whose, "Subject"))]

    def events() -> list[Recorded]:
        frame, whose = _events(truth, spells, ids, terms, day, exchange)
        return [_recorded("studentSchoolAttendanceEvents", frame, about(whose, "Subject"))]

    known = is_among(population.children["person"], children["person"])

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
        limits=pd.concat([limits(not_yet, "Roster date"), limits(columns=NOT_HELD)], ignore_index=True),
    )


def _recorded(name: str, frame: pd.DataFrame, people: pd.DataFrame | None = None) -> Recorded:
    if people is None:
        nobody = pd.Series([pd.NA] * len(frame), dtype=STRING)
        people = pd.DataFrame({"person": nobody, "part": nobody})
    return Recorded(name, load_layout(LAYOUT).file_named(name).path, frame, people)


def _numbers(truth: Truth, children: pd.DataFrame) -> pd.DataFrame:
    """Give the district's numbers beside the state's."""
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
    spells: pd.DataFrame, ids: pd.DataFrame, day: pd.Timestamp
) -> tuple[pd.DataFrame, pd.Series]:
    state_id = look_up(spells["person"], ids, "person", "state_id")
    order = pd.DataFrame({"id": state_id, "begin": spells["begin_date"]}).sort_values(["id", "begin"]).index
    spells = spells.loc[order].reset_index(drop=True)
    # An exit that lies ahead, or of which the system hasn't heard, isn't there.
    ended = spells["end_date"].notna() & (spells["end_date"] <= day)
    frame = pd.DataFrame(
        {
            "studentReference.studentUniqueId": state_id.loc[order].array,
            "schoolReference.schoolId": spells["school_id"].array,
            "schoolYearTypeReference.schoolYear": spells["school_year"].array,
            "entryDate": spells["begin_date"].array,
            "entryGradeLevelDescriptor": spells["grade_level"].array,
            "entryTypeDescriptor": spells["entry_type"].array,
            "exitWithdrawDate": spells["end_date"].where(ended).array,
            "exitWithdrawTypeDescriptor": spells["exit_withdraw_type"].where(ended).array,
            "primarySchool": spells["is_primary"].array,
        }
    )
    return frame, spells["person"]


def _terms(truth: Truth) -> pd.DataFrame:
    """Give every school the district's terms: school_id, title, session_type, begin and end, school_year."""
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
    spells: pd.DataFrame,
    ids: pd.DataFrame,
    terms: pd.DataFrame,
    day: pd.Timestamp,
    exchange: Exchange,
) -> tuple[pd.DataFrame, pd.Series]:
    absences = truth.life.absences
    absences = keep(absences, (absences["date"] <= day) & is_among(absences["person"], spells["person"]))
    absences = absences.sort_values(["school_id", "date", "person"]).reset_index(drop=True)
    # The last term that had begun by then: terms of one school follow each other.
    starts = terms[["school_id", "begin_date", "title", "school_year"]].sort_values("begin_date")
    by_date = absences[["school_id", "date"]].reset_index(names="at").sort_values("date")
    term = pd.merge_asof(
        by_date, starts, left_on="date", right_on="begin_date", by="school_id", direction="backward"
    ).sort_values("at")
    reason = absences["reason"]
    if not exchange.agreed_codes:
        schools = truth.population.schools["school_id"]
        manner = pd.Index(schools).get_indexer(pd.Index(absences["school_id"]))
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
    # A clerk's list of a day is in no order that tells who is who.
    order = frame.sort_values(
        ["schoolReference.schoolId", "eventDate", "studentReference.studentUniqueId"]
    ).index
    return frame.loc[order].reset_index(drop=True), absences["person"].loc[np.asarray(order)]
