"""Estimates without a key, held against pairs of which the truth is known."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.cli.link import CAVEAT, _finding
from helpers.files import District
from helpers.link import Links
from helpers.link.model import shipped_model
from helpers.link.quality import (
    ELSEWHERE,
    MODEL,
    REVIEWED,
    estimate_caveat,
    estimate_quality,
    pairs_to_review,
    probability_bands,
)
from helpers.score import measure_separable_pairs
from helpers.standard import as_table, empty_table
from tests.bench.linking_coverage import kept_tables
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


def by_review(pairs: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Estimate from reviewed pairs alone: no model scored these."""
    nothing = empty_table("crosswalk")
    estimate = estimate_quality(Links(nothing, pairs, empty_table("findings"), pd.DataFrame()), decisions)
    assert estimate["basis"].eq(REVIEWED).all()
    return estimate.set_index("measure")


@pytest.mark.full
def test_reviewed_pairs_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    held = dict.fromkeys(MEASURES, 0)
    for _ in range(40):
        pairs, is_one = scored(rng, 3_000)
        rows = by_review(pairs, answered(pairs, pairs_to_review(pairs, 40, rng), is_one))
        truth = truth_of(pairs, is_one)
        for measure in MEASURES:
            held[measure] += rows.loc[measure, "low"] <= truth[measure] <= rows.loc[measure, "high"]
    assert all(34 <= times <= 40 for times in held.values()), held


def test_reviewed_pairs_tell_when_a_model_is_too_sure_of_itself() -> None:
    rng = np.random.default_rng(4)
    pairs, is_one = scored(rng, 6_000, sure=3.0)
    truth = truth_of(pairs, is_one)
    rows = by_review(pairs, answered(pairs, pairs_to_review(pairs, 100, rng), is_one))
    assert rows.loc["Precision", "low"] <= truth["Precision"] <= rows.loc["Precision", "high"]


def test_all_pairs_reviewed_are_no_estimate_any_more() -> None:
    pairs, is_one = scored(np.random.default_rng(5), 200)
    rows = by_review(pairs, answered(pairs, pairs, is_one))
    for measure, value in truth_of(pairs, is_one).items():
        assert rows.loc[measure, ["value", "low", "high"]].tolist() == pytest.approx([value] * 3)


def test_a_review_speaks_of_the_bands_that_somebody_looked_at() -> None:
    pairs, is_one = scored(np.random.default_rng(6), 400)
    pairs.loc[pairs.index < 300, "match_probability"] = np.nan
    rows = by_review(pairs, answered(pairs, pairs[probability_bands(pairs).eq("by rule")], is_one))
    assert rows["share_of_pairs"].tolist() == pytest.approx([0.75] * 3)
    assert rows["reviewed"].tolist() == [300] * 3


def test_the_last_word_on_a_pair_counts() -> None:
    pairs = _pairs(np.array([0.95]), np.array(["Match"]))
    decisions = pd.concat([answered(pairs, pairs, np.array([yes])) for yes in (True, False)])
    for days, precision in (([1, 2], 0.0), ([2, 1], 1.0)):
        dated = decisions.assign(reviewed_utc=pd.to_datetime([f"2026-05-0{day}" for day in days]))
        rows = by_review(pairs, as_table("decisions", dated))
        assert rows.loc["Precision", "value"] == precision


def test_without_pairs_nothing_is_estimated() -> None:
    none = Links(empty_table("crosswalk"), empty_table("pairs"), empty_table("findings"), pd.DataFrame())
    assert estimate_quality(none).empty
    assert estimate_quality(replace(none, model=shipped_model())).empty


def by_model(links: Links) -> pd.DataFrame:
    estimate = estimate_quality(links)
    assert estimate["basis"].eq(MODEL).all()
    return estimate.set_index("measure")


