"""Text is read by its declaration; anything else is used only where nothing is guessed, and is told."""

from __future__ import annotations

import codecs
import math
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.files import render
from helpers.files.findings import FOLD_BEYOND, Findings
from helpers.files.parse.dates import from_serial, serial_of
from helpers.files.parse.values import read_column
from helpers.files.readers.decode import read_text
from helpers.files.text_table import unique_names
from helpers.layouts import Column, FileLayout
from helpers.standard import STRING


def read(column: Column, *texts: str | None) -> tuple[list[object], dict[str, str]]:
    """Read texts; give the values, and kind: done of what was found."""
    findings = Findings("meals", "meals.csv")
    cells = pd.Series(pd.array(texts, dtype=STRING))
    values = read_column(cells, column, np.arange(2, len(texts) + 2), findings, name=column.name).values
    told = findings.frame()
    return [None if pd.isna(value) else value for value in values], dict(
        zip(told["kind"], told["action_taken"], strict=True)
    )


MONEY = Column(name="Balance", type="number", format="$#,##0.00")
DATE = Column(name="Birthdate", type="date", format="%m/%d/%Y", minimum="1900-01-01")
MIXED = Column(name="Birthdate", type="date", format=["%m/%d/%Y", "%d/%m/%Y"])
YEAR = Column(name="schoolYear", type="school_year", format="YYYY")
SPAN = Column(name="SchoolYear", type="school_year", format="YYYY-YYYY")
GRADE = Column(name="Grade", type="code", codes="grade_level")
FLAG = Column(name="primary", type="boolean", format="true|false")
ID = Column(name="Customer ID", identification_system="Undeclared")


@pytest.mark.parametrize(
    ("column", "text", "value", "told"),
    [
        (MONEY, "-$1,234.50", -1234.5, {}),
        (MONEY, "($3.20)", -3.2, {"not_a_number": "read_as"}),
        (MONEY, "12", 12.0, {"not_a_number": "read_as"}),
        (MONEY, "owes 3", None, {"not_a_number": "value_set_aside"}),
        (MONEY, "$", None, {"not_a_number": "value_set_aside"}),
        (MONEY, "NULL", None, {"null_as_text": "value_set_aside"}),
        (MONEY, "  ", None, {}),
        (DATE, "02/03/2014", pd.Timestamp(2014, 2, 3), {}),
        (DATE, "13/02/2014", None, {"not_a_date": "value_set_aside"}),
        (DATE, "02/30/2014", None, {"not_a_date": "value_set_aside"}),
        (DATE, "02/03/0209", None, {"out_of_range": "value_set_aside"}),
        (MIXED, "02/03/2014", pd.Timestamp(2014, 2, 3), {"date_ambiguous": "read_as"}),
        (MIXED, "13/02/2014", pd.Timestamp(2014, 2, 13), {}),
        (YEAR, "2026", 2026, {}),
        (YEAR, "2025-2026", 2026, {"not_a_school_year": "read_as"}),
        (YEAR, "2025-2029", None, {"not_a_school_year": "value_set_aside"}),
        (SPAN, "2025-2026", 2026, {}),
        (GRADE, "06", "06", {}),
        (GRADE, "k", "KG", {"not_in_codes": "read_as"}),
        (GRADE, "Gr 7", None, {"not_in_codes": "value_set_aside"}),
        (FLAG, "true", True, {}),
        (FLAG, "Y", True, {"not_a_boolean": "read_as"}),
        (ID, "00123", "00123", {}),
        (ID, "1.2E+09", None, {"scientific_notation": "value_set_aside"}),
        (ID, "1.23456E+05", "123456", {"scientific_notation": "read_as"}),
        (ID, "1.2345E+05", None, {"scientific_notation": "value_set_aside"}),
        (Column(name="Name", required=True), None, None, {"required_empty": "nothing"}),
        (Column(name="Name", max_length=3), "Anna", "Anna", {"too_long": "nothing"}),
        (Column(name="Name"), " José ", "José", {}),
    ],
)
def test_a_text_is_read_as_declared_or_told(
    column: Column, text: str, value: object, told: dict[str, str]
) -> None:
    assert read(column, text) == ([value], told)


def test_an_end_date_that_is_the_day_after_becomes_the_last_day() -> None:
    column = Column(name="endDate", type="date", format="%Y-%m-%d", exclusive=True)
    assert read(column, "2026-06-12")[0] == [pd.Timestamp(2026, 6, 11)]


def test_ids_that_lost_their_zeros_are_told_and_never_padded() -> None:
    ids = ["104711", "204712", "304713", "404714", "504715", "604716", "704717", "804718", "904719", "4720"]
    values, told = read(ID, *ids, "14721")
    assert values[-2:] == ["4720", "14721"]
    assert told == {"zeros_lost": "nothing"}
    assert read(ID, "900001", "900002", "910000003", "910000004", "910000005")[1] == {}


