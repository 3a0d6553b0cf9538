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
# A table of all cells, be they there or not, is kept while it has at most so many cells a row.
CELLS_A_ROW = 8
LARGEST = 1 << 62
NOT_A_DAY = np.iinfo("int64").min


class Groups:
    """Rows put together by some numbers; groups stand in the order of the numbers."""

    # The group of each row.
    of: Ints
    # The place of a row of each group: its numbers are those of the group.
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
        """Count the rows of each group for which something is so."""
        return np.bincount(self.of[which], minlength=len(self)).astype("int64")

    def total(self, numbers: np.ndarray) -> np.ndarray:
        """Sum numbers, those that are known; small errors of rounding are carried along, not lost."""
        return pd.Series(numbers).groupby(self.of).sum().to_numpy(dtype="float64")

    def mean(self, numbers: np.ndarray) -> np.ndarray:
        """Average numbers, those that are known."""
        return pd.Series(numbers).groupby(self.of).mean().to_numpy(dtype="float64")

    def distinct(self, words: np.ndarray) -> Ints:
        """Count the different words of each group; -1 is none."""
        told = np.flatnonzero(words >= 0)
        of = self.of[told]
        return np.bincount(of[is_first(of, words[told])], minlength=len(self)).astype("int64")

    def parent(self, of: np.ndarray) -> np.ndarray:
        """Give a number of each group that all its rows share."""
        return of[self.first]

    def largest(self, numbers: np.ndarray) -> np.ndarray:
        """Give the largest number of each group; its rows have one each."""
        result = np.full(len(self), np.iinfo("int64").min, dtype="int64")
        np.maximum.at(result, self.of, numbers.astype("int64"))
        return result

    def newest(self, days: np.ndarray) -> np.ndarray:
        """Give the newest day of each group; NaT where none is known."""
        return self.largest(days.astype("datetime64[us]").view("int64")).view("datetime64[us]")

    def oldest(self, days: np.ndarray) -> np.ndarray:
        """Give the oldest day of each group; NaT where none is known."""
        number = days.astype("datetime64[us]").view("int64")
        # The day that is no day is the smallest number there is, and so is its negative.
        return (-self.largest(-number)).view("datetime64[us]")

    def only(self, numbers: np.ndarray) -> Ints:
        """Give the number of all rows of a group that have one; -1 where they have several, or none."""
        most = self.largest(numbers)
        least = -self.largest(np.where(numbers < 0, NOT_A_DAY, -numbers))
        return np.where(most == least, most, -1)


def one_number(*numbers: np.ndarray) -> tuple[Ints, int]:
    """Make one number of several, in their order, and alike only where all of them are."""
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
    """Say of each row whether it is the first that has its numbers."""
    return ~pd.Series(one_number(*numbers)[0]).duplicated().to_numpy()


def is_last(*numbers: np.ndarray) -> npt.NDArray[np.bool_]:
    """Say of each row whether it is the last that has its numbers."""
    return ~pd.Series(one_number(*numbers)[0]).duplicated(keep="last").to_numpy()


def last_of_each(groups: Groups, order: Sequence[np.ndarray]) -> Ints:
    """Find the last row of each group in an order; missing values sort first, the last of equals counts."""
    keys = []
    for column in reversed(order):
        if column.dtype.kind == "M":
            column = column.astype("datetime64[us]").view("int64")
        elif column.dtype.kind == "f":
            column = np.where(np.isnan(column), -np.inf, column)
        keys.append(column)
    places = np.lexsort([*keys, groups.of])
    ends = np.cumsum(groups.size()) - 1
    return places[ends]


def is_in(rows: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    """Say of each row whether another table has one with the same cells; two missing cells are the same."""
    number = np.zeros(len(rows) + len(others), dtype="int64")
    for name, other in zip(rows.columns, others.columns, strict=True):
        codes, unique = pd.factorize(pd.concat([rows[name], others[other]], ignore_index=True))
        # Each new column parts the rows further; a missing cell has code -1.
        number = number * (len(unique) + 1) + codes + 1
    return np.isin(number[: len(rows)], number[len(rows) :])


def sorted_index(rows: pd.DataFrame, by: Sequence[str]) -> np.ndarray:
    """Say in which order rows stand: by some columns, the smallest first, what is missing last."""
    return np.lexsort([_ranks(rows[name]) for name in reversed(by)])


def _ranks(column: pd.Series) -> np.ndarray:
    # A text that was assigned to every row is a column of objects under pandas 2.
    is_text = isinstance(column.dtype, pd.StringDtype) or column.dtype == object
    if not is_text:
        return column.to_numpy(dtype="float64", na_value=np.nan)
    codes, words = pd.factorize(column, sort=True)
    return np.where(codes < 0, len(words), codes)


# Several small numbers share one of 64 bits; above this a new one is begun.
ROOM = 1 << 62


def ranks(column: pd.Series) -> Ints:
    """Give each cell of a column its place in their order, what is missing last."""
    codes, unique = pd.factorize(column, sort=True)
    return np.where(codes < 0, len(unique), codes).astype("int64")


def in_order(numbers: Sequence[np.ndarray]) -> Ints:
    """Say in which order rows stand."""
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
    # Few rows are alike in the first number: only these are put in order by the rest.
    order = np.argsort(keys[0], kind="stable")
    first = keys[0][order]
    same = np.zeros(len(first) + 1, dtype=bool)
    same[1:-1] = first[1:] == first[:-1]
    tied = np.flatnonzero(same[1:] | same[:-1])
    among = order[tied]
    order[tied] = among[np.lexsort([key[among] for key in reversed(keys)])]
    return order


# Up to so many pairs of a system and a name a table of all of them is kept, be they there or not.
DENSE = 200_000_000


def _text(column: pd.Series) -> Any:
    """Give a text column as one piece of Arrow text."""
    text = pa.array(column.astype(STRING).array, from_pandas=True)
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    return text.cast(pa.large_string())


def index_of(column: pd.Series, words: Any) -> Ints:
    """Say where each text of a column stands among some words."""
    known = pa.array(words, pa.large_string()) if isinstance(words, Sequence) else words
    places = pc.index_in(_text(column), value_set=known, skip_nulls=True)
    return np.asarray(places.fill_null(-1)).astype("int64")


class KeyIndex:
    """Different pairs of a system and a name that it gives; the first of equals counts."""

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
            # Written from the last to the first, so that the first of equals stays.
            self._at[number[::-1]] = there[::-1]
            return
        order = np.argsort(number, kind="stable")
        self._numbers, self._at = number[order], there[order].astype("int32")

    def of(self, systems: np.ndarray, names: pd.Series) -> Ints:
        """Say where each pair stands."""
        word = index_of(names, self._words)
        number = np.where((word >= 0) & (systems >= 0), systems * self._width + word, -1)
        if self._dense:
            # A system with a higher number than any that is listed lists nothing.
            known = (number >= 0) & (number < len(self._at))
            return np.where(known, np.append(self._at, -1)[np.where(known, number, -1)], -1).astype("int64")
        if len(self._numbers) == 0:
            return np.full(len(number), -1, dtype="int64")
        at = np.minimum(np.searchsorted(self._numbers, number), len(self._numbers) - 1)
        return np.where(self._numbers[at] == number, self._at[at], -1).astype("int64")
