"""Folders as they arrive: nothing in them stops the reader, and nothing in them is passed over in silence."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from helpers.files import District, read_district
from helpers.files.folder import files_below
from helpers.standard import BadInput

HEAD = (
    "Customer ID,Customer Last Name,Customer First Name,Customer Birthdate,"
    "District School Number,PIN,Grade,Active Status,Balance"
)
STUDENT = {"studentUniqueId": "1", "firstName": "Ana", "lastSurname": "Ruiz", "birthDate": "2014-05-06"}
XML = '<?xml version="1.0" encoding="{}"?>\n<InterchangeStudent>{}</InterchangeStudent>'
XML_STUDENT = (
    "<Student><StudentUniqueId>{}</StudentUniqueId><Name><FirstName>{}</FirstName>"
    "<LastSurname>Ruiz</LastSurname></Name><BirthData><BirthDate>2010-01-02</BirthDate></BirthData></Student>"
)


def meals(name: str = "Ana", balance: str = "$1.00") -> str:
    return f"{HEAD}\n1,Diaz,{name},01/02/2014,7,1111,06,Active,{balance}\n"


def put(folder: Path, **files: str | bytes) -> Path:
    for name, data in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return folder


def put_zip(path: Path, **files: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)


def told(district: District) -> set[tuple[str, str]]:
    return set(zip(district.findings["kind"], district.findings["file"], strict=True))


def adds_up(district: District) -> bool:
    accounts = district.accounts
    parts = ["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]
    return bool((accounts["rows"] == accounts[parts].sum(axis=1)).all())


# ------------------------------------------------------------------------------------------------- folders


@pytest.mark.full
def test_silos_that_would_have_one_name_are_all_read(tmp_path: Path) -> None:
    put(tmp_path, m_csv=meals("Ana"), m__m_csv=meals("Eva"))
    put_zip(tmp_path / "m.zip", m_csv=meals("Ida"))
    put_zip(tmp_path / "m" / "x.zip", m_csv=meals("Ula"))
    assert sorted(read_district(tmp_path).people["first_name"]) == ["Ana", "Eva", "Ida", "Ula"]


def test_a_zip_takes_its_folder_s_name_only_where_it_is_alone(tmp_path: Path) -> None:
    put_zip(tmp_path / "till" / "export.zip", m_csv=meals("Ana"))
    assert list(read_district(tmp_path)) == ["till"]
    put_zip(tmp_path / "till" / "other.zip", m_csv=meals("Eva"))
    assert list(read_district(tmp_path)) == ["till/export", "till/other"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_two_files_of_one_name_is_refused(tmp_path: Path) -> None:
    put_zip(tmp_path / "a.zip", m_csv=meals("Ana"))
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as archive:
        archive.writestr("m.csv", meals("Eva"))
    assert told(read_district(tmp_path)) == {("file_unsafe", "a.zip")}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own on Windows")
def test_links_to_folders_and_to_nothing_are_told(tmp_path: Path) -> None:
    put(tmp_path, m_csv=meals())
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "lost.csv").symlink_to(tmp_path / "nowhere.csv")
    district = read_district(tmp_path)
    assert told(district) == {("file_unreadable", "again"), ("file_unreadable", "lost.csv")}
    assert len(district.people) == 1
    assert adds_up(district)


def test_a_file_and_a_folder_that_may_not_be_opened_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, m_csv=meals(), closed__n_csv=meals("Eva"), locked_csv=meals("Ida"))
    opened, listed = Path.open, os.scandir

    def refuse_file(path: Path, *args: object, **named: object) -> object:
        if path.name == "locked.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **named)  # type: ignore[call-overload]

    def refuse_folder(path: str) -> object:
        if os.fspath(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return listed(path)

    monkeypatch.setattr(Path, "open", refuse_file)
    monkeypatch.setattr(os, "scandir", refuse_folder)
    found, refused = files_below(tmp_path)
    assert [one.path for one in found] == ["m.csv"]
    assert {one.path for one in refused} == {"closed", "locked.csv"}


@pytest.mark.parametrize(
    ("about", "says"),
    [('{"silos": ["meals"]}', "`silos` as one object"), ("[" * 100_000, "isn't JSON")],
    ids=["silos as a list", "too deep"],
)
def test_a_district_file_that_cannot_be_used_is_one_clear_error(
    tmp_path: Path, about: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        read_district(put(tmp_path, district_json=about))


def test_a_district_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    folder = put(tmp_path, district_json=b'\xef\xbb\xbf{"title": "Riverbend"}', m_csv=meals())
    about = read_district(folder).about
    assert about["title"] == "Riverbend"


# --------------------------------------------------------------------------------------------------- cells


def test_a_surplus_cell_of_any_length_is_told(tmp_path: Path) -> None:
    long = '"' + "x" * 200_000 + '"'
    district = read_district(
        put(tmp_path, m_csv=meals() + f"2,Ruiz,Leo,01/02/2014,7,1,06,Active,$1.00,{long}\n")
    )
    assert told(district) == {("cells_surplus", "m.csv")}
    assert adds_up(district)


def test_a_number_that_no_balance_can_be_is_not_used(tmp_path: Path) -> None:
    district = read_district(put(tmp_path, m_csv=meals(balance="$" + "9" * 400 + ".00")))
    assert district.fact("meal_account")["balance"].isna().all()
    assert district.findings["action_taken"].tolist() == ["value_set_aside"]


def test_a_head_of_nothing_costs_nothing_and_a_cell_below_it_is_told(tmp_path: Path) -> None:
    def with_column(cell: str) -> District:
        text = meals().replace("Balance", "Balance,").replace("$1.00", f"$1.00,{cell}")
        return read_district(put(tmp_path, m_csv=text))

    assert with_column("").findings.empty
    district = with_column("more")
    assert told(district) == {("cells_surplus", "m.csv")}
    assert adds_up(district)
    assert len(district.people) == len(with_column("").people)


# --------------------------------------------------------------------------------------------- JSON lines


def students(folder: Path, *lines: str) -> District:
    return read_district(put(folder, students_jsonl="\n".join(lines) + "\n"))


@pytest.mark.parametrize(
    "line",
    ["[1, 2]", "7", "null", '{"x": ' + "[" * 100_000 + "]" * 100_000 + "}"],
    ids=["list", "number", "null", "too deep"],
)
def test_a_line_that_is_no_record_costs_only_itself(tmp_path: Path, line: str) -> None:
    district = students(tmp_path, json.dumps(STUDENT), line, json.dumps({**STUDENT, "studentUniqueId": "3"}))
    assert district.people["record"].tolist() == ["1", "3"]
    assert district.findings.loc[district.findings["kind"].eq("record_broken"), "row"].tolist() == [2]
    assert adds_up(district)


def test_a_name_that_stands_twice_in_an_object_is_told(tmp_path: Path) -> None:
    line = json.dumps(STUDENT).replace('"lastSurname"', '"firstName": "Eva", "lastSurname"')
    district = students(tmp_path, line)
    assert district.people["first_name"].tolist() == ["Eva"]
    again = district.findings[district.findings["kind"].eq("column_repeated")]
    assert again[["row", "column", "action_taken"]].to_numpy().tolist() == [
        [1, "firstName", "value_set_aside"]
    ]


def test_an_id_written_as_a_number_keeps_every_digit(tmp_path: Path) -> None:
    digits = "9" * 5000
    district = students(
        tmp_path, json.dumps(STUDENT).replace('"1"', digits), json.dumps(STUDENT).replace('"1"', "1.50")
    )
    assert district.people["record"].tolist() == [digits, "1.50"]


def test_half_a_letter_is_told(tmp_path: Path) -> None:
    district = students(tmp_path, json.dumps({**STUDENT, "firstName": "An\ud83d"}))
    assert district.people["first_name"].tolist() == ["An\ufffd"]
    assert ("text_not_decodable", "students.jsonl") in told(district)


# ----------------------------------------------------------------------------------------------------- XML


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16", "utf-8", "klingon"])
def test_xml_is_read_in_the_encoding_that_it_declares(tmp_path: Path, encoding: str) -> None:
    text = XML.format(encoding, XML_STUDENT.format(1, "Añe"))
    data = text.encode("utf-8" if encoding == "klingon" else encoding)
    assert read_district(put(tmp_path, s_xml=data)).people["first_name"].tolist() == ["Añe"]


def test_xml_may_begin_with_blank_lines_and_say_an_encoding_that_it_has_lost(tmp_path: Path) -> None:
    text = "\n\n" + XML.format("UTF-16", XML_STUDENT.format(1, "Añe"))
    assert read_district(put(tmp_path, s_xml=text)).people["first_name"].tolist() == ["Añe"]


def test_an_element_too_deep_to_follow_costs_only_itself(tmp_path: Path) -> None:
    deep = f"<Student>{'<a>' * 5000}{'</a>' * 5000}</Student>"
    text = XML.format("utf-8", XML_STUDENT.format(1, "Ana") + deep + XML_STUDENT.format(2, "Eva"))
    district = read_district(put(tmp_path, s_xml=text))
    assert district.people["record"].tolist() == ["1", "2"]
    assert district.findings.loc[district.findings["kind"].eq("record_broken"), "row"].tolist() == [2]
    assert adds_up(district)


# ------------------------------------------------------------------------------------------- between rows


def test_a_row_that_stands_twice_is_used_once_and_a_key_of_two_rows_is_told(tmp_path: Path) -> None:
    first = meals().splitlines()[1]
    other = first.replace("$1.00", "$7.00")
    district = read_district(put(tmp_path, m_csv="\n".join([HEAD, first, first, other]) + "\n"))
    rows = district.findings.set_index("kind")["row"].to_dict()
    assert rows == {"row_repeated": 3, "key_repeated": 4}
    assert district.fact("meal_account")["balance"].tolist() == [1.0, 7.0]
    assert adds_up(district)


def test_rows_that_differ_in_how_they_say_nothing_are_the_same_row(tmp_path: Path) -> None:
    ways = ({**STUDENT, "middleName": ""}, {**STUDENT, "middleName": None}, STUDENT)
    district = students(tmp_path, *map(json.dumps, ways))
    found = district.findings[district.findings["column"].notna()]
    assert found[["kind", "row"]].to_numpy().tolist() == [["row_repeated", 2], ["row_repeated", 3]]
    assert len(district.people) == 1
    assert adds_up(district)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            '<!DOCTYPE a [<!ENTITY b "c">]><Interchange><Student>&b;</Student></Interchange>',
            "entities",
        ),
        ("<InterchangeStudent><Student><StudentUniqueId>1</Stud", "line 1, column"),
    ],
)
def test_an_xml_file_that_nobody_can_read_says_why(text: str, reason: str, tmp_path: Path) -> None:
    """It is refused, or breaks in its first record: no layout can know it, yet the reason is known."""
    (tmp_path / "Student.xml").write_text(text, encoding="utf-8")
    district = read_district(tmp_path)
    assert district.findings[["kind", "action_taken"]].to_numpy().tolist() == [
        ["file_unreadable", "file_set_aside"]
    ]
    assert reason in district.findings["value"].iloc[0]
    (account,) = district.accounts.itertuples()
    assert account.rows == account.rows_set_aside
