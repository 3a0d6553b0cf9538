"""Index arithmetic on integer-coded facts: groups, keys, order and pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.standard import STRING

__all__ = [
    "Groups",
    "KeyIndex",
    "in_order",
    "index_of",
    "is_first",
    "is_in",
    "is_last",
    "last_of_each",
    "one_number",
    "ranks",
    "sorted_index",
]


Ints = npt.NDArray[np.int64]
# Use a dense table of all cells as long as it has at most this many cells per row.
CELLS_A_ROW = 8
LARGEST = 1 << 62
NOT_A_DAY = np.iinfo("int64").min


class Groups:
    """Rows grouped by integer keys; groups are in key order."""

    # The group of each row.
    of: Ints
    # The position of one row of each group, which has the group's keys.
    first: Ints

    def __init__(self, *numbers: np.ndarray) -> None:
        key, cells = one_number(*numbers)
        if cells <= CELLS_A_ROW * len(key) + 1024:
            there = np.zeros(cells, dtype=bool)
            there[key] = True
            place = np.cumsum(there, dtype="int64") - 1
            self.of = place[key]
            self.first = np.zeros(int(there.sum()), dtype="int64")
            self.first[self.of[::-1]] = np.arange(len(key) - 1, -1, -1)
        else:
            _, self.first, self.of = np.unique(key, return_index=True, return_inverse=True)

    def __len__(self) -> int:
        return len(self.first)

    def size(self) -> Ints:
        """Count the rows of each group."""
        return np.bincount(self.of, minlength=len(self)).astype("int64")

    def count(self, which: np.ndarray) -> Ints:
        """Count the rows of each group that meet a condition."""
        return np.bincount(self.of[which], minlength=len(self)).astype("int64")

    def total(self, numbers: np.ndarray) -> np.ndarray:
        """Sum the known numbers of each group, with compensated rounding errors."""
        return pd.Series(numbers).groupby(self.of).sum().to_numpy(dtype="float64")

    def mean(self, numbers: np.ndarray) -> np.ndarray:
        """Average the known numbers of each group."""
        return pd.Series(numbers).groupby(self.of).mean().to_numpy(dtype="float64")

    def distinct(self, words: np.ndarray) -> Ints:
        """Count the distinct codes of each group; -1 is missing."""
        known = np.flatnonzero(words >= 0)
        of = self.of[known]
        return np.bincount(of[is_first(of, words[known])], minlength=len(self)).astype("int64")

    def parent(self, of: np.ndarray) -> np.ndarray:
        """Return each group's number, which all its rows share."""
        return of[self.first]

    def largest(self, numbers: np.ndarray) -> np.ndarray:
        """Return the largest number of each group; every row has one."""
        result = np.full(len(self), np.iinfo("int64").min, dtype="int64")
        np.maximum.at(result, self.of, numbers.astype("int64"))
        return result

    def newest(self, days: np.ndarray) -> np.ndarray:
        """Return the latest date of each group; NaT if none is known."""
        return self.largest(days.astype("datetime64[us]").view("int64")).view("datetime64[us]")

    def oldest(self, days: np.ndarray) -> np.ndarray:
        """Return the earliest date of each group; NaT if none is known."""
        number = days.astype("datetime64[us]").view("int64")
        # NaT is the smallest integer, and negating it gives itself.
        return (-self.largest(-number)).view("datetime64[us]")

    def only(self, numbers: np.ndarray) -> Ints:
        """Return the number that all rows of a group with one share; -1 if they differ, or none has one."""
        most = self.largest(numbers)
        least = -self.largest(np.where(numbers < 0, NOT_A_DAY, -numbers))
        return np.where(most == least, most, -1)


def one_number(*numbers: np.ndarray) -> tuple[Ints, int]:
    """Combine several integer columns into one key, which keeps their order."""
    key = np.zeros(len(numbers[0]), dtype="int64")
    cells = 1
    for number in numbers:
        width = int(np.max(number, initial=0)) + 1
        if cells * width > LARGEST:
            key = pd.factorize(key, sort=True)[0].astype("int64")
            cells = int(np.max(key, initial=0)) + 1
        key = key * width + number
        cells *= width
    return key, cells


def is_first(*numbers: np.ndarray) -> npt.NDArray[np.bool_]:
    """Test which rows are the first with their keys."""
    return ~pd.Series(one_number(*numbers)[0]).duplicated().to_numpy()


def is_last(*numbers: np.ndarray) -> npt.NDArray[np.bool_]:
    """Test which rows are the last with their keys."""
    return ~pd.Series(one_number(*numbers)[0]).duplicated(keep="last").to_numpy()


def last_of_each(groups: Groups, order: Sequence[np.ndarray]) -> Ints:
    """Find the last row of each group in an order; missing values sort first, ties go to the later row."""
    keys = []
    for column in reversed(order):
        if column.dtype.kind == "M":
            column = column.astype("datetime64[us]").view("int64")
        elif column.dtype.kind == "f":
            column = np.where(np.isnan(column), -np.inf, column)
        keys.append(column)
    sorted_rows = np.lexsort([*keys, groups.of])
    ends = np.cumsum(groups.size()) - 1
    return sorted_rows[ends]


