"""The pair to look at: one wrong and one missed for each two systems, and it is what it says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.gaps import measure_gaps
from helpers.link import link_district
from helpers.score import judge_matches, misjudged_pairs, read_answer_key, score_links, true_crosswalk
from helpers.score.truth import true_children


@pytest.fixture(scope="module")
def folder(district_folder: Path) -> Path:
    return district_folder


def test_each_pair_is_one_that_the_key_contradicts_and_no_pair_of_systems_is_left_out(folder: Path) -> None:
    district = read_district(folder)
    links = link_district(district, "exact")
    key = read_answer_key(folder)
    found = misjudged_pairs(district, links.crosswalk, key=key)
    truth = true_children(district, key, links.crosswalk).groupby(["silo", "record"])
    child, person = truth["child"].apply(set), truth["person"].apply(set)

    sides = [
        list(zip(found[f"{side}_silo"], found[f"{side}_record"], strict=True)) for side in ("left", "right")
    ]
    for why, left, right in zip(found["why"], *sides, strict=True):
        assert (child[left] == child[right]) == (why == "Wrong")
        if why == "Missed":
            assert person[left] & person[right]
        else:
            assert len(person[left] | person[right]) > 1
    scores, pairs = judge_matches(district, links.crosswalk, key=key)
    pd.testing.assert_frame_equal(pairs, found)
    own = scores[scores["group"].eq("All") & scores["population"].eq("All") & scores["left_silo"].notna()]
    own = own[own["left_silo"].ne(own["right_silo"])]
    for why, gap in (("Wrong", own["linked"] - own["right"]), ("Missed", own["possible"] - own["right"])):
        told = found[found["why"].eq(why)]
        assert set(zip(told["left_silo"], told["right_silo"], strict=True)) == set(
            zip(own.loc[gap.gt(0), "left_silo"], own.loc[gap.gt(0), "right_silo"], strict=True)
        )


def test_a_record_of_two_people_is_no_wrong_link_between_two_systems(folder: Path) -> None:
    district = read_district(folder)
    by_the_key = true_crosswalk(district)
    everything = score_links(district, by_the_key).iloc[0]
    assert everything["right"] < everything["linked"]
    scores, pairs = judge_matches(district, by_the_key)
    assert scores["right"].equals(scores["linked"])
    assert pairs["why"].ne("Wrong").all()


@pytest.mark.full
def test_a_line_of_wrong_joins_has_an_example_and_one_without_has_none(folder: Path) -> None:
    district = read_district(folder)
    links = link_district(district, "exact")
    first, second = links.crosswalk["child"].value_counts().index[:2]
    mixed = links.crosswalk.assign(child=links.crosswalk["child"].replace(second, first))
    card = measure_gaps(district, links, *judge_matches(district, mixed))
    for measure in ("matches that are right", "true matches found"):
        mine = card[card["measure"].eq(measure)]
        amiss = mine["value"].lt(1)
        assert amiss.any()
        assert mine["example_file"].notna().tolist() == amiss.tolist()


def test_it_is_empty_where_there_is_nothing_to_look_at(folder: Path) -> None:
    district = read_district(folder)
    nobody = pd.DataFrame(columns=["silo", "record", "child", "linkable_by"], dtype="string")
    assert misjudged_pairs(district, nobody)["why"].ne("Wrong").all()
