"""One declared change in one child's life reaches each system with its roster, and touches nothing else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.standard import BadInput
from synthetic_data.district import make_district
from synthetic_data.scenario import load_scenario
from tests.synthetic_data.written_files import silo_files

MONDAY = dt.date(2026, 1, 12)
SETTINGS: dict[str, Any] = {"students": 60, "seed": 2, "faults": 0, "level": "governed", "people_only": True}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Districts of one day: nothing watched, and each change the Monday before."""
    folder = tmp_path_factory.mktemp("watched")
    day: dict[str, Any] = {"as_of": dt.date(2026, 1, 13), **SETTINGS}
    made = {"off": make_district(folder=folder / "off", **day)}
    for kind in ("custody", "surname", "allergy"):
        made[kind] = make_district(folder=folder / kind, watched=kind, watched_day=MONDAY, **day)
    later = {**day, "watched": "surname", "watched_day": dt.date(2026, 1, 14)}
    made["tomorrow"] = make_district(folder=folder / "tomorrow", **later)
    return made


def _unlike(one: Path, other: Path) -> dict[str, int]:
    """Give the silos whose text differs, and in how many lines."""
    before, after = silo_files(one), silo_files(other)
    assert before.keys() == after.keys()
    lines = {path: set(before[path].splitlines()) ^ set(after[path].splitlines()) for path in before}
    return {path.split("/")[0]: len(found) for path, found in lines.items() if found}


@pytest.mark.full
def test_a_change_to_come_touches_no_file(folders: dict[str, Path]) -> None:
    assert _unlike(folders["off"], folders["tomorrow"]) == {}


@pytest.mark.full
def test_a_custody_change_stands_in_the_portal_alone(folders: dict[str, Path]) -> None:
    assert set(_unlike(folders["off"], folders["custody"])) == {"family"}
    (contacts,) = (folders["custody"] / "silos" / "family").glob("family_contacts_*.csv")
    rows = pd.read_csv(contacts, dtype="string")
    ordered = rows[rows["Court Order Date"].eq("01/12/2026")]

    assert ordered["May See Records"].tolist() == ["No"] * len(ordered)
    assert ordered["Lives With"].tolist() == ["No"] * len(ordered)
    assert ordered["Account ID"].nunique() == 1


@pytest.mark.full
def test_an_allergy_stands_on_the_nurses_list_alone(folders: dict[str, Path]) -> None:
    assert set(_unlike(folders["off"], folders["allergy"])) == {"health"}
    (students,) = (folders["allergy"] / "silos" / "health").glob("students_*.csv")
    alerts = pd.read_csv(students, dtype="string")["Health Alert"].dropna()

    assert alerts.tolist() == ["Peanut allergy"]


@pytest.mark.full
def test_a_new_surname_is_written_wherever_rosters_are_fresh_and_nowhere_else(
    folders: dict[str, Path],
) -> None:
    unlike = _unlike(folders["off"], folders["surname"])
    key = pd.read_parquet(folders["surname"] / "answer_key" / "people.parquet")
    before = pd.read_parquet(folders["off"] / "answer_key" / "people.parquet")
    changed = key["last_surname"].ne(before["last_surname"])

    assert changed.sum() == 1
    assert {"sis", "health", "lms", "meals", "family"} <= set(unlike)
    assert "clubs" not in unlike  # seven days behind
    # One child's rows, before and after: nobody else's name, log-in or number moved.
    assert unlike["meals"] == 2
    name = str(key.loc[changed, "last_surname"].iloc[0])
    for path, text in silo_files(folders["surname"]).items():
        if path.startswith("lms/users"):
            assert sum(name in line for line in text.decode("utf-8").splitlines()) == 1


@pytest.mark.full
def test_the_key_knows_the_surname_of_each_rosters_day(tmp_path: Path) -> None:
    day = {**SETTINGS, "people_only": False, "as_of": dt.date(2026, 1, 13)}
    folder = make_district(folder=tmp_path / "d", watched="surname", watched_day=MONDAY, **day)
    values = pd.read_parquet(folder / "answer_key" / "values.parquet")
    names = values[values["element"].eq("last_surname")]
    twice = names[names["person"].duplicated(keep=False)].sort_values("as_of")

    assert twice["person"].nunique() == 1
    assert twice["value"].nunique() == 2
    # A club's list is seven days old: the surname of that day is old, not wrong.
    assert twice["as_of"].tolist() == [pd.Timestamp("2026-01-06"), pd.Timestamp("2026-01-13")]


def test_a_change_and_its_day_are_set_together() -> None:
    with pytest.raises(BadInput, match="watched and watched_day are set together"):
        load_scenario(watched="surname")
    with pytest.raises(BadInput, match="custody, surname, allergy"):
        load_scenario(watched="haircut", watched_day=MONDAY)
    with pytest.raises(BadInput, match="must be a date from"):
        load_scenario(watched="surname", watched_day=dt.date(2020, 1, 6))
