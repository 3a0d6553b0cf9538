"""A layout that says truly whose numbers a column has never makes links worse."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.files.draft import draft_layouts
from helpers.link import Links, link_district
from helpers.score import true_crosswalk
from synthetic_data.desk import make_desk_folder
from tests.kept import Kept
from tests.link.true_meanings import (
    declared,
    desk_meanings,
    link,
    made_meanings,
    no_worse,
    pairs_right,
    with_layouts,
)
from tests.shared_districts import SharedDistricts

RECORD = ["silo", "record"]


def person_of(district: District) -> pd.DataFrame:
    return true_crosswalk(district)[[*RECORD, "child"]].rename(columns={"child": "person"})


def person_at_the_desk(district: District, truth: pd.DataFrame) -> pd.DataFrame:
    person = district.person_rows.merge(truth, on=["file", "row"], how="inner", validate="many_to_one")
    return person.drop_duplicates(RECORD)[[*RECORD, "person"]]


@pytest.mark.full
def test_declaring_the_columns_of_a_desk_joins_what_their_forms_kept_apart(
    started_desk_folder: Path, desk_truth: pd.DataFrame, kept: Kept
) -> None:
    """Lost zeros and a card's letter in five files: before, declaring them lost a fifth of the pairs."""
    district = kept("desk_district", lambda: read_district(started_desk_folder))
    drafted = kept("desk_links", lambda: link_district(district))
    person = person_at_the_desk(district, desk_truth)
    numbers = {
        key: system for key, system in desk_meanings(district).items() if system in ("State", "District")
    }
    links = link(district, declared(district, numbers))
    before, after = pairs_right(drafted, person), pairs_right(links, person)
    assert no_worse(after, before)
    assert after[1] > 0.97 > before[1]
    told = links.findings[links.findings["kind"].eq("id_normalized")]
    told = told[told["column"].isin([column for _, column in numbers])].set_index(["file", "column"])
    assert set(told.index) == {
        ("Skyward archive/health alerts.csv", "Column 2"),
        ("library/patrons.out", "Column 2"),
        ("Star/SR_Historical_Fall.csv", "StudentLocalID"),
        ("behavior/referrals.csv", "ID_Local"),
        ("library/overdue 10-31.csv", "Patron Barcode"),
        ("lunch/FR eligibility 25-26 (Debbie).xlsx/F&R", "ID #"),
        ("lunch/account balances.csv", "Stu ID"),
    }
    # Of the library's own patrons, a teacher's number stands without the letter of the card beside it.
    teacher = told.loc[("library/patrons.out", "Column 2")]
    assert (teacher["times"], teacher["read_as"]) == (1, f"T {teacher['value']}")
    told = told.drop(("library/patrons.out", "Column 2"))
    assert (told["times"] > 20).all()
    assert told["value"].str.lstrip("P 0").eq(told["read_as"].str.lstrip("0")).all()


@pytest.mark.full
@pytest.mark.parametrize("system", ["lms", "meals", "screener"])
def test_declaring_a_column_of_a_made_district_makes_its_links_no_worse(
    system: str, district: District, district_links: Links
) -> None:
    person = person_of(district)
    chosen = {key: is_of for key, is_of in made_meanings(district, person).items() if key[0] == system}
    assert chosen
    after = pairs_right(link(district, declared(district, chosen)), person)
    assert no_worse(after, pairs_right(district_links, person))


@pytest.mark.weekly
def test_declaring_each_column_or_all_of_a_desk_makes_its_links_no_worse(tmp_path: Path) -> None:
    truth = make_desk_folder(tmp_path / "desk", students=120, seed=31)
    draft_layouts(tmp_path / "desk")
    drafted = read_district(tmp_path / "desk")
    before = pairs_right(link_district(drafted), person_at_the_desk(drafted, truth))
    meanings = desk_meanings(drafted)
    assert len(meanings) >= 20
    for number, chosen in enumerate([*({key: system} for key, system in meanings.items()), meanings]):
        district = read_district(with_layouts(tmp_path / "desk", tmp_path / str(number), chosen))
        after = pairs_right(link_district(district), person_at_the_desk(district, truth))
        assert no_worse(after, before), (chosen, after, before)


@pytest.mark.weekly
@pytest.mark.parametrize("level", ["none", "manual", "rostered", "governed"])
def test_declaring_each_column_or_all_of_a_made_district_makes_its_links_no_worse(
    level: str, districts: SharedDistricts
) -> None:
    district = districts.read(students=300, level=level, seed=71)
    person = person_of(district)
    before = pairs_right(link(district, district.identifiers), person)
    meanings = made_meanings(district, person)
    for chosen in [*({key: system} for key, system in meanings.items()), meanings]:
        after = pairs_right(link(district, declared(district, chosen)), person)
        assert no_worse(after, before), (chosen, after, before)


# Of the real folder, as its origin says: the State's number of each undeclared column, or the vendor's own.
GRAND_BEND = {
    ("assessment_map_growth", "StudentID"): "MAP",
    ("assessment_sat", "SECONDARY_ID"): "State",
    ("lms_canvas", "SISUserIdentifier"): "State",
    ("oneroster_1p1", "sourcedId"): "State",
}
# The column of each of its systems that has the child's number.
NUMBER = {
    "assessment_map_growth": "Student_StateID",
    "assessment_sat": "STATE_STUDENT_ID",
    "edfi": "StudentUniqueId",
    "lms_canvas": "SISUserIdentifier",
    "oneroster_1p1": "sourcedId",
}


@pytest.mark.full
def test_declaring_each_column_of_a_real_folder_makes_its_links_no_worse(real_files: Path) -> None:
    district = read_district(real_files / "grand_bend_joinable")
    ids = district.identifiers
    right = ids[ids["column"].eq(ids["silo"].map(NUMBER))]
    person = right[[*RECORD, "identifier"]].drop_duplicates(RECORD).rename(columns={"identifier": "person"})
    undeclared = ids[ids["identification_system"].eq("Undeclared")]
    assert set(map(tuple, undeclared[["silo", "column"]].drop_duplicates().to_numpy())) == set(GRAND_BEND)
    before = pairs_right(link_district(district), person)
    for chosen in [*({key: system} for key, system in GRAND_BEND.items()), GRAND_BEND]:
        after = pairs_right(link(district, declared(district, chosen)), person)
        assert no_worse(after, before), (chosen, after, before)
