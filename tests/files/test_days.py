"""Days without all their digits, and spreadsheet day numbers: read where sure, told always."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from helpers.files import read_district
from helpers.files.draft import draft_layouts
from helpers.files.findings import Findings
from helpers.files.parse.values import read_column
from helpers.layouts import Column
from helpers.standard import STRING
from tests.files.drafts import adds_up, written


def read(column: Column, *texts: str) -> tuple[list[str | None], list[str]]:
    """Read texts; give the days, and "kind done" of each finding."""
    findings = Findings("nurse", "nurse.csv")
    cells = pd.Series(pd.array(texts, dtype=STRING))
    values = read_column(cells, column, np.arange(2, len(texts) + 2), findings, name=column.name).values
    told = findings.frame()
    days = [None if pd.isna(one) else str(one)[:10] for one in values]
    return days, [f"{kind} {done}" for kind, done in zip(told["kind"], told["action_taken"], strict=True)]


ZERO, OPEN, NONE = "zeros_lost read_as", "date_ambiguous value_set_aside", "not_a_date value_set_aside"


@pytest.mark.parametrize(
    ("written", "text", "day", "told"),
    [
        # All digits.
        ("%m%d%y", "012109", "2009-01-21", None),
        ("%m%d%y", "120109", "2009-12-01", None),
        ("%d%m%y", "210109", "2009-01-21", None),
        ("%m%d%Y", "01212009", "2009-01-21", None),
        ("%Y%m%d", "20090121", "2009-01-21", None),
        ("%y%m%d", "090121", "2009-01-21", None),
        ("%Y%m%d%H%M", "200901210815", "2009-01-21", None),
        # One digit less: January 21 or December 1?
        ("%m%d%y", "12109", None, OPEN),
        ("%m%d%Y", "1212009", None, OPEN),
        ("%d%m%Y", "1112009", None, OPEN),
        ("%Y%m%d", "2009121", None, OPEN),
        # One digit less, and only one day in the calendar.
        ("%m%d%y", "52109", "2009-05-21", ZERO),
        ("%m%d%y", "13109", "2009-01-31", ZERO),
        ("%m%d%Y", "5212009", "2009-05-21", ZERO),
        ("%d%m%y", "91209", "2009-12-09", ZERO),
        ("%y%m%d", "91331", "1991-03-31", ZERO),
        ("%y%m%d", "90531", None, OPEN),
        # Two digits less, one more, and no day.
        ("%m%d%y", "1109", None, NONE),
        ("%Y%m%d", "200911", None, NONE),
        ("%m%d%y", "0121091", None, NONE),
        ("%m%d%y", "01212009", None, NONE),
        ("%m%d%Y", "012120091", None, NONE),
        ("%m%d%y", "132109", None, NONE),
        ("%m%d%y", "99999", None, NONE),
        # With something between, a missing zero leaves nothing open.
        ("%m/%d/%y", "1/5/09", "2009-01-05", None),
        ("%d%b%Y", "5Jan2009", "2009-01-05", None),
    ],
)
def test_a_day_without_all_its_digits_is_read_only_where_one_day_is_meant(
    written: str, text: str, day: str | None, told: str | None
) -> None:
    found = read(Column(name="Born", type="date", format=written), text)
    assert found == ([day], [told] if told else [])


def test_another_format_that_reads_a_day_whole_comes_before_a_lost_zero() -> None:
    column = Column(name="Born", type="date", format=["%m%d%y", "%Y%m%d"])
    assert read(column, "20090121") == (["2009-01-21"], [])


SEEN = Column(name="Seen", type="date", format="%m/%d/%Y")
DAYS = [f"{month}/15/2025" for month in range(1, 9)]
NUMBER = "date_as_number read_as"


def test_days_as_a_spreadsheet_counts_them_are_days_and_told_each() -> None:
    findings = Findings("nurse", "nurse.csv")
    cells = pd.Series(pd.array([*DAYS, "45991", "45658.375"], dtype=STRING))
    values = read_column(cells, SEEN, np.arange(2, 12), findings, name="Seen").values
    assert values.tolist()[-2:] == [pd.Timestamp("2025-11-30"), pd.Timestamp("2025-01-01")]
    told = findings.frame()
    assert told[["row", "value", "read_as"]].to_numpy().tolist() == [
        [10, "45991", "2025-11-30"],
        [11, "45658.375", "2025-01-01"],
    ]


def test_a_moment_keeps_its_clock() -> None:
    column = Column(name="Seen", type="datetime", format="%m/%d/%Y %H:%M")
    findings = Findings("nurse", "nurse.csv")
    cells = pd.Series(pd.array(["45991.34375"], dtype=STRING))
    values = read_column(cells, column, np.arange(2, 3), findings, name="Seen").values
    assert values.tolist() == [pd.Timestamp("2025-11-30 08:15")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        # The other days are from 2025-01-15 to 2025-08-15: two years are near, and a day more is not.
        ("44941", "2023-01-15"),
        ("44940", None),
        ("46615", "2027-08-16"),
        ("46616", None),
        ("12345", None),
        ("4599", None),
        ("459910", None),
        ("45991a", None),
    ],
)
def test_a_number_far_from_the_column_s_other_days_is_none(text: str, day: str | None) -> None:
    days, told = read(SEEN, *DAYS, text)
    assert days[-1] == day
    assert told == [NUMBER if day else NONE]


@pytest.mark.parametrize(
    ("text", "day"), [("10000", "1927-05-18"), ("73050", "2099-12-31"), ("73051", None), ("09999", None)]
)
def test_without_other_days_a_number_is_a_day_of_somebody_alive(text: str, day: str | None) -> None:
    assert read(SEEN, text) == ([day], [NUMBER if day else NONE])


def test_the_limits_of_a_column_hold_for_counted_days_too() -> None:
    column = Column(name="Born", type="date", format="%m/%d/%Y", minimum="2000-01-01")
    assert read(column, "36526") == (["2000-01-01"], [NUMBER])
    assert read(column, "36525") == ([None], ["out_of_range value_set_aside"])


def test_where_a_day_has_five_or_six_digits_a_number_is_no_count() -> None:
    assert read(Column(name="Born", type="date", format="%m%d%y"), "45991") == ([None], [NONE])


VISITS = "Student ID,First Name,Last Name,Visit Date,Reason\n" + "".join(
    f"10{n:02d},{'ABCDEFGHIJKLMNOPQRST'[n]}na,Ruiz{'abcdefghijklmnopqrst'[n]},{day},fall\n"
    for n, day in enumerate([*(f"2025-{n:02d}-15" for n in range(1, 11)), *map(str, range(45901, 45911))])
)


def test_a_draft_takes_a_column_for_days_where_some_are_counted_and_says_so(tmp_path: Path) -> None:
    (drafted,) = draft_layouts(written(tmp_path, nurse_DOT_csv=VISITS)).drafted
    guess = drafted.kind.guesses["Visit Date"]
    assert (guess.type, guess.formats) == ("date", ("%Y-%m-%d",))
    assert "spreadsheet day numbers" in guess.why + guess.open
    assert adds_up(read_district(tmp_path))


def test_a_draft_takes_a_column_of_counted_days_alone_by_its_head(tmp_path: Path) -> None:
    counted = [str(45901 + n) for n in range(20)]
    heads = {"Visit Date": "date", "DOB": "date", "Balance": "integer", "Zip": "string"}
    for head, kind in heads.items():
        place = tmp_path / head.replace(" ", "")
        text = f"Student ID,First Name,Last Name,{head}\n" + "".join(
            f"10{n:02d},{'ABCDEFGHIJKLMNOPQRST'[n]}na,Ruiz,{counted[n]}\n" for n in range(20)
        )
        (drafted,) = draft_layouts(written(place, nurse_DOT_csv=text)).drafted
        assert drafted.kind.guesses[head].type == kind


@pytest.mark.parametrize(("epoch", "day"), [(1900, "2025-11-30"), (1904, "2029-12-01")])
def test_a_workbook_says_from_when_its_numbers_count(tmp_path: Path, epoch: int, day: str) -> None:
    book = openpyxl.Workbook()
    if epoch == 1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.title = "Visits"
    sheet.append(["Student ID", "First Name", "Last Name", "Visit Date"])
    sheet.append(["1001", "Ana", "Ruiz", 45991])
    sheet.append(["1002", "Bo", "Li", dt.date(2025, 9, 1)])
    book.save(tmp_path / "nurse.xlsx")
    layout = """
