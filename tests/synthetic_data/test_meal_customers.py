"""The till's customer export: whom it serves, with which number, PIN and balance."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.layouts import load_layout
from tests.shared_districts import SharedDistricts
from tests.synthetic_data.one_silo import write_silo
from tests.tiers import sampled


def customers(folder: Path) -> pd.DataFrame:
    (path,) = (folder / "silos" / "meals").iterdir()
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def key(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "answer_key" / f"{table}.parquet")


def with_person(folder: Path) -> pd.DataFrame:
    rows = key(folder, "rows")
    rows = rows.loc[rows["silo"] == "meals"].sort_values("row")
    table = customers(folder)
    assert list(rows["row"]) == list(range(2, len(table) + 2))
    return table.assign(person=rows["person"].to_numpy())


def test_the_header_is_the_declared_pick_of_fields(clean_district_folder: Path) -> None:
    (file,) = load_layout("meals/mealtime_customers").files

    assert list(customers(clean_district_folder).columns) == [column.name for column in file.columns]


def test_numbers_and_pins_are_unique_in_a_clean_district(clean_district_folder: Path) -> None:
    table = customers(clean_district_folder)

    assert table["Customer ID"].is_unique
    assert table["Customer ID"].str.fullmatch(r"\d{6}").all()
    assert table["PIN"].str.fullmatch(r"\d{4}").all()
    assert table["PIN"].is_unique
    assert table["Customer Birthdate"].str.fullmatch(r"\d\d/\d\d/\d{4}").all()
    assert table["Balance"].str.fullmatch(r"-?\$[\d,]+\.\d\d").all()


def test_it_has_a_coverage_of_its_own(clean_district_folder: Path) -> None:
    limits = key(clean_district_folder, "limits")
    not_served = limits.loc[(limits["silo"] == "meals") & (limits["reason"] == "Not served"), "person"]
    table = with_person(clean_district_folder)

    assert len(not_served)
    assert not set(not_served) & set(table["person"])
    assert {"Active", "Inactive"} == set(table["Active Status"])


@pytest.mark.full
@pytest.mark.parametrize(
    ("level", "share"), sampled([("none", 0.0), ("manual", 0.9), ("rostered", 1.0), ("governed", 1.0)], 4, 1)
)
def test_the_level_says_how_many_carry_the_district_s_number(
    districts: SharedDistricts, level: str, share: float
) -> None:
    folder = districts.folder(students=300, level=level, faults=0.0)
    from synthetic_data.district import make_truth
    from synthetic_data.scenario import load_scenario

    children = make_truth(load_scenario(students=300)).population.children.set_index("person")
    table = with_person(folder)
    same = (table["Customer ID"] == table["person"].map(children["district_number"])).mean()

    assert abs(same - share) < 0.06


@pytest.mark.parametrize("level", sampled(["manual", "none"], 2))
def test_some_own_numbers_are_another_child_s_district_number(districts: SharedDistricts, level: str) -> None:
    folder = districts.folder(students=300, level=level, faults=0.0)
    from synthetic_data.district import make_truth
    from synthetic_data.scenario import load_scenario

    children = make_truth(load_scenario(students=300)).population.children
    whose = children.set_index("district_number")["person"]
    table = with_person(folder)
    number_of = table["Customer ID"].map(whose)
    collides = table.loc[number_of.notna() & (number_of != table["person"])]
    cases = key(folder, "cases")
    planted = cases.loc[cases["case"] == "colliding_id"]

    assert len(collides) >= 2
    assert set(planted["person"]) == set(collides["person"])
    assert set(planted["silo"]) == {"meals"}


@pytest.mark.full
def test_a_pin_is_reused_by_another_child_in_the_workshop(districts: SharedDistricts) -> None:
    folder = districts.folder()
    cases = key(folder, "cases")
    faults = key(folder, "faults").query("kind == 'pin_reused'")

    assert len(faults)
    assert set(faults["person"]) == set(cases.loc[cases["case"] == "pin_reused", "person"])


def test_own_grade_words_are_written_where_no_code_was_agreed(tmp_path: Path) -> None:
    own, agreed = tmp_path / "own", tmp_path / "agreed"
    write_silo(own, "meals", level="governed", students=120, code_agreement="manual")
    write_silo(agreed, "meals", level="governed", students=120)

    assert set(customers(own)["Grade"]) ^ set(customers(agreed)["Grade"]) == {"K", "KG"}
