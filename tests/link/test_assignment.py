"""A record without a birth date among candidates: shares, rivals, and how often a system finds nobody."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.link.resolve.assignment import assign_child, is_parent_of_same_name, normalize_over_candidates
from tests.link.units import born, unit, units_of


def assigned(
    *candidates: tuple[int, int, float], asking: int = 1, refused: tuple[int, ...] = ()
) -> pd.DataFrame:
    """Assign choosers of one system to candidates (chooser, child, bits); so many records ask."""
    weighed = pd.DataFrame(candidates, columns=["chooser", "child", "match_weight"])
    weighed = weighed.assign(group=0, refused=weighed.index.isin(refused))
    return assign_child(weighed, np.array([asking]))


# One record, which has a candidate beyond doubt. Ten records more are taken to have found a child, and ten to
# have found none: the odds of none are 10 to 11.
@pytest.mark.parametrize(("other", "rival"), [(0.92, True), (0.90, False), (1.5, True), (0.0, False)])
def test_other_candidates_are_rivals_if_they_weigh_as_much_as_nobody(other: float, rival: bool) -> None:
    candidates = [(7, 1, 40.0)] + ([(7, 2, float(np.log2(other)))] if other else [])
    found = assigned(*candidates).set_index("child")
    assert bool(found.loc[1, "rivals"]) is rival
    if other:
        assert bool(found.loc[2, "rivals"]) is True


def test_candidates_share_one_certainty_with_nobody() -> None:
    sure = assigned((7, 1, 40.0))
    assert sure["share"].tolist() == [pytest.approx(1.0)]
    two = assigned((7, 1, 40.0), (7, 2, 40.0))
    assert two["share"].tolist() == [pytest.approx(0.5)] * 2
    assert two["best"].tolist() == [True, False]
    # A candidate as likely as nobody: even odds, where ten found a child and ten found none.
    assert assigned((7, 1, 0.0))["share"].iloc[0] == pytest.approx(0.5)


def test_where_most_records_of_a_system_find_nobody_one_more_finds_nobody_more_easily() -> None:
    """Of a hundred records one has a candidate: with the ten and ten, 109 of 120 have none."""
    found = assigned((7, 1, 0.0), asking=100)["share"].iloc[0]
    assert found == pytest.approx(1 / (1 + 109.9 / 10.1), rel=0.01)


def test_of_several_ways_to_one_child_the_strongest_counts_and_a_refused_one_never() -> None:
    found = assigned((7, 1, 3.0), (7, 1, 5.0), (7, 2, 9.0), (8, 2, 1.0), refused=(2,))
    rows = found[["chooser", "child", "match_weight", "best"]].values.tolist()
    assert rows == [[7, 1, 5.0, True], [8, 2, 1.0, True]]


def shares(
    *pairs: tuple[int, int, float], alike: tuple[tuple[int, int], ...] = (), exclusive: Any = None
) -> list[float]:
    weighed = pd.DataFrame(pairs, columns=["left", "right", "match_weight"])
    same = np.array([left * 10 + right for left, right in alike], dtype="int64")
    return normalize_over_candidates(weighed, 10, same, exclusive).round(3).tolist()


def test_two_units_compete_for_a_third_unless_they_may_be_one_child() -> None:
    assert shares((1, 2, 0.0)) == [0.5]
    # Two candidates of odds 3: each gets 3 of 3 + 3 + 1.
    three = float(np.log2(3))
    assert shares((1, 3, three), (2, 3, three)) == [0.429, 0.429]
    assert shares((1, 3, three), (2, 3, three), alike=((1, 2),)) == [0.75, 0.75]
    assert shares((1, 3, three), (2, 4, three)) == [0.75, 0.75]
    # The stronger rivals, of either end, count.
    assert shares((1, 3, three), (2, 3, three), (1, 4, 0.0))[0] == 0.429

    def never(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.zeros(len(one), dtype=bool)

    assert shares((1, 3, three), (2, 3, three), exclusive=never) == [0.75, 0.75]


@pytest.mark.parametrize(
    ("days", "other", "parent"),
    [
        ("2000-05-17", "2012-03-02", True),
        ("2000-05-17", "2011-03-02", False),  # eleven years: a brother
        ("2000-05-17", "2012-05-17", False),  # the same day of another year is a typing error
        ("2012-03-02", "2000-05-17", True),
    ],
)
def test_a_child_and_a_parent_of_one_name_are_twelve_years_apart(days: str, other: str, parent: bool) -> None:
    units = units_of([unit("ana", "lopez", **born(days)), unit("ana", "lopez", **born(other))])
    assert is_parent_of_same_name(units, np.array([0]), np.array([1])).tolist() == [parent]


def test_of_a_unit_without_a_birth_date_nobody_is_a_parent() -> None:
    units = units_of([unit("ana", "lopez", **born("2000-05-17")), unit("ana", "lopez")])
    assert is_parent_of_same_name(units, np.array([0]), np.array([1])).tolist() == [False]
