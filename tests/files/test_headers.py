"""Headers that are not as declared: other case, other place, twice; what they stand over is kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district

HEAD = [
    "Customer ID",
    "Customer Last Name",
    "Customer First Name",
    "Customer Birthdate",
    "District School Number",
    "PIN",
    "Grade",
    "Active Status",
    "Balance",
]
ROWS = [
    ["1001", "Diaz", "Ana", "01/02/2014", "7", "1111", "06", "Active", "$1.00"],
    ["1002", "Ruiz", "Leo", "03/04/2015", "7", "1112", "05", "Active", "$2.50"],
]


def read(folder: Path, lines: list[str], encoding: str = "utf-8") -> District:
    (folder / "meals.csv").write_text("\n".join(lines) + "\n", encoding=encoding)
    return read_district(folder)


def kinds_told(district: District) -> list[str]:
    return sorted(district.findings["kind"].tolist())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> District:
    """The same file as its layout declares it."""
    return read(tmp_path_factory.mktemp("plain"), [",".join(row) for row in [HEAD, *ROWS]])


def same_people(left: District, right: District) -> bool:
    mine, theirs = left.people.drop(columns="silo"), right.people.drop(columns="silo")
    pd.testing.assert_frame_equal(mine, theirs)
    return left.fact("meal_account")["balance"].tolist() == right.fact("meal_account")["balance"].tolist()


@pytest.mark.parametrize(
    ("above", "delimiter", "kinds"),
    [
        (["sep=;"], ";", ["title_rows", "delimiter_other"]),
        (["Customers of Riverbend"], ",", ["title_rows"]),
        (["Customers of Riverbend", "", "As of 30 April, all schools"], ",", ["title_rows"]),
        (['"Customers\nof Riverbend"'], ",", ["title_rows"]),
        (["Customers;all"], ";", ["title_rows", "delimiter_other"]),
    ],
)
def test_a_header_below_titles_is_found_and_told(
    above: list[str], delimiter: str, kinds: list[str], plain: District, tmp_path: Path
) -> None:
    district = read(tmp_path, [*above, *(delimiter.join(row) for row in [HEAD, *ROWS])])
    assert same_people(district, plain)
    assert kinds_told(district) == sorted(kinds)
    accounts = district.accounts.iloc[0]
    assert accounts["rows"] == len(above) + 3
    assert accounts["rows_structure"] == len(above) + 1
    assert accounts["rows_used"] == 2
    assert district.person_rows["row"].tolist() == [len(above) + 2, len(above) + 3]


def test_rows_of_data_above_a_header_are_no_titles(tmp_path: Path) -> None:
    """A file that was put together from two, the first without its header, is unknown and not half read."""
    lines = [",".join(row) for row in [ROWS[0], HEAD, ROWS[1]]]
    district = read(tmp_path, lines)
    assert kinds_told(district) == ["file_unknown"]
    assert district.accounts["rows_set_aside"].tolist() == [3]


def test_a_column_in_other_case_is_read_and_told(plain: District, tmp_path: Path) -> None:
    head = [name.upper() if name in ("PIN", "Balance", "Grade") else name for name in HEAD]
    district = read(tmp_path, [",".join(row) for row in [head, *ROWS]])
    assert same_people(district, plain)
    findings = district.findings[["kind", "column", "action_taken", "read_as"]].values.tolist()
    assert findings == [
        ["column_renamed", "GRADE", "read_as", "Grade"],
        ["column_renamed", "BALANCE", "read_as", "Balance"],
    ]


@pytest.mark.parametrize("again", ["Grade", "GRADE", "Remarks"])
def test_a_column_that_stands_twice_overwrites_nothing(again: str, plain: District, tmp_path: Path) -> None:
    head = [*HEAD, again, *(["Remarks"] if again == "Remarks" else [])]
    extra = ["12"] * (len(head) - len(HEAD))
    district = read(tmp_path, [",".join(row) for row in [head, *([*row, *extra] for row in ROWS)]])
    assert same_people(district, plain)
    found = district.findings
    assert set(found["action_taken"]) == {"quarantined"}
    expected = {"Grade": {"column_repeated"}, "GRADE": {"column_unknown"}}
    assert set(found["kind"]) == expected.get(again, {"column_unknown", "column_repeated"})
