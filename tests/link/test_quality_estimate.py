"""Estimates without a key, held against pairs of which the truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.link.quality import BOTH, MODEL, REVIEWED, estimate_quality, pairs_to_review, probability_bands
from helpers.standard import as_table, empty_table
from tests.tiers import examples

MEASURES = ["Precision", "Recall", "F1"]


def scored(rng: np.random.Generator, count: int, sure: float = 1.0) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw pairs, and which are one child: calibrated where `sure` is 1, too sure of themselves above."""
    chance = rng.beta(0.25, 0.4, count)
    is_one = rng.random(count) < chance
    odds = (chance / (1 - chance + 1e-12)) ** sure
    told = odds / (1 + odds)
    decision = np.select([told >= 0.9, told >= 0.3], ["Match", "Review"], default="No match")
    return _pairs(told, decision), is_one


def _pairs(probability: np.ndarray, decision: np.ndarray) -> pd.DataFrame:
    at = np.arange(len(probability)).astype(str)
    return as_table(
        "pairs",
        pd.DataFrame(
            {
                "left_silo": "sis",
                "left_record": at,
                "right_silo": "meals",
                "right_record": at,
                "step": "Probabilistic",
                "match_probability": probability,
                "decision": decision,
                "decided_by": "Model",
            }
        ),
    )


def truth_of(pairs: pd.DataFrame, is_one: np.ndarray) -> dict[str, float]:
    linked = pairs["decision"].eq("Match").to_numpy()
    right = (linked & is_one).sum()
    return {
        "Precision": right / linked.sum(),
        "Recall": right / is_one.sum(),
        "F1": 2 * right / (linked.sum() + is_one.sum()),
    }


def answered(pairs: pd.DataFrame, drawn: pd.DataFrame, is_one: np.ndarray) -> pd.DataFrame:
    """Let a person answer pairs, who sees the right record on the left."""
    yes = pd.Series(is_one, index=pairs.index).reindex(drawn.index)
    columns = ["left_silo", "left_record", "right_silo", "right_record"]
    turned = drawn[columns[2:] + columns[:2]].set_axis(columns, axis="columns")
    return as_table("decisions", turned.assign(decision=yes.map({True: "Match", False: "No match"})))


def told(estimate: pd.DataFrame, basis: str) -> pd.DataFrame:
    return estimate[estimate["basis"].eq(basis)].set_index("measure")


@pytest.mark.full
def test_estimates_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    held = {basis: dict.fromkeys(MEASURES, 0) for basis in (MODEL, REVIEWED)}
    for _ in range(40):
        pairs, is_one = scored(rng, 3_000)
        decisions = answered(pairs, pairs_to_review(pairs, 40, rng), is_one)
        estimate, truth = estimate_quality(pairs, decisions), truth_of(pairs, is_one)
        for basis, counts in held.items():
            rows = told(estimate, basis)
            for measure in MEASURES:
                counts[measure] += rows.loc[measure, "low"] <= truth[measure] <= rows.loc[measure, "high"]
    for counts in held.values():
        assert all(34 <= times <= 40 for times in counts.values()), held


def test_reviewed_pairs_tell_when_a_model_is_too_sure_of_itself() -> None:
    rng = np.random.default_rng(4)
    pairs, is_one = scored(rng, 6_000, sure=3.0)
    truth = truth_of(pairs, is_one)
    estimate = estimate_quality(pairs, answered(pairs, pairs_to_review(pairs, 100, rng), is_one))
    by_model, by_review = told(estimate, MODEL), told(estimate, REVIEWED)
    assert by_model.loc["Precision", "low"] > truth["Precision"] + 0.03
    assert by_review.loc["Precision", "low"] <= truth["Precision"] <= by_review.loc["Precision", "high"]


def test_all_pairs_reviewed_are_no_estimate_any_more() -> None:
    pairs, is_one = scored(np.random.default_rng(5), 200)
    rows = told(estimate_quality(pairs, answered(pairs, pairs, is_one)), REVIEWED)
    for measure, value in truth_of(pairs, is_one).items():
        assert rows.loc[measure, ["value", "low", "high"]].tolist() == pytest.approx([value] * 3)


def test_pairs_of_rules_are_told_only_once_somebody_looked() -> None:
    pairs, is_one = scored(np.random.default_rng(6), 400)
    pairs.loc[pairs.index < 300, "match_probability"] = np.nan
    estimate = estimate_quality(pairs)
    assert estimate["basis"].unique().tolist() == [MODEL]
    assert estimate["share_of_pairs"].tolist() == pytest.approx([0.25] * 3)
    by_rule = answered(pairs, pairs[probability_bands(pairs).eq("by rule")], is_one)
    both = told(estimate_quality(pairs, by_rule), BOTH)
    assert both["share_of_pairs"].tolist() == pytest.approx([1.0] * 3)
    assert both["reviewed"].tolist() == [300] * 3


def test_the_last_word_on_a_pair_counts() -> None:
    pairs = _pairs(np.array([0.95]), np.array(["Match"]))
    decisions = pd.concat([answered(pairs, pairs, np.array([yes])) for yes in (True, False)])
    for days, precision in (([1, 2], 0.0), ([2, 1], 1.0)):
        dated = decisions.assign(reviewed_utc=pd.to_datetime([f"2026-05-0{day}" for day in days]))
        rows = told(estimate_quality(pairs, as_table("decisions", dated)), REVIEWED)
        assert rows.loc["Precision", "value"] == precision


def test_without_pairs_nothing_is_estimated() -> None:
    assert estimate_quality(empty_table("pairs")).empty


@settings(max_examples=examples(20))
@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_a_draw_takes_of_every_band_and_decision(each: int, seed: int) -> None:
    pairs, _ = scored(np.random.default_rng(8), 300)
    drawn = pairs_to_review(pairs, each, np.random.default_rng(seed))
    strata = [pairs["decision"], probability_bands(pairs)]
    there = pairs.groupby(strata).size()
    assert drawn.groupby([drawn["decision"], probability_bands(drawn)]).size().equals(there.clip(upper=each))
