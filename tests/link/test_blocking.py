"""Records that share a key are paired, unless the key is too common to say anything."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.link.blocking import Values, components, distinct_pairs, pairs_between, pairs_within

Pairs = list[tuple[int, int]]


def within(keys: list[int], records: list[int], largest: int) -> tuple[Pairs, tuple[int, int]]:
    left, right, passed = pairs_within(np.array(keys), np.array(records), largest)
    return list(zip(left.tolist(), right.tolist(), strict=True)), passed


def between(
    left: list[tuple[int, int]], right: list[tuple[int, int]], largest: int
) -> tuple[Pairs, tuple[int, int]]:
    """Pair two lists of (key, record)."""
    columns = [
        np.array(column, dtype="int64") for side in (left, right) for column in zip(*side, strict=True)
    ]
    one, other, passed = pairs_between(*columns, largest)
    return sorted(zip(one.tolist(), other.tolist(), strict=True)), passed


@pytest.mark.parametrize(("largest", "pairs", "passed"), [(4, 6, (0, 0)), (5, 6, (0, 0)), (3, 0, (1, 4))])
def test_a_key_of_as_many_records_as_are_allowed_still_pairs_them(
    largest: int, pairs: int, passed: tuple[int, int]
) -> None:
    found, over = within([7, 7, 7, 7], [0, 1, 2, 3], largest)
    assert (len(found), over) == (pairs, passed)


def test_a_common_key_is_passed_over_and_the_others_are_not() -> None:
    found, passed = within([1, 2, 1, 1, 2, 3], [5, 4, 3, 2, 1, 0], 2)
    assert (found, passed) == ([(1, 4)], (1, 3))


def test_a_record_with_one_key_twice_is_no_pair_of_itself() -> None:
    assert within([1, 1, 1], [0, 0, 2], 9) == ([(0, 2), (0, 2)], (0, 0))
    assert within([], [], 9) == ([], (0, 0))


def test_records_of_two_lists_are_paired_by_equal_keys_the_lower_number_first() -> None:
    found, passed = between([(1, 9), (2, 0), (3, 8)], [(1, 1), (1, 2), (2, 0), (4, 7)], 9)
    assert (found, passed) == ([(1, 9), (2, 9)], (0, 0))


@pytest.mark.parametrize(("largest", "pairs", "passed"), [(3, 3, (0, 0)), (2, 0, (1, 3))])
def test_a_key_may_be_as_common_in_either_list_as_is_allowed(
    largest: int, pairs: int, passed: tuple[int, int]
) -> None:
    many, one = [(1, 0), (1, 1), (1, 2)], [(1, 3)]
    assert (len(between(many, one, largest)[0]), between(many, one, largest)[1]) == (pairs, passed)
    # The other way round, one record asks, and its key is too common there.
    found, over = between(one, many, largest)
    assert (len(found), over) == (pairs, (passed[0], min(passed[1], 1)))


def test_a_common_key_that_the_other_list_has_not_passes_nobody_over() -> None:
    """Nothing is lost by it, so no count says that something was."""
    assert between([(1, 0), (1, 1), (1, 2)], [(2, 3)], 2) == ([], (0, 0))


def test_pairs_are_listed_once_in_order() -> None:
    one, other = distinct_pairs(np.array([2, 1, 2, 1, 0]), np.array([0, 5, 0, 4, 9]))
    assert list(zip(one.tolist(), other.tolist(), strict=True)) == [(0, 9), (1, 4), (1, 5), (2, 0)]
    assert [len(side) for side in distinct_pairs(np.array([], "int64"), np.array([], "int64"))] == [0, 0]


def test_what_hangs_together_is_called_by_its_lowest_number() -> None:
    assert components(6, np.array([5, 3, 2]), np.array([4, 2, 5])).tolist() == [0, 1, 2, 2, 2, 2]
    assert components(2, np.array([], "int64"), np.array([], "int64")).tolist() == [0, 1]


def test_two_records_share_a_value_or_none_and_without_values_nothing_is_said() -> None:
    values = Values.of(np.array([0, 0, 1, 2, 3, 4]), np.array([0, 1, 1, 2, 0, -1]), ["a", "b", "c"])
    left, right = np.array([0, 0, 0, 1, 0, 4, 5]), np.array([1, 2, 3, 2, 4, 0, 5])
    assert values.shared(6, left, right).tolist() == [1, 0, 1, 0, -1, -1, -1]
    assert values.how_many(6).tolist() == [2, 1, 1, 1, 0, 0]
    assert values.only(6).tolist() == [-1, 1, 2, 0, -1, -1]
    assert len(values.among(np.array([True, False, True, False, False]))) == 2
