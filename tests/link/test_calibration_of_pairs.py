"""Calibrated probabilities, and how they and the estimates without a key are learned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.link.model.calibration import calibrate, log_odds, uncalibrate
from helpers.standard import BadInput
from synthetic_data.studies.link_calibration import fit_curves, fit_estimates, fit_probabilities

CHANCES = st.floats(0.001, 0.9999)
ERRORS = st.floats(0.0, 1.0)


@given(CHANCES, CHANCES, ERRORS)
def test_calibrating_keeps_the_order_of_pairs(one: float, other: float, errors: float) -> None:
    low, high = calibrate([min(one, other), max(one, other)], errors)
    assert 0 < low <= high < 1


@given(CHANCES, ERRORS)
def test_a_calibrated_probability_leads_back_to_the_models_own(chance: float, errors: float) -> None:
    assert float(uncalibrate(calibrate(chance, errors), errors)) == pytest.approx(chance, abs=1e-6)


def test_a_doubtful_pair_is_more_often_one_child_where_errors_are_frequent() -> None:
    few, between, many = (float(calibrate(0.2, errors)) for errors in (0.1, 0.2, 0.3))
    assert few + 0.05 < between < many - 0.05
    assert float(calibrate(0.2, 0.0)) == few
    assert float(calibrate(0.2, 1.0)) == many


def test_a_pair_without_a_probability_keeps_none() -> None:
    assert np.isnan(calibrate([np.nan, 0.5], 0.1)).tolist() == [True, False]


def test_each_origin_of_errors_has_its_curve_and_its_share_of_errors() -> None:
    pairs = pd.DataFrame(
        {
            "origin": ["few"] * 200 + ["many"] * 200,
            "errors": [0.1, 0.2] * 100 + [0.3, 0.4] * 100,
            "probability": [0.5] * 400,
            "right": [True] * 50 + [False] * 150 + [True] * 150 + [False] * 50,
        }
    )
    curves = fit_curves(pairs)
    assert {origin: end for origin, (end, _) in curves.items()} == {"few": 0.2, "many": 0.3}
    assert [round(curves[origin][1][1][1], 2) for origin in ("few", "many")] == [0.25, 0.75]
    with pytest.raises(BadInput, match="the same shares of errors"):
        fit_curves(pairs.assign(errors=0.2))


def test_probabilities_are_fitted_to_the_shares_of_right_pairs() -> None:
    rng = np.random.default_rng(2)
    true = rng.uniform(0.02, 0.98, 60_000)
    # A model that is too sure of itself: log odds twice as large.
    odds = (true / (1 - true)) ** 2
    pairs = pd.DataFrame({"probability": odds / (1 + odds), "right": rng.random(len(true)) < true})
    knots = fit_probabilities(pairs)
    said, share = (np.array(side) for side in zip(*knots, strict=True))
    fitted = 1 / (1 + np.exp(-np.interp(log_odds(pairs["probability"]), log_odds(said), log_odds(share))))
    assert np.abs(fitted - true).mean() < 0.02
    assert (np.diff(said) > 0).all()
    assert (np.diff(share) > 0).all()


def test_bands_that_are_right_more_rarely_than_lower_ones_are_pooled() -> None:
    pairs = pd.DataFrame(
        {
            "probability": [0.35] * 100 + [0.45] * 100 + [0.75] * 100,
            "right": [True] * 60 + [False] * 40 + [True] * 40 + [False] * 60 + [True] * 90 + [False] * 10,
        }
    )
    knots = fit_probabilities(pairs)
    assert [round(share, 2) for _, share in knots[1:-1]] == [0.5, 0.9]
    assert knots[1][0] == pytest.approx(0.4)


def test_the_spread_of_an_estimate_is_that_of_errors_that_the_fit_did_not_see() -> None:
    rows = [
        {"origin": origin, "errors": errors, "Precision": 0.99, "Recall": right, "F1": right}
        for origin, factor in (("a", 1.0), ("b", 1.0), ("c", 2.0))
        for errors in (0.05, 0.1, 0.2)
        for right in (1 - factor * 0.2 * errors,)
    ]
    fitted = fit_estimates(pd.DataFrame(rows))
    assert fitted["Recall"]["errors"] == pytest.approx(1, abs=0.01)
    # Two origins are wrongly foretold by half of the logarithm of 2, the third by all of it.
    assert fitted["Recall"]["spread"] == pytest.approx(np.sqrt((2 * 0.5**2 + 1) / 3) * np.log(2), rel=0.01)
    assert fitted["Precision"]["errors"] == pytest.approx(0, abs=1e-9)
    assert np.exp(fitted["Precision"]["intercept"]) == pytest.approx(0.01)
