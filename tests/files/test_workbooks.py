"""Workbooks: a sheet is read as a file, typed cells become text by their column, nothing in one can harm."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import District, read_district, render, write_files, write_table
from helpers.files.readers.workbook import (
    _has_values_alone,
    _sheets_of_values,
    _sheets_with_formats,
    as_sheet,
    sheets_in,
)
from helpers.files.writers.workbook import pack_workbook
from helpers.layouts.layout import Layout, read_layout
from tests.tiers import examples

LAYOUT = """
layout = "clubs"
silo = "clubs"
title = "A partner's list"
source = "the kit's own"
source_status = "own"

[[file]]
name = "members"
path = "clubs*.xls?"
sheet = "Members"
format = "xlsx"
header_row = {header_row}
row_is = "a child in a club"
columns = [
  {{ name = "No.", identification_system = "Undeclared" }},
  {{ name = "First name" }},
  {{ name = "Last name" }},
  {{ name = "Born", type = "date", format = "%m/%d/%Y" }},
  {{ name = "Fee", type = "number", format = "$#,##0.00" }},
  {{ name = "Paid", type = "boolean", format = "yes|no" }},
  {{ name = "Joined", type = "datetime", format = "%Y-%m-%d %H:%M" }},
  {{ name = "School" }},
]
[[file.makes]]
table = "people"
take = {{ local_id = "No.", first_name = "First name", last_surname = "Last name", birth_date = "Born" }}
set = {{ role = "Student" }}
[[file.makes]]
table = "people"
take = {{ local_id = "No.", school_name = "School" }}
[[file.makes]]
table = "meal_account"
take = {{ local_id = "No.", balance = "Fee" }}
"""
HEADS = ["No.", "First name", "Last name", "Born", "Fee", "Paid", "Joined", "School"]
ANA = ["007", "Ana", "Ruiz", date(2012, 3, 4), 1200.5, True, datetime(2025, 9, 1, 8, 15), "North"]


def folder_with(place: Path, data: bytes, *, name: str = "clubs.xlsx", header_row: int = 1) -> Path:
    for part in ("layouts", "clubs"):
        (place / part).mkdir(parents=True, exist_ok=True)
    (place / "layouts" / "clubs.toml").write_text(LAYOUT.format(header_row=header_row), encoding="utf-8")
    (place / "clubs" / name).write_bytes(data)
    return place


def workbook(*rows: list[Any], merged: str = "", sheets: tuple[str, ...] = ("Members",)) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = sheets[0]
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    for more in sheets[1:]:
        book.create_sheet(more)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def kinds(district: District) -> list[str]:
    return sorted(district.findings["kind"])


def adds_up(district: District) -> bool:
    accounts = district.accounts
    parts = accounts[["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]].sum(axis=1)
    return bool((accounts["rows"] == parts).all())


def test_typed_cells_are_read_as_their_columns_write_them(tmp_path: Path) -> None:
    district = read_district(folder_with(tmp_path, workbook(HEADS, ANA)))
    ana = district["clubs"].people.iloc[0]
    assert (ana["local_id"], ana["birth_date"]) == ("007", pd.Timestamp("2012-03-04"))
    assert district["clubs"].fact("meal_account")["balance"].tolist() == [1200.5]
    assert kinds(district) == []
    assert ana["record"] == "007"


def test_a_number_that_the_sheet_shows_with_zeros_keeps_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Members"
    sheet.append(HEADS)
    sheet.append([7, "Ana", "Ruiz"])
    sheet.append([1234567890123, "Bo", "Li"])
    sheet["A2"].number_format = "00000"
    out = io.BytesIO()
    book.save(out)
    district = read_district(folder_with(tmp_path, out.getvalue()))
    assert district["clubs"].people["local_id"].tolist() == ["00007", "1234567890123"]


def test_rows_are_numbered_as_the_spreadsheet_numbers_them(tmp_path: Path) -> None:
    bo = [8, "Bo", "Li", "5/6/2013", "free", "no", None, "South"]
    data = workbook(["Clubs, spring"], HEADS, ANA, [], bo, sheets=("Members", "Notes"))
    district = read_district(folder_with(tmp_path, data, header_row=2))
    assert district.findings[["file", "row", "kind", "action_taken"]].values.tolist() == [
        ["clubs/clubs.xlsx/Members", 4, "row_blank", "row_set_aside"],
        ["clubs/clubs.xlsx/Members", 5, "not_a_number", "value_set_aside"],
        ["clubs/clubs.xlsx/Notes", pd.NA, "file_empty", "file_set_aside"],
    ]
    account = district.accounts.set_index("file").loc["clubs/clubs.xlsx/Members"]
    assert account.tolist()[1:] == [5, 2, 2, 1, 0]
    assert adds_up(district)
    assert district["clubs"].person_rows["row"].tolist() == [3, 5]


def test_a_cell_that_reaches_down_says_the_same_in_each_row(tmp_path: Path) -> None:
    bo, cy = [8, "Bo", "Li"], [9, "Cy", "Poe", None, None, None, None, "South"]
    district = read_district(folder_with(tmp_path, workbook(HEADS, ANA, bo, cy, merged="H2:H3")))
    assert district["clubs"].people["school_name"].tolist() == ["North", "North", "South"]
    told = district.findings
    assert told[["row", "kind", "action_taken"]].values.tolist() == [[3, "cells_merged", "read_as"]]


def test_a_formula_is_what_it_last_gave_and_told_when_it_never_gave_anything(tmp_path: Path) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Members")
    sheet.write_row(0, 0, HEADS)
    sheet.write_row(1, 0, ["1", "Ana", "Ruiz"])
    sheet.write_formula(1, 4, "=5+7", None, 12)
    book.close()
    computed = read_district(folder_with(tmp_path / "computed", out.getvalue()))
    assert computed["clubs"].fact("meal_account")["balance"].tolist() == [12]
    never = workbook(HEADS, ["1", "Ana", "Ruiz", None, "=5+7"])
    told = read_district(folder_with(tmp_path / "never", never)).findings
    assert told[["row", "column", "value", "kind"]].values.tolist() == [[2, "Fee", "=5+7", "not_a_number"]]


def test_cells_beside_the_table_cost_no_row(tmp_path: Path) -> None:
    district = read_district(folder_with(tmp_path, workbook(HEADS, [*ANA, None, "called her mother"])))
    assert len(district["clubs"].people) == 1
    assert district.findings[["kind", "action_taken", "value"]].to_numpy().tolist() == [
        ["cells_surplus", "quarantined", "called her mother"]
    ]


def with_part(data: bytes, name: str, text: bytes) -> bytes:
    """Put other text into a part of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, text if entry == name else old.read(entry))
    return out.getvalue()


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""
FAR = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData>
</worksheet>""" % b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 99))


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (lambda data: with_part(data, "xl/worksheets/sheet1.xml", ENTITIES), "file_unreadable"),
        (lambda data: with_part(data, "xl/worksheets/sheet1.xml", FAR), "file_unsafe"),
        (lambda data: with_part(data, "xl/media/x", b""), None),
        (lambda data: with_part(data, "xl/workbook.xml", b"<workbook"), "file_unreadable"),
        (lambda data: with_part(data, "xl/worksheets/sheet1.xml", b" " * (70 << 20)), "file_unsafe"),
        (lambda data: data[: len(data) // 2], "file_unreadable"),
        (lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "file_unreadable"),
    ],
    ids=["entities", "cells far out", "unharmed", "broken", "bomb", "cut", "locked or old"],
)
def test_a_workbook_that_could_do_harm_or_is_damaged_is_told(
    damage: Any, kind: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.files.readers.workbook.MOST_CELLS", 1_000_000)
    district = read_district(folder_with(tmp_path, damage(workbook(HEADS, ANA))))
    assert kinds(district) == ([kind] if kind else [])
    assert adds_up(district)


def test_a_workbook_is_read_in_a_zip_and_with_macros(tmp_path: Path) -> None:
    data = workbook(HEADS, ANA)
    folder = folder_with(tmp_path, data, name="clubs.xlsm")
    with zipfile.ZipFile(folder / "clubs" / "more.zip", "w") as archive:
        archive.writestr("clubs.xlsx", workbook(HEADS, ["8", "Bo", "Li"]))
    district = read_district(folder)
    assert sorted(district.people["first_name"]) == ["Ana", "Bo"]
    assert "clubs/more.zip/clubs.xlsx/Members" in district.accounts["file"].tolist()


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    path = tmp_path / "clubs.toml"
    path.write_text(LAYOUT.format(header_row=1), encoding="utf-8")
    return read_layout(path)


def test_what_is_written_is_read_again_and_has_the_same_bytes_each_time(
    layout: Layout, tmp_path: Path
) -> None:
    file = layout.files[0]
    frame = pd.DataFrame(
        {
            "No.": pd.array(["007", "8"], "string"),
            "First name": pd.array(["Ana", "Bo"], "string"),
            "Born": pd.Series([pd.Timestamp("2012-03-04"), pd.NaT], dtype="datetime64[us]"),
            "Fee": [1200.5, 0.0],
            "Paid": pd.array([True, pd.NA], "boolean"),
            "Joined": pd.Series([pd.Timestamp("2025-09-01 08:15"), pd.NaT], dtype="datetime64[us]"),
        }
    )
    table = render(frame, file)
    for turn in ("once", "again"):
        write_files(tmp_path / turn / "clubs", layout, {"clubs.xlsx/Members": write_table(table, file)})
    written = (tmp_path / "once" / "clubs" / "clubs.xlsx").read_bytes()
    assert written == (tmp_path / "again" / "clubs" / "clubs.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        about = {(entry.date_time, entry.compress_type) for entry in archive.infolist()}
    assert about == {((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)}
    cells = openpyxl.load_workbook(io.BytesIO(written))["Members"]
    assert [type(cell.value) for cell in cells[2]][:5] == [str, str, type(None), datetime, float]
    district = read_district(folder_with(tmp_path / "read", written))
    assert kinds(district) == []
    assert district["clubs"].people["birth_date"].tolist()[0] == pd.Timestamp("2012-03-04")


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc")), max_size=20
    ),
    st.integers(-(10**14), 10**14).map(lambda number: ["n", str(number)]),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)).map(lambda day: ["d", day.isoformat()]),
    st.times(time(0, 0, 1)).map(lambda clock: ["t", clock.replace(microsecond=0).isoformat()]),
)


@given(st.lists(st.lists(CELLS, max_size=5), min_size=1, max_size=6))
@settings(max_examples=examples(60))
def test_any_cells_come_back_as_they_were(rows: list[list[Any]]) -> None:
    full = [row if any(str(cell or "").strip() for cell in row) else [*row, "x"] for row in rows]
    full = [[None if cell == "" else cell for cell in row] for row in full]
    full = [row if str(row[-1] or "").strip() else [*row, "x"] for row in full]
    sheet = as_sheet(full)
    assert sheets_in(pack_workbook({"Any": sheet})) == {"Any": sheet}


def test_a_sheet_put_together_is_as_the_library_writes_it_cell_by_cell() -> None:
    rows = [[f"Club {n % 3}", None, f" Ana & {n} ", "", "x", "y" * (n % 2)][: 2 + n % 5] for n in range(1200)]
    rows[7] = []
    sheets = {"One": rows, "None": [], "Two": [[None, "Club 1"]]}
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(lines):
                for column, cell in enumerate(line):
                    if cell:
                        sheet.write_string(row, column, cell)
    packed = pack_workbook({name: as_sheet(lines) for name, lines in sheets.items()})
    with zipfile.ZipFile(out) as plain, zipfile.ZipFile(io.BytesIO(packed)) as ours:
        for part in ("xl/sharedStrings.xml", *(f"xl/worksheets/sheet{n}.xml" for n in (1, 2, 3))):
            assert ours.read(part) == plain.read(part)


ODD = [
    ["a_x000D_b", "two\nlines", " x ", "n/a", "'=1", "0012", 'say "yes"', "1.50"],
    [1200.5, 0.1 + 0.2, 3, -4.0, 1e-7, 99999999999999.0, 1 / 3, True],
    [date(2012, 3, 4), datetime(2025, 9, 1, 8, 15), time(8, 15), datetime(2025, 9, 1), timedelta(hours=30)],
    [None, "", "after nothing", None, None],
    [],
    [date(1901, 1, 1), datetime(2099, 12, 31, 23, 59, 59), time(0, 0, 1), False],
]


def test_values_alone_are_read_as_they_are_with_formats() -> None:
    data = workbook(*ODD, sheets=("Odd", "None"))
    read = _sheets_of_values(data)
    assert read is not None
    assert read == _sheets_with_formats(data)


@pytest.mark.parametrize(
    ("cell", "merged", "picture"),
    [(1234567890123456, "", ""), ("=1+1", "", ""), ("x", "A1:A2", ""), (7, "", "000"), ("#N/A", "", "")],
)
def test_a_sheet_whose_cells_need_their_formats_is_read_with_them(
    cell: object, merged: str, picture: str
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([cell, "beside"])
    if merged:
        sheet.merge_cells(merged)
    if picture:
        sheet["A1"].number_format = picture
    out = io.BytesIO()
    book.save(out)
    assert _sheets_of_values(out.getvalue()) is None
    assert sheets_in(out.getvalue()) == _sheets_with_formats(out.getvalue())


@pytest.mark.parametrize(
    ("cell", "alone"),
    [
        ("<c r='B1'><v>1</v></c>", True),
        ("<c r='B1' t='e'><v>#N/A</v></c>", False),
        ('<c r="B104"><v>1</v></c>', True),
        ('<c r="B105"><v>1</v></c>', False),
        ('<c r="B1048576"><v>1</v></c>', False),
    ],
)
def test_a_sheet_with_errors_or_far_cells_is_read_row_by_row(cell: str, alone: bool) -> None:
    assert _has_values_alone(f'<row r="1"><c r="A1"><v>1</v></c>{cell}</row>'.encode()) is alone


@pytest.mark.parametrize("seed", range(16))
def test_a_spoilt_workbook_is_read_or_told(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    data = bytearray(workbook(HEADS, ANA, [8, "Bo", "Li", "5/6/2013", 3.5], sheets=("Members", "Notes")))
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    district = read_district(folder_with(tmp_path, bytes(data)))
    assert adds_up(district)
    assert len(district.people) == 2 or kinds(district)
