"""A made district of a few files, written by hand: what errors do to it never depends on the maker."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from helpers.files import as_sheet, write_files
from helpers.layouts import load_layout
from helpers.standard import as_table, empty_table
from synthetic_data.answer_key import write_key_table
from tests.synthetic_data.written_files import silo_files

__all__ = ["LATEST", "by_hand", "digest_of", "key_of", "shown_in"]

LATEST = date(2026, 4, 30)
# First name, middle name, surname, surname of a guardian.
NAMES = (
    ("Ana", "Lucía", "Ruiz Delgado", "Ruiz"),
    ("José Manuel", "", "García-Lee", "Lee"),
    ("Philip", "James", "Underwood", "Underwood"),
    ("Savannah", "Rose", "McBride", "Harper"),
    ("Kiên", "Văn", "Nguyễn", "Trần"),
    ("Alexander", "Wyatt", "Johnson", "Johnson"),
    ("Maryam", "Ali", "Al-Najjar", "Haddad"),
    ("Quinn", "", "Barnes", "Whitfield"),
    ("Zachary", "Lee", "Thompson", "Thompson"),
    ("Sofía", "Inés", "de la Cruz Soto", "Soto"),
    ("Wrenna", "Mae", "Schwartz", "Schwartz"),
    ("Ty", "", "O'Neil", "Ng"),
)  # fmt: skip
LAYOUTS = {
    "sis": "sis/oneroster_1p2",
    "attendance": "attendance/edfi_json",
    "meals": "meals/mealtime_customers",
    "lms": "lms/canvas_gradebook",
    "screener": "wellbeing/basc3_bess",
    "behavior": "behavior/incident_records",
    "health": "health/nurse_office",
    "clubs": "activities/community_clubs",
    "career": "career/college_planning",
}


class _Child:
    def __init__(self, number: int) -> None:
        self.first, self.middle, self.last, self.guardian = NAMES[number % len(NAMES)]
        self.person, self.guardian_person = f"P{number:05d}", f"G{number:05d}"
        # Two children a household, so that some have a brother or sister.
        self.household = f"H{number // 2:05d}"
        self.has_both = number % 2 == 0  # rows in both of a system's files
        self.born = date(2008, 1, 3) + timedelta(days=(number * 397) % 4000)

    def born_as(self, picture: str) -> str:
        return self.born.strftime(picture)


Cells = Sequence[str]


def _csv(heads: str, rows: Sequence[Cells], sign: str = ",", end: str = "\n", mark: str = "") -> bytes:
    quoted = [[f'"{cell}"' if sign in cell or '"' in cell else cell for cell in row] for row in rows]
    lines = [heads.replace(",", sign), *(sign.join(row) for row in quoted)]
    return (mark + "".join(line + end for line in lines)).encode("utf-8")


def _json(rows: Sequence[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()


def _files(children: Sequence[_Child]) -> dict[str, bytes]:
    """Write one file of each form; the first row of data is row 2, and row 1 of JSON."""
    some = [c for c in children if c.has_both]
    return {
        "sis/oneroster.zip/users.csv": _csv(
            "sourcedId,givenName,familyName,middleName,preferredGivenName",
            [(f"s{at}", c.first, c.last, c.middle, "Mo") for at, c in enumerate(children)],
        ),
        "sis/oneroster.zip/demographics.csv": _csv(
            "sourcedId,birthDate,sex",
            [(f"s{at}", c.born_as("%Y-%m-%d"), "male") for at, c in enumerate(children)],
        ),
        "attendance/students.jsonl": _json(
            [
                {"studentUniqueId": str(at), "firstName": c.first, "middleName": c.middle}
                | {"lastSurname": c.last, "birthDate": c.born_as("%Y-%m-%d")}
                for at, c in enumerate(children)
            ]
        ),
        "meals/mealtime_customers_2026-04-30.csv": _csv(
            "Customer ID,Customer Last Name,Customer First Name,Customer Birthdate,Balance",
            [(str(at), c.last, c.first, c.born_as("%m/%d/%Y"), "$1.50") for at, c in enumerate(children)],
            ";",
            "\r\n",
            "\ufeff",
        ),
        "lms/users.csv": _csv(
            "user_id,login_id,first_name,last_name,full_name,sortable_name,short_name,email",
            [
                [
                    *(str(at), f"u{at}", c.first, c.last, f"{c.first} {c.last}", f"{c.last}, {c.first}"),
                    *(f"Mo {c.last}", f"u{at}@riverbend.example"),
                ]
                for at, c in enumerate(children)
            ],
        ),
        "lms/gradebooks/2026-03-01_Grades-Biology.csv": _csv(
            "Student,ID,SIS User ID,SIS Login ID,Section",
            [(f"{c.last}, {c.first}", str(at), "", f"u{at}", "Biology") for at, c in enumerate(some)],
        ),
        "screener/BASC3_BESS_2025-10-17.csv": _csv(
            "School Name,Student Name,Student Number,Respondent,Submitted",
            [
                ("Oak Hill", f"{c.last}, {c.first}", str(at), f"{c.last}, {c.first}", "10/2/2025")
                for at, c in enumerate(children)
            ],
            end="\r\n",
        ),
        "behavior/students_2026-04-16.jsonl": _json(
            [
                {"FirstName": c.first, "LastName": c.last, "MiddleName": c.middle, "StudentID": str(at)}
                for at, c in enumerate(children)
            ]
        ),
        "behavior/incidents_2025-2026.jsonl": _json(
            [
                {"CreateLast": "Young", "StudentFirst": c.first, "StudentID": str(at), "StudentLast": c.last}
                for at, c in enumerate(some)
            ]
        ),
        "health/students_2026-03-31.csv": _csv(
            "Last Name,First Name,Date of Birth,School,Grade,District ID,State ID",
            # Two digits of the year, and no zeros: as somebody's spreadsheet showed it.
            [(c.last, c.first, _short(c.born), "1", "06", str(at), "") for at, c in enumerate(children)],
        ),
        "clubs/clubs.xlsx/Members": as_sheet(
            [
                ["Club", "First name", "Last name", "School", "District ID"],
                *(["Chess", c.first, c.last, "Oak Hill", str(at)] for at, c in enumerate(children)),
            ]
        ),
        "career/career_students_2026-04-30.csv": _csv(
            "id,email,first_name,last_name,graduation_year,school_name",
            [(str(at), "", c.first, c.last, "2029", "Oak Hill") for at, c in enumerate(children)],
        ),
    }


def _short(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year % 100:02d}"


def _rows(path: str, children: Sequence[_Child]) -> list[tuple[str, str, int, str, str]]:
    first = 1 if path.endswith(".jsonl") else 2
    half = "gradebooks" in path or "incidents" in path
    listed = [c for c in children if c.has_both or not half]
    return [(path.split("/")[0], path, first + at, c.person, "Subject") for at, c in enumerate(listed)]


def by_hand(folder: Path, count: int = len(NAMES), backwards: bool = False) -> Path:
    """Write a made district of so many children; `backwards` lists them in the reverse order."""
    every = [_Child(number) for number in range(count)]
    children = every[::-1] if backwards else every
    files = _files(children)
    for silo, layout in LAYOUTS.items():
        mine = {path.removeprefix(f"{silo}/"): data for path, data in files.items() if path.startswith(silo)}
        write_files(folder / "silos" / silo, load_layout(layout), mine)
    people = pd.DataFrame(
        [
            {
                "person": person,
                "household": c.household,
                "role": role,
                "first_name": c.first,
                "last_surname": last,
            }
            for c in every
            for person, role, last in (
                (c.person, "Student", c.last),
                (c.guardian_person, "Guardian", c.guardian),
            )
        ]
    )
    rows = [row for path in files for row in _rows(path, children)]
    key = folder / "answer_key"
    key.mkdir()
    heads = ["silo", "file", "row", "person", "part"]
    write_key_table(key, "people", as_table("key_people", people))
    write_key_table(key, "rows", as_table("key_rows", pd.DataFrame(rows, columns=heads)))
    write_key_table(key, "faults", empty_table("key_faults"))
    about = {
        "synthetic": True,
        "title": "By hand",
        "as_of": LATEST.isoformat(),
        "silos": LAYOUTS,
        "fingerprint": "0" * 16,
        "files": {},
    }
    (folder / "district.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def key_of(folder: Path, table: str = "faults") -> pd.DataFrame:
    """Read a table of the answer key."""
    return pd.read_parquet(folder / "answer_key" / f"{table}.parquet")


def shown_in(folder: Path, path: str, row: int, column: str) -> str:
    """Give a cell of a delimited file by the key's numbers, with the standard library alone."""
    import csv

    text = silo_files(folder)[path].decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;", key=text.count)))
    return rows[row - 1][rows[0].index(column)]


def digest_of(folder: Path) -> str:
    """Hash what files contain and what the key logs; a workbook by its cells, a zip by its entries."""
    whole = hashlib.sha256()
    for path, data in sorted(silo_files(folder).items()):
        whole.update(f"{path}\n".encode() + data)
    for row in key_of(folder).sort_values("order").itertuples(index=False):
        whole.update(f"{row.silo}|{row.file}|{row.row}|{row.column}|{row.kind}|{row.after}\n".encode())
    return whole.hexdigest()
