"""A community partner's workbook: names, school and grade, and hours that add up."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.layouts import load_layout
from synthetic_data.district import make_district
from synthetic_data.life.participation import CLUBS
from synthetic_data.scenario import LEVELS
from tests.synthetic_data.truth import Truth, truth


def workbook(folder: Path) -> Path:
    (path,) = (folder / "silos" / "clubs").iterdir()
    assert path.name == "clubs.xlsx"
    return path


def members(folder: Path) -> pd.DataFrame:
    texts = {"Grade": str, "District ID": str}
    return pd.read_excel(workbook(folder), sheet_name="Members", dtype=texts, engine="openpyxl")


def of_key(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "answer_key" / f"{table}.parquet")


@pytest.mark.full
def test_the_same_district_gives_the_same_workbook_without_a_clock(
    clean_district_folder: Path, tmp_path: Path
) -> None:
    again = make_district(folder=tmp_path / "again", students=120, faults=0.0)
    data = workbook(clean_district_folder).read_bytes()

    assert data == workbook(again).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


def test_cells_are_typed_and_name_children_by_name_school_and_grade(clean_district_folder: Path) -> None:
    sheet, rows, people = (
        members(clean_district_folder),
        of_key(clean_district_folder, "rows"),
        of_key(clean_district_folder, "people").set_index("person"),
    )
    declared = [
        column.name for column in load_layout("activities/community_clubs").file_named("members").columns
    ]

    assert list(sheet.columns) == [name for name in declared if name != "District ID"]
    assert sheet["Joined"].dtype.kind == "M"
    assert sheet["Hours"].dtype.kind == "f"
    assert set(sheet["Club"]) <= {club.title for club in CLUBS}
    mine = rows[rows["silo"].eq("clubs")].sort_values("row")
    assert mine["row"].tolist() == list(range(2, len(sheet) + 2))
    child = people.loc[mine["person"]]
    assert sheet["Last name"].tolist() == child["last_surname"].tolist()
    said = child["preferred_first_name"].fillna(child["first_name"])
    assert sheet["First name"].tolist() == said.tolist()
    assert not sheet["School"].str.endswith("School").any(), "a partner calls schools as the town does"


def test_only_a_governed_exchange_gives_the_partner_a_number() -> None:
    from synthetic_data.scenario import exchange, load_scenario

    for level in LEVELS:
        ids = exchange(load_scenario(level=level), "clubs").ids
        assert set(ids) == ({"District"} if level == "governed" else set()), level


@pytest.fixture(scope="module")
def made() -> Truth:
    return truth(students=1500, seed=31, level="governed")


def test_hours_grow_week_by_week_until_a_member_leaves(made: Truth) -> None:
    clubs = made.life.club_members
    january, april = clubs.hours(np.datetime64("2026-01-15")), clubs.hours(np.datetime64("2026-04-30"))
    begun = january >= 0

    assert (january[clubs.begin > np.datetime64("2026-01-15")] == -1).all()
    assert (april[begun] >= january[begun]).all()
    left = begun & (clubs.end < np.datetime64("2026-01-15"))
    assert left.any()
    assert (april[left] == january[left]).all()
    most = np.array([club.hours for club in CLUBS])[clubs.club] * 35
    assert (april <= most).all()
    assert (2 * april == np.round(2 * april)).all()


def test_members_are_of_the_grades_of_their_club_and_are_here(made: Truth) -> None:
    clubs, children = made.life.club_members, made.population.children
    grades = pd.Index(["KG", *(f"{n:02d}" for n in range(1, 13))]).get_indexer(children["grade_level"])
    first, last = np.array([club.grades for club in CLUBS])[clubs.club].T

    assert ((grades[clubs.child] >= first) & (grades[clubs.child] <= last)).all()
    assert not pd.DataFrame({"child": clubs.child, "club": clubs.club}).duplicated().any()
    assert (np.isnat(clubs.end) | (clubs.end >= clubs.begin)).all()


def test_support_brings_children_to_clubs(made: Truth) -> None:
    clubs = made.life.club_members
    here = made.population.children["grade_level"].notna().to_numpy()
    number = np.bincount(clubs.child, minlength=len(here))

    assert 0.05 < np.corrcoef(made.life.latent.support[here], number[here])[0, 1] < 0.4


def test_the_truth_sums_what_the_partner_would_write_on_that_day(made: Truth) -> None:
    clubs, values = made.life.club_members, made.life.values
    as_of = pd.Timestamp(made.scenario.as_of)
    hours = clubs.hours(np.datetime64(as_of, "D"))
    rows = pd.DataFrame({"child": clubs.child, "hours": hours})[hours >= 0].groupby("child")["hours"]
    person = made.population.children["person"].array

    for element, expected in (("community_clubs", rows.size()), ("club_hours", rows.sum())):
        told = values[values["element"].eq(element) & values["as_of"].eq(as_of)].set_index("person")["value"]
        expected = expected.set_axis(person.take(expected.index.to_numpy()))
        assert told.astype(float).to_dict() == expected.astype(float).to_dict(), element
