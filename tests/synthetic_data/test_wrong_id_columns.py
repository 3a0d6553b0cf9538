"""Whole columns of ids can be wrong on purpose: only where a scenario asks, and each is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from synthetic_data.district import make_district
from synthetic_data.exports import plan_faults
from synthetic_data.faults.scene import faults_on_request
from synthetic_data.scenario import load_scenario
from synthetic_data.studies.linking import injected_columns, mistaken, planted_columns
from synthetic_data.systems import SILOS
from tests.synthetic_data.test_faults import undone
from tests.synthetic_data.written_files import silo_files

SEEDS = (1, 2)


def planned(**settings: Any) -> set[str]:
    scenario = load_scenario(**settings)
    return {fault.name for silo in SILOS for fault, _, _ in plan_faults(scenario, silo)}


def test_they_happen_only_where_a_scenario_asks_for_them() -> None:
    names = {fault.name for fault in faults_on_request()}
    assert names
    assert not names & planned(faults=3.0, fault_dials={"id_column_shifted": 3.0})
    asked = {"iready.id_column_shifted": 1.0, "id_column_of_another_system": 1.0}
    assert names & planned(fault_rates=asked) == {
        name for name in names if name in asked or name.endswith(".id_column_of_another_system")
    }
    assert not names & planned(fault_rates=asked, faults=0.0)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rates = {"meals.id_column_of_another_system": 1.0, "screener.id_column_shifted": 1.0}
    folder = tmp_path_factory.mktemp("wrong") / "district"
    return make_district(folder=folder, students=60, people_only=True, level="rostered", fault_rates=rates)


@pytest.mark.full
def test_a_shifted_column_holds_the_same_ids_one_row_higher(wrong: Path) -> None:
    faults = pd.read_parquet(wrong / "answer_key" / "faults.parquet")
    cells = faults[faults["kind"].eq("id_column_shifted")].sort_values("row")
    assert cells["fault"].nunique() == 1
    assert set(cells["column"]) == {"Student Number"}
    assert sorted(cells["before"]) == sorted(cells["after"])
    following = cells[cells["row"].diff(-1).eq(-1)]
    assert len(following) > 20
    before = cells.set_index("row")["before"]
    assert (following["after"].to_numpy() == before.loc[following["row"] + 1].to_numpy()).all()


def test_another_systems_numbers_are_by_value_other_childrens(wrong: Path) -> None:
    faults = pd.read_parquet(wrong / "answer_key" / "faults.parquet")
    people = pd.read_parquet(wrong / "answer_key" / "people.parquet")
    cells = faults[faults["kind"].eq("id_column_of_another_system")]
    assert len(cells) > 40
    assert cells["after"].nunique() == cells["person"].nunique()
    files = silo_files(wrong)
    (customers,) = (text.decode("utf-8-sig") for path, text in files.items() if path.startswith("meals/"))
    assert all(number in customers for number in cells["after"])
    assert cells["person"].isin(people["person"]).all()


@pytest.mark.full
def test_undone_they_leave_the_clean_files(wrong: Path, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"students": 60, "people_only": True, "level": "rostered", "faults": 0.0}
    assert undone(wrong) == silo_files(make_district(folder=tmp_path / "clean", **settings))


@pytest.mark.full
def test_every_planted_column_is_refused_and_no_sound_one() -> None:
    columns = planted_columns(SEEDS, students=60)
    wrong = mistaken(columns)
    assert wrong.empty, wrong.to_string()
    planted = columns[columns["injected"].notna() & columns["comparable"].ge(5)]
    assert set(planted["silo"]) == {silo for kinds in injected_columns()[: len(SEEDS)] for silo in kinds}
    assert planted["status"].eq("Refused").all()
    assert columns.loc[columns["injected"].isna(), "status"].eq("Verified").sum() > 15
