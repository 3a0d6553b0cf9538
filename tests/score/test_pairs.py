"""Pairs of records are right or wrong by the rows they stand on."""

from __future__ import annotations

import pandas as pd

from helpers.files import District
from helpers.link import Links, join_all_on_id, join_on_id
from helpers.score import read_answer_key, score_children, score_pairs
from tests.mixed_records import children_of_mixed_records


def test_matches_of_the_ladder_and_of_a_lookup_are_judged_alike(
    district: District, district_links: Links
) -> None:
    matches = district_links.pairs
    matches = matches[matches["decision"].eq("Match")]
    judged = score_pairs(district, matches)
    assert judged["outcome"].eq("right").mean() > 0.98
    assert judged.drop(columns="outcome").equals(matches)

    found = score_pairs(district, join_on_id(district.people, district.identifiers, "sis", "meals"))
    swapped = read_answer_key(district.folder).faults
    swapped = swapped[swapped["kind"].eq("sibling_swap")]
    assert 0 < found["outcome"].eq("wrong").sum() < found["outcome"].eq("right").sum()
    assert found["outcome"].eq("wrong").sum() >= min(len(swapped), 1)


def test_two_who_are_nobody_are_no_child(district: District) -> None:
    columns = ["left_silo", "left_record", "right_silo", "right_record"]
    strangers = pd.DataFrame([("sis", "x", "meals", "y")], columns=columns, dtype="string")
    assert score_pairs(district, strangers)["outcome"].tolist() == ["wrong"]


def test_a_lookup_joins_children_wrongly_and_nothing_looks_wrong(district: District) -> None:
    found = join_all_on_id(district.people, district.identifiers)
    judged = score_children(district, found)
    wrong = judged[judged["outcome"].eq("mixed")]
    # A record into which a system itself put rows of two children is no join.
    joined = wrong[~wrong["person"].isin(children_of_mixed_records(district))]
    assert len(joined) > 0
    assert not joined["detected"].any()