def test_the_model_tells_of_a_made_district_how_right_its_pairs_with_names_are(
    district: District, district_links: Links
) -> None:
    rows = by_model(district_links)
    truth = measure_separable_pairs(district, district_links)
    for measure in MEASURES:
        assert rows.loc[measure, "low"] <= truth[measure] <= rows.loc[measure, "high"], measure
    assert 0 < rows["share_of_pairs"].iloc[0] < 1


def test_more_errors_make_a_lower_estimate(district_links: Links) -> None:
    rows, model = by_model(district_links), district_links.model
    assert model is not None
    first = [0.8, *model.m["first_name"][1:]]
    erring = by_model(replace(district_links, model=replace(model, m={**model.m, "first_name": first})))
    for measure in ("Recall", "F1"):
        assert erring.loc[measure, "value"] < rows.loc[measure, "value"]


@pytest.mark.parametrize(("fewest", "may_be_none"), [(2.999, True), (3.001, False)])
def test_where_fewer_than_three_wrong_pairs_are_expected_there_may_be_none(
    district_links: Links, monkeypatch: pytest.MonkeyPatch, fewest: float, may_be_none: bool
) -> None:
    # Without a spread of its own, chance alone makes the interval: so many wrong pairs have this lower end.
    wrong = fewest
    for _ in range(100):
        wrong = fewest * np.exp(1.96 / np.sqrt(wrong))
    named = int(by_model(district_links)["pairs"].iloc[0])
    one = {"intercept": float(np.log(wrong / named)), "errors": 0.0, "spread": 0.0}
    monkeypatch.setattr("helpers.link.quality._learned", lambda: {"Precision": one})
    assert bool(by_model(district_links).loc["Precision", "high"] == 1) is may_be_none


def test_few_pairs_make_a_wider_interval(district_links: Links) -> None:
    crosswalk = district_links.crosswalk
    sizes = crosswalk.groupby("child").size()
    few = crosswalk[crosswalk["child"].isin(sizes.nlargest(5).index)]
    width = {
        name: (rows["high"] - rows["low"]).to_numpy(dtype="float64")
        for name, rows in (
            ("all", by_model(district_links)),
            ("few", by_model(replace(district_links, crosswalk=few))),
        )
    }
    assert (width["few"] > width["all"]).all()


@settings(max_examples=examples(20))
@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_a_draw_takes_of_every_band_and_decision(each: int, seed: int) -> None:
    pairs, _ = scored(np.random.default_rng(8), 300)
    drawn = pairs_to_review(pairs, each, np.random.default_rng(seed))
    strata = [pairs["decision"], probability_bands(pairs)]
    there = pairs.groupby(strata).size()
    assert drawn.groupby([drawn["decision"], probability_bands(drawn)]).size().equals(there.clip(upper=each))


def test_the_estimate_says_for_which_errors_it_holds_and_how_far_it_missed_on_others() -> None:
    rows, _ = kept_tables()
    strange = rows[rows["measure"].eq("Recall") & rows["errors"].eq("held_out")]
    times = (1 - strange["true"]) / (1 - strange["value"])
    declared = tomllib.loads(ELSEWHERE.read_text(encoding="utf-8"))
    assert declared["held_out"]["missed_times"] == [round(times.min(), 1), round(times.max(), 1)]
    every = [*declared["held_out"]["missed_times"], *declared["other_kinds"]["missed_times"]]
    said = estimate_caveat()
    assert f"{min(every)} to {max(every)} times as many pairs were missed" in said
    assert "it said 99% where links found 95% to 96%" in said
    # Whoever prints the estimate prints it.
    estimate = pd.DataFrame({"basis": MODEL, "measure": MEASURES, "value": 0.99, "low": 0.98, "high": 0.999})
    figures = {"children": 9, "records": 30, "estimated, not measured": estimate, CAVEAT: said}
    *_, about, caveat = _finding(figures, 3)
    assert about.startswith("Estimated, not measured")
    assert caveat == said
