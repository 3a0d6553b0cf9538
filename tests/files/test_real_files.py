"""Files that nobody here wrote are read as their layouts say."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.layouts import load_layout

IDENTITY = ["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("folder", "silo", "people", "facts"),
    [
        (
            "third_party_oneroster_1p1_school",
            "sis/oneroster_1p1",
            {"Student": 72, "Staff": 7},
            {"section_enrollment": 546},
        ),
        (
            "grand_bend_joinable",
            "edfi",
            {"Student": 65},
            {"attendance_event": 137, "incident": 3, "discipline_action": 4, "immunization": 58},
        ),
        ("grand_bend_joinable", "assessment_sat", {"Student": 5}, {"assessment_result": 75}),
        (
            "grand_bend_assessments",
            "assessment/iready_diagnostic",
            {"Student": 2},
            {"assessment_result": 73},
        ),
        ("grand_bend_joinable", "assessment_map_growth", {"Student": 6}, {"assessment_result": 35}),
        (
            "grand_bend_joinable",
            "lms_canvas",
            {"Student": 49},
            {"section": 6, "section_enrollment": 73, "assignment_score": 49},
        ),
        ("grand_bend_joinable", "oneroster_1p1", {"Student": 8, "Staff": 2}, {"section_enrollment": 24}),
    ],
)
def test_files_that_nobody_here_wrote(
    real_files: Path, folder: str, silo: str, people: dict[str, int], facts: dict[str, int]
) -> None:
    district = read_district(real_files / folder)
    assert district[silo].people["role"].value_counts().to_dict() == people
    assert {table: len(district[silo].fact(table)) for table in facts} == facts
    assert (district.accounts["rows"] == district.accounts[IDENTITY].sum(axis=1)).all()


@pytest.mark.full
def test_incidents_are_followed_and_doses_counted(real_files: Path) -> None:
    edfi = read_district(real_files / "grand_bend_joinable")["edfi"]
    incidents = edfi.fact("incident").set_index("record")
    assert incidents["incident_id"].to_dict() == {"605370": "15", "605389": "21", "605262": "9"}
    assert incidents["date"].dt.strftime("%Y-%m-%d").to_dict() == {
        "605370": "2022-02-02",
        "605389": "2022-05-01",
        "605262": "2022-05-13",
    }
    assert incidents["participation"].eq("Offender").all()
    assert edfi.fact("discipline_action").groupby("record")["days"].sum().to_dict() == {
        "605262": 2.0,
        "605370": 1.0,
        "605389": 5.0,
    }
    doses = edfi.fact("immunization")
    assert (doses["record"].nunique(), int(doses["date"].isna().sum())) == (11, 9)
    assert edfi.findings.empty


@pytest.mark.full
def test_what_was_handed_in_is_followed_to_the_assignment(real_files: Path) -> None:
    canvas = read_district(real_files / "grand_bend_joinable")["lms_canvas"]
    scores = canvas.fact("assignment_score")
    assert scores["score_possible"].eq(100).all()
    assert scores["title"].eq("Algebra foundations").all()
    assert set(scores["score_status"]) == {"Graded", "Late", "Missing"}
    assert scores["due_date"].eq(pd.Timestamp("2021-09-01")).all()
    assert canvas.fact("section_enrollment")["role"].eq("Student").all()
    assert canvas.people["full_name"].notna().all()
    assert set(canvas.identifiers["identification_system"]) == {"Canvas", "Undeclared", "Login", "Email"}
    assert canvas.findings.empty


@pytest.mark.full
def test_a_test_gives_a_row_a_goal_and_kind_of_score(real_files: Path) -> None:
    growth = read_district(real_files / "grand_bend_joinable")["assessment_map_growth"]
    results = growth.fact("assessment_result")
    counts = results.groupby(["score_method", results["objective"].isna()]).size().to_dict()
    assert counts == {("Percentile", True): 7, ("Scale score", True): 7, ("Scale score", False): 21}
    assert set(results["term"]) == {"Fall"}
    assert set(results["school_year"]) == {2022}
    algebra = results[results["academic_subject"].eq("Mathematics") & results["record"].eq("605001")]
    assert algebra.set_index("objective")["result"].to_dict() == {
        pd.NA: 32.0,
        "Number and Algebraic Methods": 225.0,
        "Function Attributes, Inverses, and Data": 230.0,
        "Quadratic, Square Root, Exponential, and Logarithmic Functions, Equations, and Inequalities": 235.0,
        "Other Functions, Equations, Inequalities, and Systems": 243.0,
    }
    short = growth.findings[growth.findings["kind"].eq("cells_missing")]
    assert short[["row", "value", "action_taken"]].to_numpy().tolist() == [[8, "cells: 142", "read_as"]]


@pytest.mark.full
def test_real_headers_are_the_declared_ones(real_files: Path) -> None:
    """Of the SAT's 860 columns none is unknown, and every one that is declared is there."""
    bend = read_district(real_files / "grand_bend_joinable")
    tests = read_district(real_files / "grand_bend_assessments")
    told = pd.concat([bend.findings, tests.findings])
    of_columns = told[told["kind"].str.startswith(("column_", "header_", "not_in_"))]
    assert of_columns.empty
    assert set(tests.findings["kind"]) == {"cells_missing", "line_end_missing", "name_placeholder"}


