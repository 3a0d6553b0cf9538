"""Read exports as files, without anything of the kit: rows, records of children, and their numbers."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl

__all__ = ["ROSTER", "Cells", "Exports", "Record", "read_exports"]

Cells = dict[str, str]
Record = tuple[str, str]
Place = tuple[str, int]
Listed = tuple["Source", str, int, Cells]

ROSTER = "sis"
# Files that list children: system/file; the ID, which names the record; numbers to look up in other systems
# (no login, e-mail address, PIN or number of one school); and, where rows have no ID or share one, what
# describes the child: first name, birth date, surname, then the rest. "-": the file lacks that cell.
SOURCES_TABLE = """
sis/*.zip/users.csv | sourcedId | sourcedId, userIds, identifier |
sis/*.zip/roles.csv | userSourcedId | |
sis/*.zip/demographics.csv | sourcedId | |
activities/*Participations.xml | StudentPersonalRefId | StudentPersonalRefId |
attendance/students.jsonl | studentUniqueId | studentUniqueId |
attendance/studentSchoolAssociations.jsonl | studentReference.studentUniqueId | |
behavior/incidents_* | StudentID | StudentID | StudentFirst, -, StudentLast, GradeLevelShort, SchoolID
behavior/students_* | StudentID | StudentID, SecondaryStudentID |
career/career_students_* | id | id, external_student_id |
clubs/*.xlsx/* | District ID | District ID | First name, -, Last name, School, Grade
family/family_contacts_* | Child ID | Child ID, Student Number |
health/students_* | District ID | District ID, State ID | First Name, Date of Birth, Last Name, School, Grade
health/visits* | District ID | District ID | First Name, Date of Birth, Last Name
health/immunizations* | District ID | District ID | First Name, Date of Birth, Last Name
iready/*_ela* | Student ID | Student ID, Student State ID |
iready/*_math* | Student ID | Student ID, Student State ID |
lms/users.csv | login_id | user_id |
lms/*_Grades-* | SIS Login ID | ID, SIS User ID |
map_growth/*/StudentsBySchool* | StudentID | StudentID |
map_growth/*/*AssessmentResults* | StudentID | StudentID, Student_StateID |
meal_benefits/* | person_identifier | person_identifier |
meals/* | Customer ID | Customer ID | Customer First Name, Customer Birthdate, Customer Last Name
screener/* | Student Number | Student Number |
special_education/* | state_studentnumber | state_studentnumber, student_number | first_name, dob, last_name
survey/about_me_* | Student number | Student number | First name, -, Last name, School, Grade
"""


@dataclass(frozen=True)
class Source:
    """A line of the table above."""

    pattern: str
    id: str
    numbers: list[str]
    child: list[str]

    @property
    def system(self) -> str:
        return self.pattern.partition("/")[0]


def sources() -> list[Source]:
    """Read the table above."""
    lines = [[part.strip() for part in line.split("|")] for line in SOURCES_TABLE.strip().splitlines()]
    return [
        Source(pattern, id_, *(part.split(", ") if part else [] for part in rest))
        for pattern, id_, *rest in lines
    ]


def files_of(folder: Path) -> Iterator[tuple[str, list[tuple[int, Cells]]]]:
    """Read each table of the exports: its name as the answer key has it, and its rows by number."""
    silos = folder / "silos"
    for path in sorted(path for path in silos.rglob("*") if path.is_file()):
        name = path.relative_to(silos).as_posix()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as bundle:
                for inside in bundle.namelist():
                    yield f"{name}/{inside}", from_csv(bundle.read(inside))
        elif path.suffix == ".xlsx":
            for sheet in openpyxl.load_workbook(path, read_only=True):
                lines = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
                yield f"{name}/{sheet.title}", below_header(lines)
        elif path.suffix == ".jsonl":
            lines = path.read_text(encoding="utf-8").splitlines()
            yield name, [(number, flat(json.loads(line))) for number, line in enumerate(lines, 1)]
        elif path.suffix == ".xml":
            elements = ElementTree.parse(path).getroot()
            yield name, [(number, dict(one.attrib)) for number, one in enumerate(elements, 1)]
        else:
            yield name, from_csv(path.read_bytes())


def from_csv(content: bytes) -> list[tuple[int, Cells]]:
    """Read a CSV file; its first line shows whether commas or semicolons are between cells."""
    text = content.decode("utf-8-sig")
    head = text.partition("\n")[0]
    between = ";" if head.count(";") > head.count(",") else ","
    return below_header(list(csv.reader(io.StringIO(text, newline=""), delimiter=between)))


def below_header(lines: list[list[str]]) -> list[tuple[int, Cells]]:
    """Name the cells of each line by the first line; a line without any text is no row."""
    head = [name.strip() for name in lines[0]]
    return [
        (number, {name: cell.strip() for name, cell in zip(head, line, strict=False)})
        for number, line in enumerate(lines[1:], 2)
        if any(line)
    ]


def flat(value: dict[str, Any], before: str = "") -> Cells:
    """Name each text of a JSON object by its path; lists hold nothing that is counted here."""
    cells: Cells = {}
    for name, one in value.items():
        if isinstance(one, dict):
            cells |= flat(one, f"{before}{name}.")
        elif isinstance(one, str):
            cells[before + name] = one.strip()
    return cells


@dataclass
class Exports:
    """Rows of the exports, the record of each row about a person, its numbers, and who is a child."""

    rows: set[Place]
    files: set[str]
    record_of: dict[Place, Record]
    numbers: dict[Record, set[str]]
    children: set[Record]


def read_exports(folder: Path) -> Exports:
    """Read the exports, and put rows with one ID, or without one and alike, together as one record."""
    tables = {
        file: [(row, cells) for row, cells in rows if not ("_Grades-" in file and not cells["ID"])]
        for file, rows in files_of(
            folder
        )  # A gradebook has lines about no user: points possible, and what is muted.
    }
    listed: list[Listed] = [
        (source, file, row, cells)
        for source in sources()
        for file, rows in tables.items()
        if fnmatch(file, source.pattern)
        for row, cells in rows
    ]
    record_of = name_records(listed)
    numbers, children = defaultdict(set), set()
    for source, file, row, cells in listed:
        record = record_of[file, row]
        numbers[record] |= {cells.get(name, "").rpartition(":")[2].strip("{}") for name in source.numbers} - {
            ""
        }
        # Two systems list adults, too; a gradebook lists a user for tests.
        if source.system == "sis":
            is_child = (cells.get("role"), cells.get("roleType")) == ("student", "primary")
        else:
            is_child = source.system != "lms" or cells.get("Student", "Student, Test") != "Student, Test"
        if is_child:
            children.add(record)
    places = {(file, row) for file, rows in tables.items() for row, _ in rows}
    names = {file.partition(".zip/")[0].partition(".xlsx/")[0] for file in tables}
    return Exports(places, names, record_of, numbers, children)


def name_records(listed: list[Listed]) -> dict[Place, Record]:
    """Name the record of each row: by its ID, else by the first row that describes the same child."""
    record_of: dict[Place, Record] = {}
    first: dict[tuple[str, ...], str] = {}
    holders: dict[Record, list[list[str]]] = defaultdict(list)
    alike: dict[tuple[str, ...], dict[str, set[Record]]] = defaultdict(lambda: defaultdict(set))
    for source, file, row, cells in listed:
        name, child = cells.get(source.id, ""), [cells.get(cell, "") for cell in source.child]
        if not name:
            name = first.setdefault((file, *child), f"{file}#{row}")
            if all(child[:3]):
                alike[(source.system, *child[:3])][file].add((source.system, name))
        elif child and child[1]:
            # Children with one ID who differ in first name and birth date are three records: 0, 0~2 and 0~3.
            known = holders[source.system, name]
            place = next(
                (at for at, one in enumerate(known) if one[0] == child[0] or one[1] == child[1]), len(known)
            )
            if place == len(known):
                known.append(child)
            name += f"~{place + 1}" if place else ""
        record_of[file, row] = (source.system, name)
    # A child with one name and birth date in several files of a system is one record, of the first file.
    same = {}
    for files in alike.values():
        single = [next(iter(records)) for records in files.values() if len(records) == 1]
        same |= dict.fromkeys(single, single[0])
    return {place: same.get(record, record) for place, record in record_of.items()}