layout = "nurse"
silo = "nurse"
title = "Nurse"
source = "the kit's own"
source_status = "own"
[[file]]
name = "visits"
path = "*.xlsx"
sheet = "Visits"
format = "xlsx"
row_is = "a visit"
columns = [{ name = "Student ID" }, { name = "First Name" }, { name = "Last Name" },
  { name = "Visit Date", type = "date", format = "%m/%d/%Y" }]
[[file.makes]]
table = "people"
take = { local_id = "Student ID", first_name = "First Name", last_surname = "Last Name" }
[[file.makes]]
table = "health_visit"
take = { local_id = "Student ID", date = "Visit Date" }
"""
    district = read_district(written(tmp_path, layouts__nurse_DOT_toml=layout))
    visits = district["nurse"].fact("health_visit")["date"]
    assert visits.tolist() == [pd.Timestamp(day), pd.Timestamp("2025-09-01")]
    told = district.findings[district.findings["kind"].eq("date_as_number")]
    assert told[["value", "read_as", "row"]].to_numpy().tolist() == [["45991", day, 2]]


HEADLESS = """
layout = "club"
silo = "club"
title = "Club"
source = "the kit's own"
source_status = "own"
[[file]]
name = "members"
path = "members.csv"
format = "csv"
row_is = "a child"
columns = [{ name = "id", required = true }, { name = "first" }, { name = "last" }]
[[file.makes]]
table = "people"
take = { local_id = "id", first_name = "first", last_surname = "last" }
"""


def club(place: Path, text: str) -> tuple[list[str], list[list[object]]]:
    """Read a club's list; give first names, and what is told."""
    district = read_district(written(place, layouts__club_DOT_toml=HEADLESS, members_DOT_csv=text))
    assert adds_up(district)
    told = district.findings[["kind", "action_taken", "row", "column", "value"]]
    names = sorted(district.people["first_name"])
    return names, [[None if pd.isna(one) else one for one in row] for row in told.to_numpy().tolist()]


