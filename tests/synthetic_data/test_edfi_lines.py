"""The attendance system's lines are Ed-Fi resources: required fields, types, lengths, descriptor values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.synthetic_data.one_silo import write_silo

# Ed-Fi Data Standard 5.0, OpenAPI of the resources: required fields, with type and longest text.
REQUIRED: dict[str, dict[str, tuple[type, int | None]]] = {
    "students": {
        "studentUniqueId": (str, 32),
        "firstName": (str, 75),
        "lastSurname": (str, 75),
        "birthDate": (str, 10),
    },
    "studentSchoolAssociations": {
        "studentReference.studentUniqueId": (str, 32),
        "schoolReference.schoolId": (int, None),
        "entryDate": (str, 10),
        "entryGradeLevelDescriptor": (str, 306),
    },
    "calendarDates": {
        "calendarReference.calendarCode": (str, 60),
        "calendarReference.schoolId": (int, None),
        "calendarReference.schoolYear": (int, None),
        "date": (str, 10),
        "calendarEvents": (list, None),
    },
    "sessions": {
        "sessionName": (str, 60),
        "schoolReference.schoolId": (int, None),
        "schoolYearTypeReference.schoolYear": (int, None),
        "beginDate": (str, 10),
        "endDate": (str, 10),
        "termDescriptor": (str, 306),
        "totalInstructionalDays": (int, None),
    },
    "studentSchoolAttendanceEvents": {
        "studentReference.studentUniqueId": (str, 32),
        "schoolReference.schoolId": (int, None),
        "sessionReference.schoolId": (int, None),
        "sessionReference.schoolYear": (int, None),
        "sessionReference.sessionName": (str, 60),
        "eventDate": (str, 10),
        "attendanceEventCategoryDescriptor": (str, 306),
    },
    "gradingPeriods": {
        "gradingPeriodDescriptor": (str, 306),
        "gradingPeriodName": (str, 60),
        "schoolReference.schoolId": (int, None),
        "schoolYearTypeReference.schoolYear": (int, None),
        "beginDate": (str, 10),
        "endDate": (str, 10),
        "totalInstructionalDays": (int, None),
    },
    "grades": {
        "gradeTypeDescriptor": (str, 306),
        "gradingPeriodReference.gradingPeriodDescriptor": (str, 306),
        "gradingPeriodReference.gradingPeriodName": (str, 60),
        "gradingPeriodReference.schoolId": (int, None),
        "gradingPeriodReference.schoolYear": (int, None),
        "studentSectionAssociationReference.beginDate": (str, 10),
        "studentSectionAssociationReference.localCourseCode": (str, 60),
        "studentSectionAssociationReference.schoolId": (int, None),
        "studentSectionAssociationReference.schoolYear": (int, None),
        "studentSectionAssociationReference.sectionIdentifier": (str, 255),
        "studentSectionAssociationReference.sessionName": (str, 60),
        "studentSectionAssociationReference.studentUniqueId": (str, 32),
    },
    "studentAcademicRecords": {
        "educationOrganizationReference.educationOrganizationId": (int, None),
        "schoolYearTypeReference.schoolYear": (int, None),
        "studentReference.studentUniqueId": (str, 32),
        "termDescriptor": (str, 306),
    },
    "courseTranscripts": {
        "courseAttemptResultDescriptor": (str, 306),
        "courseReference.courseCode": (str, 60),
        "courseReference.educationOrganizationId": (int, None),
        "studentAcademicRecordReference.educationOrganizationId": (int, None),
        "studentAcademicRecordReference.schoolYear": (int, None),
        "studentAcademicRecordReference.studentUniqueId": (str, 32),
        "studentAcademicRecordReference.termDescriptor": (str, 306),
    },
}
Kind = type | tuple[type, ...]
NUMBER = (int, float)  # JSON has one type of numbers
OPTIONAL: dict[str, dict[str, tuple[Kind, int | None]]] = {
    "students": {
        "middleName": (str, 75),
        "generationCodeSuffix": (str, 10),
        "preferredFirstName": (str, 75),
    },
    "studentSchoolAssociations": {
        "schoolYearTypeReference.schoolYear": (int, None),
        "entryTypeDescriptor": (str, 306),
        "exitWithdrawDate": (str, 10),
        "exitWithdrawTypeDescriptor": (str, 306),
        "primarySchool": (bool, None),
    },
    "studentSchoolAttendanceEvents": {"attendanceEventReason": (str, 255)},
    "gradingPeriods": {"periodSequence": (int, None)},
    "grades": {"letterGradeEarned": (str, 20), "numericGradeEarned": (NUMBER, None)},
    "studentAcademicRecords": {
        "cumulativeAttemptedCredits": (NUMBER, None),
        "cumulativeEarnedCredits": (NUMBER, None),
        "sessionAttemptedCredits": (NUMBER, None),
        "sessionEarnedCredits": (NUMBER, None),
    },
    "courseTranscripts": {
        "academicSubjects": (list, None),
        "attemptedCredits": (NUMBER, None),
        "attemptedCreditTypeDescriptor": (str, 306),
        "courseTitle": (str, 60),
        "earnedCredits": (NUMBER, None),
        "earnedCreditTypeDescriptor": (str, 306),
        "finalLetterGradeEarned": (str, 20),
        "finalNumericGradeEarned": (NUMBER, None),
        "whenTakenGradeLevelDescriptor": (str, 306),
    },
}
# Descriptor values of Data Standard 5.2 that can occur here.
GRADES = "First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth".split()
DESCRIPTORS = {
    "entryGradeLevelDescriptor": (
        "GradeLevelDescriptor",
        {"Kindergarten", "Prekindergarten"} | {f"{grade} grade" for grade in GRADES},
    ),
    "entryTypeDescriptor": (
        "EntryTypeDescriptor",
        {"Next year school", "New to education system", "Transfer", "Re-entry", "Other"},
    ),
    "exitWithdrawTypeDescriptor": (
        "ExitWithdrawTypeDescriptor",
        {"End of school year", "Graduated", "Transferred", "Withdrawn", "Dropout", "No show", "Completed"},
    ),
    "calendarEventDescriptor": (
        "CalendarEventDescriptor",
        {"Instructional day", "Holiday", "Teacher only day", "Weather day", "Make-up day"},
    ),
    "termDescriptor": ("TermDescriptor", {"Fall Semester", "Spring Semester", "Year Round"}),
    "attendanceEventCategoryDescriptor": (
        "AttendanceEventCategoryDescriptor",
        {"Excused Absence", "Unexcused Absence", "Tardy", "Early departure", "Partial"},
    ),
    "gradeTypeDescriptor": ("GradeTypeDescriptor", {"Grading Period", "Semester", "Final"}),
    "gradingPeriodDescriptor": (
        "GradingPeriodDescriptor",
        {f"{which} Nine Weeks" for which in ("First", "Second", "Third", "Fourth")},
    ),
    "courseAttemptResultDescriptor": (
        "CourseAttemptResultDescriptor",
        {"Pass", "Fail", "Incomplete", "Withdrawn"},
    ),
    "academicSubjectDescriptor": (
        "AcademicSubjectDescriptor",
        {
            "English Language Arts",
            "Mathematics",
            "Science",
            "Social Studies",
            "Physical, Health, and Safety Education",
            "Fine and Performing Arts",
            "Career and Technical Education",
        },
    ),
    "attemptedCreditTypeDescriptor": ("CreditTypeDescriptor", {"Carnegie unit"}),
    "earnedCreditTypeDescriptor": ("CreditTypeDescriptor", {"Carnegie unit"}),
    "whenTakenGradeLevelDescriptor": ("GradeLevelDescriptor", {f"{grade} grade" for grade in GRADES[8:]}),
}
# Objects and lists in which a descriptor lies.
INSIDE = ("calendarEvents", "academicSubjects", "gradingPeriodReference", "studentAcademicRecordReference")


def lines(folder: Path, resource: str) -> list[dict[str, Any]]:
    path = folder / "silos" / "attendance" / f"{resource}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def find(resource: dict[str, Any], path: str) -> Any:
    value: Any = resource
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


@pytest.mark.parametrize("resource", sorted(REQUIRED))
def test_fields_have_the_type_and_length_of_the_standard(clean_district_folder: Path, resource: str) -> None:
    for line in lines(clean_district_folder, resource):
        for path, (kind, longest) in REQUIRED[resource].items():
            value = find(line, path)
            assert type(value) is kind, (path, value)
            assert longest is None or 0 < len(value) <= longest, (path, value)
        for path, (kind, longest) in OPTIONAL.get(resource, {}).items():
            value = find(line, path)
            kinds = kind if isinstance(kind, tuple) else (kind,)
            assert value is None or type(value) in kinds, (path, value)
            assert value is None or longest is None or 0 < len(value) <= longest, (path, value)


@pytest.mark.parametrize("resource", sorted(REQUIRED))
def test_no_other_field_is_there(clean_district_folder: Path, resource: str) -> None:
    known = {*REQUIRED[resource], *OPTIONAL.get(resource, {})}
    heads = {path.split(".")[0] for path in known}
    for line in lines(clean_district_folder, resource):
        assert set(line) <= heads


@pytest.mark.parametrize("resource", sorted(REQUIRED))
def test_descriptors_are_the_standards_own(clean_district_folder: Path, resource: str) -> None:
    for line in lines(clean_district_folder, resource):
        found = dict(line)
        for name in INSIDE:
            inside = line.get(name, [])
            for one in inside if isinstance(inside, list) else [inside]:
                found |= one
        for field, (descriptor, values) in DESCRIPTORS.items():
            if field in found:
                namespace, _, code = found[field].partition("#")
                assert namespace == f"uri://ed-fi.org/{descriptor}"
                assert code in values, found[field]


def test_a_clean_district_has_no_dangling_reference_and_no_key_twice(clean_district_folder: Path) -> None:
    students = {line["studentUniqueId"] for line in lines(clean_district_folder, "students")}
    spells = lines(clean_district_folder, "studentSchoolAssociations")
    events = lines(clean_district_folder, "studentSchoolAttendanceEvents")
    sessions = {
        (
            line["schoolReference"]["schoolId"],
            line["schoolYearTypeReference"]["schoolYear"],
            line["sessionName"],
        )
        for line in lines(clean_district_folder, "sessions")
    }

    assert len(students) == len(lines(clean_district_folder, "students"))
    assert {line["studentReference"]["studentUniqueId"] for line in spells} == students
    assert {line["studentReference"]["studentUniqueId"] for line in events} <= students
    keys = [
        (
            line["studentReference"]["studentUniqueId"],
            line["schoolReference"]["schoolId"],
            line["eventDate"],
            line["attendanceEventCategoryDescriptor"],
        )
        for line in events
    ]
    assert len(set(keys)) == len(keys)
    for line in events:
        session = line["sessionReference"]
        assert (session["schoolId"], session["schoolYear"], session["sessionName"]) in sessions


def test_events_are_exceptions_on_school_days_of_enrolled_children(clean_district_folder: Path) -> None:
    events = pd.json_normalize(lines(clean_district_folder, "studentSchoolAttendanceEvents"))
    calendar = pd.json_normalize(
        lines(clean_district_folder, "calendarDates"),
        "calendarEvents",
        ["date", ["calendarReference", "schoolId"]],
    )
    taught = calendar.loc[calendar["calendarEventDescriptor"].str.endswith("#Instructional day")]
    days = set(zip(taught["calendarReference.schoolId"], taught["date"], strict=True))
    spells = pd.json_normalize(lines(clean_district_folder, "studentSchoolAssociations"))

    assert set(zip(events["schoolReference.schoolId"], events["eventDate"], strict=True)) <= days
    met = events.merge(
        spells,
        on=["studentReference.studentUniqueId", "schoolReference.schoolId"],
        how="left",
        validate="many_to_many",
    )
    open_end = met["exitWithdrawDate"].fillna("9999-12-31")
    inside = (met["entryDate"] <= met["eventDate"]) & (met["eventDate"] <= open_end)
    keys = ["studentReference.studentUniqueId", "eventDate", "attendanceEventCategoryDescriptor"]
    assert inside.groupby([met[key] for key in keys]).any().all()
    assert spells["schoolYearTypeReference.schoolYear"].nunique() == 2


def test_the_district_s_number_is_carried_where_exchange_is_governed(tmp_path: Path) -> None:
    write_silo(tmp_path, "attendance", level="governed", students=60)
    known = lines(tmp_path, "studentEducationOrganizationAssociations")

    assert len(known) == len(lines(tmp_path, "students"))
    for line in known:
        (code,) = line["studentIdentificationCodes"]
        assert code["studentIdentificationSystemDescriptor"].endswith("#District")
        assert len(code["identificationCode"]) == 6


def test_grades_stand_in_a_period_and_a_term_that_are_there(clean_district_folder: Path) -> None:
    grades = pd.json_normalize(lines(clean_district_folder, "grades"))
    periods = pd.json_normalize(lines(clean_district_folder, "gradingPeriods"))
    sessions = pd.json_normalize(lines(clean_district_folder, "sessions"))
    key = ["gradingPeriodName", "gradingPeriodDescriptor", "schoolId", "schoolYear"]
    named = periods.rename(columns=lambda name: name.removeprefix("schoolReference."))
    named = named.rename(columns={"schoolYearTypeReference.schoolYear": "schoolYear"})
    met = grades.rename(columns=lambda name: name.removeprefix("gradingPeriodReference.")).merge(
        named, on=key, how="left", validate="many_to_one"
    )
    section = "studentSectionAssociationReference"
    assert met["endDate"].notna().all()
    assert (met["endDate"] <= "2026-04-30").all(), "a period that isn't over has no grades"
    assert (met[f"{section}.beginDate"] <= met["endDate"]).all()
    begins = sessions.set_index(["schoolReference.schoolId", "sessionName"])[["beginDate", "endDate"]]
    term = begins.loc[list(zip(met["schoolId"], met[f"{section}.sessionName"], strict=True))]
    assert (term["beginDate"].to_numpy() <= met["beginDate"].to_numpy()).all()
    assert (term["endDate"].to_numpy() >= met["endDate"].to_numpy()).all()
    assert met["schoolYear"].nunique() == 2
    assert set(
        periods.groupby(["schoolReference.schoolId", "schoolYearTypeReference.schoolYear"]).size()
    ) == {4}


def test_sums_of_credits_are_those_of_transcripts(clean_district_folder: Path) -> None:
    """A term's sum is that of its courses; the sum of all terms also holds those before the two years."""
    record = "studentAcademicRecordReference"
    attempts = pd.json_normalize(lines(clean_district_folder, "courseTranscripts"))
    attempts = attempts.rename(columns=lambda name: name.removeprefix(f"{record}."))
    sums = pd.json_normalize(lines(clean_district_folder, "studentAcademicRecords"))
    sums = sums.rename(columns=lambda name: name.rpartition(".")[2])
    key = ["studentUniqueId", "schoolYear", "termDescriptor"]
    by_term = attempts.groupby(key, as_index=False)[["attemptedCredits", "earnedCredits"]].sum()
    met = sums.merge(by_term, on=key, how="outer", validate="one_to_one")

    assert (met["sessionEarnedCredits"] == met["earnedCredits"]).all()
    assert (met["sessionAttemptedCredits"] == met["attemptedCredits"]).all()
    steps = met.sort_values(key).groupby("studentUniqueId")["cumulativeEarnedCredits"].diff().dropna()
    assert (steps >= 0).all()
    assert (met["cumulativeEarnedCredits"] <= met["cumulativeAttemptedCredits"]).all()
    passed = attempts["courseAttemptResultDescriptor"].str.endswith("#Pass")
    assert (passed == (attempts["finalNumericGradeEarned"] >= 60)).all()
    assert (attempts["earnedCredits"] == attempts["attemptedCredits"].where(passed, 0)).all()
