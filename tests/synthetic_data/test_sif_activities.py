"""Activities as SIF objects: elements in the standard's order, a child by RefId and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.layouts import load_layout
from synthetic_data.life.participation import ACTIVITIES, named
from tests.synthetic_data.one_silo import write_silo
from tests.synthetic_data.truth import Truth, truth

STANDARD = pd.read_csv(
    Path(__file__).parents[1] / "layouts" / "terms" / "sif_na.csv", dtype={"path": "string"}
)


def records(folder: Path, kind: str) -> list[ElementTree.Element]:
    root = ElementTree.parse(folder / "silos" / "activities" / f"{kind}s.xml").getroot()
    assert root.tag == f"{{http://www.sifassociation.org/datamodel/na/4.x}}{kind}s"
    assert {one.tag.rpartition("}")[2] for one in root} == {kind}
    return list(root)


def names(element: ElementTree.Element) -> list[str]:
    return [*(f"@{name}" for name in element.attrib), *(one.tag.rpartition("}")[2] for one in element)]


@pytest.mark.parametrize("kind", ["StudentActivityInfo", "StudentActivityParticipation"])
def test_elements_stand_in_the_order_of_the_standard(clean_district_folder: Path, kind: str) -> None:
    mine = STANDARD[STANDARD["object"].eq(kind)].sort_values("position")
    order = mine["path"].tolist()
    mandatory = set(mine.loc[mine["characteristics"].eq("M"), "path"])

    found = records(clean_district_folder, kind)
    assert found
    for one in found:
        places = [order.index(name) for name in names(one)]
        assert places == sorted(places)
        assert mandatory <= set(names(one))
    declared = [
        re.split(r"[.\[]", column.name)[0]
        for column in load_layout("activities/sif_activities").file_named(kind).columns
    ]
    assert [order.index(name) for name in declared] == sorted(order.index(name) for name in declared)


def test_no_name_stands_in_any_file(clean_district_folder: Path, clean_district: District) -> None:
    people = pd.read_parquet(clean_district_folder / "answer_key" / "people.parquet")
    children = people[people["role"].eq("Student")]
    path = clean_district_folder / "silos" / "activities" / "StudentActivityParticipations.xml"
    text = path.read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", text))

    assert not set(children["last_surname"]) & words
    assert (
        clean_district.people.loc[clean_district.people["silo"].eq("activities"), "linkable_by"]
        .eq("Identifier only")
        .all()
    )


def test_the_sis_carries_the_refid_where_one_roster_feeds_all(
    clean_district: District, tmp_path: Path
) -> None:
    def ref_ids(district: District, silo: str) -> set[str]:
        ids = district.identifiers
        return set(ids.loc[ids["silo"].eq(silo) & ids["identification_system"].eq("RefId"), "identifier"])

    assert not ref_ids(clean_district, "sis"), "below, nobody else knows it"
    assert ref_ids(clean_district, "activities")
    rows = {silo: write_silo(tmp_path, silo, level="rostered", students=60) for silo in ("sis", "activities")}
    rostered = read_district(tmp_path)
    taking_part, listed = ref_ids(rostered, "activities"), ref_ids(rostered, "sis")
    here = set(rows["sis"].loc[rows["sis"]["part"].eq("Subject"), "person"])
    both = rows["activities"].loc[rows["activities"]["person"].isin(here), "person"].nunique()
    assert len(taking_part & listed) == both > 0
    assert not set(rostered.findings["kind"]) - {"not_a_child"}


@pytest.fixture(scope="module")
def made() -> Truth:
    return truth(students=1500, seed=31, level="governed")


def test_spells_lie_inside_a_childs_time_at_that_school(made: Truth) -> None:
    part, spells = made.life.participation, made.schooling.school_enrollment
    rows = pd.DataFrame(
        {
            "person": made.population.children["person"].array.take(part.child),
            "school_id": np.array(made.population.school_list.ids, dtype=object)[part.school],
            "school_year": part.year,
            "begin": part.begin,
            "end": part.end,
            "first": [ACTIVITIES[one].grades[0] for one in part.activity],
            "last": [ACTIVITIES[one].grades[1] for one in part.activity],
        }
    ).reset_index()
    joined = rows.merge(
        spells.astype({"school_id": object, "person": object, "school_year": "int64"}),
        on=["person", "school_id", "school_year"],
        how="inner",
        validate="many_to_many",
    )
    inside = (joined["begin"] >= joined["begin_date"]) & (
        joined["end_date"].isna() | joined["end"].isna() | (joined["end"] <= joined["end_date"])
    )
    assert set(joined.loc[inside, "index"]) == set(rows["index"])
    assert (part.begin <= np.datetime64(made.scenario.as_of)).all()
    assert (np.isnat(part.end) | (part.end >= part.begin)).all()
    assert set(part.year) == {2025, 2026}


def test_the_more_engaged_take_part_in_more(made: Truth) -> None:
    part = made.life.participation
    number = np.bincount(part.child, minlength=len(made.population.children))
    graded = made.population.children["grade_level"].isin(["06", "07", "08", "09", "10", "11", "12"])
    tie = np.corrcoef(made.life.latent.engagement[graded], number[graded])[0, 1]

    assert 0.2 < tie < 0.6


def test_the_truth_counts_different_activities_of_this_year(made: Truth) -> None:
    part, values = made.life.participation, made.life.values
    rows = pd.DataFrame({"child": part.child, "title": [named(ACTIVITIES[one]) for one in part.activity]})
    count = rows[part.year == 2026].groupby("child")["title"].nunique()
    told = values[
        values["element"].eq("school_activities") & values["as_of"].eq(pd.Timestamp(made.scenario.as_of))
    ].set_index("person")["value"]

    assert (
        told.astype(int).to_dict()
        == count.set_axis(made.population.children["person"].array.take(count.index.to_numpy())).to_dict()
    )
