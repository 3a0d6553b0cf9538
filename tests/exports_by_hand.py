"""Exports of systems that no synthetic district has, written out: few enough rows to count them by hand.

The element names and headers are those of the Ed-Fi bulk XML interchanges (Data Standard 5.2), of the Ed-Fi
LMS toolkit's Canvas files and of the College Board's SAT export; the twelve students are invented.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers.layouts import load_layout

__all__ = ["DOSES", "INCIDENTS", "STUDENTS", "WITH_TWO_TESTS", "write_exports"]

SCHOOL = "255901001"
SURNAMES = (
    "Abara", "Brandt", "Castellano", "Dubois", "Eriksen", "Fujimoto", "Galanis", "Horvath", "Iglesias",
    "Jankowski", "Kowalczyk", "Lindqvist",
)  # fmt: skip
FIRST_NAMES = (
    "Adaeze", "Benedikt", "Chiara", "Delphine", "Einar", "Fumiko", "Georgios", "Hajnalka", "Itziar", "Jagoda",
    "Kazimierz", "Ludvig",
)  # fmt: skip
# State number, first name, surname, birth date.
STUDENTS = tuple(
    (f"70{1001 + place}", first, last, f"2009-{place + 1:02}-{place + 10}")
    for place, (first, last) in enumerate(zip(FIRST_NAMES, SURNAMES, strict=True))
)
# Incident, day, student, action, days.
INCIDENTS = (("15", "2022-02-02", "701003", 2), ("21", "2022-05-01", "701007", 5))
# Student, vaccine, day; no day is recorded for one dose.
DOSES = (
    ("701001", "MMR", "2010-12-13"),
    ("701001", "IPV", "2012-09-13"),
    ("701002", "MMR", ""),
)
WITH_TWO_TESTS = 3  # the place of the student who took the SAT twice


def write_exports(folder: Path) -> Path:
    """Write the exports of three systems into a folder, which nothing marks as synthetic."""
    _write(folder / "edfi" / "Student.xml", _interchange("Student", map(_student, STUDENTS)))
    _write(folder / "edfi" / "StudentDiscipline.xml", _interchange("StudentDiscipline", _discipline()))
    _write(folder / "edfi" / "StudentHealth.xml", _interchange("StudentHealth", _health()))
    for name, rows in _canvas().items():
        _write(folder / "canvas" / name, _table(rows))
    _write(folder / "sat" / "sat_results.csv", _table(_sat()))
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def _table(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _interchange(name: str, records: Iterable[str]) -> str:
    inside = "\n".join(records)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Interchange{name} xmlns="http://ed-fi.org/5.2.0">\n'
        f"{inside}\n</Interchange{name}>\n"
    )


def _student(student: tuple[str, str, str, str]) -> str:
    number, first, last, born = student
    return (
        f"<Student><StudentUniqueId>{number}</StudentUniqueId><Name><FirstName>{first}</FirstName>"
        f"<LastSurname>{last}</LastSurname></Name><BirthData><BirthDate>{born}</BirthDate></BirthData></Student>"
    )


def _student_reference(number: str) -> str:
    return (
        "<StudentReference><StudentIdentity>"
        f"<StudentUniqueId>{number}</StudentUniqueId></StudentIdentity></StudentReference>"
    )


def _school_reference(name: str = "School") -> str:
    identity = f"<SchoolIdentity><SchoolId>{SCHOOL}</SchoolId></SchoolIdentity>"
    return f"<{name}Reference>{identity}</{name}Reference>"


def _incident_reference(number: str) -> str:
    return (
        f"<DisciplineIncidentReference><DisciplineIncidentIdentity><IncidentIdentifier>{number}"
        f"</IncidentIdentifier>{_school_reference()}</DisciplineIncidentIdentity></DisciplineIncidentReference>"
    )


def _discipline() -> list[str]:
    behavior = "<Behavior>uri://ed-fi.org/BehaviorDescriptor#State Offense</Behavior>"
    offender = "uri://ed-fi.org/DisciplineIncidentParticipationCodeDescriptor#Perpetrator"
    incidents = [
        f"<DisciplineIncident><IncidentIdentifier>{number}</IncidentIdentifier><IncidentDate>{day}"
        f"</IncidentDate><IncidentTime>10:15:00</IncidentTime><Behavior>{behavior}</Behavior>"
        f"{_school_reference()}</DisciplineIncident>"
        for number, day, _, _ in INCIDENTS
    ]
    students = [
        f"<StudentDisciplineIncidentBehaviorAssociation>{_student_reference(student)}"
        f"{_incident_reference(number)}{behavior}<DisciplineIncidentParticipationCode>{offender}"
        "</DisciplineIncidentParticipationCode></StudentDisciplineIncidentBehaviorAssociation>"
        for number, _, student, _ in INCIDENTS
    ]
    actions = [
        f"<DisciplineAction><DisciplineActionIdentifier>{number}</DisciplineActionIdentifier>"
        "<Discipline>uri://ed-fi.org/DisciplineDescriptor#In School Suspension</Discipline>"
        f"<DisciplineDate>{day}</DisciplineDate><ActualDisciplineActionLength>{days}"
        f"</ActualDisciplineActionLength>{_student_reference(student)}"
        f"{_school_reference('ResponsibilitySchool')}</DisciplineAction>"
        for number, day, student, days in INCIDENTS
    ]
    return [*incidents, *students, *actions]


def _health() -> list[str]:
    def dose(vaccine: str, day: str) -> str:
        kind = f"<ImmunizationType>uri://ed-fi.org/ImmunizationTypeDescriptor#{vaccine}</ImmunizationType>"
        date = f"<ImmunizationDate>{day}</ImmunizationDate>" if day else ""
        return f"<RequiredImmunization>{kind}{date}</RequiredImmunization>"

    return [
        f"<StudentHealth>{_student_reference(number)}<EducationOrganizationReference>"
        "<EducationOrganizationIdentity><EducationOrganizationId>255901</EducationOrganizationId>"
        "</EducationOrganizationIdentity></EducationOrganizationReference><AsOfDate>2021-08-23</AsOfDate>"
        + "".join(dose(vaccine, day) for student, vaccine, day in DOSES if student == number)
        + "</StudentHealth>"
        for number in sorted({student for student, _, _ in DOSES})
    ]


STAMPS = ("CreateDate", "LastModifiedDate", "SourceCreateDate", "SourceLastModifiedDate")
STAMPED = ("2021-08-20 00:00:00", "2021-08-20 00:00:00", "", "")


def _canvas() -> dict[str, list[Sequence[str]]]:
    of_user = (
        "SourceSystemIdentifier",
        "SourceSystem",
        "UserRole",
        "LocalUserIdentifier",
        "SISUserIdentifier",
    )
    users = [
        (f"1000{number}", "Canvas", "student", f"{first}.{last}".lower(), number, f"{first} {last}",
         f"{first}.{last}@school.example", *STAMPED)
        for number, first, last, _ in STUDENTS
    ]  # fmt: skip
    assignment = ("900", "Canvas", "Fractions", "Assignment", "", *["2021-08-30 00:00:00"] * 2,
                  "2021-09-01 00:00:00", "online_upload", "100", "500", *STAMPED)  # fmt: skip
    handed_in = [
        (f"S{number}", "Canvas", ("Graded", "Late", "Missing")[place % 3],
         "" if place % 3 == 2 else "2021-09-01 08:00:00", "" if place % 3 == 2 else str(60 + place), "",
         "900", f"1000{number}", *STAMPED)
        for place, (number, *_) in enumerate(STUDENTS)
    ]  # fmt: skip
    of_assignment = (
        "SourceSystemIdentifier", "SourceSystem", "Title", "AssignmentCategory", "AssignmentDescription",
        "StartDateTime", "EndDateTime", "DueDateTime", "SubmissionType", "MaxPoints",
        "LMSSectionSourceSystemIdentifier",
    )  # fmt: skip
    of_submission = (
        "SourceSystemIdentifier", "SourceSystem", "SubmissionStatus", "SubmissionDateTime", "EarnedPoints",
        "Grade", "AssignmentSourceSystemIdentifier", "LMSUserSourceSystemIdentifier",
    )  # fmt: skip
    return {
        "users.csv": [(*of_user, "Name", "EmailAddress", *STAMPS), *users],
        "assignments_500.csv": [(*of_assignment, *STAMPS), assignment],
        "submissions_500_900.csv": [(*of_submission, *STAMPS), *handed_in],
    }


def _sat() -> list[Sequence[str]]:
    """Write every declared column, as the vendor does, and two answers; most of them are empty."""
    heads = [
        column.name for column in load_layout("assessment/college_board_sat").file_named("results").named()
    ]
    heads += ["Q1", "Q2"]
    rows = []
    for place, (number, *_) in enumerate(STUDENTS):
        cells = {
            "AI_CODE": "1000", "AI_NAME": "School1", "COHORT_YEAR": "2023",
            "NAME_LAST": f"StudentLast{place}", "NAME_FIRST": f"StudentFirst{place}",
            "GENDER": "M" if place % 2 else "F", "BIRTH_DATE": f"{place + 1}/{place + 10}/2009",
            "CB_ID": f"{place}00a", "STATE_STUDENT_ID": number, "LATEST_SAT_DATE": "10/12/2021",
            "LATEST_SAT_TOTAL": str(900 + 10 * place), "LATEST_SAT_EBRW": "450",
            "LATEST_SAT_MATH_SECTION": str(450 + 10 * place), "Q1": "+", "Q2": "-",
        }  # fmt: skip
        if place == WITH_TWO_TESTS:
            cells |= {"ADMIN2_SAT_DATE": "2021-04-05", "ADMIN2_SAT_TOTAL": "880"}
        rows.append([cells.get(head, "") for head in heads])
    return [heads, *rows]
