"""Probabilities against the truth, by hand and on a made district."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links
from helpers.link.quality import REVIEWED, estimate_quality, pairs_to_review
from helpers.score import score_calibration, score_pairs
from helpers.standard import as_table
from tests.made_by_hand import CHAINED, made, pair


def test_pairs_of_a_band_are_counted_against_what_they_promise() -> None:
    district = made(CHAINED)
    pairs = pd.concat(
        [
            pair("s1", "t1", decision="Match", match_probability=0.95),
            pair("m1", "s1", decision="Match", match_probability=0.97),
            pair("m2", "s1", decision="Match", match_probability=0.93),
            pair("s3", "m3", decision="Review", match_probability=0.4),
            pair("s2", "t2", decision="Match"),
        ],
        ignore_index=True,
    )
    table = score_calibration(district, as_table("pairs", pairs), key=district.key).set_index("band")
    assert table[["pairs", "right"]].to_dict("index") == {
        "to .5": {"pairs": 1, "right": 1},
        "to .99": {"pairs": 3, "right": 2},
        "by rule": {"pairs": 1, "right": 1},
    }
    assert round(table.loc["to .99", "expected"], 3) == 0.95
    assert pd.isna(table.loc["by rule", "expected"])
    assert (table["low"] < table["share"]).all()


@pytest.fixture(scope="module")
def compared(district: District, district_links: Links) -> pd.DataFrame:
    """The pairs of the whole ladder on the small made district, with their outcome."""
    return score_pairs(district, district_links.pairs)


def test_a_made_districts_probabilities_add_up_to_its_right_pairs(
    district: District, compared: pd.DataFrame
) -> None:
    table = score_calibration(district, compared.drop(columns="outcome")).set_index("band")
    scored = table.drop(index="by rule")
    assert scored["pairs"].sum() > 300
    expected = (scored["expected"] * scored["pairs"]).sum()
    assert abs(expected - scored["right"].sum()) <= 0.03 * scored["pairs"].sum()
    # What the model is all but sure of is right, and what it doubts is right less often.
    assert table.loc["above .99", "share"] > 0.98
    doubted = scored.drop(index="above .99")
    assert doubted["right"].sum() / doubted["pairs"].sum() < table.loc["above .99", "share"]


def test_a_reviewed_sample_of_a_made_district_finds_its_precision_and_recall(
    compared: pd.DataFrame, district_links: Links
) -> None:
    is_one = compared["outcome"].eq("right")
    pairs = compared.drop(columns="outcome")
    sample = pairs_to_review(pairs, each=60)
    decisions = sample[["left_silo", "left_record", "right_silo", "right_record"]].assign(
        decision=is_one.loc[sample.index].map({True: "Match", False: "No match"})
    )
    links = replace(district_links, pairs=pairs)
    estimate = estimate_quality(links, as_table("decisions", decisions))
    reviewed = estimate[estimate["basis"].eq(REVIEWED)].set_index("measure")
    accepted = pairs["decision"].eq("Match")
    found = (accepted & is_one).sum()
    for measure, truth in (("Precision", found / accepted.sum()), ("Recall", found / is_one.sum())):
        assert reviewed.loc[measure, "low"] - 0.01 <= truth <= reviewed.loc[measure, "high"] + 0.01