def test_findings_beyond_a_thousand_are_folded_and_still_counted() -> None:
    findings = Findings("meals", "meals.csv")
    findings.add_rows("not_a_date", "value_set_aside", range(2, 5002), column="Birthdate", value="?")
    findings.add_rows("cells_missing", "row_set_aside", range(2, 3002))
    told = findings.frame()
    dates = told[told["kind"].eq("not_a_date")]
    assert (len(dates), dates["times"].sum()) == (FOLD_BEYOND, 5000)
    assert told["kind"].eq("cells_missing").sum() == 3000


CENTS = st.integers(-10_000_000, 10_000_000)
DAYS = st.dates(min_value=pd.Timestamp(1900, 1, 1).date(), max_value=pd.Timestamp(2100, 1, 1).date())
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)


@given(
    st.lists(st.tuples(TEXT, DAYS, CENTS, st.sampled_from(["PK", "KG", "01", "12"])), min_size=1, max_size=20)
)
def test_what_is_rendered_is_read_again(rows: list[tuple[str, object, int, str]]) -> None:
    """Reading is the inverse of rendering, for any name, date, amount and grade."""
    file = FileLayout(
        name="customers", path="c.csv", format="csv", row_is="a customer",
        columns=[Column(name="Name"), DATE.model_copy(update={"minimum": None}), MONEY, GRADE],
    )  # fmt: skip
    frame = pd.DataFrame(
        {
            "Name": pd.array([name for name, *_ in rows], dtype=STRING),
            "Birthdate": pd.to_datetime([day for _, day, *_ in rows]).astype("datetime64[us]"),
            "Balance": [cents / 100 for *_, cents, _ in rows],
            "Grade": pd.array([grade for *_, grade in rows], dtype=STRING),
        }
    )
    table = render(frame, file)
    findings = Findings("meals", "c.csv")
    for column in file.columns:
        back = read_column(
            table.rows[column.name], column, np.arange(len(frame)), findings, name=column.name
        ).values
        if column.name == "Balance":
            assert all(math.isclose(a, b, abs_tol=1e-9) for a, b in zip(back, frame["Balance"], strict=True))
        elif column.name == "Name":
            composed = frame["Name"].str.normalize("NFC")
            kept = composed.ne("NULL")
            assert back[kept].tolist() == composed[kept].tolist()
        else:
            assert back.tolist() == frame[column.name].tolist()
    assert set(findings.frame()["kind"]) <= {"null_as_text"}


@pytest.mark.parametrize(
    ("usual", "told"),
    [("123", {}), ("1234", {"zeros_lost": "nothing"}), ("12345", {"zeros_lost": "nothing"})],
)
def test_an_id_that_lacks_a_digit_is_told_of_from_four_digits_on(usual: str, told: dict[str, str]) -> None:
    """Room numbers have three digits or two; nobody cut a zero there."""
    whole = [str(int(usual) + more) for more in range(10)]
    _, found = read(ID, *whole, usual[1:])
    assert found == told


def test_a_byte_order_mark_says_more_than_the_layout() -> None:
    findings = Findings("meals", "meals.csv")
    marked = codecs.BOM_UTF8 + "Zoë;Åsa;“Ana”\n".encode()
    assert read_text(marked, "windows-1252", findings)[0].decode() == "Zoë;Åsa;“Ana”\n"
    assert findings.frame().empty
    assert read_text("Zoë".encode("windows-1252"), "windows-1252", findings)[0].decode() == "Zoë"


@pytest.mark.parametrize(("serial", "epoch"), [(35981, 1900), (34519, 1904)])
def test_a_serial_number_is_a_day_of_its_spreadsheet_s_date_system(serial: int, epoch: int) -> None:
    """July 5, 1998 in both systems: Microsoft's own example."""
    assert from_serial(serial, epoch) == datetime(1998, 7, 5)


@pytest.mark.parametrize(
    ("written", "serial"), [("%y%j", None), ("%m%d%y", None), ("%m/%d/%y", 45991.0), ("%Y%m%d", 45991.0)]
)
def test_five_digits_of_a_date_without_separators_are_no_serial_number(
    written: str, serial: float | None
) -> None:
    assert serial_of("45991", [written]) == serial


def test_no_two_headers_get_one_name_even_if_a_file_has_such_a_name_itself() -> None:
    assert unique_names(["Name", "Name#2", "Name"]) == ["Name", "Name#2", "Name#3"]
    assert unique_names(["Name", "Name", "Name#2", "Name"]) == ["Name", "Name#2", "Name#2#2", "Name#3"]
