"""An exchange level sets four switches, and each of them moves alone."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from helpers.standard import BadInput
from synthetic_data.scenario import LEVELS, exchange, level_title, load_scenario
from synthetic_data.systems import SILOS
from tests.shared_districts import SharedDistricts
from tests.synthetic_data.one_silo import write_silo
from tests.synthetic_data.written_files import silo_files

# DESIGN §4: ids carried beside each system's own.
CARRIED = {
    "sis": (
        {"District"},
        {"District", "State"},
        {"District", "State", "RefId"},
        {"District", "State", "RefId"},
    ),
    "attendance": ({"State"}, {"State"}, {"State"}, {"State", "District"}),
    "meals": (set(), {"District"}, {"District"}, {"District"}),
    "activities": ({"RefId"}, {"RefId"}, {"RefId"}, {"RefId"}),
    "clubs": (set(), set(), set(), {"District"}),
    "career": ({"Email"}, {"Email"}, {"Email", "District"}, {"Email", "District"}),
    "family": ({"Guardian Email"}, {"Guardian Email"}, {"District"}, {"District"}),
    "screener": (set(), {"District"}, {"District"}, {"District"}),
    "survey": (set(), set(), set(), {"District"}),
    "behavior": ({"School"}, {"School"}, {"School", "District"}, {"School", "District"}),
}


def test_ids_are_carried_as_the_table_says() -> None:
    for silo, by_level in CARRIED.items():
        for level, ids in zip(LEVELS, by_level, strict=True):
            assert set(exchange(load_scenario(level=level), silo).ids) == ids, (silo, level)
    assert exchange(load_scenario(level="manual"), "meals").ids["District"] == 0.9
    assert exchange(load_scenario(level="manual"), "screener").ids["District"] == 0.6


def test_every_level_is_fresher_and_less_faulty_than_the_one_before() -> None:
    for silo in SILOS:
        steps = [exchange(load_scenario(level=level), silo) for level in LEVELS]
        assert [step.roster_date for step in steps] == sorted(step.roster_date for step in steps)
        factors = [step.fault_factor for step in steps]
        assert factors == sorted(factors, reverse=True)
    assert all(level_title(level) for level in LEVELS)


@pytest.mark.full
def test_a_switch_moves_alone(tmp_path: Path) -> None:
    def made(**settings: str) -> dict[str, bytes]:
        place = tmp_path / "-".join([*settings, *settings.values()])
        for silo in ("meals", "attendance"):
            write_silo(place, silo, students=60, seed=7, faults=0.0, **settings)
        return silo_files(place)

    manual = made(level="manual")
    codes = made(level="manual", code_agreement="governed")
    ids = made(level="manual", carried_ids="governed")
    fresh = made(level="manual", freshness="governed")
    everything = made(level="governed")

    def customers(files: dict[str, bytes]) -> list[list[str]]:
        (path,) = (path for path in files if path.startswith("meals/"))
        return [line.split(",") for line in files[path].decode("utf-8").splitlines()]

    def column(files: dict[str, bytes], place: int) -> list[str]:
        return sorted(row[place] for row in customers(files))

    numbers = "attendance/studentEducationOrganizationAssociations.jsonl"
    # Codes alone: the same customers under the same numbers, other grades.
    assert column(codes, 0) == column(manual, 0)
    assert column(codes, 6) != column(manual, 6)
    # Ids alone: the same customers, other numbers.
    assert column(ids, 1) == column(manual, 1)
    assert column(ids, 0) != column(manual, 0)
    assert numbers in ids
    # Freshness alone: as many numbers carried, newer rosters.
    assert len(customers(fresh)) >= len(customers(manual))
    assert numbers not in fresh
    # All together: the customers of the newer rosters.
    assert column(everything, 1) == column(fresh, 1)


@pytest.mark.full
def test_rosters_lag_behind_by_the_days_of_the_level(districts: SharedDistricts) -> None:
    folder = districts.folder(students=300, level="none", faults=0.0)
    events = silo_files(folder)["attendance/studentSchoolAttendanceEvents.jsonl"].decode("utf-8")
    newest = max(line.split('"eventDate":"')[1][:10] for line in events.splitlines())
    limits = pd.read_parquet(folder / "answer_key" / "limits.parquet")
    lagging = limits.loc[(limits["silo"] == "meals") & (limits["reason"] == "Roster date")]

    assert "2026-04-01" < newest <= "2026-04-16"
    assert lagging["person"].notna().any(), "somebody came after the till's roster"


@pytest.mark.full
def test_a_contract_with_one_vendor_moves_one_system_alone(districts: SharedDistricts) -> None:
    def made(**settings: object) -> dict[str, bytes]:
        return silo_files(districts.folder(students=60, faults=0.0, **settings))

    before = made(level="manual")
    after = made(level="manual", systems={"meals": {"carried_ids": "governed"}})
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed
    assert all("meals/" in name for name in changed)


@pytest.mark.parametrize(
    ("systems", "words"),
    [
        ({"meels": {}}, "Did you mean meals?"),
        ({"meals": {"carried_id": "governed"}}, "Did you mean carried_ids?"),
        ({"meals": {"freshness": "soon"}}, "none, manual, rostered, governed"),
        ({"meals": "governed"}, "a table of switches"),
        ("governed", "a table by system"),
    ],
)
def test_what_no_contract_can_move_is_told(systems: object, words: str) -> None:
    with pytest.raises(BadInput, match=re.escape(words)):
        load_scenario("workshop", systems=systems)