@pytest.mark.parametrize(
    "text",
    [
        "id,first,last,,\n1,Ana,Ruiz\n2,Bo,Li\n",
        "id,first,last,,\n1,Ana,Ruiz,,\n2,Bo,Li,\n",
        "id,first,last, ,\n1,Ana,Ruiz, ,\n2,Bo,Li\n",
        "id,,first,last\n1,,Ana,Ruiz\n2,,Bo,Li\n",
        "id,first,last,,,,,,,,\n1,Ana,Ruiz\n2,Bo,Li,,,,,,,,\n",
    ],
)
def test_columns_without_a_head_and_without_a_cell_cost_nothing(tmp_path: Path, text: str) -> None:
    assert club(tmp_path, text) == (["Ana", "Bo"], [])


def test_a_filled_cell_without_a_head_is_listed_and_its_row_is_used(tmp_path: Path) -> None:
    text = "id,first,last,,\n1,Ana,Ruiz,,left\n2,Bo,Li\n3,Cy,Poe,x,\n"
    assert club(tmp_path, text) == (
        ["Ana", "Bo", "Cy"],
        [
            ["cells_surplus", "quarantined", 2, "column 5", "left"],
            ["cells_surplus", "quarantined", 4, "column 4", "x"],
        ],
    )


def test_a_row_that_lacks_a_cell_with_a_head_is_still_set_aside(tmp_path: Path) -> None:
    names, told = club(tmp_path, "id,first,last,,\n1,Ana\n2,Bo,Li\n")
    assert names == ["Bo"]
    assert [row[:3] for row in told] == [["cells_missing", "row_set_aside", 2]]


def test_a_oneroster_zip_with_empty_heads_at_the_end_is_read(tmp_path: Path) -> None:
    orgs = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId,,,,,,,,\n"
    orgs += "s1,,,Oak High,school,12,\n"
    users = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
    users += "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,,,\n"
    users += "u1,,,true,s1,student,aruiz,,Ana,Ruiz,,1001,,,,,05,\n"
    users += "u2,,,true,s1,teacher,tlee,,Tom,Lee,,9,,,,,,\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("orgs.csv", orgs)
        archive.writestr("users.csv", users)
    district = read_district(written(tmp_path, lms__oneroster_DOT_zip=packed.getvalue()))
    people = district.people.set_index("first_name")["role"].to_dict()
    assert people == {"Ana": "Student", "Tom": "Staff"}
    assert district.accounts["rows_set_aside"].sum() == 0
    assert adds_up(district)
