"""A district folder: the same bytes every time, all or nothing, and nobody's files are lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District
from helpers.standard import BadInput, as_table
from synthetic_data.district import cache_folder, make_district
from synthetic_data.population.hard_cases import CASES
from synthetic_data.systems import SILOS, maker_of
from tests.shared_districts import SharedDistricts
from tests.synthetic_data.write_sample import SAMPLE, STUDENTS, made_with
from tests.synthetic_data.written_files import bytes_of, silo_files, table_of


@pytest.mark.full
def test_the_same_scenario_gives_the_same_bytes_in_another_process(
    district_folder: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    command = [sys.executable, "-m", "synthetic_data", "make", str(again), "--students", "120"]
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"},
    )

    assert bytes_of(again) == bytes_of(district_folder)


@pytest.mark.full
def test_another_seed_gives_another_district(districts: SharedDistricts) -> None:
    one, other = districts.folder(students=60), districts.folder(students=60, seed=8)

    before, after = silo_files(one), silo_files(other)
    assert before["attendance/students.jsonl"] != after["attendance/students.jsonl"]


def test_it_says_that_it_is_invented_and_what_it_is_made_of(district_folder: Path) -> None:
    about = json.loads((district_folder / "district.json").read_text(encoding="utf-8"))

    assert about["synthetic"] is True
    assert about["silos"] == {name: maker_of(name).LAYOUT for name in SILOS}
    assert list(about["silos"]) == list(SILOS)
    assert about["school_years"] == [2025, 2026]
    assert {"scenario", "title", "seed", "level", "as_of", "kit_version", "fingerprint"} <= set(about)


def test_a_district_made_before_is_found_again(district_folder: Path) -> None:
    stamps = {path: path.stat().st_mtime_ns for path in district_folder.rglob("*")}

    assert make_district(folder=district_folder, students=120) == district_folder
    assert {path: path.stat().st_mtime_ns for path in district_folder.rglob("*")} == stamps


@pytest.mark.full
def test_without_a_folder_it_is_kept_by_its_scenario(districts: SharedDistricts) -> None:
    first = districts.folder(students=60)
    second = districts.folder(students=60, seed=8)

    assert first.parent == second.parent == cache_folder()
    assert first != second
    assert make_district(students=60) == first


# People alone: what is asked here is where files go, not what is in them.
SMALLEST: dict[str, Any] = {"students": 20, "people_only": True}


@pytest.mark.full
def test_a_changed_maker_is_not_served_an_old_district(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGPICTURE_HOME", str(tmp_path))
    first = make_district(**SMALLEST)
    monkeypatch.setattr("synthetic_data.district._maker", lambda: "another maker")

    assert make_district(**SMALLEST) != first


@pytest.mark.full
def test_two_makers_at_once_make_one_district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGPICTURE_HOME", str(tmp_path))
    code = "from synthetic_data.district import make_district; print(make_district(students=60))"

    def run(_: int) -> str:
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(run, range(2))
    assert first == second
    assert [path.name for path in cache_folder().iterdir()] == [Path(first).name]


def test_a_folder_of_somebody_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "grades.xlsx").write_bytes(b"mine")

    with pytest.raises(BadInput, match=r"already has 'grades\.xlsx'.*give a new or empty folder"):
        make_district(folder=tmp_path, students=60)
    assert (tmp_path / "grades.xlsx").read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["grades.xlsx"]


@pytest.mark.full
def test_another_scenario_replaces_a_made_district_but_not_what_somebody_added(
    districts: SharedDistricts, tmp_path: Path
) -> None:
    folder = shutil.copytree(districts.folder(students=60), tmp_path / "district")
    first = bytes_of(folder)
    make_district(folder=folder, seed=8, **SMALLEST)
    assert bytes_of(folder) != first

    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match=r"notes\.txt"):
        make_district(folder=folder, seed=9, **SMALLEST)
    assert [path.name for path in tmp_path.iterdir()] == ["district"]


@pytest.mark.full
def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert (make_district(folder=tmp_path / "empty", students=60) / "district.json").is_file()


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BadInput, match="is a file"):
        make_district(folder=tmp_path / "file", students=60)


@pytest.mark.full
def test_what_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("synthetic_data.district.write_answer_key", fail)
    with pytest.raises(OSError, match="disk full"):
        make_district(folder=tmp_path / "district", **SMALLEST)
    assert list(tmp_path.iterdir()) == []


# -------------------------------------------------------------------------------------- the answer key


def key(folder: Path, table: str) -> pd.DataFrame:
    return as_table(f"key_{table}", pd.read_parquet(folder / "answer_key" / f"{table}.parquet"))


def test_each_system_has_a_row_of_every_child_or_a_reason_for_none(
    clean_district_folder: Path,
) -> None:
    rows, limits = key(clean_district_folder, "rows"), key(clean_district_folder, "limits")
    values = key(clean_district_folder, "values")
    here = set(values.loc[values["element"] == "school", "person"])
    for silo in SILOS:
        held = set(rows.loc[(rows["silo"] == silo) & (rows["part"] == "Subject"), "person"])
        told = limits.loc[(limits["silo"] == silo) & limits["person"].notna(), "person"]
        assert told.is_unique, silo
        assert held.isdisjoint(told), silo
        assert here <= held | set(told), silo


# Files about schools, days, classes, and groups whose members nobody names.
STRUCTURE = (
    "manifest.csv", "orgs.csv", "academicSessions.csv", "courses.csv", "classes.csv", "calendarDates",
    "sessions.jsonl", "gradingPeriods", "StudentActivityInfos", "our_school_",
)  # fmt: skip


@pytest.mark.full
def test_every_row_about_a_person_is_in_the_key_once_a_part(district_folder: Path) -> None:
    rows = key(district_folder, "rows")

    assert not rows.duplicated(["silo", "file", "row", "person", "part"]).any()
    assert set(rows["part"]) == {"Subject", "Guardian", "Teacher"}
    files = {path for path in silo_files(district_folder) if not any(name in path for name in STRUCTURE)}
    gradebooks = {path for path in files if path.startswith("lms/gradebooks/")}
    about_people = files - gradebooks
    assert set(rows["file"]) == about_people | gradebooks
    faults = key(district_folder, "faults")
    of_nobody = faults.loc[faults["row"].notna() & faults["column"].isna() & faults["person"].isna()]
    for path in about_people:
        first = 1 if path.endswith((".jsonl", ".xml")) else 2
        count = len(table_of(district_folder, path).rows)
        about = set(range(first, first + count)) - set(of_nobody.loc[of_nobody["file"] == path, "row"])
        assert set(rows.loc[rows["file"] == path, "row"]) == about, path
    for path in gradebooks:
        table = table_of(district_folder, path).rows
        nobody = table["ID"].eq("") | table["Student"].eq("Student, Test")
        about = {2 + place for place, row in enumerate(nobody) if not row}
        assert set(rows.loc[rows["file"] == path, "row"]) == about, path
    known = set(key(district_folder, "people")["person"])
    assert set(rows["person"]) <= known


# Files with rows that no standard table takes: courses, the district itself, who signs out.
OF_NO_CHILD = {
    "sis": {"manifest.csv", "orgs.csv", "courses.csv"},
    "activities": {"StudentActivityInfos.xml"},
    "attendance": {"gradingPeriods.jsonl"},
    "lms": {"system-activities.csv"},
}


@pytest.mark.parametrize("silo", SILOS)
def test_a_clean_export_is_read_without_a_finding(clean_district: District, silo: str) -> None:
    export = clean_district[silo]
    accounts = export.accounts

    # Canvas has test users, who are no children.
    assert set(export.findings["kind"]) == ({"not_a_child"} if silo == "lms" else set())
    assert not accounts["rows_set_aside"].any()
    unused = accounts.loc[accounts["rows_used"] + accounts["rows_structure"] < accounts["rows"], "file"]
    assert {Path(name).name for name in unused} == OF_NO_CHILD.get(silo, set())


def test_the_key_names_whom_a_row_is_about(clean_district_folder: Path) -> None:
    """In a clean district the names in the file are those in the key."""
    rows, people = (
        key(clean_district_folder, "rows"),
        key(clean_district_folder, "people").set_index("person"),
    )
    for path, first, last in (
        ("sis/oneroster.zip/users.csv", "givenName", "familyName"),
        ("attendance/students.jsonl", "firstName", "lastSurname"),
        ("meals/mealtime_customers_2026-04-30.csv", "Customer First Name", "Customer Last Name"),
    ):
        mine = rows.loc[rows["file"] == path].sort_values("row")
        table = table_of(clean_district_folder, path).rows
        assert list(table[first]) == list(people.loc[mine["person"], "first_name"])
        assert list(table[last]) == list(people.loc[mine["person"], "last_surname"])


@pytest.mark.parametrize("students", [60, 120])
def test_every_hard_case_occurs_and_is_decided_by_something(
    request: pytest.FixtureRequest, districts: SharedDistricts, students: int
) -> None:
    made: Path = request.getfixturevalue("district_folder")
    folder = made if students == 120 else districts.folder(students=students)
    cases = key(folder, "cases")

    assert set(CASES) <= set(cases["case"])
    assert {"twins", "siblings_one_address", "two_ids", "pin_reused", "colliding_id"} <= set(cases["case"])
    assert set(cases["decidable_by"]) <= {"Identifier", "Name and birth date", "Neither"}
    born = key(folder, "people").set_index("person")["birth_date"]
    january = cases.loc[cases["case"] == "january_first"]
    assert (january["decidable_by"] != "Name and birth date").all()
    assert (born.loc[january["person"]].dt.strftime("%m-%d") == "01-01").all()


def test_a_child_with_two_ids_has_two_records_with_different_numbers(district_folder: Path) -> None:
    cases, rows = key(district_folder, "cases"), key(district_folder, "rows")
    users = table_of(district_folder, "sis/oneroster.zip/users.csv").rows
    person = cases.loc[cases["case"] == "two_ids", "person"].iloc[0]
    mine = rows.loc[(rows["file"] == "sis/oneroster.zip/users.csv") & (rows["person"] == person), "row"]
    records = users.iloc[mine - 2]

    assert len(records) == 2
    for column in ("sourcedId", "identifier", "username"):
        assert records[column].nunique() == 2
    assert records["userIds"].nunique() == 1
    assert records["familyName"].str.removesuffix("_dupe").nunique() == 1


def test_groups_label_every_child(district_folder: Path) -> None:
    people = key(district_folder, "people")
    labels = people.loc[people["role"] == "Student", "groups"].str.split(";")

    assert labels.map(len).eq(4).all()
    names = {label.split(": ")[0] for one in labels for label in one}
    assert names == {"twin", "name origin", "moved", "home language"}


def test_effects_and_values_are_those_of_the_truth(district_folder: Path) -> None:
    effects, values = key(district_folder, "effects"), key(district_folder, "values")

    assert len(effects)
    assert effects["source"].notna().all()
    assert {"days_absent", "last_surname"} <= set(values["element"])


# ------------------------------------------------------------------------------------------ the sample


def test_the_committed_sample_is_what_the_maker_makes(districts: SharedDistricts, tmp_path: Path) -> None:
    with zipfile.ZipFile(SAMPLE) as archive:
        archive.extractall(tmp_path)
        if archive.comment.decode("ascii") != made_with():
            pytest.skip(f"the sample was made with {archive.comment.decode('ascii')}, here is {made_with()}")
    sample = tmp_path / "riverbend"
    again = districts.folder(students=STUDENTS)

    anew = "python -m tests.synthetic_data.write_sample writes the sample anew; look at what changed first"
    assert silo_files(again) == silo_files(sample), anew
    for table in ("people", "rows", "faults", "limits", "cases", "values", "effects"):
        pd.testing.assert_frame_equal(key(again, table), key(sample, table))
    assert SAMPLE.stat().st_size < 400_000
