"""Without faults, each record that holds enough to tell whose it is is found, and no other is joined."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import link_district
from helpers.score import read_answer_key, score_links
from tests.link.decidable import records_of_children
from tests.shared_districts import STUDENTS, SharedDistricts

# Systems of partners that get no number even where one roster feeds the others.
TWO_OF_ONE_NAME = {"clubs", "survey"}
NAMES_ONLY: dict[str, set[str]] = {"rostered": {"clubs", "survey"}, "governed": set()}


@pytest.mark.full
@pytest.mark.parametrize(
    ("level", "seed", "students"),
    [("manual", 11, 150), ("none", 3, 300), ("manual", 7, 450), ("rostered", 5, 150), ("governed", 9, 200)],
)
def test_every_pair_that_two_systems_hold_is_found_at_every_level(
    districts: SharedDistricts, level: str, seed: int, students: int
) -> None:
    district = districts.read(level=level, seed=seed, students=students, faults=0.0)
    check_that_every_pair_is_found(district, level)


ALONE = "an incident that has only a name stays alone: the child's brother has one, too"


@pytest.mark.full
@pytest.mark.parametrize("seed", [7, pytest.param(6, marks=pytest.mark.xfail(strict=True, reason=ALONE))])
def test_every_pair_that_two_systems_hold_is_found(districts: SharedDistricts, seed: int) -> None:
    district = districts.read(students=STUDENTS, seed=seed, faults=0.0)
    check_that_every_pair_is_found(district, "manual")


def check_that_every_pair_is_found(district: District, level: str) -> None:
    links = link_district(district, "standardized")
    key = read_answer_key(district.folder)

    # Where a list keeps neither an id nor a birth date, two of one name, school and grade are one line.
    rows = key.rows.loc[key.rows["part"].eq("Subject"), ["silo", "file", "row", "person"]]
    rows = district.person_rows.merge(rows, on=["silo", "file", "row"], how="inner", validate="many_to_one")
    two = rows.groupby(["silo", "record"])["person"].nunique().loc[lambda number: number > 1]
    assert set(two.index.get_level_values("silo")) <= TWO_OF_ONE_NAME
    told = ~pd.MultiIndex.from_frame(links.crosswalk[["silo", "record"]]).isin(two.index)
    assert score_links(district, links.crosswalk[told], key=key).iloc[0]["wrong"] == 0, (
        "nobody is joined to another"
    )
    records = records_of_children(district, key)
    whose = records.merge(links.crosswalk, on=["silo", "record"], how="left", validate="one_to_one")
    apart = whose[whose["tied"]].groupby("person")["child"].nunique()
    assert apart.index[apart > 1].tolist() == []
    # Records that no name with a birth date ties, by whatever way, hold a name without one or a number alone.
    untied = whose[~whose["tied"]]
    assert "Review" not in set(untied["link_status"])
    assert set(untied["linkable_by"]) <= {"Name only", "Identifier only"}
    # Where all carry a number it ties every child whom the roster lists, in systems that were given one.
    listed = key.rows.loc[key.rows["silo"].eq("sis") & key.rows["part"].eq("Subject"), "person"]
    if level in ("rostered", "governed"):
        assert set(untied.loc[untied["person"].isin(listed), "silo"]) <= NAMES_ONLY[level]
    else:
        assert not untied.empty
    # Test students are none of the children, and no fault.
    assert set(district.findings["kind"]) <= {"not_a_child"}, "a clean district gives no other finding"
