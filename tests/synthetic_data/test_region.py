"""A region: children who move are one person in two districts, and a killed run goes on."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.standard import BadInput
from synthetic_data.district import districts_of, make_district, make_region
from synthetic_data.population import Population, make_population
from synthetic_data.population.movers import state_numbers
from synthetic_data.scenario import load_scenario
from synthetic_data.schooling import Schooling, make_schooling
from tests.synthetic_data.written_files import bytes_of

SAME = ["state_id", "first_name", "middle_name", "last_surname", "birth_date", "sex", "race", "name_origin"]


@pytest.fixture(scope="module")
def region() -> list[tuple[Population, Schooling]]:
    made = []
    for scenario in districts_of(load_scenario("region", students=120, districts=3)).values():
        population = make_population(scenario)
        made.append((population, make_schooling(scenario, population)))
    return made


def test_a_mover_is_one_person_with_one_state_number_in_both_districts(
    region: list[tuple[Population, Schooling]],
) -> None:
    children = pd.concat([population.children for population, _ in region], ignore_index=True)
    twice = children.loc[children["person"].duplicated(keep=False)].sort_values("person")

    one, other = twice.iloc[::2], twice.iloc[1::2]
    assert len(one) >= 3
    assert one["person"].tolist() == other["person"].tolist()
    assert one[SAME].reset_index(drop=True).equals(other[SAME].reset_index(drop=True))
    assert (one["district_number"].array != other["district_number"].array).all()
    # Nobody else has anybody's id or state number.
    assert children.drop_duplicates("person")["state_id"].is_unique
    everybody = pd.concat(
        [frame["person"] for population, _ in region for frame in (population.guardians, population.staff)]
    )
    assert everybody.is_unique


def test_a_state_number_tells_neither_a_mover_nor_a_district() -> None:
    """The mean rank of some among all lies within four standard errors of the middle."""
    scenarios = districts_of(load_scenario("region", students=400, districts=3, moved_between=0.05)).values()
    children = pd.concat(
        [make_population(scenario).children.assign(district=at) for at, scenario in enumerate(scenarios)],
        ignore_index=True,
    ).drop_duplicates("person", ignore_index=True)
    rank = children["state_id"].astype("int64").rank(pct=True)
    last_digit = children["state_id"].str[-1].astype("int64").rank(pct=True)
    movers = children["person"].str.startswith("M")
    assert movers.sum() >= 40
    for some in (movers, *(children["district"] == at for at in range(3))):
        for of in (rank, last_digit):
            assert abs(of[some].mean() - 0.5) < 4 * np.sqrt(1 / 12 / some.sum())


def test_no_two_of_a_region_have_one_state_number() -> None:
    every = [state_numbers(5, district, np.arange(20_000)) for district in (0, 1, 2, 999)]
    assert len({number for some in every for number in some}) == 80_000
    assert {len(number) for some in every for number in some} == {10}
    assert state_numbers(6, 1, np.arange(9)) != every[1][:9]


def test_a_mover_leaves_one_district_before_coming_to_the_other(
    region: list[tuple[Population, Schooling]],
) -> None:
    spells = pd.concat(
        [
            schooling.school_enrollment.assign(leaves=population.movers.leaves[at])
            .loc[lambda frame, who=person: (frame["person"] == who) & (frame["school_year"] == 2026)]
            .assign(person=person)
            for population, schooling in region
            if population.movers is not None
            for at, person in enumerate(population.movers.persons)
        ],
        ignore_index=True,
    ).sort_values(["person", "leaves"], ascending=[True, False])

    assert len(spells) >= 6
    assert (spells.groupby("person")["leaves"].nunique() == 2).all()
    for (_, left), (_, came) in list(pairwise(spells.iterrows()))[::2]:
        assert left["exit_withdraw_type"] == "Transferred"
        assert left["end_date"] < came["begin_date"]
        assert came["entry_type"] == "Transfer"
        assert left["grade_level"] == came["grade_level"]


def test_so_many_move_that_small_districts_have_places_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    districts = districts_of(load_scenario("region", students=60, districts=4, moved_between=0.5))
    for scenario in districts.values():
        movers = make_population(scenario).movers
        assert movers is not None
        assert len(np.unique(movers.child)) == len(movers.child) <= 6

    monkeypatch.setattr("synthetic_data.population.movers.MOST", 0.5)
    with pytest.raises(BadInput, match="60 children has fewer without brothers and sisters"):
        make_population(next(iter(districts.values())))


PROJECT = Path(__file__).parents[2]
# Ends while it writes the second district, as at kill -9: nothing can be put in order.
KILLED = """
import os, sys
import synthetic_data.district as making
from synthetic_data.cli import main

write, written = making.write_answer_key, []

def write_answer_key(*given):
    if written:
        os._exit(9)
    written.append(write(*given))

making.write_answer_key = write_answer_key
main(["make", *sys.argv[1:]])
"""


@pytest.mark.full
def test_a_killed_run_goes_on_and_gives_the_bytes_of_an_undisturbed_one(tmp_path: Path) -> None:
    options = ["--scenario", "region", "--students", "20", "--districts", "3", "--people-only"]

    given = [str(tmp_path / "killed"), *options, "--json", "--processes", "1"]
    killed = subprocess.run([sys.executable, "-c", KILLED, *given], check=False, cwd=PROJECT)
    assert killed.returncode == 9
    begun = bytes_of(tmp_path / "killed")
    again = [sys.executable, "-m", "synthetic_data", "make", *given]
    subprocess.run(again, check=True, stdout=subprocess.DEVNULL, cwd=PROJECT)
    whole = make_region(
        load_scenario("region", students=20, districts=3, people_only=True), tmp_path / "whole", 1
    )

    assert bytes_of(tmp_path / "killed") == bytes_of(whole)
    finished = [name for name in begun if name.endswith("/district.json") and not name.startswith(".")]
    assert len(finished) == 1
    assert any(name.startswith(".") for name in begun), "nothing half-made was there"
    assert sorted(path.name for path in (tmp_path / "killed").iterdir()) == [
        *districts_of(load_scenario("region", students=20, districts=3)),
        "region.json",
    ]


@pytest.mark.full
def test_a_region_begun_otherwise_is_not_touched(tmp_path: Path) -> None:
    folder = make_region(load_scenario("region", students=20, districts=2, people_only=True), tmp_path / "r")
    before = bytes_of(folder)

    with pytest.raises(BadInput, match="isn't of this region"):
        make_region(load_scenario("region", students=20, districts=2, people_only=True, seed=8), folder)
    with pytest.raises(BadInput, match="is a region of 2 districts"):
        make_district("region", tmp_path / "one", districts=2)

    assert bytes_of(folder) == before
    assert not (tmp_path / "one").exists()
