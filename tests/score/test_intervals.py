"""Intervals hold what they promise where pairs come in families, and single pairs' intervals don't."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.score.rates import clustered_interval, f1_of, interval_of_difference, rate_of, standardized_rate

TRUE_RECALL = 0.8


def families(rng: np.random.Generator, count: int = 80) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw right and possible pairs of children, two a household: in each nearly all or few are right."""
    possible = rng.integers(1, 30, 2 * count).astype("float64")
    home = np.repeat(np.arange(count), 2)
    easy = rng.beta(TRUE_RECALL * 2, (1 - TRUE_RECALL) * 2, count)[home]
    return rng.binomial(possible.astype(int), easy).astype("float64"), possible, home


def test_the_interval_of_families_holds_the_truth_and_that_of_single_pairs_does_not() -> None:
    rng = np.random.default_rng(5)
    held = naive = 0
    for _ in range(400):
        right, possible, home = families(rng)
        rate = rate_of(right, possible, home)
        low, high = rate.interval()
        held += low <= TRUE_RECALL <= high
        every = np.array([possible.sum()])
        alone = clustered_interval(np.array([rate.value]), np.zeros(1), every, every)
        naive += alone[0][0] <= TRUE_RECALL <= alone[1][0]
    assert 0.92 <= held / 400 <= 0.98
    assert naive / 400 < 0.6


def test_the_pull_of_households_is_that_of_drawing_households_anew() -> None:
    rng = np.random.default_rng(8)
    right, possible, home = families(rng, 60)
    linked = right + rng.binomial(5, 0.2, len(right))
    precision, recall = rate_of(right, linked, home), rate_of(right, possible, home)
    rates = [precision, recall, f1_of(precision, recall, right.sum())]
    drawn = []
    for _ in range(2_000):
        times = np.bincount(rng.integers(0, 60, 60), minlength=60)[home]
        r, n, m = (float((times * part).sum()) for part in (right, linked, possible))
        drawn.append((r / n, r / m, 2 * r / (n + m)))
    for rate, spread in zip(rates, np.std(drawn, axis=0), strict=True):
        assert np.sqrt((rate.pull**2).sum()) == pytest.approx(spread, rel=0.1)


def test_where_nothing_varies_each_family_is_one_thing() -> None:
    everything = rate_of(np.full(40, 9.0), np.full(40, 9.0), np.arange(40) // 2)
    low, high = everything.interval()
    # Wilson's interval of 20 in 20.
    assert (low, high) == (pytest.approx(0.8389, abs=1e-4), 1.0)


def test_a_rate_of_nothing_has_no_interval() -> None:
    nothing = rate_of(np.zeros(3), np.zeros(3), np.arange(3))
    assert np.isnan([nothing.value, *nothing.interval()]).all()


def test_a_standardized_rate_is_that_of_everybodys_mix() -> None:
    # Two strata; the group is right in 9 of 10 and 1 of 2; of everybody three quarters lie in the first.
    right, possible = np.array([[9.0, 0.0], [0.0, 1.0]]), np.array([[10.0, 0.0], [0.0, 2.0]])
    weights, common = np.array([0.75, 0.25]), np.array([0.8, 0.4])
    rate = standardized_rate(right, possible, np.arange(2), weights, common, least=1)
    assert rate.value == pytest.approx(0.75 * 0.9 + 0.25 * 0.5)
    assert rate.known == pytest.approx(1.0)
    # Without anything in the second stratum, everybody's rate stands in.
    only_first = standardized_rate(right[:1], possible[:1], np.arange(1), weights, common, least=1)
    assert only_first.value == pytest.approx(0.75 * 0.9 + 0.25 * 0.4)
    assert only_first.known == pytest.approx(0.75)


def test_too_few_children_don_t_speak_for_a_stratum() -> None:
    # Nine of ten children lie in the first stratum; the tenth, who failed, is alone in the second.
    possible = np.zeros((10, 2))
    possible[:9, 0], possible[9, 1] = 1.0, 1.0
    right = possible * [1.0, 0.0]
    weights, common = np.array([0.5, 0.5]), np.array([0.9, 0.7])
    rate = standardized_rate(right, possible, np.arange(10), weights, common, least=5)
    assert rate.value == pytest.approx(0.5 * 1.0 + 0.5 * 0.7)
    assert rate.known == pytest.approx(0.5)


def test_a_difference_is_as_sure_as_its_ends() -> None:
    low, high = interval_of_difference((0.9, 0.9, 0.9), (0.6, 0.5, 0.7))
    assert (low, high) == (pytest.approx(0.2), pytest.approx(0.4))


@pytest.mark.parametrize(("children", "speak"), [(9, False), (10, True), (11, True)])
def test_ten_children_speak_for_a_stratum_and_nine_do_not(children: int, speak: bool) -> None:
    # A hundred children are right in the first stratum; a few are wrong in the second.
    possible = np.zeros((100 + children, 2))
    possible[:100, 0], possible[100:, 1] = 1.0, 1.0
    weights, common = np.array([0.5, 0.5]), np.array([0.9, 0.7])
    rate = standardized_rate(possible * [1.0, 0.0], possible, np.arange(100 + children), weights, common)
    assert rate.value == pytest.approx(0.5 * 1.0 + 0.5 * (0.0 if speak else 0.7))
    assert rate.known == pytest.approx(1.0 if speak else 0.5)
