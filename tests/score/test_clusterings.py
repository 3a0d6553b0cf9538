"""Piles of cards against each other, by hand and against a count of every pair."""

from __future__ import annotations

import math
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.score.card_sort import agreement, pairwise
from helpers.standard import BadInput

PILES = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", None]), st.sampled_from([1, 2, 3, None])),
    min_size=2,
    max_size=9,
)


def two(piles: list[tuple[str | None, int | None]]) -> tuple[pd.Series, pd.Series]:
    return (
        pd.Series([one for one, _ in piles], dtype="string"),
        pd.Series([other for _, other in piles], dtype="Int64"),
    )


@given(PILES)
def test_pairs_are_counted_as_one_by_one(piles: list[tuple[str | None, int | None]]) -> None:
    counted = pairwise(*two(piles))
    pairs = list(combinations(piles, 2))
    together = [
        (one[0] is not None and one[0] == other[0], one[1] is not None and one[1] == other[1])
        for one, other in pairs
    ]
    assert counted["linked"] == sum(found for found, _ in together)
    assert counted["possible"] == sum(true for _, true in together)
    assert counted["right"] == sum(found and true for found, true in together)


@given(PILES)
def test_agreement_is_kappa_over_pairs(piles: list[tuple[str | None, int | None]]) -> None:
    one, other = two(piles)
    counted = pairwise(one, other)
    every = len(piles) * (len(piles) - 1) / 2
    p, q = counted["linked"] / every, counted["possible"] / every
    seen = (every - counted["linked"] - counted["possible"] + 2 * counted["right"]) / every
    chance = p * q + (1 - p) * (1 - q)
    expected = 1.0 if math.isclose(chance, 1) else (seen - chance) / (1 - chance)
    assert agreement(one, other) == pytest.approx(expected)
    assert agreement(other, one) == pytest.approx(expected)


def test_two_partitions_have_the_index_worked_out_by_hand() -> None:
    # Thirteen things; how many of each pile of the one lie in each of the other: [3 1 1], [1 3 0], [0 1 3].
    one = pd.Series([1] * 5 + [2] * 4 + [3] * 4)
    other = pd.Series([1, 1, 1, 2, 3, 1, 2, 2, 2, 2, 3, 3, 3])
    counted = pairwise(one, other)
    assert (counted["linked"], counted["possible"], counted["right"]) == (22, 22, 9)
    assert agreement(one, other) == pytest.approx((9 - 22 * 22 / 78) / (22 - 22 * 22 / 78))


def test_piles_of_different_things_are_refused() -> None:
    with pytest.raises(BadInput, match="Piles of 3 things"):
        pairwise(pd.Series([1, 2, 3]), pd.Series([1, 2]))
