"""Files of a system that keeps no number: who is one record in all of them; what an empty cell selects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import read_district
from helpers.files.draft import draft_layouts
from helpers.files.findings import Findings
from helpers.files.parse.records import make_records
from helpers.files.parse.values import read_column
from helpers.files.writers.values import render_column
from helpers.layouts import Column
from helpers.standard import STRING
from tests.files.drafts import run


def rows(*given: tuple[str, int, str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(given, columns=["file", "row", "first_name", "last_surname", "birth_date"])
    frame["birth_date"] = pd.to_datetime(frame["birth_date"]).astype("datetime64[us]")
    return frame.astype(dict.fromkeys(("file", "first_name", "last_surname"), STRING)).astype(
        {"row": "Int64"}
    )


def test_a_name_and_birth_date_in_two_files_is_one_record_and_another_spelling_is_not() -> None:
    people = make_records(
        rows(
            ("list.csv", 2, "Ana", "Ruiz", "2014-03-05"),
            ("list.csv", 3, "Leo", "Ruiz", "2016-01-09"),
            ("visits.csv", 2, "Ana", "Ruiz", "2014-03-05"),
            ("visits.csv", 3, "Anna", "Ruiz", "2014-03-05"),
            ("visits.csv", 4, "Ana", "Ruiz", "2014-03-05"),
            ("visits.csv", 5, "Leo", "Ruiz", None),
        ),
        "health",
    )

    assert people.record_of.tolist() == [
        "list.csv#2", "list.csv#3", "list.csv#2", "visits.csv#3", "list.csv#2", "visits.csv#5",
    ]  # fmt: skip
    assert people.findings.empty


def test_two_school_years_of_one_child_are_one_record_and_the_later_row_names_the_year() -> None:
    listed = rows(
        ("tests.csv", 2, "Ana", "Ruiz", "2014-03-05"), ("tests.csv", 3, "Ana", "Ruiz", "2014-03-05")
    )
    years = pd.array([2025, 2026], dtype="Int64")
    people = make_records(listed.assign(school_year=years), "tests")

    assert people.people["record"].tolist() == ["tests.csv#2"]
    assert people.people["school_year"].tolist() == [2026]


def test_nobody_chooses_between_two_of_one_name_and_birth_date() -> None:
    listed = rows(
        ("list.csv", 2, "Ana", "Ruiz", "2014-03-05"),
        ("list.csv", 3, "Ana", "Ruiz", "2014-03-05"),
        ("visits.csv", 2, "Ana", "Ruiz", "2014-03-05"),
    ).assign(school_id=pd.array(["1", "2", None], dtype=STRING))
    people = make_records(listed, "health")

    assert people.record_of.tolist() == ["list.csv#2", "list.csv#3", "visits.csv#2"]


@pytest.mark.parametrize(
    ("text", "read"), [("08:05", "08:05:00"), ("8:05", "08:05:00"), ("25:10", None), ("noon", None)]
)
def test_a_time_of_day_is_read_by_its_declared_form_and_written_back(text: str, read: str | None) -> None:
    column = Column(name="Time In", type="time", format="%H:%M")
    findings = Findings("health", "visits.csv")
    values = read_column(
        pd.Series([text], dtype=STRING), column, np.array([2]), findings, name="Time In"
    ).values

    assert values.astype(STRING).fillna("").tolist() == [read or ""]
    if read:
        assert render_column(values, column).tolist() == ["08:05"]


LAYOUT = """
layout = "plans/list"
silo = "plans"
title = "Plans"
source = "the kit's own"
source_status = "own"
[[file]]
name = "plans"
path = "*.csv"
format = "csv"
row_is = "a plan"
columns = [
  { name = "Id", identification_system = "State", meaning = "Number" },
  { name = "Ended", type = "date", meaning = "Last day" },
]
[[file.makes]]
table = "people"
take = { local_id = "Id" }
[[file.makes]]
table = "program"
where = { Ended = [""] }
set = { status = "Active" }
take = { local_id = "Id" }
[[file.makes]]
table = "program"
unless = { Ended = [""] }
set = { status = "Exited" }
take = { local_id = "Id", end_date = "Ended" }
"""


def test_rows_can_be_told_by_an_empty_cell(tmp_path: Path) -> None:
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "plans.toml").write_text(LAYOUT, encoding="utf-8")
    (tmp_path / "plans.csv").write_text("Id,Ended\n7,\n8,2026-02-03\n", encoding="utf-8")

    program = next(iter(read_district(tmp_path).values())).facts["program"]
    assert dict(zip(program["record"], program["status"], strict=True)) == {"7": "Active", "8": "Exited"}


VISITS = """
layout = "visits"
silo = "visits"
title = "Visits"
source = "the kit's own"
source_status = "own"
[[file]]
name = "visits"
path = "visits.csv"
format = "csv"
row_is = "a visit"
columns = [{ name = "Name" }, { name = "Day", type = "date" }]
[[file.makes]]
table = "people"
take = { full_name = "Name" }
"""
EVENT = """
[[file.makes]]
table = "health_visit"
take = { date = "Day" }
"""
TOLD = "a person in one row, or an id in each: the same stands in row"
NUMBERED = "Student ID,First,Last\n81,Ana,Ruiz\n82,Bo,Li\n83,Ana,Ruiz\n81,Ana,Ruiz\n"
LIST = (
    "First,Last,Club\nAna,Ruiz,chess\nBo,Li,chess\nAna,Ruiz,chess\nAna,Ruiz,art\nBo,Li,chess\nBo,Li,chess\n"
)


def test_rows_alike_in_a_list_without_ids_are_told_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "clubs.csv").write_text(LIST, encoding="utf-8")
    draft_layouts(tmp_path)
    district = read_district(tmp_path)
    assert district.people["record"].tolist() == ["clubs.csv#2", "clubs.csv#3"]
    told = district.findings[district.findings["kind"].eq("rows_alike")]
    assert told[["file", "row", "expected"]].values.tolist() == [
        ["clubs.csv", 4, f"{TOLD} 2"], ["clubs.csv", 5, f"{TOLD} 2"],
        ["clubs.csv", 6, f"{TOLD} 3"], ["clubs.csv", 7, f"{TOLD} 3"],
    ]  # fmt: skip
    assert told["action_taken"].unique().tolist() == ["read_as"]
    out = tmp_path / "out"
    assert run("read", tmp_path, "--out", out).exit_code == 0
    saved = pd.read_csv(out / "findings.csv", dtype=str)  # of a real folder too: it is no word of a child
    assert saved.loc[saved["kind"].eq("rows_alike"), "expected"].tolist() == told["expected"].tolist()
    # With an id nothing has to be guessed, and a row of its own is a person of its own.
    for text in (NUMBERED, "First,Last,Club\nAna,Ruiz,chess\nAna,Ruis,chess\n"):
        folder = tmp_path / str(len(text))
        folder.mkdir()
        (folder / "clubs.csv").write_text(text, encoding="utf-8")
        draft_layouts(folder)
        assert "rows_alike" not in set(read_district(folder).findings["kind"])


@pytest.mark.parametrize("fact", ["", EVENT], ids=["a list of people", "an event a row"])
def test_rows_alike_that_are_events_are_nothing_odd(tmp_path: Path, fact: str) -> None:
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "visits.toml").write_text(VISITS + fact, encoding="utf-8")
    (tmp_path / "visits.csv").write_text(
        "Name,Day\nAna Ruiz,2026-02-03\nAna Ruiz,2026-02-03\n", encoding="utf-8"
    )
    district = read_district(tmp_path)
    assert district.findings["kind"].tolist() == ([] if fact else ["rows_alike"])
    assert district.accounts["rows_used"].tolist() == [2]
