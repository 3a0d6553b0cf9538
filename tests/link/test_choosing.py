"""Whose a record is when several children may be meant, and none of them may be."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.link.model import declared_model
from helpers.link.model.parameters import KINDS
from helpers.link.resolve.assignment import assign_child, normalize_over_candidates
from helpers.link.resolve.weighted_pairs import is_exclusive
from tests.link.units import born, unit, units_of


def asked(*rows: tuple[int, int, float], refused: frozenset[int] = frozenset()) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["chooser", "child", "match_weight"])
    return frame.assign(group=0, refused=[place in refused for place in range(len(rows))])


def test_two_equally_likely_children_share_what_one_would_have_had_alone() -> None:
    alone = assign_child(asked((1, 10, 9.0)), np.array([1]))["share"].item()
    both = assign_child(asked((1, 10, 9.0), (1, 11, 9.0)), np.array([1]))["share"]
    assert alone > 0.99
    assert both.round(2).tolist() == [0.5, 0.5]


def test_what_is_refused_takes_nothing_from_the_others() -> None:
    chosen = assign_child(asked((1, 10, 9.0), (1, 11, 12.0), refused=frozenset({1})), np.array([1]))
    assert chosen["child"].tolist() == [10]
    assert chosen["share"].item() > 0.99


def test_a_child_known_by_two_records_counts_once() -> None:
    chosen = assign_child(asked((1, 10, 9.0), (1, 10, 8.0)), np.array([1]))
    assert len(chosen) == 1
    assert chosen["share"].item() > 0.99


def test_where_nearly_all_find_a_child_a_weak_claim_is_believed_sooner() -> None:
    strong = [(n, 100 + n, 12.0) for n in range(500)]
    weak = (999, 1, 1.0)
    among_found = assign_child(asked(*strong, weak), np.array([501]))
    among_lost = assign_child(asked(*strong, weak), np.array([5000]))
    of = lambda chosen: chosen.loc[chosen["chooser"].eq(999), "share"].item()  # noqa: E731
    assert of(among_found) > 0.9
    assert of(among_lost) < 0.3


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.floats(-30, 30)), min_size=1, max_size=30))
def test_shares_of_one_record_never_exceed_certainty(rows: list[tuple[int, int, float]]) -> None:
    chosen = assign_child(asked(*rows), np.array([6]))
    assert chosen["share"].between(0, 1).all()
    assert chosen.groupby("chooser")["share"].sum().le(1 + 1e-9).all()
    assert chosen.groupby("chooser")["best"].sum().eq(1).all()


@pytest.mark.parametrize(("owners", "shift"), [(0.8, 0.0), (1.6, math.log2(1.5) - 2)])
def test_a_claim_is_weighed_as_one_to_one_child_of_all_by_the_given_model(
    owners: float, shift: float
) -> None:
    # Four records with a birth date and two without are 8 pairs. If each of the two has 0.8 (1.6) partners,
    # a pair's odds are 1 to 4 (2 to 3). They are replaced by one child of four: 2 bits.
    units = units_of([unit("ana", "lopez", **born("2012-05-17"))] * 4 + [unit("ana", "lopez")] * 2)
    model = declared_model()
    aids: Any = SimpleNamespace(model=replace(model, matches={**model.matches, KINDS[1]: owners}))
    assert is_exclusive(units, np.array([1]), 4, aids) == pytest.approx([shift])


@pytest.mark.parametrize(("alike", "expected"), [([], 0.5), ([1 * 10 + 2], 1.0)])
def test_rivals_halve_each_other_unless_they_are_one_child(alike: list[int], expected: float) -> None:
    pairs = pd.DataFrame({"left": [0, 0], "right": [1, 2], "match_weight": [10.0, 10.0]})
    shares = normalize_over_candidates(pairs, 10, np.array(alike, dtype="int64"))
    assert shares == pytest.approx([expected, expected], abs=0.01)
