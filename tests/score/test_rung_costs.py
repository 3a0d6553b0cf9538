"""What a way to join costs in children: nobody is blamed for what a record's own system mixed up."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links, link_district
from helpers.report.runs.methods import complete_children_by_stage
from helpers.score.answer_key import read_answer_key
from helpers.score.flags import count_cluster_outcomes, flags_missed
from helpers.score.truth import RECORD, true_children, true_person_of_record

NAMED = ["Name and birth date", "Name only"]


@pytest.fixture(scope="module")
def links(district: District) -> Links:
    return link_district(district, "standardized")


@pytest.fixture(scope="module")
def whose(district: District, links: Links) -> pd.DataFrame:
    """Give the crosswalk's rows of records with a name that are about one person, and that person."""
    behind = true_person_of_record(district, read_answer_key(district.folder))[
        [*RECORD, "person"]
    ].drop_duplicates()
    behind = behind[~behind.duplicated(RECORD, keep=False)]
    named = links.crosswalk[links.crosswalk["linkable_by"].isin(NAMED)]
    return named.merge(behind, on=RECORD, how="inner", validate="one_to_one")


@pytest.fixture(scope="module")
def unread(district: District, links: Links) -> set[str]:
    """Give the children with a record in a row that was set aside: no link can make them complete."""
    truth = true_children(district, read_answer_key(district.folder), links.crosswalk)
    return set(truth.loc[truth["child"].isna() & truth["linkable_by"].isin(NAMED), "person"])


def relabeled(links: Links, child: pd.Series, whose: pd.DataFrame) -> Links:
    """Give links in which records became other children."""
    made = whose[RECORD].assign(made=child.astype("string"))
    crosswalk = links.crosswalk.merge(made, on=RECORD, how="left", validate="one_to_one")
    crosswalk["child"] = crosswalk["child"].mask(crosswalk["made"].notna(), crosswalk["made"])
    return replace(links, crosswalk=crosswalk.drop(columns="made"))


def test_whoever_is_joined_by_the_truth_is_whole(
    district: District, links: Links, whose: pd.DataFrame, unread: set[str]
) -> None:
    costs = count_cluster_outcomes(district, relabeled(links, whose["person"], whose))
    assert (costs["split"], costs["mixed"]) == (len(unread), 0)
    assert costs["complete"] > 0
    assert list(costs) == ["complete", "split", "mixed"]


def test_two_children_made_one_are_two_wrong_ones_and_one_torn_apart_is_missed(
    district: District, links: Links, whose: pd.DataFrame, unread: set[str]
) -> None:
    children = read_answer_key(district.folder).people.query("role == 'Student'")["person"]
    records = whose.loc[whose["person"].isin(children), "person"].value_counts()
    one, other, torn = sorted(set(records.index[records >= 3]) - unread)[:3]
    child = whose["person"].replace({other: one})
    first = whose.index[whose["person"].eq(torn)][0]
    child[first] = "a child of its own"
    costs = count_cluster_outcomes(district, relabeled(links, child, whose))
    assert (costs["mixed"], costs["split"]) == (2, 1 + len(unread))


def test_a_record_of_two_children_makes_nobody_wrong(district: District, links: Links) -> None:
    """Every record alone: however many a system mixed up, no join put them there."""
    crosswalk = links.crosswalk.assign(child=links.crosswalk["silo"] + links.crosswalk["record"])
    assert count_cluster_outcomes(district, replace(links, crosswalk=crosswalk))["mixed"] == 0


@pytest.mark.full
def test_flags_are_counted_for_each_way_and_the_last_line_says_who_has_them(
    district: District, links: Links
) -> None:
    crosswalk = links.crosswalk.assign(child=links.crosswalk["silo"] + links.crosswalk["record"])
    rungs = {"Standardized": links, "Not at all": replace(links, crosswalk=crosswalk)}
    told = flags_missed(district, rungs).set_index("joined by")
    assert told.index.tolist() == [*rungs, "who truly have it"]
    flags = told.drop(columns="flagged without cause")
    assert (flags.loc["Not at all"] <= flags.loc["who truly have it"]).all()
    assert flags.loc["Standardized"].sum() <= flags.loc["Not at all"].sum()


def test_without_a_key_the_title_says_that_nobody_has_checked() -> None:
    assert "nobody has checked" in complete_children_by_stage(
        {"Exact": {"joined": 3}, "Resolved": {"joined": 5}}
    )
