"""Calibrated probabilities, and how they and the estimates without a key are learned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.link import Links
from helpers.link.model.calibration import DOUBTS, calibrate, log_odds, uncalibrate
from helpers.link.resolve.assignment import assign_child
from helpers.standard import BadInput
from synthetic_data.studies.link_calibration import NODES, fit_curves, fit_estimates, fit_probabilities
from tests.link.records import linked, record

CHANCES = st.floats(0.001, 0.9999)
ERRORS = st.floats(0.0, 1.0)
KINDS = st.sampled_from(DOUBTS)
TWO_IDS_TWO_PERSONS, TWO_IDS, TWO_NAMES_IN_ONE_SYSTEM, TWO_NAMES, RIVALS, PLAIN = DOUBTS


@given(CHANCES, CHANCES, ERRORS, KINDS)
def test_calibrating_keeps_the_order_of_pairs_of_a_kind(
    one: float, other: float, errors: float, doubt: str
) -> None:
    low, high = calibrate([min(one, other), max(one, other)], errors, doubt)
    assert 0 < low <= high < 1


@given(CHANCES, ERRORS, KINDS)
def test_a_calibrated_probability_leads_back_to_the_models_own(
    chance: float, errors: float, doubt: str
) -> None:
    own = float(uncalibrate(calibrate(chance, errors, doubt), errors, doubt))
    assert own == pytest.approx(chance, abs=1e-6)


@pytest.mark.parametrize(("doubt", "step"), [(TWO_NAMES, 0.0), (RIVALS, 0.05)])
def test_a_doubtful_pair_is_more_often_one_child_where_errors_are_frequent(doubt: str, step: float) -> None:
    few, between, many = (float(calibrate(0.2, errors, doubt)) for errors in (0.1, 0.2, 0.3))
    assert few + step < between < many - step
    assert float(calibrate(0.2, 0.0, doubt)) == few
    assert float(calibrate(0.2, 1.0, doubt)) == many


@pytest.mark.parametrize("errors", [0.1, 0.3])
def test_one_probability_means_something_else_in_each_kind_of_pair(errors: float) -> None:
    kinds = [TWO_IDS_TWO_PERSONS, TWO_NAMES_IN_ONE_SYSTEM, TWO_NAMES, RIVALS, PLAIN]
    ids, twins, names, rivals, plain = calibrate(0.5, errors, kinds)
    assert ids < 0.05 < twins < 0.2
    assert 0.8 < names < plain
    # Of two children who fit a record as well as each other, one is right.
    assert rivals == pytest.approx(0.5, abs=0.1)
    assert plain > 0.7


def test_a_pair_without_a_probability_keeps_none() -> None:
    assert np.isnan(calibrate([np.nan, 0.5], 0.1, RIVALS)).tolist() == [True, False]


@pytest.mark.parametrize(
    ("system", "first", "other", "doubts"),
    [
        # Two numbers, two names; then two numbers alone.
        ("meals", {"State": "111"}, {"name": "Quirin", "State": "222"}, [TWO_IDS_TWO_PERSONS]),
        ("meals", {"State": "111"}, {"surname": "Quarzt", "State": "222"}, [TWO_IDS]),
        # Two names of one day, home and surname: a clerk may have made them of one, but hardly in a system.
        ("meals", {}, {"name": "Quirin"}, [TWO_NAMES]),
        ("sis", {}, {"name": "Quirin"}, [TWO_NAMES_IN_ONE_SYSTEM]),
        ("meals", {}, {"surname": "Quarzt"}, [PLAIN]),
        ("sis", {}, {"surname": "Quarzt"}, [PLAIN]),
    ],
)
def test_a_pair_is_calibrated_among_pairs_of_its_kind(
    system: str, first: dict[str, str], other: dict[str, str], doubts: list[str]
) -> None:
    home = {"street_number_name": "12 Oak Street", "postal_code": "01234", "telephone": "555-0134"}
    rows = [
        record(
            silo,
            name,
            said.pop("name", "Zebulon"),
            said.pop("surname", "Quartz"),
            "2012-05-17",
            **home,
            **said,
        )
        for silo, name, said in (("sis", "a", dict(first)), (system, "b", dict(other)))
    ]
    scored = linked(*rows, method="resolved").pairs.query("step == 'Probabilistic'")
    assert scored["doubt"].tolist() == doubts
    assert scored["match_probability"].notna().all()


def test_rivals_hold_as_much_of_a_record_as_none_of_them() -> None:
    def choosing(chooser: int, *weights: float) -> pd.DataFrame:
        return pd.DataFrame(
            {"chooser": chooser, "child": range(len(weights)), "group": 0, "match_weight": weights}
        )

    # Two who fit equally well; one alone; one whose rival is less likely than that the child is unknown.
    asking = pd.concat([choosing(7, 9.0, 9.0), choosing(8, 3.0), choosing(9, 9.0, -9.0)])
    chosen = assign_child(asking.assign(refused=False), np.array([3])).set_index(["chooser", "child"])
    assert chosen["rivals"].to_dict() == {
        (7, 0): True,
        (7, 1): True,
        (8, 0): False,
        (9, 0): False,
        (9, 1): True,
    }


def test_pairs_of_a_district_are_of_every_kind_that_their_evidence_shows(district_links: Links) -> None:
    scored = district_links.pairs[district_links.pairs["match_probability"].notna()]
    assert set(scored["doubt"]) <= set(DOUBTS)
    assert district_links.pairs.loc[district_links.pairs["match_probability"].isna(), "doubt"].isna().all()
    two_ids = scored["doubt"].isin([TWO_IDS_TWO_PERSONS, TWO_IDS])
    assert scored["evidence_identifier"].eq("Different").tolist() == two_ids.tolist()
    rivals = scored[scored["doubt"].eq(RIVALS)]
    assert len(rivals)
    assert rivals["evidence_birth_date"].eq("Missing").all()
    assert scored.loc[scored["doubt"].eq(TWO_IDS_TWO_PERSONS), "match_probability"].lt(0.1).all()


def test_each_origin_of_errors_has_its_curve_and_its_share_of_errors() -> None:
    pairs = pd.DataFrame(
        {
            "doubt": RIVALS,
            "origin": ["few"] * 200 + ["many"] * 200,
            "errors": [0.1, 0.2] * 100 + [0.3, 0.4] * 100,
            "probability": [0.5] * 400,
            "right": [True] * 50 + [False] * 150 + [True] * 150 + [False] * 50,
        }
    )
    curves = fit_curves(pairs)
    assert {key: end for key, (end, _) in curves.items()} == {(RIVALS, "few"): 0.2, (RIVALS, "many"): 0.3}
    for origin, share in (("few", 0.25), ("many", 0.75)):
        assert dict(curves[RIVALS, origin][1])[0.5] == pytest.approx(share, abs=0.04)
    with pytest.raises(BadInput, match="the same shares of errors"):
        fit_curves(pairs.assign(errors=0.2))


def test_a_kind_that_one_origin_of_errors_lacks_has_the_other_s_curve() -> None:
    pairs = pd.DataFrame(
        {
            "doubt": [RIVALS] * 400 + [TWO_NAMES] * 100,
            "origin": ["few"] * 200 + ["many"] * 300,
            "errors": [0.1] * 200 + [0.3] * 300,
            "probability": [0.5] * 400 + [0.3] * 100,
            "right": [True, False] * 200 + [True] * 60 + [False] * 40,
        }
    )
    curves = fit_curves(pairs)
    few, many = (curves[TWO_NAMES, origin][1] for origin in ("few", "many"))
    assert dict(many)[0.3] == pytest.approx(0.6, abs=0.05)
    assert dict(few)[0.3] == pytest.approx(dict(many)[0.3], abs=0.01)


def test_few_pairs_of_an_origin_lean_on_all_origins() -> None:
    usual = [(node, node) for node in NODES]
    few, many = (
        dict(fit_probabilities(pd.DataFrame({"probability": 0.5, "right": [True] * count}), usual))[0.5]
        for count in (2, 500)
    )
    assert 0.5 < few < 0.8
    assert many > 0.9


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


def test_a_curve_rises_where_pairs_of_a_higher_probability_are_right_more_rarely() -> None:
    pairs = pd.DataFrame(
        {
            "probability": [0.3] * 100 + [0.5] * 100 + [0.9] * 100,
            "right": [True] * 60 + [False] * 40 + [True] * 40 + [False] * 60 + [True] * 90 + [False] * 10,
        }
    )
    at = dict(fit_probabilities(pairs))
    assert 0.4 < at[0.3] < at[0.5] < 0.6
    assert at[0.9] == pytest.approx(0.9, abs=0.05)


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