def is_in(rows: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    """Test which rows have an equal row in another table; two missing cells are equal."""
    number = np.zeros(len(rows) + len(others), dtype="int64")
    for name, other in zip(rows.columns, others.columns, strict=True):
        codes, unique = pd.factorize(pd.concat([rows[name], others[other]], ignore_index=True))
        # Each further column splits the rows further; a missing cell has code -1.
        number = number * (len(unique) + 1) + codes + 1
    return np.isin(number[: len(rows)], number[len(rows) :])


def sorted_index(rows: pd.DataFrame, by: Sequence[str]) -> np.ndarray:
    """Return the row order by some columns, ascending, missing values last."""
    return np.lexsort([_ranks(rows[name]) for name in reversed(by)])


def _ranks(column: pd.Series) -> np.ndarray:
    # Assigning one text to every row makes an object column under pandas 2.
    is_text = isinstance(column.dtype, pd.StringDtype) or column.dtype == object
    if not is_text:
        return column.to_numpy(dtype="float64", na_value=np.nan)
    codes, words = pd.factorize(column, sort=True)
    return np.where(codes < 0, len(words), codes)


# Several small numbers share one 64-bit key; above this, begin a new key.
ROOM = 1 << 62


def ranks(column: pd.Series) -> Ints:
    """Rank each cell within its column, missing values last."""
    codes, unique = pd.factorize(column, sort=True)
    return np.where(codes < 0, len(unique), codes).astype("int64")


def in_order(numbers: Sequence[np.ndarray]) -> Ints:
    """Return the row order by integer columns."""
    keys: list[Ints] = []
    room = 0
    for column in numbers:
        size = int(np.max(column, initial=0)) + 1
        if not keys or room * size > ROOM:
            keys.append(column.astype("int64"))
            room = size
        else:
            keys[-1] = keys[-1] * size + column
            room *= size
    if len(keys) == 1:
        return np.argsort(keys[0], kind="stable")
    # Few rows have equal first keys: sort only these by the rest.
    order = np.argsort(keys[0], kind="stable")
    first = keys[0][order]
    same = np.zeros(len(first) + 1, dtype=bool)
    same[1:-1] = first[1:] == first[:-1]
    tied = np.flatnonzero(same[1:] | same[:-1])
    among = order[tied]
    order[tied] = among[np.lexsort([key[among] for key in reversed(keys)])]
    return order


# Use a dense table of all pairs of system and name up to this size.
DENSE = 200_000_000


def _text(column: pd.Series) -> Any:
    """Return a text column as one Arrow array."""
    text = pa.array(column.astype(STRING).array, from_pandas=True)
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    return text.cast(pa.large_string())


def index_of(column: pd.Series, words: Any) -> Ints:
    """Return the position of each text in a list of words."""
    known = pa.array(words, pa.large_string()) if isinstance(words, Sequence) else words
    positions = pc.index_in(_text(column), value_set=known, skip_nulls=True)
    return np.asarray(positions.fill_null(-1)).astype("int64")


class KeyIndex:
    """Index of distinct pairs of system and name; the first of equal pairs counts."""

    def __init__(self, systems: np.ndarray, names: pd.Series) -> None:
        text = _text(names)
        self._words = pc.unique(text.drop_null())
        self._width = max(len(self._words), 1)
        word = np.asarray(pc.index_in(text, value_set=self._words).fill_null(-1)).astype("int64")
        there = np.flatnonzero((word >= 0) & (systems >= 0))
        number = systems[there].astype("int64") * self._width + word[there]
        size = (int(np.max(systems, initial=-1)) + 1) * self._width
        self._dense = size <= DENSE
        if self._dense:
            self._at = np.full(size, -1, dtype="int32")
            # Written from last to first, so that the first of equal pairs remains.
            self._at[number[::-1]] = there[::-1]
            return
        order = np.argsort(number, kind="stable")
        self._numbers, self._at = number[order], there[order].astype("int32")

    def of(self, systems: np.ndarray, names: pd.Series) -> Ints:
        """Return the position of each pair."""
        word = index_of(names, self._words)
        number = np.where((word >= 0) & (systems >= 0), systems * self._width + word, -1)
        if self._dense:
            # A system number beyond the index has no entries.
            known = (number >= 0) & (number < len(self._at))
            return np.where(known, np.append(self._at, -1)[np.where(known, number, -1)], -1).astype("int64")
        if len(self._numbers) == 0:
            return np.full(len(number), -1, dtype="int64")
        at = np.minimum(np.searchsorted(self._numbers, number), len(self._numbers) - 1)
        return np.where(self._numbers[at] == number, self._at[at], -1).astype("int64")
