"""Totals, points, page heads, notes and placeholders are no children: drafted so, named by `read`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.files.draft.not_data import nobodies, rows_of_no_child
from tests.files.drafts import adds_up, run, written

CLASSROOM = """Last Name,First Name,Email Address,Lab quiz,Unit 1 test,Overall Grade
Date,,,2025-09-12,2025-09-19,
Points,,,20,100,
Class Average,,,16.4,81.2,84.1
Ruiz,Ana,ana@x.org,18,77,80
Li,Bo,bo@x.org,12,91,88
Poe,Cy,cy@x.org,15,64,70
"""
OVERDUE = """Patron Name,Patron Barcode,Title,Fine
"Nobody, Nobody",P 000000,Holes,0.00
"Ruiz, Ana",P 100081,Wonder,1.00
"Test, Student",P 100001,Holes,2.00
"Li, Bo",P 100082,Holes,0.50
"Page, Mia",P 100083,Holes,0.50
Page 2,,,
"Means, Ada",P 100084,Wonder,0.75
Grand Total,,,4.75
* fines are waived in June,,,
"""


def started(folder: Path, **files: str) -> tuple[dict[str, Any], District]:
    assert run("start", written(folder, **files)).exit_code == 0
    (toml,) = (folder / "layouts").glob("*.toml")
    return tomllib.loads(toml.read_text(encoding="utf-8"))["file"][0], read_district(folder)


def test_a_gradebook_s_rows_of_days_points_and_averages_are_no_children(tmp_path: Path) -> None:
    file, district = started(tmp_path, science_DOT_csv=CLASSROOM)
    assert {row["name"] for row in file["not_data"]} == {"dates", "points", "averages"}
    assert district["science"].people["last_surname"].tolist() == ["Ruiz", "Li", "Poe"]
    assert district.accounts.iloc[0].tolist()[2:] == [7, 3, 4, 0, 0]
    told = district.findings
    assert told["kind"].eq("not_a_child").all()
    assert told[["row", "expected"]].to_numpy().tolist() == [
        [2, "a child, not a row of dates"],
        [3, "a child, not a row of points"],
        [4, "a child, not a row of averages"],
    ]


def test_read_names_what_it_kept_out(tmp_path: Path) -> None:
    started(tmp_path / "in", science_DOT_csv=CLASSROOM)
    told = run("read", tmp_path / "in", "--table", "--out", tmp_path / "out").output
    assert "Rows about no child, kept apart:" in told
    assert "averages, dates, points" in told
    assert "2, 3, 4" in told


def test_nobody_and_test_students_of_a_library_are_no_children_and_surnames_are(tmp_path: Path) -> None:
    file, district = started(tmp_path, overdue_DOT_csv=OVERDUE)
    assert file["not_a_child"] == [{"Patron Name": ["Nobody, Nobody"]}, {"Patron Name": ["Test, Student"]}]
    assert {row["name"] for row in file["not_data"]} == {"pages", "totals", "notes"}
    people = district["overdue"].people.set_index("full_name")["role"]
    children = people[people.ne("Test user").fillna(True)]
    assert sorted(children.index) == ["Li, Bo", "Means, Ada", "Page, Mia", "Ruiz, Ana"]
    assert adds_up(district)


def test_rows_of_pages_and_totals_may_come_again(tmp_path: Path) -> None:
    names = ["Ana", "Bo", "Cy", "Di"]
    rows = "".join(f"{n},{name},{n}\nPage {n},,\n" for n, name in enumerate(names, 10))
    _, district = started(tmp_path, list_DOT_csv="ID,Student First Name,Days\n" + rows)
    assert district.accounts.iloc[0].tolist()[2:] == [9, 4, 5, 0, 0]
    assert set(district.findings["kind"]) == {"not_a_child"}


ROWS = {
    "lacks all": (["Total", None, None], True),
    "lacks half": (["Total", None, "9"], True),
    "lacks nothing": (["Total", "Ana", "9"], False),
    "a name that begins so": (["Totally", None, None], False),
    "a child without the rest": (["Ruiz", None, None], False),
    "a legend": (["yellow = waiting", None, None], True),
    "a legend beside a value": (["yellow = waiting", None, "9"], False),
    "four words": (["see the other sheet", None, None], True),
    "three words": (["De La Cruz", None, None], False),
}


@pytest.mark.parametrize(("row", "is_none"), ROWS.values(), ids=ROWS)
def test_only_a_row_that_lacks_what_children_have_is_none(row: list[str | None], is_none: bool) -> None:
    children = [[f"Ruiz{letter}", "Ana", "5"] for letter in "abcdefgh"]
    frame = pd.DataFrame([*children, row], columns=["Last", "First", "Days"], dtype="string")
    found = [place for one in rows_of_no_child(frame) for place in one.rows]
    assert found == ([8] if is_none else [])


@pytest.mark.parametrize(("name", "is_none"), [
    ("Nobody, Nobody", True), ("Student, Test", True), ("Test Student", True), ("zzTest Student", True),
    ("Patron, Unknown", False), ("Unknown Patron", True), ("Ruiz, Ana", False), ("Sample, Ana", False),
    ("Nobodyn, Ana", False), ("Testa, Bo", False), ("Demo Student 2", True),
])  # fmt: skip
def test_a_placeholder_is_known_by_its_words(name: str, is_none: bool) -> None:
    frame = pd.DataFrame({"Name": pd.array([name, "Li, Bo"], dtype="string")})
    assert nobodies(frame, {"full_name": "Name"}) == ([{"Name": [name]}] if is_none else [])
