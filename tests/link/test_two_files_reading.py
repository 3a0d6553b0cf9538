"""Any file of persons is read whatever its delimiter and encoding, and every row is used or reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.link.two_files import read_person_file
from helpers.standard import BadInput
from tests.tiers import examples

HEADS = "first_name,last_name,dob"


def _written(folder: Path, text: str | bytes, name: str = "persons.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_rows_count_from_0(tmp_path: Path, delimiter: str) -> None:
    text = f"{HEADS}\nAda,Moreau,1999-02-19\nIvo,Novak,1988-12-30\n".replace(",", delimiter)
    found = read_person_file(_written(tmp_path, text))
    assert found.rows.index.tolist() == [0, 1]
    assert found.rows["last_name"].tolist() == ["Moreau", "Novak"]
    assert found.total == 2


def test_a_first_line_that_names_the_delimiter_is_no_row(tmp_path: Path) -> None:
    found = read_person_file(_written(tmp_path, "sep=;\r\nfirst_name;last_name\r\nAda;Moreau\r\n"))
    assert found.rows["last_name"].tolist() == ["Moreau"]


def test_quoted_cells_keep_their_delimiters_and_line_breaks(tmp_path: Path) -> None:
    found = read_person_file(
        _written(tmp_path, f'{HEADS}\n"Ada","Moreau, Jr.","1999-02-19"\nIvo,"No\nvak",\n')
    )
    assert found.rows["last_name"].tolist() == ["Moreau, Jr.", "No\nvak"]
    assert found.rows["dob"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "utf-16"), ("cp1252", "windows-1252")]
)
def test_the_encoding_is_found_and_told_where_it_is_not_utf_8(
    tmp_path: Path, encoding: str, told: str
) -> None:
    found = read_person_file(_written(tmp_path, f"{HEADS}\nAda,Grünwald,1999-02-19\n".encode(encoding)))
    assert found.rows["last_name"].tolist() == ["Grünwald"]
    assert found.rows.columns[0] == "first_name"
    assert (told in " ".join(found.notes)) if told else not found.notes


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n \r\n", "is empty"),
        (bytes(range(256)) * 20, "can't be read as text"),
        (b"%PDF-1.7 and more", "no delimited text"),
        (b'a,b\n1,2\n"open,3\n4,5\n', "never closed"),
        (b"PK\x03\x04 but no workbook", "can't be opened as an xlsx"),
    ],
)
def test_what_is_no_table_is_one_clear_error(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said) as error:
        read_person_file(_written(tmp_path, data))
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_folder_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no file"):
        read_person_file(tmp_path / "nowhere.csv")
    with pytest.raises(BadInput, match="is a folder"):
        read_person_file(tmp_path)


def test_ragged_rows_are_read_where_no_cell_is_lost_and_reported_otherwise(tmp_path: Path) -> None:
    text = (
        f"{HEADS}\nAda,Moreau,1999-02-19\nIvo,Novak\n\nOtto,Eriksen,1970-01-01,,\nUlla,Wo,lf,1971-01-01\n,,\n"
    )
    found = read_person_file(_written(tmp_path, text))
    assert found.rows["first_name"].tolist() == ["Ada", "Ivo", "Otto"]
    assert found.total == 5  # the blank line is no row, the one with empty cells is
    assert found.set_aside["row"].tolist() == [3, 4]
    assert any("fewer cells than columns: " in note for note in found.notes)


def test_without_a_header_columns_are_called_by_their_place(tmp_path: Path) -> None:
    found = read_person_file(_written(tmp_path, "Ada,Moreau,1999-02-19\nIvo,Novak,1988-12-30\n"))
    assert list(found.rows.columns) == ["Column 1", "Column 2", "Column 3"]
    assert found.rows["Column 1"].tolist() == ["Ada", "Ivo"]
    assert any("no line of column names" in note for note in found.notes)


def test_columns_are_named_in_messages_where_their_heads_are_known_and_else_by_place(tmp_path: Path) -> None:
    known = read_person_file(_written(tmp_path, "vorname;nachname\nAda;Moreau\n"))
    assert known.shown == ["vorname", "nachname"]
    assert read_person_file(_written(tmp_path, "Ada;Moreau\nIvo;Novak\n")).shown == ["column 1", "column 2"]


def test_a_head_that_stands_twice_is_told(tmp_path: Path) -> None:
    found = read_person_file(_written(tmp_path, "name,name,dob\nAda,Moreau,1999-02-19\n"))
    assert list(found.rows.columns) == ["name", "name#2", "dob"]
    assert any("more than once" in note for note in found.notes)


def test_what_other_programs_write_for_nothing_is_nothing_and_a_surname_null_stays(tmp_path: Path) -> None:
    found = read_person_file(_written(tmp_path, f"{HEADS}\nAda,Null,NULL\nNA,Novak,NaN\n"))
    assert found.rows["dob"].isna().all()
    assert found.rows["last_name"].tolist() == ["Null", "Novak"]
    assert found.rows["first_name"].isna().tolist() == [False, True]


def test_a_workbook_is_read(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in (HEADS.split(","), ["Ada", "Moreau", "1999-02-19"], ["Ivo", "Novak", None]):
        book.active.append(row)
    book.save(tmp_path / "persons.xlsx")
    found = read_person_file(tmp_path / "persons.xlsx")
    assert found.rows["first_name"].tolist() == ["Ada", "Ivo"]
    assert found.rows["dob"].isna().tolist() == [False, True]


CELLS = st.lists(st.text("ab,\"' \n;é1", max_size=4), min_size=1, max_size=5)


@settings(max_examples=examples(60))
@given(rows=st.lists(CELLS, max_size=8))
def test_every_row_is_used_or_set_aside(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADS.split(","))
    writer.writerows(rows)
    found = read_person_file(_written(tmp_path_factory.mktemp("rows"), text.getvalue()))
    assert found.total == sum(1 for row in rows if len(row) > 1 or any(cell.strip() for cell in row))
    assert sorted([*found.rows.index, *found.set_aside["row"]]) == list(range(found.total))
