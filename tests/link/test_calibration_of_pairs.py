"""Calibrated probabilities, and how they and the estimates without a key are learned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.link.model.calibration import calibrate, uncalibrate
from synthetic_data.studies.link_calibration import fit_estimates, fit_probabilities

CHANCES = st.floats(0.001, 0.9999)


@given(CHANCES, CHANCES)
def test_calibrating_keeps_the_order_of_pairs(one: float, other: float) -> None:
    low, high = calibrate([min(one, other), max(one, other)])
    assert 0 < low <= high < 1


@given(CHANCES)
def test_a_calibrated_probability_leads_back_to_the_models_own(chance: float) -> None:
    assert float(uncalibrate(calibrate(chance))) == pytest.approx(chance, abs=1e-6)


def test_a_pair_without_a_probability_keeps_none() -> None:
    assert np.isnan(calibrate([np.nan, 0.5])).tolist() == [True, False]


def test_probabilities_are_fitted_to_the_shares_of_right_pairs() -> None:
    rng = np.random.default_rng(2)
    true = rng.uniform(0.02, 0.98, 60_000)
    # A model that is too sure of itself: log odds twice as large.
    odds = (true / (1 - true)) ** 2
    pairs = pd.DataFrame({"probability": odds / (1 + odds), "right": rng.random(len(true)) < true})
    knots = fit_probabilities(pairs)
    assert np.abs(calibrate(pairs["probability"], knots) - true).mean() < 0.02
    said, share = (list(side) for side in zip(*knots, strict=True))
    assert said == sorted(said)
    assert share == sorted(share)


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
