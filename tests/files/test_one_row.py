"""One row of one file: the same cells as whoever reads the whole file finds there."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path, PurePosixPath

import openpyxl
import pandas as pd
import pytest

from helpers.files import District
from helpers.files.findings import Findings
from helpers.files.readers.xml import read_xml_records
from helpers.files.single_row import some_rows
from helpers.layouts import load_layout
from helpers.standard import BadInput, fact_tables


def places(district: District) -> pd.DataFrame:
    """Some rows of every file of a district, its first and last that is used among them."""
    tables = [district.fact(name) for name in fact_tables()]
    every = pd.concat(
        [table[["silo", "file", "row"]] for table in tables if {"file", "row"} <= set(table.columns)]
        + [district.person_rows[["silo", "file", "row"]]],
        ignore_index=True,
    )
    every = every.dropna().drop_duplicates(["file", "row"]).sort_values(["file", "row"])
    by_file = every.groupby("file", sort=False)
    return pd.concat([by_file.head(2), by_file.tail(2)]).drop_duplicates()


def whole(folder: Path, file: str) -> bytes:
    """The bytes of a file that may lie in a zip."""
    place = folder / "silos" / file
    if place.is_file():
        return place.read_bytes()
    parts = PurePosixPath(file).parts
    archive = next(n for n, part in enumerate(parts) if part.endswith(".zip"))
    with zipfile.ZipFile(folder / "silos" / "/".join(parts[: archive + 1])) as packed:
        return packed.read("/".join(parts[archive + 1 :]))


def cells(folder: Path, file: str, row: int) -> list[str]:
    """The cells of a row, read with the whole of its file by somebody else's reader."""
    if ".xlsx/" in file:
        book, sheet = file.rsplit("/", 1)
        values = list(openpyxl.load_workbook(folder / "silos" / book)[sheet].iter_rows(values_only=True))
        return ["" if value is None else str(value) for value in values[row - 1]]
    text = whole(folder, file).decode("utf-8-sig")
    if file.endswith(".csv"):
        head = text.split("\n", 1)[0]
        delimiter = ";" if head.count(";") > head.count(",") else ","
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[row - 1]
    if file.endswith(".jsonl"):
        found: list[str] = []

        def walk(value: object) -> None:
            inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
            if inside is None:
                found.append(value if isinstance(value, str) else json.dumps(value))
            else:
                for one in inside:
                    walk(one)

        walk(json.loads(text.split("\n")[row - 1], parse_float=str))
        return found
    records, _ = read_xml_records(text.encode(), Findings(None, ""))
    return next(list(flat.values()) for rows in records.values() for at, flat in rows if at == row)


def test_a_row_of_every_file_has_the_cells_of_that_row(district: District, district_folder: Path) -> None:
    asked = places(district)
    assert {PurePosixPath(file).suffix for file in asked["file"]} >= {".csv", ".jsonl", ".xml"}
    for silo, file, row in asked.itertuples(index=False):
        opened = some_rows(district_folder, file, [int(row)], district.layouts[silo])[0]
        expected = cells(district_folder, file, int(row))
        if ".xlsx/" in file:  # a typed cell is said in another way: only what is text is compared
            told = list(opened.cells.values())
            assert [told[place] for place, text in enumerate(expected) if text.isalpha()] == [
                text for text in expected if text.isalpha()
            ]
        else:
            assert list(opened.cells.values()) == expected, (file, row)
        assert opened.kind is not None, file


def test_a_column_is_known_by_its_declared_name(tmp_path: Path) -> None:
    layout = load_layout("attendance/edfi_json")
    record = {"studentReference": {"studentUniqueId": "7"}, "alternative": [{"x": "1"}]}
    (tmp_path / "studentSchoolAttendanceEvents.jsonl").write_text(json.dumps(record), encoding="utf-8")
    opened = some_rows(tmp_path, "studentSchoolAttendanceEvents.jsonl", [1], layout)[0]
    assert dict(opened.cells) == {"studentReference.studentUniqueId": "7", "alternative[1].x": "1"}
    assert opened.declared("studentReference.studentUniqueId") == "studentReference.studentUniqueId"
    assert opened.declared("alternative[1].x") is None


def test_a_quoted_line_break_is_within_one_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'name,said\r\n"Ana","one\r\ntwo"\r\nBo,"x ""y"""\r\n')
    assert dict(some_rows(tmp_path, "a.csv", [3])[0].cells) == {"name": "Bo", "said": 'x "y"'}
    assert dict(some_rows(tmp_path, "a.csv", [2])[0].cells)["said"] == "one\r\ntwo"


def test_cells_without_a_head_and_heads_that_stand_twice_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id;note;note\n1;x;y;z\n", encoding="utf-8")
    assert dict(some_rows(tmp_path, "a.csv", [2])[0].cells) == {
        "id": "1",
        "note": "x",
        "note#2": "y",
        "column 4": "z",
    }


@pytest.mark.parametrize("row", [0, 3, 10**9])
def test_a_row_that_is_not_there_is_said_without_a_cell(tmp_path: Path, row: int) -> None:
    (tmp_path / "a.csv").write_text("name\nAna\n", encoding="utf-8")
    with pytest.raises(BadInput, match="read") as told:
        some_rows(tmp_path, "a.csv", [row])
    assert "Ana" not in str(told.value)


@pytest.mark.parametrize("file", ["../secret.csv", "/etc/hostname", "gone.csv", "a.zip/b.csv"])
def test_nothing_outside_the_folder_is_opened(tmp_path: Path, file: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "in" / "a.zip").write_bytes(b"no zip")
    with pytest.raises(BadInput, match="no longer there"):
        some_rows(tmp_path / "in", file, [1])
