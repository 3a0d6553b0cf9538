"""Files that no layout knows, of every kind, and the folder that is read by its draft."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pandas as pd

from helpers.files import read_district
from helpers.files.draft import draft_layouts
from helpers.layouts.layout import read_layout
from tests.files.drafts import ROSTER, adds_up, draft, written


def test_a_roster_is_read_by_its_draft_without_any_correction(tmp_path: Path) -> None:
    draft_layouts(written(tmp_path, roster_DOT_csv=ROSTER))
    district = read_district(tmp_path)
    people = district["roster"].people
    assert people["local_id"].tolist() == ["00812", "00813", "00814"]
    assert people["first_name"].tolist() == ["Ana", "Bo", "Cy"]
    assert people["birth_date"].tolist() == [
        pd.Timestamp(day) for day in ("2014-01-31", "2013-02-28", "2012-03-04")
    ]
    assert people["grade_level"].tolist() == ["05", "06", "KG"]
    assert people["postal_code"].tolist() == ["04609", "04609", "04610"]
    assert district.findings.empty
    layout = district["roster"].layout
    assert layout.source_status == "own"
    assert "roster.csv" in layout.source
    assert {column.sensitivity for column in layout.files[0].columns if column.name != "Gr"} == {"restricted"}
    assert layout.files[0].row_is == "one person"


def test_a_list_of_things_names_nobody(tmp_path: Path) -> None:
    schools = "id,Name,City\n1,Lincoln Elementary School,Salem\n2,Oak High School,Salem\n3,Grand Bend,Salem\n"
    (drafted,) = draft_layouts(written(tmp_path, schools_DOT_csv=schools)).drafted
    assert not drafted.kind.names_people
    district = read_district(tmp_path)
    assert district.people.empty
    assert district.accounts["rows_quarantined"].tolist() == [3]


def test_a_role_says_who_is_a_child(tmp_path: Path) -> None:
    text = "user_id,role,first_name,last_name\n1,STUDENT,Ana,Ruiz\n2,TEACHER,Bo,Li\n3,ROBOT,Cy,Poe\n"
    draft_layouts(written(tmp_path, users_DOT_csv=text))
    assert read_district(tmp_path)["users"].people["role"].tolist() == ["Student", "Staff", "Unknown"]


def test_what_a_file_looks_like_is_found_out(tmp_path: Path) -> None:
    titled = "Clubs of spring\n\n" + ROSTER.replace(",", ";").replace("Ruiz", "Núñez")
    draft_layouts(written(tmp_path, clubs_DOT_csv=titled.encode("cp1252").replace(b"\n", b"\r\n")))
    file = read_layout(tmp_path / "layouts" / "clubs.toml").files[0]
    assert (file.delimiter, file.header_row, file.encoding, file.line_end) == (";", 3, "windows-1252", "crlf")
    district = read_district(tmp_path)
    assert district["clubs"].people["last_surname"].tolist() == ["Núñez", "Li", "Poe"]
    assert adds_up(district)


def test_a_file_without_heads_is_named_by_place(tmp_path: Path) -> None:
    draft_layouts(written(tmp_path, scores_DOT_csv="Ana,2014-01-31,12\nBo,2013-02-28,9\n"))
    assert list(draft(tmp_path)) == ["Column 1", "Column 2", "Column 3"]
    district = read_district(tmp_path)
    assert district.accounts.iloc[0].tolist()[2:] == [2, 0, 0, 0, 2]


def test_workbooks_and_json_lines_are_drafted(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Spring"
    for row in csv.reader(io.StringIO(ROSTER)):
        sheet.append(row)
    book.save(tmp_path / "clubs.xlsx")
    lines = [
        {"student": {"studentId": f"{n}", "name": {"first": name, "last": "Poe"}}}
        for n, name in enumerate(["Ana", "Bo"])
    ]
    written(tmp_path, nurse_DOT_jsonl="".join(json.dumps(line) + "\n" for line in lines))
    draft_layouts(tmp_path)
    district = read_district(tmp_path)
    assert sorted(district.people["first_name"]) == ["Ana", "Ana", "Bo", "Bo", "Cy"]
    assert {silo.layout.files[0].format for silo in district.values()} == {"xlsx", "json_lines"}
    assert adds_up(district)


def test_files_of_one_kind_share_one_declaration_and_a_folder_is_one_system(tmp_path: Path) -> None:
    seen = "child_id,seen\n00812,2025-10-01\n00814,2025-10-02\n"
    files = {"nurse__children_DOT_csv": ROSTER.replace("Pupil No", "child_id")}
    files |= {f"nurse__visits_2025-1{n}_DOT_csv": seen for n in (0, 1)}
    started = draft_layouts(written(tmp_path, **files))
    assert [(one.layout, one.files) for one in started.drafted] == [("nurse", 1), ("nurse", 2)]
    layout = read_layout(tmp_path / "layouts" / "nurse.toml")
    assert [file.path for file in layout.files] == ["children.csv", "visits_*.csv"]
    assert len(read_district(tmp_path)["nurse"].people) == 3


def test_files_are_named_by_what_their_names_have_in_common(tmp_path: Path) -> None:
    text = "Student ID,Last Name,First Name,Score\n1,Ruiz,Ana,3\n2,Li,Bo,4\n"
    draft_layouts(
        written(tmp_path, tests__fall_words_DOT_csv=text, tests__winter_words_DOT_csv=text + "3,O,Z,1\n")
    )
    (file,) = read_layout(tmp_path / "layouts" / "tests.toml").files
    assert (file.name, file.path) == ("words", "*_words.csv")
