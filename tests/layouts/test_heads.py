"""A head that is a person, a day, a telephone, an id or an address is refused; words of heads are not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from helpers.files.text_table import unique_names
from helpers.layouts import all_layouts
from helpers.layouts.headers import is_data_head
from helpers.layouts.layout import read_layout
from helpers.standard import BadInput

DATA = [
    "Ruiz, Ana", "RUIZ, ANA", "Batungbakal, Trisha J.", "De La Cruz, Mitzy B", "O'Brien, Anthony", "Anthony",
    "Anthony Allen", "José Ruiz", "Student: Allen, Anthony", "08/09/2014", "8/9/14", "2014-08-09",
    "2014-08-09T10:14:00", "Oct 3, 2025", "3-Oct-2025", "Friday, October 3, 2025", "345-555-0183",
    "(345) 555-0183", "+1 345 555 0183", "555-0183", "ana.ruiz@students.example", "Ana (ana@x.org)", "107262",
    "67262", "P 107262", "S0012345", "123-45-6789", "182 N Walnut Ct", "7 Oak St Apt 19A", "PO Box 12",
    "Allen, Anthony            07262    6   21.03", "00000000-0000-0000-0000-000000000001",
]  # fmt: skip
HEADS = [
    "Date of Birth", "Grade 05", "2024-25 GPA", "2024-25", "24-25", "Q1", "Jan", "Phone 1",
    "Absences 09/2025", "Last, First", "Name (Last, First)", "City, State", "Student", "9/3", "9-12",
    "1", "2025", "4021", "Mark",
    "May", "Page", "Art", "Grace Period", "Summer", "Jordan Score", "Home Phone", "E-mail", "Essay (12345)",
    "Anne Frank (12345)", "Romeo & Juliet, Act 1", "504 Plan", "21st Century", "Street", "Column 3",
    "student.birthdate", "3.NBT.1", "Week of 9/3", "Reading, Math", "10 Points", "", "-",
]  # fmt: skip


@pytest.mark.parametrize("head", DATA)
def test_a_head_that_is_data_is_refused(head: str) -> None:
    assert is_data_head(head)
    assert unique_names(["Grade", head]) == ["Grade", "Column 2"]


@pytest.mark.parametrize("head", HEADS)
def test_a_word_of_a_head_is_kept(head: str) -> None:
    assert not is_data_head(head)


@pytest.mark.parametrize(("head", "refused"), [("1234", False), ("12345", True), ("123456", True)])
def test_a_number_is_an_id_from_five_digits_on(head: str, refused: bool) -> None:
    assert is_data_head(head) is refused


def test_no_column_of_a_layout_of_the_kit_is_refused(project: Path) -> None:
    declared = [
        name
        for layout in all_layouts().values()
        for file in layout.files
        for column in file.columns
        for name in [column.name, *column.aliases]
    ]
    observed = project / "tests" / "layouts" / "terms" / "observed_headers.csv"
    with observed.open(encoding="utf-8", newline="") as lines:
        seen = [row["column"] for row in csv.DictReader(lines)]
    assert len(declared) > 1000
    assert [name for name in declared + seen if is_data_head(name)] == []


def test_a_layout_that_names_a_column_by_a_child_is_refused_without_the_name(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(
        'layout = "x"\nsilo = "x"\ntitle = "x"\nsource = "x"\nsource_status = "own"\n[[file]]\nname = "f"\n'
        'path = "f.csv"\nformat = "csv"\nrow_is = "a child"\n'
        'columns = [{ name = "Grade" }, { name = "Castillo, Anthony" }]\n',
        encoding="utf-8",
    )
    with pytest.raises(BadInput, match="the name of its column 2 looks like a person") as refused:
        read_layout(path)
    assert "Castillo" not in str(refused.value)
    assert "call it 'Column 2'" in str(refused.value)
