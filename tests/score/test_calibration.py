"""Probabilities against the truth, by hand."""

from __future__ import annotations

import pandas as pd

from helpers.layouts import as_table
from helpers.score import score_calibration
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
