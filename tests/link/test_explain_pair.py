"""One pair opened up: its steps end at what was decided."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links
from helpers.link.train import RIVALS, explain_pair
from helpers.standard import BadInput


@pytest.fixture(scope="module")
def links(district_links: Links) -> Links:
    return district_links


@pytest.fixture(scope="module")
def scored(links: Links) -> pd.DataFrame:
    pairs = links.pairs[links.pairs["match_weight"].notna() & links.pairs["match_probability"].lt(1)]
    return pairs.sort_values("match_probability", ignore_index=True)


@pytest.mark.full
def test_the_steps_end_at_the_probability_of_the_decision(district: District, scored: pd.DataFrame) -> None:
    for place in (len(scored) // 2, len(scored) - 1):
        pair = scored.iloc[place]
        steps = explain_pair(district, pair)
        odds = 2.0 ** float(steps["weight"].sum())
        assert odds / (1 + odds) == pytest.approx(pair["match_probability"], abs=0.01)
        assert steps["running_total"].iloc[-1] == pytest.approx(steps["weight"].sum())


@pytest.mark.full
def test_without_a_probability_the_steps_end_at_the_pairs_own_weight(
    district: District, scored: pd.DataFrame
) -> None:
    pair = scored.iloc[len(scored) // 2]
    alone = explain_pair(district, pair.drop("match_probability"))
    assert RIVALS not in alone["comparison"].tolist()
    beside = explain_pair(district, pair)
    added = beside.iloc[len(alone) :]
    decided = math.log2(pair["match_probability"] / (1 - pair["match_probability"]))
    assert added["weight"].sum() == pytest.approx(decided - alone["weight"].sum(), abs=0.01)


def test_a_pair_that_rules_tie_was_never_weighed(district: District, links: Links) -> None:
    ruled = links.pairs[links.pairs["match_weight"].isna() & links.pairs["decision"].eq("Match")]
    with pytest.raises(BadInput, match="A rule links these two"):
        explain_pair(district, ruled.iloc[0])
