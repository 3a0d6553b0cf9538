"""Planted faults, and the findings by which they were noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from helpers.score import detected_faults
from helpers.score.findings import is_detectable
from helpers.standard import as_table
from tests.made_by_hand import Made, finding, made


def planted(*faults: dict[str, Any]) -> Made:
    """Two children in two silos; the meals record m1 stands on rows 4 and 14."""
    district = made(
        [
            ("sis", "s1", "P1", "a"),
            ("sis", "s2", "P2", "b"),
            ("meals", "m1", "P1", "a"),
            ("meals", "m2", "P2", "b"),
        ]
    )
    further = pd.DataFrame([{"silo": "meals", "record": "m1", "file": "meals.csv", "row": 14}])
    district.person_rows = as_table("person_rows", pd.concat([district.person_rows, further]))
    rows = [
        {"fault": f"F{place}", "order": place, "silo": "meals", "file": "meals.csv"} | fault
        for place, fault in enumerate(faults)
    ]
    district.key = replace(district.key, faults=as_table("key_faults", pd.DataFrame(rows)))
    return district


def shares(district: Made, *findings: pd.DataFrame, **more: Any) -> dict[tuple[str, str], tuple[int, int]]:
    whole = detected_faults(district, pd.concat(findings), key=district.key, **more)
    counted = whole.groupby(["kind", "detected_by"])["detected"].agg(["size", "sum"])
    return {kinds: (planted, noticed) for kinds, planted, noticed in counted.itertuples()}


def test_a_refused_id_column_is_noticed_in_whichever_rows_its_fault_lies() -> None:
    shifted = {"kind": "id_column_shifted", "detected_by": "id_column_refused"}
    district = planted(
        {"row": 4, "column": "Customer ID", **shifted},
        {"row": 5, "column": "Customer ID", **shifted},
        {"row": 5, "column": "PIN", **shifted},
    )
    refused = finding("meals", 4, "id_column_refused").assign(
        row=pd.array([pd.NA], dtype="Int64"), column="Customer ID"
    )
    counted = {("id_column_shifted", "id_column_refused"): (3, 2)}
    assert shares(district, as_table("findings", refused)) == counted


def test_a_fault_in_a_cell_is_noticed_at_that_row_and_column() -> None:
    bad_date = {"kind": "impossible_date", "detected_by": "not_a_date"}
    district = planted(
        {"row": 4, "column": "Born", **bad_date},
        {"row": 5, "column": "Born", **bad_date},
        {"row": 6, "column": "Born", **bad_date},
    )
    there = finding("meals", 4, "not_a_date").assign(column="Born")
    other_column = finding("meals", 5, "not_a_date").assign(column="Paid on")
    other_kind = finding("meals", 6, "too_long").assign(column="Born")
    assert shares(district, there, other_column, other_kind) == {("impossible_date", "not_a_date"): (3, 1)}


def test_the_last_of_folded_findings_stands_for_all_that_follow() -> None:
    fault = {"kind": "zeros", "detected_by": "zeros_lost", "column": "Id"}
    district = planted(*({"row": row, **fault} for row in (4, 5, 6)))
    folded = finding("meals", 5, "zeros_lost").assign(column="Id", times=2)
    assert shares(district, folded) == {("zeros", "zeros_lost"): (3, 2)}


def test_a_finding_about_a_person_may_stand_at_any_row_of_the_record() -> None:
    district = planted({"row": 14, "column": "Born", "kind": "typo", "detected_by": "birth_date_disagrees"})
    assert shares(district, finding("meals", 4, "birth_date_disagrees")) == {
        ("typo", "birth_date_disagrees"): (1, 1)
    }


def test_a_disagreement_also_notices_a_fault_of_the_anchor_when_the_crosswalk_is_given() -> None:
    wrong_in_sis = {
        "row": 2,
        "silo": "sis",
        "file": "sis.csv",
        "kind": "typo",
        "detected_by": "birth_date_disagrees",
    }
    district = planted(wrong_in_sis)
    found = finding("meals", 4, "birth_date_disagrees")
    assert shares(district, found) == {("typo", "birth_date_disagrees"): (1, 0)}
    assert shares(district, found, crosswalk=district.crosswalk) == {("typo", "birth_date_disagrees"): (1, 1)}


def test_a_fault_of_several_changes_counts_once_and_file_faults_by_file() -> None:
    twice = {"fault": "X", "row": 4, "kind": "shifted", "detected_by": "cells_surplus"}
    district = planted(
        {**twice, "column": "A"},
        {**twice, "column": "B"},
        {"kind": "delimiter", "column": "delimiter", "detected_by": "delimiter_other"},
        {"row": 4, "kind": "unseen", "detected_by": "Not findable"},
        {"row": 4, "kind": "measured", "detected_by": "roster_lag"},
    )
    surplus = finding("meals", 4, "cells_surplus")
    whole_file = finding("meals", 0, "delimiter_other").assign(row=pd.array([pd.NA], dtype="Int64"))
    assert shares(district, surplus, whole_file) == {
        ("delimiter", "delimiter_other"): (1, 1),
        ("shifted", "cells_surplus"): (1, 1),
    }


def test_a_repeated_key_is_noticed_at_the_row_that_repeats_it() -> None:
    same = {"column": "user_id", "kind": "same_id", "detected_by": "key_repeated"}
    district = planted({"row": 4, "after": "4711", **same}, {"row": 5, "after": "4712", **same})
    at_the_other = finding("meals", 30, "key_repeated").assign(column="user_id", value="4711")
    assert shares(district, at_the_other) == {("same_id", "key_repeated"): (2, 1)}


def test_a_row_that_a_fault_added_is_noticed_whichever_of_the_two_rows_comes_first() -> None:
    twice = {"kind": "two_last_days", "detected_by": "key_repeated", "after": "{}"}
    district = planted({"row": 4, "person": "P1", **twice}, {"row": 5, "person": "P2", **twice})
    clean = district.key.rows[district.key.rows["silo"].eq("meals") & district.key.rows["person"].eq("P1")]
    rows = pd.concat([district.key.rows, clean.assign(row=14)], ignore_index=True)
    district.key = replace(district.key, rows=as_table("key_rows", rows))
    at_the_second = finding("meals", 14, "key_repeated").assign(column="Customer ID", value="4711")
    assert shares(district, at_the_second) == {("two_last_days", "key_repeated"): (2, 1)}
    # A child's other file says nothing about this one, nor does another kind of finding.
    elsewhere = at_the_second.assign(file="meals_before.csv")
    other_kind = finding("meals", 14, "too_long")
    assert shares(district, elsewhere, other_kind) == {("two_last_days", "key_repeated"): (2, 0)}


def behind(measure: str, silo: str, record: str, column: str | None = None) -> pd.DataFrame:
    one = {
        "measure": measure,
        "left_silo": silo,
        "right_silo": None,
        "column": column,
        "silo": silo,
        "record": record,
    }
    return pd.DataFrame([one]).astype("string")


@pytest.mark.full
def test_a_measure_notices_a_fault_where_its_own_record_stands_behind_the_line() -> None:
    twice = {"row": 4, "kind": "customer_twice", "detected_by": "children with two records"}
    district = planted(twice)
    nothing = finding("meals", 4, "not_a_date")
    counted = ("customer_twice", "children with two records")
    mine = behind("children with two records", "meals", "m1")
    assert shares(district, nothing, behind=mine) == {counted: (1, 1)}
    # The measure is above zero, for another child's sake.
    others = behind("children with two records", "meals", "m2")
    assert shares(district, nothing, behind=others) == {counted: (1, 0)}
    another_measure = behind("column filled", "meals", "m1")
    assert shares(district, nothing, behind=another_measure) == {counted: (1, 0)}
    assert shares(district, nothing) == {}  # nobody gave the measures


def test_a_fault_in_a_row_that_makes_no_record_is_looked_for_at_the_childs_records() -> None:
    carried_over = {"row": 99, "person": "P1", "kind": "carried_over", "detected_by": "listed and never seen"}
    district, nothing = planted(carried_over), finding("meals", 4, "not_a_date")
    measures = behind("listed and never seen", "meals", "m1"), behind("listed and never seen", "meals", "m2")
    for noticed, one in zip((1, 0), measures, strict=True):
        scored = shares(district, nothing, behind=one)
        assert scored == {("carried_over", "listed and never seen"): (1, noticed)}


def test_a_fact_behind_no_value_notices_the_fault_of_its_own_row() -> None:
    late = {"kind": "late_event", "detected_by": "left_out"}
    district = planted({"row": 7, **late}, {"row": 8, **late})
    left_out = pd.DataFrame(
        [
            {
                "table": "attendance_event",
                "silo": "meals",
                "record": "m1",
                "file": "meals.csv",
                "row": 8,
                "reason": "x",
            }
        ]
    )
    nothing = finding("meals", 4, "not_a_date")
    scored = shares(district, nothing, left_out=as_table("left_out", left_out))
    assert scored == {("late_event", "left_out"): (2, 1)}


@pytest.mark.parametrize(
    ("detected_by", "can"),
    [
        ("not_a_date", True),
        ("column filled", True),
        ("left_out", True),
        ("Not findable", False),
        ("roster_lag", False),
    ],
)
def test_what_can_be_looked_for(detected_by: str, can: bool) -> None:
    assert is_detectable(detected_by) is can
