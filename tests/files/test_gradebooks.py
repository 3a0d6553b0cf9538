"""Gradebooks as Canvas exports them: rows of structure, a column an assignment, reasons for no score."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import District, read_district, render, write_table
from helpers.files.district import folded_accounts
from helpers.files.findings import Findings
from helpers.files.readers.decode import as_utf8
from helpers.layouts import load_layout
from helpers.link import link_district
from helpers.standard import STRING, BadInput
from tests.tiers import examples

LAYOUT = load_layout("lms/canvas_gradebook")
GRADEBOOK = LAYOUT.file_named("gradebook")

CALCULATED = ["Current Score", "Unposted Current Score", "Final Score", "Unposted Final Score"]
HEAD = ",".join(
    [
        "Student,ID,SIS User ID,SIS Login ID,Section,Essay (501),Quiz (1) (502)",
        *(f"Homework {name}" for name in CALCULATED),
        *CALCULATED,
    ]
)
HIDDEN = ",,,,,,Manual Posting,,,,,,,,"
POINTS = "    Points Possible,,,,,10,12.5," + ",".join(["(read only)"] * 8)
ANA = '"Ruiz, Ana",11,700,aruiz,Algebra - P3,8.5,12,90,90,90,90,92.5,92.5,92.5,92.5'
LI = '"O\'Neil, Li",12,,loneil,Algebra - P3,EX,N/A,,,,,,,,'
NOA = '"Diaz, Noa",13,702,ndiaz,Algebra - P3,,0,0,0,0,0,0,0,0,0'
TEST = '"Student, Test",99,,f3a9,Algebra - P3,,,,,,,,,,'


def read(folder: Path, *lines: str, name: str = "2026-03-02T1010_Grades-Algebra.csv") -> District:
    """Read one gradebook of these lines."""
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_district(folder)


def scores_of(district: District) -> pd.DataFrame:
    scores = district.fact("assignment_score")
    return scores[["record", "row", "assignment_id", "title", "score", "score_possible", "score_status"]]


def test_a_gradebook_as_canvas_writes_it(tmp_path: Path) -> None:
    district = read(tmp_path, HEAD, HIDDEN, POINTS, ANA, LI, NOA, TEST)
    nothing = np.nan
    expected = [
        ("aruiz", 4, "501", "Essay", 8.5, 10.0, None),
        ("aruiz", 4, "502", "Quiz (1)", 12.0, 12.5, None),
        ("loneil", 5, "501", "Essay", nothing, 10.0, "Excused"),
        ("loneil", 5, "502", "Quiz (1)", nothing, 12.5, "Not assigned"),
        ("ndiaz", 6, "501", "Essay", nothing, 10.0, None),  # not graded is a fact, too
        ("ndiaz", 6, "502", "Quiz (1)", 0.0, 12.5, None),
        ("f3a9", 7, "501", "Essay", nothing, 10.0, None),
        ("f3a9", 7, "502", "Quiz (1)", nothing, 12.5, None),
    ]
    found = scores_of(district)
    made = pd.DataFrame(expected, columns=found.columns).astype(found.dtypes.to_dict())
    pd.testing.assert_frame_equal(found, made)
    grades = district.fact("course_grade").set_index("record")
    assert grades["numeric_grade"].to_dict() == {"aruiz": 92.5, "ndiaz": 0.0}
    assert set(grades["grade_type"]) == {"Current score"}
    assert set(district.fact("assignment_score")["section_id"]) == {"Algebra - P3"}
    accounts = district.accounts.iloc[0]
    assert (accounts["rows"], accounts["rows_used"], accounts["rows_structure"]) == (7, 4, 3)


def test_people_of_a_gradebook_and_the_test_student(tmp_path: Path) -> None:
    district = read(tmp_path, HEAD, POINTS, ANA, LI, NOA, TEST)
    people = district.people.set_index("record")
    assert people["role"].to_dict() == {
        "aruiz": "Student",
        "loneil": "Student",
        "ndiaz": "Student",
        "f3a9": "Test user",
    }
    assert people.loc["aruiz", ["full_name", "name_order", "login"]].tolist() == [
        "Ruiz, Ana",
        "last first",
        "aruiz",
    ]
    assert people.loc["aruiz", "as_of"] == pd.Timestamp("2026-03-02")
    ids = district.identifiers[district.identifiers["record"].eq("aruiz")]
    assert dict(zip(ids["identification_system"], ids["identifier"], strict=True)) == {
        "Canvas": "11",
        "Undeclared": "700",
        "Login": "aruiz",
    }
    told = district.findings
    assert told[["kind", "row", "action_taken"]].values.tolist() == [["not_a_child", 6, "nothing"]]
    assert "f3a9" not in set(link_district(district).crosswalk["record"])


@pytest.mark.full
def test_test_students_of_many_sections_are_no_filler_for_a_name(tmp_path: Path) -> None:
    for section in range(5):
        lines = [HEAD, POINTS, ANA, TEST.replace("f3a9", f"f{section}")]
        district = read(tmp_path, *lines, name=f"2026-03-02_Grades-{section}.csv")
    assert set(district.findings["kind"]) == {"not_a_child"}
    assert district.people["role"].eq("Test user").sum() == 5


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Points Possible,31,,pp,Algebra - P3,9,9,,,,,,,,", "a child of that name has a number"),
        (",32,,nameless,Algebra - P3,9,9,,,,,,,,", "a child without a name"),
        ("Manual Posting,33,,mp,Algebra - P3,9,9,,,,,,,,", "a child called like the mark"),
        ('"Ito, Kai",,,,,9,9,,,,,,,,', "a child without ids or section"),
        (",,,,,Manual Posting,9,,,,,,,,", "a mark, and a score"),
    ],
)
def test_no_row_about_a_child_is_taken_for_structure(row: str, why: str, tmp_path: Path) -> None:
    district = read(tmp_path, HEAD, HIDDEN, POINTS, ANA, row)
    accounts = district.accounts.iloc[0]
    assert (accounts["rows_structure"], accounts["rows_used"]) == (3, 2), why


def test_muted_assignments_of_older_exports_and_a_file_without_marks(tmp_path: Path) -> None:
    district = read(tmp_path, HEAD, HIDDEN.replace("Manual Posting", "Muted"), POINTS, ANA)
    assert district.accounts["rows_structure"].tolist() == [3]
    assert district.findings.empty


def test_what_is_odd_in_rows_of_structure_is_told(tmp_path: Path) -> None:
    district = read(tmp_path, HEAD, POINTS.replace(",10,", ",ten,"), ANA, POINTS)
    told = district.findings.set_index("kind")
    assert told.loc["not_a_number", ["row", "column", "value", "action_taken"]].tolist() == [
        2,
        "Essay (501)",
        "ten",
        "value_set_aside",
    ]
    assert told.loc["row_repeated", ["row", "action_taken"]].tolist() == [4, "row_set_aside"]
    assert scores_of(district)["score_possible"].tolist()[1] == 12.5
    assert np.isnan(scores_of(district)["score_possible"].iloc[0])


def test_missing_points_are_told_once(tmp_path: Path) -> None:
    district = read(tmp_path, HEAD, ANA, LI)
    assert district.findings[["kind", "expected"]].values.tolist() == [
        ["required_empty", "a row Points Possible"]
    ]
    assert scores_of(district)["score_possible"].isna().all()


def test_markers_in_another_case_are_read_and_letters_set_aside(tmp_path: Path) -> None:
    lines = [HEAD, POINTS, ANA, LI.replace("EX", "ex"), NOA.replace(",,0,", ",B+,0,")]
    district = read(tmp_path, *lines)
    told = district.findings[["row", "column", "value", "action_taken", "read_as"]].fillna("").values.tolist()
    assert told == [
        [4, "Essay (501)", "ex", "read_as", "Excused"],
        [5, "Essay (501)", "B+", "value_set_aside", ""],
    ]
    assert scores_of(district)["score_status"].tolist()[2] == "Excused"


@pytest.mark.full
def test_a_fault_in_one_of_many_gradebooks_is_told_there_and_nowhere_else(tmp_path: Path) -> None:
    for section in range(4):
        bad = ANA.replace("8.5", "eight") if section == 2 else ANA
        noa = NOA.replace("Noa", "Noa" + "abcd"[section]).replace("ndiaz", f"ndiaz{section}")
        district = read(tmp_path, HEAD, POINTS, bad, noa, name=f"s{section}.csv")
    assert district.findings[["file", "row", "column", "value"]].values.tolist() == [
        ["s2.csv", 3, "Essay (501)", "eight"]
    ]
    scores = district.fact("assignment_score")
    essays = scores[scores["record"].eq("aruiz") & scores["assignment_id"].eq("501")]
    assert essays.set_index("file")["score"].fillna(-1).to_dict() == {
        "s0.csv": 8.5,
        "s1.csv": 8.5,
        "s2.csv": -1,
        "s3.csv": 8.5,
    }


def test_names_in_two_columns_and_grading_periods(tmp_path: Path) -> None:
    head = "LastName,FirstName,ID,SIS Login ID,Section,Essay (501),Current Score (Fall 25),Final Score (2025)"
    points = "    Points Possible,,,,,10,(read only),(read only)"
    rows = ["Ruiz,Ana,11,aruiz,Algebra,8,80,70", "Student,Test,99,f3a9,Algebra,,,"]
    rows.append("Student,Kim,14,ks,Algebra,1,10,5")
    district = read(tmp_path, head, points, *rows)
    people = district.people.set_index("record")
    assert people["role"].to_dict() == {"aruiz": "Student", "f3a9": "Test user", "ks": "Student"}
    assert people.loc["aruiz", ["first_name", "last_surname"]].tolist() == ["Ana", "Ruiz"]
    grades = district.fact("course_grade")
    assert grades[["record", "grading_period", "numeric_grade"]].values.tolist() == [
        ["aruiz", "Fall 25", 80.0],
        ["ks", "Fall 25", 10.0],
    ]
    # A grading period of digits looks like an assignment's number; the row of points tells them apart.
    assert set(district.fact("assignment_score")["assignment_id"]) == {"501"}
    assert set(district.findings["kind"]) == {"not_a_child"}


def test_columns_that_a_district_adds_are_kept_apart_and_told(tmp_path: Path) -> None:
    lines = [line.replace("Algebra - P3,", "Algebra - P3,quiet,") for line in (ANA, LI)]
    points = POINTS.replace(",,,,,", ",,,,,,")
    district = read(tmp_path, HEAD.replace("Section,", "Section,Notes,"), points, *lines)
    assert district.findings[["kind", "column", "action_taken"]].values.tolist() == [
        ["column_unknown", "Notes", "quarantined"]
    ]
    assert len(scores_of(district)) == 4


def test_users_and_gradebooks_below_are_one_system(tmp_path: Path) -> None:
    users = "user_id,login_id,first_name,last_name,short_name,email,status\n"
    users += "700,aruiz,Ana,Ruiz,Anita Ruiz,ana@x.org,active\n900,teach,Tom,Lee,,tom@x.org,active\n"
    (tmp_path / "canvas" / "gradebooks").mkdir(parents=True)
    (tmp_path / "canvas" / "users.csv").write_text(users, encoding="utf-8")
    book = tmp_path / "canvas" / "gradebooks" / "2026-03-02_Grades-A.csv"
    book.write_text("\n".join([HEAD, POINTS, ANA, LI, ""]), encoding="utf-8")
    district = read_district(tmp_path)
    assert list(district) == ["canvas"]
    people = district.people.set_index("record")
    known = ["first_name", "last_surname", "preferred_first_name", "full_name", "email", "role"]
    ana = ["Ana", "Ruiz", "Anita", "Ruiz, Ana", "ana@x.org", "Student"]
    assert people.loc["aruiz", known].tolist() == ana
    assert people.loc["teach", "role"] == "Unknown"  # users.csv doesn't say what somebody is


def test_made_gradebooks_have_their_rows_of_structure_where_canvas_puts_them(
    clean_district_folder: Path, clean_district: District
) -> None:
    paths = sorted((clean_district_folder / "silos" / "lms").rglob("*_Grades-*.csv"))
    assert paths
    hidden = 0
    for path in paths:
        text = as_utf8(path.read_bytes(), "utf-8", Findings(None, path.name)).decode("utf-8")
        header, *rows = csv.reader(text.splitlines())
        assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        assert header[-4:] == CALCULATED
        if rows[0][0] == "":
            hidden += 1
            assert set(rows[0]) == {"", "Manual Posting"}
            assert all(GRADEBOOK.by_pattern(head) for head, cell in zip(header, rows[0], strict=True) if cell)
            rows = rows[1:]
        assert rows[0][:5] == ["    Points Possible", "", "", "", ""]
        calculated = [bool(re.search(r"(Current|Final) (Points|Score|Grade)$", head)) for head in header[5:]]
        assert [cell == "(read only)" for cell in rows[0][5:]] == calculated
        assert "Student, Test" not in [row[0] for row in rows[:-1]]  # whoever it is stands last
        assert all(row[1] and row[4] for row in rows[1:])
    assert 0 < hidden < len(paths)
    accounts = clean_district["lms"].accounts
    books = accounts[accounts["file"].str.contains("_Grades-")]
    assert books["rows_structure"].sum() == 2 * len(paths) + hidden
    assert books["rows_set_aside"].sum() == books["rows_quarantined"].sum() == 0


def test_many_gradebooks_are_one_line_of_the_printed_accounts(clean_district: District) -> None:
    folded = folded_accounts(clean_district)
    accounts = clean_district.accounts
    books = accounts["file"].str.contains("_Grades-")
    line = folded[folded["file"].str.endswith(f": {books.sum()} files, gradebook")]
    assert line["file"].tolist() == [f"lms/gradebooks: {books.sum()} files, gradebook"]
    # Other systems have many files of a kind, too: a screener's windows.
    stand_for = folded["file"].str.extract(r": (\d+) files, ")[0].dropna().astype("int64")
    assert len(folded) == len(accounts) - (stand_for - 1).sum()
    counts = [name for name in accounts if name.startswith("rows")]
    assert folded[counts].sum().equals(accounts[counts].sum())
    assert line[counts].iloc[0].tolist() == accounts.loc[books, counts].sum().tolist()
    assert folded.dtypes.equals(accounts.dtypes)


# What Canvas can write into a cell: a number of at most two digits after the point, a reason, or nothing.
CELLS = st.one_of(
    st.none(),
    st.integers(0, 100_000).map(lambda number: number / 100),
    st.sampled_from(["Excused", "Not assigned"]),
)
TITLES = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=12)
NAMES = st.text(st.characters(whitelist_categories=["Lu", "Ll"]), min_size=1, max_size=8)


@pytest.mark.full
@settings(max_examples=examples(25))
@given(
    titles=st.lists(TITLES, min_size=1, max_size=5),
    rows=st.lists(st.tuples(NAMES, st.lists(CELLS, min_size=5, max_size=5)), min_size=1, max_size=6),
    points=st.lists(st.integers(0, 10_000).map(lambda number: number / 100), min_size=5, max_size=5),
    hidden=st.booleans(),
)
def test_what_is_rendered_is_read_again(
    titles: list[str],
    rows: list[tuple[str, list[object]]],
    points: list[float],
    hidden: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    heads = {f"{title} ({number})": number for number, title in enumerate(titles, 100)}
    frame = pd.DataFrame(
        {
            "Student": [f"{name}, Ana" for name, _ in rows],
            "ID": [str(1000 + place) for place in range(len(rows))],
            "SIS Login ID": [f"kid{place}" for place in range(len(rows))],
            "Section": ["Algebra"] * len(rows),
        },
        dtype=STRING,
    )
    for place, head in enumerate(heads):
        cells = [cells[place] for _, cells in rows]
        frame[head] = np.array([np.nan if isinstance(c, str) or c is None else c for c in cells], "float64")
        frame[f"{head}_status"] = pd.array([c if isinstance(c, str) else None for c in cells], dtype=STRING)
    structure: dict[str, dict[str, object]] = {"points_possible": dict(zip(heads, points, strict=False))}
    if hidden:
        structure["manual_posting"] = {next(iter(heads)): "Manual Posting"}

    folder = tmp_path_factory.mktemp("book")
    (folder / "book.csv").write_bytes(write_table(render(frame, GRADEBOOK, structure), GRADEBOOK))
    district = read_district(folder)

    assert district.findings[~district.findings["kind"].eq("name_placeholder")].empty
    # Names are composed when they are read: one letter has one spelling.
    composed = [normalize("NFC", name) for name in frame["Student"]]
    assert district.people["full_name"].tolist() == composed
    scores = district.fact("assignment_score")
    assert scores["row"].tolist() == [row + 3 + hidden for row in range(len(rows)) for _ in heads]
    for place, (head, number) in enumerate(heads.items()):
        its = scores[scores["assignment_id"].eq(str(number))]
        np.testing.assert_array_equal(its["score"].to_numpy(), frame[head].to_numpy())
        assert its["score_status"].fillna("").tolist() == frame[f"{head}_status"].fillna("").tolist()
        assert set(its["score_possible"]) == {points[place]}
    assert set(scores["title"]) == set(titles)


def test_what_no_gradebook_can_say_is_refused() -> None:
    frame = pd.DataFrame({"ID": ["1"], "Essay (501)": [3.0], "Essay (501)_status": ["Late"]})
    with pytest.raises(BadInput, match="no marker for 'Late'"):
        render(frame, GRADEBOOK)
    with pytest.raises(BadInput, match="a value and a reason for none"):
        render(frame.assign(**{"Essay (501)_status": "Excused"}), GRADEBOOK)
    with pytest.raises(BadInput, match=r"no row 'points_posible'\. Did you mean points_possible"):
        render(frame[["ID"]], GRADEBOOK, {"points_posible": {}})
    with pytest.raises(BadInput, match="says something of 'Essay'"):
        render(frame[["ID"]], GRADEBOOK, {"points_possible": {"Essay": 3}})
