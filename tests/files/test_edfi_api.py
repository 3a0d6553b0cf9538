"""Ed-Fi resources as an ODS/API returns them: its own fields, links, extensions, empty lists, in arrays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.files.single_row import some_rows
from helpers.layouts import load_layout

# What an API adds to each resource of the standard, whether a district fills it or not.
EMPTY = {
    "students": ["identificationDocuments", "otherNames", "personalIdentificationDocuments", "visas"],
    "studentEducationOrganizationAssociations": [
        "addresses",
        "races",
        "studentCharacteristics",
        "telephones",
    ],
    "studentSchoolAssociations": ["alternativeGraduationPlans", "educationPlans"],
    "sessions": ["academicWeeks"],
    "grades": ["learningStandardGrades"],
    "studentAcademicRecords": ["academicHonors", "diplomas", "gradePointAverages", "recognitions"],
    "courseTranscripts": ["alternativeCourseIdentificationCodes", "creditCategories", "coursePrograms"],
}
FILLED: dict[str, dict[str, Any]] = {
    "students": {"birthCity": "Grand Bend", "citizenshipStatusDescriptor": None, "otherNames": []},
    "studentSchoolAssociations": {
        "fullTimeEquivalency": 1.0,
        "repeatGradeIndicator": False,
        "residencyStatusDescriptor": "uri://ed-fi.org/ResidencyStatusDescriptor#Resident",
        "schoolChoiceTransfer": False,
        "termCompletionIndicator": True,
        "calendarReference": {"calendarCode": "1", "schoolId": 1, "schoolYear": 2026, "link": {"rel": "C"}},
        "classOfSchoolYearTypeReference": {"schoolYear": 2030, "link": {"rel": "Y", "href": "/y"}},
        "graduationPlanReference": None,
    },
}


def as_returned(name: str, number: int, record: dict[str, Any]) -> dict[str, Any]:
    """Wrap a resource as an API returns it."""

    def linked(value: Any, name: str = "") -> Any:
        if isinstance(value, list):
            return [linked(one) for one in value]
        if not isinstance(value, dict):
            return value
        inside = {key: linked(one, key) for key, one in value.items()}
        if name.endswith("Reference"):
            inside["link"] = {"rel": name.removesuffix("Reference"), "href": f"/ed-fi/{name}/{number:032x}"}
        return inside

    return {
        "id": f"{number:032x}",
        **linked(record),
        **FILLED.get(name, {}),
        **{each: [] for each in EMPTY.get(name, ())},
        "_ext": {"tx": {"crisisEvents": [], "note": None, "localDescriptor": "uri://tx.gov/L#A"}},
        "_etag": str(5250000000000000000 + number),
        "_lastModifiedDate": "2026-02-02T15:04:05.123Z",
    }


def as_lines(records: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def as_pages(records: list[dict[str, Any]]) -> str:
    return json.dumps(records, indent=2)


def as_one_line(records: list[dict[str, Any]]) -> str:
    return json.dumps(records)


def wrapped(
    district_folder: Path, folder: Path, write: Callable[[list[dict[str, Any]]], str], ending: str
) -> Path:
    (folder / "ed-fi").mkdir(parents=True)
    for path in sorted((district_folder / "silos" / "attendance").glob("*.jsonl")):
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        returned = [as_returned(path.stem, number, record) for number, record in enumerate(records, start=1)]
        (folder / "ed-fi" / f"{path.stem}{ending}").write_text(write(returned), encoding="utf-8")
    return folder


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("write", "ending"), [(as_lines, ".jsonl"), (as_pages, ".json"), (as_one_line, ".json")]
)
def test_resources_as_an_api_returns_them_say_the_same(
    clean_district_folder: Path,
    clean_district: District,
    tmp_path: Path,
    write: Callable[[list[dict[str, Any]]], str],
    ending: str,
) -> None:
    found = read_district(wrapped(clean_district_folder, tmp_path, write, ending))
    assert [silo.layout.layout for silo in found.values()] == ["attendance/edfi_json"]
    assert found.findings.empty, found.findings[["file", "kind", "column", "value"]].drop_duplicates()
    (silo,) = found.values()
    plain = clean_district["attendance"]
    assert len(silo.people) == len(plain.people) > 0
    without = ["silo", "file"]
    for table, rows in plain.facts.items():
        pd.testing.assert_frame_equal(silo.fact(table).drop(columns=without), rows.drop(columns=without))
    used = found.accounts.set_index(found.accounts["file"].map(lambda file: Path(file).stem))["rows_used"]
    before = plain.accounts.set_index(plain.accounts["file"].map(lambda file: Path(file).stem))["rows_used"]
    assert used.to_dict() == before.to_dict()


@pytest.mark.full
def test_a_resource_that_nobody_has_rows_of_is_an_empty_file(tmp_path: Path, district_folder: Path) -> None:
    folder = wrapped(district_folder, tmp_path, as_one_line, ".json")
    (folder / "ed-fi" / "studentProgramAssociations.json").write_text("[\n]\n", encoding="utf-8")
    found = read_district(folder)
    kinds = found.findings.set_index("file")["kind"]
    assert kinds["ed-fi/studentProgramAssociations.json"] == "file_empty"


def test_another_resource_with_the_same_references_is_not_taken_for_one(tmp_path: Path) -> None:
    """A program association names the child and the district too, and says something else."""
    rows = [
        {
            "id": "1",
            "educationOrganizationReference": {"educationOrganizationId": 255901, "link": {"rel": "L"}},
            "programReference": {"educationOrganizationId": 255901, "programName": "Bilingual"},
            "studentReference": {"studentUniqueId": "604821", "link": {"rel": "S", "href": "/s"}},
            "beginDate": "2025-08-20",
            "_etag": "1",
        }
    ]
    (tmp_path / "studentProgramAssociations.json").write_text(json.dumps(rows), encoding="utf-8")
    assert read_district(tmp_path).findings["kind"].tolist() == ["file_unknown"]


@pytest.mark.full
def test_an_array_that_breaks_off_loses_only_its_last_record(tmp_path: Path, district_folder: Path) -> None:
    folder = wrapped(district_folder, tmp_path, as_pages, ".json")
    path = folder / "ed-fi" / "students.json"
    whole = read_district(folder).accounts.set_index("file").loc["ed-fi/students.json"]
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rindex('"_etag"')], encoding="utf-8")
    cut = read_district(folder)
    account = cut.accounts.set_index("file").loc["ed-fi/students.json"]
    assert account["rows"] == whole["rows"]
    assert account["rows_set_aside"] == whole["rows_set_aside"] + 1
    broken = cut.findings[cut.findings["kind"] == "record_broken"]
    assert broken["row"].tolist() == [whole["rows"]]


def test_a_row_of_an_array_can_be_opened(tmp_path: Path, district_folder: Path) -> None:
    folder = wrapped(district_folder, tmp_path, as_pages, ".json")
    lines = (district_folder / "silos" / "attendance" / "students.jsonl").read_text(encoding="utf-8")
    third = json.loads(lines.splitlines()[2])
    opened = some_rows(folder, "ed-fi/students.json", [3], load_layout("attendance/edfi_json"))[0]
    assert opened.cells["studentUniqueId"] == third["studentUniqueId"]
    assert opened.kind is not None
    assert opened.kind.name == "students"


def test_a_report_card_ends_with_the_grading_period_of_its_own_school(district: District) -> None:
    """A grade names a period by its name, its school and its year: one name has other days elsewhere."""
    folder = district.folder / "silos" / "attendance"
    read = {
        name: [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("gradingPeriods", "grades")
    }
    ends = {
        (one["gradingPeriodName"], one["schoolReference"]["schoolId"]): one["endDate"]
        for one in read["gradingPeriods"]
    }
    by_name: dict[str, set[str]] = {}
    for (name, _), day in ends.items():
        by_name.setdefault(name, set()).add(day)
    assert any(len(days) > 1 for days in by_name.values())
    cards = district.fact("course_grade")
    cards = cards[cards["silo"].eq("attendance")]
    told = dict(zip(cards["row"].tolist(), cards["period_end"].dt.strftime("%Y-%m-%d").tolist(), strict=True))
    assert len(told) > 100
    for row, day in told.items():
        period = read["grades"][row - 1]["gradingPeriodReference"]
        assert day == ends[period["gradingPeriodName"], period["schoolId"]]
