"""Blocking: pairs of rows that share a key, and keys with several values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

__all__ = ["Values", "components", "count_up", "distinct_pairs", "pairs_between", "pairs_within"]


def pairs_within(
    keys: np.ndarray, records: np.ndarray, largest_block: int
) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Pair the records that share a key.

    >>> left, right, over = pairs_within(np.array([5, 5, 6, 5]), np.array([0, 2, 1, 3]), largest_block=100)
    >>> [(int(one), int(other)) for one, other in zip(left, right)]
    [(0, 2), (0, 3), (2, 3)]
    """
    order = np.lexsort((records, keys))
    keys, records = keys[order], records[order]
    starts, sizes = _groups(keys)
    over = sizes > largest_block
    passed = int(over.sum()), int(sizes[over].sum())
    # Each entry pairs with the later ones in its group: entry i of n makes n - 1 - i pairs.
    place = np.arange(len(keys)) - np.repeat(starts, sizes)
    later = np.where(np.repeat(over, sizes), 0, np.repeat(sizes, sizes) - 1 - place)
    first, step = count_up(later)
    left, right = records[first], records[first + step + 1]
    apart = left != right
    return left[apart], right[apart], passed


def pairs_between(
    left_keys: np.ndarray,
    left_records: np.ndarray,
    right_keys: np.ndarray,
    right_records: np.ndarray,
    largest_block: int,
) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Pair the records of one list with those of another that share a key."""
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
    first, step = count_up(partners)
    one, other = left_records[first], right_records[begin[first] + step]
    apart = one != other
    one, other = one[apart], other[apart]
    return np.minimum(one, other), np.maximum(one, other), passed


def count_up(times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Repeat each place so many times, and count its repetitions from 0.

    >>> [numbers.tolist() for numbers in count_up(np.array([2, 0, 3]))]
    [[0, 0, 2, 2, 2], [0, 1, 0, 1, 2]]
    """
    place = np.repeat(np.arange(len(times)), times)
    return place, np.arange(len(place)) - np.repeat(np.cumsum(times) - times, times)


def _groups(sorted_keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the start and length of each run of equal keys."""
    if len(sorted_keys) == 0:
        return np.zeros(0, dtype="int64"), np.zeros(0, dtype="int64")
    starts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))
    return starts, np.diff(np.concatenate((starts, [len(sorted_keys)])))


def distinct_pairs(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct pairs of two integer columns, sorted."""
    if len(one) == 0:
        return one.astype("int64"), other.astype("int64")
    width = int(np.max(other)) + 1
    # Sorting and comparing neighbors is ten times faster than numpy.unique on millions of numbers.
    both = np.sort(one.astype("int64") * width + other)
    both = both[np.concatenate(([True], both[1:] != both[:-1]))]
    return both // width, both % width


def components(count: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Label connected components by their lowest record number.

    >>> components(5, np.array([3, 1]), np.array([4, 3])).tolist()
    [0, 1, 2, 1, 1]
    """
    label = np.arange(count, dtype="int64")
    while True:
        lower = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, label[left], lower)
        np.minimum.at(label, label[right], lower)
        while not np.array_equal(label, label[label]):
            label = label[label]
        if np.array_equal(label, before):
            return label


@dataclass(frozen=True)
class Values:
    """Distinct values of units: ``unit`` and ``code`` in parallel, sorted; ``texts`` by code."""

    unit: np.ndarray
    code: np.ndarray
    texts: np.ndarray

    @staticmethod
    def of(unit: np.ndarray, code: np.ndarray, texts: Sequence[str] | np.ndarray) -> Values:
        """Collect values; a code below 0 is missing."""
        known = code >= 0
        units, codes = distinct_pairs(unit[known], code[known])
        return Values(units, codes, np.asarray(texts, dtype=object))

    @staticmethod
    def of_column(unit: np.ndarray, column: pd.Series) -> Values:
        """Collect the values of a text column; empty ones are missing."""
        codes, texts = pd.factorize(column.where(column.ne("")))
        return Values.of(unit, codes.astype("int64"), np.asarray(texts, dtype=object))

    def __len__(self) -> int:
        return len(self.unit)

    def among(self, chosen: np.ndarray) -> Values:
        """Filter to chosen entries (booleans)."""
        return Values(self.unit[chosen], self.code[chosen], self.texts)

    def how_many(self, count: int) -> np.ndarray:
        """Count the values of each of ``count`` units."""
        return np.bincount(self.unit, minlength=count)

    def only(self, count: int) -> np.ndarray:
        """Return the code of each unit's only value; -1 if it has none or several."""
        result = np.full(count, -1, dtype="int64")
        result[self.unit] = self.code
        result[self.how_many(count) != 1] = -1
        return result

    def listed(self, count: int, kind: pa.DataType | None = None) -> pd.Series:
        """Return one list of values per unit; empty if it has none."""
        kind = kind or pa.string()
        offsets = np.concatenate(([0], np.cumsum(self.how_many(count)))).astype("int32")
        texts = pa.array(self.texts.tolist(), type=kind)
        values = texts.take(pa.array(self.code)) if len(self.code) else pa.array([], type=kind)
        lists = pa.ListArray.from_arrays(pa.array(offsets), values)
        return pd.Series(lists, dtype=pd.ArrowDtype(pa.list_(kind)))

    def shared(self, count: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Compare pairs of units: 1 some shared value, 0 none, -1 one of them has none."""
        many = self.how_many(count)
        known = (many[left] > 0) & (many[right] > 0)
        result = np.where(known, 0, -1).astype("int8")
        rows = np.flatnonzero(known)
        if len(rows) == 0:
            return result
        begin = np.cumsum(many) - many
        width = int(np.max(self.code)) + 1
        present = self.unit * width + self.code
        place, step = count_up(many[left[rows]])
        row = rows[place]
        wanted = right[row] * width + self.code[begin[left[row]] + step]
        place = np.minimum(np.searchsorted(present, wanted), len(present) - 1)
        result[row[present[place] == wanted]] = 1
        return result
