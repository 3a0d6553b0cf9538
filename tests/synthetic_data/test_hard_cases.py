"""Every hard case occurs at every size, and is found by its name in the answer key."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.score import read_answer_key
from synthetic_data.population.names import fold
from tests.shared_districts import SharedDistricts
from tests.tiers import sampled

# As people ask for them. At levels at which all systems carry one number, the till has none of its own.
CASES = {
    "twins", "siblings_one_address", "cousins_same_name", "father_and_son", "two_enrolments", "two_ids",
    "colliding_id", "surname_changed", "hyphenated_surname", "two_part_surname", "name_order_swapped",
    "accents_lost", "apostrophe", "preferred_name", "gender_marker_differs", "january_first",
    "day_month_swapped", "homeless", "foster", "two_clerks",
}  # fmt: skip


@pytest.fixture(scope="module", params=sampled([120, 60, 600, 20], 4))
def folder(request: pytest.FixtureRequest, districts: SharedDistricts) -> Path:
    # The two larger ones are those that other tests read.
    if request.param == 120:
        return Path(request.getfixturevalue("district_folder"))
    return districts.folder(**({} if request.param == 600 else {"students": request.param}))


def test_each_is_there_by_name(folder: Path) -> None:
    key = read_answer_key(folder)
    assert CASES - set(key.cases["case"]) == set()
    everybody = set(key.people["person"])
    assert set(key.cases["person"]) <= everybody
    assert set(key.cases["decidable_by"]) <= {"Identifier", "Name and birth date", "Neither"}


@pytest.mark.full
@pytest.mark.parametrize("level", ["none", "rostered", "governed"])
def test_at_other_levels_too_unless_all_systems_carry_one_number(
    districts: SharedDistricts, level: str
) -> None:
    key = read_answer_key(districts.folder(students=60, level=level, seed=3))
    missing = CASES - set(key.cases["case"])
    assert missing == ({"colliding_id"} if level in ("rostered", "governed") else set())


def test_what_a_record_shows_is_the_case(district_folder: Path) -> None:
    key = read_answer_key(district_folder)
    faults = key.faults[key.faults["case"].notna()].drop_duplicates(["fault", "column"])
    children = key.people.set_index("person")

    def of(case: str) -> pd.DataFrame:
        rows = faults[faults["case"].eq(case)]
        assert len(rows)
        return rows.assign(name=children.loc[rows["person"], "last_surname"].to_numpy())

    assert any(after.isascii() for after in of("accents_lost")["after"])
    swapped = of("day_month_swapped")
    for before, after in zip(swapped["before"], swapped["after"], strict=True):
        assert before.split("/")[:2] == after.split("/")[:2][::-1]
    ordered = of("name_order_swapped").groupby("fault")
    assert all(set(one["before"]) == set(one["after"]) for _, one in ordered)
    assert all(set(one) == {"F", "M"} for one in of("gender_marker_differs")[["before", "after"]].to_numpy())
    clerks = of("two_clerks")
    assert (clerks["before"] != clerks["after"]).all()


def test_a_name_with_another_first_letter_is_decided_by_a_number(district_folder: Path) -> None:
    key = read_answer_key(district_folder)
    clerks = key.faults[key.faults["case"].eq("two_clerks")]
    said = key.cases[key.cases["case"].eq("two_clerks")].set_index(["silo", "person"])["decidable_by"]
    for silo, person, before, after in clerks[["silo", "person", "before", "after"]].itertuples(index=False):
        alike = fold(before)[0] == fold(after)[0]
        if not alike:
            assert said.loc[(silo, person)] in ("Identifier", "Neither")