@pytest.mark.parametrize(
    ("path", "layout", "file"),
    [
        ("map_growth.csv", "assessment/nwea_map_growth", "AssessmentResults"),
        ("iready_sample_anonymized_file_ela.csv", "assessment/iready_diagnostic", "ela"),
        ("iready_sample_anonymized_file_math.csv", "assessment/iready_diagnostic", "math"),
    ],
)
def test_real_headers_are_the_declared_ones_cell_for_cell(
    path: str, layout: str, file: str, real_files: Path
) -> None:
    with (real_files / "grand_bend_assessments" / path).open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines))
    assert [column.name for column in load_layout(layout).file_named(file).columns] == header


@pytest.mark.full
def test_placeholders_for_names_name_nobody(real_files: Path) -> None:
    sat = read_district(real_files / "grand_bend_joinable")["assessment_sat"]
    assert sat.people["name_status"].eq("Placeholder").all()
    assert sat.people["linkable_by"].eq("Identifier only").all()
    totals = sat.fact("assessment_result")
    totals = totals[totals["academic_subject"].isna() & totals["score_method"].eq("Scale score")]
    of_one = totals[totals["record"].eq("300a")].sort_values("administration_date")
    assert of_one["result"].tolist()[-2:] == [850.0, 880.0]
    assert of_one["administration_date"].iloc[-1] == pd.Timestamp("2024-10-12")
    assert len(totals) == 10


@pytest.mark.full
def test_what_is_odd_in_real_files_is_told(real_files: Path) -> None:
    third = read_district(real_files / "third_party_oneroster_1p1_school").findings
    years = third[third["kind"].eq("not_a_school_year")]
    assert years[["value", "read_as"]].drop_duplicates().to_numpy().tolist() == [["2025-2026", "2026"]]

    bend = read_district(real_files / "grand_bend_joinable")
    events = bend["edfi"].fact("attendance_event")
    assert events["record"].nunique() == 19
    surplus = bend.findings[bend.findings["kind"].eq("cells_surplus")]
    assert surplus["file"].tolist() == ["oneroster_1p1/users.csv"] * 2
    unknown = bend.findings[bend.findings["kind"].eq("file_unknown")]["file"]
    on_disk = {
        path.relative_to(real_files / "grand_bend_joinable").as_posix()
        for path in (real_files / "grand_bend_joinable").rglob("*.*")
        if path.is_file()
    }
    read = set(bend.accounts["file"]) - set(unknown)
    assert on_disk == set(bend.accounts["file"])
    assert {path.split("/")[0] for path in read} == {
        "assessment_map_growth",
        "assessment_sat",
        "edfi",
        "lms_canvas",
        "oneroster_1p1",
    }
