"""Layouts that no synthetic district uses are read as they say; files written out stand in for real ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district
from tests.exports_by_hand import DOSES, INCIDENTS, STUDENTS, WITH_TWO_TESTS

IDENTITY = ["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]


@pytest.fixture(scope="module")
def district(exports_by_hand: Path) -> District:
    return read_district(exports_by_hand)


def test_each_system_is_known_by_its_files_and_every_row_adds_up(
    district: District, exports_by_hand: Path
) -> None:
    assert {name: silo.layout.layout for name, silo in district.items()} == {
        "edfi": "attendance/edfi_xml",
        "canvas": "lms/canvas_lms_toolkit",
        "sat": "assessment/college_board_sat",
    }
    assert not district.synthetic
    accounts = district.accounts
    assert (accounts["rows"] == accounts[IDENTITY].sum(axis=1)).all()
    on_disk = {path.relative_to(exports_by_hand).as_posix() for path in exports_by_hand.rglob("*.*")}
    assert set(accounts["file"]) == on_disk
    for silo in district.values():
        assert silo.people["role"].eq("Student").sum() == len(STUDENTS)
    # Nothing is odd in them but the names that are nobody's.
    assert set(district.findings["kind"]) == {"name_placeholder"}


def test_incidents_are_followed_to_the_action_and_doses_counted(district: District) -> None:
    edfi = district["edfi"]
    incidents = edfi.fact("incident").set_index("incident_id")
    assert incidents["record"].to_dict() == {number: student for number, _, student, _ in INCIDENTS}
    assert incidents["date"].dt.strftime("%Y-%m-%d").to_dict() == {
        number: day for number, day, _, _ in INCIDENTS
    }
    assert incidents["participation"].eq("Offender").all()
    days = edfi.fact("discipline_action").set_index("record")["days"].to_dict()
    assert days == {student: float(length) for _, _, student, length in INCIDENTS}
    doses = edfi.fact("immunization")
    assert (len(doses), int(doses["date"].isna().sum())) == (len(DOSES), 1)


def test_what_was_handed_in_is_followed_to_its_assignment(district: District) -> None:
    scores = district["canvas"].fact("assignment_score")
    assert len(scores) == len(STUDENTS)
    assert set(scores["title"]) == {"Fractions"}
    assert scores["score_possible"].eq(100).all()
    assert scores["due_date"].eq(pd.Timestamp("2021-09-01")).all()
    assert scores["score_status"].value_counts().to_dict() == {"Graded": 4, "Late": 4, "Missing": 4}
    assert scores["score"].isna().sum() == 4


def test_placeholders_name_nobody_and_each_administration_is_a_result(district: District) -> None:
    sat = district["sat"]
    assert sat.people["name_status"].eq("Placeholder").all()
    assert sat.people["linkable_by"].eq("Identifier only").all()
    results = sat.fact("assessment_result")
    totals = results[results["academic_subject"].isna() & results["score_method"].eq("Scale score")]
    assert len(totals) == len(STUDENTS) + 1
    of_one = totals[totals["record"].eq(f"{WITH_TWO_TESTS}00a")].sort_values("administration_date")
    assert of_one["result"].tolist() == [880.0, 930.0]
    assert of_one["administration_date"].tolist() == [pd.Timestamp("2021-04-05"), pd.Timestamp("2021-10-12")]
