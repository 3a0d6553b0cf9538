"""Pairs of records that share a key, found without comparing every record with every other."""

from __future__ import annotations

import numpy as np

__all__ = ["pairs_between", "pairs_within"]


def pairs_within(
    keys: np.ndarray, records: np.ndarray, largest_block: int
) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Pair the records that have a key in common.

    Parameters
    ----------
    keys, records
        ``int64``, one entry a key of a record.
    largest_block
        Keys that more entries share are passed over: their pairs grow with the square.

    Returns
    -------
    numpy.ndarray, numpy.ndarray
        The lower and the higher record of each pair; a pair found by two keys stands there twice.
    tuple of int
        How many keys were passed over, and how many entries have them.

    Examples
    --------
    >>> left, right, over = pairs_within(np.array([5, 5, 6, 5]), np.array([0, 2, 1, 3]), largest_block=100)
    >>> [(int(one), int(other)) for one, other in zip(left, right)]
    [(0, 2), (0, 3), (2, 3)]
    """
    order = np.lexsort((records, keys))
    keys, records = keys[order], records[order]
    starts, sizes = _groups(keys)
    over = sizes > largest_block
    passed = int(over.sum()), int(sizes[over].sum())
    # Each entry meets those that stand after it in its group: entry i of a group of n meets n - 1 - i.
    place = np.arange(len(keys)) - np.repeat(starts, sizes)
    later = np.where(np.repeat(over, sizes), 0, np.repeat(sizes, sizes) - 1 - place)
    first = np.repeat(np.arange(len(keys)), later)
    step = np.arange(len(first)) - np.repeat(np.cumsum(later) - later, later) + 1
    left, right = records[first], records[first + step]
    apart = left != right
    return left[apart], right[apart], passed


def pairs_between(
    left_keys: np.ndarray,
    left_records: np.ndarray,
    right_keys: np.ndarray,
    right_records: np.ndarray,
    largest_block: int,
) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Pair the records of one list with those of another that have a key in common.

    Parameters
    ----------
    left_keys, left_records, right_keys, right_records
        ``int64``, one entry a key of a record.
    largest_block
        Keys with more entries than this in either list are passed over.

    Returns
    -------
    numpy.ndarray, numpy.ndarray
        The lower and the higher record of each pair.
    tuple of int
        How many keys were passed over, and how many entries have them.
    """
    order = np.lexsort((right_records, right_keys))
    right_keys, right_records = right_keys[order], right_records[order]
    left_order = np.lexsort((left_records, left_keys))
    left_keys, left_records = left_keys[left_order], left_records[left_order]
    begin = np.searchsorted(right_keys, left_keys, side="left")
    partners = np.searchsorted(right_keys, left_keys, side="right") - begin
    _, sizes = _groups(left_keys)
    over = np.repeat(sizes > largest_block, sizes) | (partners > largest_block)
    over &= partners > 0
    passed = len(np.unique(left_keys[over])), int(over.sum())
    partners = np.where(over, 0, partners)
    first = np.repeat(np.arange(len(left_keys)), partners)
    step = np.arange(len(first)) - np.repeat(np.cumsum(partners) - partners, partners)
    one, other = left_records[first], right_records[begin[first] + step]
    apart = one != other
    one, other = one[apart], other[apart]
    return np.minimum(one, other), np.maximum(one, other), passed


def _groups(sorted_keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give where each run of equal keys begins and how long it is."""
    if len(sorted_keys) == 0:
        return np.zeros(0, dtype="int64"), np.zeros(0, dtype="int64")
    starts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))
    return starts, np.diff(np.concatenate((starts, [len(sorted_keys)])))
