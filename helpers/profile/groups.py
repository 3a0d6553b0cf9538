"""Rows that give one value together: those of a child, a system and a school year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Groups", "is_first", "is_last", "last_of_each", "one_number"]

Ints = npt.NDArray[np.int64]
# A table of all cells, be they there or not, is kept while it has at most so many cells a row.
CELLS_A_ROW = 8
LARGEST = 1 << 62
NOT_A_DAY = np.iinfo("int64").min


class Groups:
    """Rows put together by some numbers; groups stand in the order of the numbers.

    Parameters
    ----------
    numbers
        One array or more, from 0 each, none of them missing; the first counts most.

    Attributes
    ----------
    of
        The group of each row.
    first
        The place of a row of each group: its numbers are those of the group.
    """

    of: Ints
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
    """Make one number of several, in their order, and alike only where all of them are.

    Parameters
    ----------
    numbers
        One array or more, from 0 each.

    Returns
    -------
    tuple
        The numbers, and up to where they can go.
    """
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
    """Find the last row of each group in some order; what is missing comes first, of equals the last counts.

    Parameters
    ----------
    groups
        The groups.
    order
        One number or day a row, that which counts most first.

    Returns
    -------
    numpy.ndarray
        Places of rows, one a group.
    """
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
