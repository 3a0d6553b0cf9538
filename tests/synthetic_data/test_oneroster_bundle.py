"""The student information system's files obey the OneRoster 1.2 CSV binding."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from helpers.layouts import load_layout

# OneRoster 1.2 CSV binding (bulk): enumerations and the 21 files a manifest names; checked against the rules
# of LongsightGroup/oneroster (official CSV Binding 1.2.1 cases).
FILES = """academicSessions categories classes classResources courses courseResources demographics
enrollments lineItemLearningObjectiveIds lineItems lineItemScoreScales orgs resources
resultLearningObjectiveIds results resultScoreScales roles scoreScales userProfiles userResources
users""".split()
ENUMERATIONS = {
    ("orgs", "type"): {"department", "school", "district", "local", "state", "national"},
    ("academicSessions", "type"): {"gradingPeriod", "semester", "schoolYear", "term"},
    ("classes", "classType"): {"homeroom", "scheduled"},
    ("users", "enabledUser"): {"true", "false"},
    ("roles", "roleType"): {"primary", "secondary"},
    ("roles", "role"): {"student", "teacher", "guardian", "parent", "relative", "aide", "principal"},
    ("enrollments", "role"): {"administrator", "proctor", "student", "teacher"},
    ("enrollments", "primary"): {"true", "false", ""},
    ("demographics", "sex"): {"male", "female", "unspecified", "other", ""},
    ("demographics", "asian"): {"true", "false", ""},
    ("demographics", "hispanicOrLatinoEthnicity"): {"true", "false", ""},
}
REFERENCES = [
    ("orgs", "parentSourcedId", "orgs"),
    ("academicSessions", "parentSourcedId", "academicSessions"),
    ("courses", "schoolYearSourcedId", "academicSessions"),
    ("courses", "orgSourcedId", "orgs"),
    ("classes", "courseSourcedId", "courses"),
    ("classes", "schoolSourcedId", "orgs"),
    ("classes", "termSourcedIds", "academicSessions"),
    ("users", "agentSourcedIds", "users"),
    ("users", "primaryOrgSourcedId", "orgs"),
    ("roles", "userSourcedId", "users"),
    ("roles", "orgSourcedId", "orgs"),
    ("enrollments", "classSourcedId", "classes"),
    ("enrollments", "schoolSourcedId", "orgs"),
    ("enrollments", "userSourcedId", "users"),
    ("demographics", "sourcedId", "users"),
]


@pytest.fixture(scope="module")
def bundle(clean_district_folder: Path) -> dict[str, pd.DataFrame]:
    with zipfile.ZipFile(clean_district_folder / "silos/sis/oneroster.zip") as archive:
        return {
            name.removesuffix(".csv"): pd.read_csv(
                io.BytesIO(archive.read(name)), dtype=str, keep_default_na=False
            )
            for name in archive.namelist()
        }


def test_headers_stand_in_the_order_of_the_binding(bundle: dict[str, pd.DataFrame]) -> None:
    for file in load_layout("sis/oneroster_1p2").files:
        if file.name in bundle:
            assert list(bundle[file.name].columns) == [column.name for column in file.columns], file.name


def test_the_manifest_names_every_file_as_bulk_or_absent(bundle: dict[str, pd.DataFrame]) -> None:
    manifest = bundle["manifest"].set_index("propertyName")["value"]

    assert manifest["manifest.version"] == "1.0"
    assert manifest["oneroster.version"] == "1.2"
    assert {name for name in manifest.index if name.startswith("file.")} == {f"file.{name}" for name in FILES}
    for name in FILES:
        assert manifest[f"file.{name}"] == ("bulk" if name in bundle else "absent"), name
    assert "synthetic" in manifest["source.systemName"]


def test_status_and_date_of_change_are_empty_in_bulk(bundle: dict[str, pd.DataFrame]) -> None:
    for name, frame in bundle.items():
        if name != "manifest":
            assert (frame[["status", "dateLastModified"]] == "").all(axis=None), name


def test_ids_are_unique_and_of_allowed_characters(bundle: dict[str, pd.DataFrame]) -> None:
    for name, frame in bundle.items():
        if name != "manifest":
            assert frame["sourcedId"].is_unique, name
            assert frame["sourcedId"].str.fullmatch(r"[A-Za-z0-9./@_-]{1,255}").all(), name
    guid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert bundle["users"]["sourcedId"].map(guid.fullmatch).notna().all()


def test_no_reference_dangles_in_a_clean_district(bundle: dict[str, pd.DataFrame]) -> None:
    for file, column, target in REFERENCES:
        there = set(bundle[target]["sourcedId"])
        named = {one for cell in bundle[file][column] if cell for one in cell.split(",")}
        assert named <= there, (file, column)
        assert named, (file, column)


def test_words_are_those_of_the_binding(bundle: dict[str, pd.DataFrame]) -> None:
    for (file, column), words in ENUMERATIONS.items():
        assert set(bundle[file][column]) <= words, (file, column)
    assert bundle["academicSessions"]["schoolYear"].str.fullmatch(r"\d{4}").all()
    for file, columns in {"academicSessions": ["startDate", "endDate"], "enrollments": ["beginDate"]}.items():
        for column in columns:
            assert bundle[file][column].str.fullmatch(r"\d{4}-\d\d-\d\d").all(), (file, column)
    required = {
        "users": ["username", "givenName", "familyName"],
        "roles": ["orgSourcedId", "userSourcedId"],
        "classes": ["title", "schoolSourcedId", "termSourcedIds"],
        "orgs": ["name"],
    }
    for file, columns in required.items():
        assert (bundle[file][columns] != "").all(axis=None), file


def test_each_subject_has_its_code(bundle: dict[str, pd.DataFrame]) -> None:
    """Where both lists are there, they have the same length."""
    for file in ("courses", "classes"):
        frame = bundle[file]
        assert (frame["subjects"] != "").all()
        assert (frame["subjects"].str.count(",") == frame["subjectCodes"].str.count(",")).all(), file
        assert frame["subjectCodes"].str.fullmatch(r"\d\d(,\d\d)*").all(), file
        assert (
            frame.groupby("subjects")["subjectCodes"]
            .nunique()
            .drop("Career and Technical Education")
            .eq(1)
            .all()
        )


def test_everybody_has_one_primary_role_and_only_children_have_demographics(
    bundle: dict[str, pd.DataFrame],
) -> None:
    roles = bundle["roles"]
    primary = roles.loc[roles["roleType"] == "primary"]

    assert sorted(primary["userSourcedId"]) == sorted(bundle["users"]["sourcedId"])
    children = primary.loc[primary["role"] == "student", "userSourcedId"]
    assert sorted(children) == sorted(bundle["demographics"]["sourcedId"])
    assert {"student", "teacher", "guardian"} <= set(roles["role"])


def test_the_roster_is_that_of_the_day(bundle: dict[str, pd.DataFrame], clean_district_folder: Path) -> None:
    """Nobody's role has ended, and whoever left is listed as a limit."""
    students = bundle["roles"].loc[bundle["roles"]["role"] == "student"]
    limits = pd.read_parquet(clean_district_folder / "answer_key/limits.parquet")
    rows = pd.read_parquet(clean_district_folder / "answer_key/rows.parquet")
    left = limits.loc[(limits["silo"] == "sis") & (limits["reason"] == "Roster date"), "person"]

    assert (students["endDate"] == "").all()
    assert len(left)
    assert not set(left) & set(rows.loc[rows["silo"] == "sis", "person"])


def test_enrolments_lie_inside_the_sessions_of_their_class(bundle: dict[str, pd.DataFrame]) -> None:
    sessions = bundle["academicSessions"].set_index("sourcedId")
    classes = bundle["classes"].set_index("sourcedId")
    terms = bundle["enrollments"]["classSourcedId"].map(classes["termSourcedIds"])

    assert (bundle["enrollments"]["beginDate"] >= terms.map(sessions["startDate"])).all()
    assert (bundle["enrollments"]["beginDate"] <= terms.map(sessions["endDate"])).all()


def test_lines_end_as_windows_writes_them_and_no_cell_breaks_a_line(clean_district_folder: Path) -> None:
    with zipfile.ZipFile(clean_district_folder / "silos/sis/oneroster.zip") as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8")
            assert text.count("\n") == text.count("\r\n")
            rows = list(csv.reader(io.StringIO(text, newline="")))
            assert len({len(row) for row in rows}) == 1, name
            assert len(rows) == text.count("\n"), name
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}
