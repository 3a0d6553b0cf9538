"""A table in numbers: of each row whose it is, which system says it, and in which school year it lies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.fitting import matching
from helpers.standard import STRING

__all__ = ["BANDS", "Rows"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# From the surest tie to the weakest. A record alone is sure to be itself.
BANDS = ("Sure", "Alone", "Unverified", "Review")


class _NumbersFiles(Protocol):
    def files_of(self, names: pd.Series) -> Ints:
        """Give each file a number, alike over all tables; -1 where there is none."""


class Rows:
    """The rows of a table, in numbers where a rule compares, counts or sorts; -1 stands for nothing.

    Parameters
    ----------
    frame
        The table.
    system
        Of each row its system: a place in the evidence's `silos`.
    tie
        Its record: a place in the crosswalk.
    owner
        Its child: a place in the evidence's `children`.
    band
        How sure the tie is: a place in `BANDS`.
    year
        The school year in which it lies: a place in the years of which systems speak.
    """

    def __init__(
        self, frame: pd.DataFrame, *, system: Ints, tie: Ints, owner: Ints, band: Ints, year: Ints
    ) -> None:
        self.frame = frame
        self.system, self.tie, self.owner, self.band, self.year = system, tie, owner, band, year
        self._codes: dict[str, tuple[Ints, list[str]]] = {}
        self._texts: dict[str, Any] = {}
        self._files: Ints | None = None

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def of_a_child(self) -> Bools:
        """Say of each row whether it is a child's."""
        return self.owner >= 0

    @property
    def told(self) -> Bools:
        """Say of each row whether it is a child's and lies in a year of which a system speaks."""
        return (self.owner >= 0) & (self.year >= 0)

    def codes(self, column: str) -> tuple[Ints, list[str]]:
        """Give the different texts of a column numbers, once.

        Parameters
        ----------
        column
            A text column.

        Returns
        -------
        tuple
            Of each row the place of its text, -1 where there is none; and the texts.
        """
        if column not in self._codes:
            codes, words = pd.factorize(self.frame[column])
            self._codes[column] = codes.astype("int64"), list(map(str, words))
        return self._codes[column]

    def code(self, column: str) -> Ints:
        """Give the number of each row's text."""
        return self.codes(column)[0]

    def texts(self, column: str, at: Ints) -> pd.Series:
        """Take the text of some rows."""
        if column not in self._texts:
            self._texts[column] = self.frame[column].astype(STRING).array
        return pd.Series(self._texts[column].take(at))

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """Give a column as numbers, NaN where nothing is known."""
        return self.frame[column].to_numpy(dtype="float64", na_value=np.nan)

    def days(self, column: str) -> Any:
        """Give a column as days, NaT where nothing is known."""
        return self.frame[column].to_numpy(dtype="datetime64[us]")

    def lacks(self, column: str) -> Bools:
        """Say of each row whether it has nothing in a column."""
        return self.frame[column].isna().to_numpy(dtype=bool)

    def files(self, evidence: _NumbersFiles) -> Ints:
        """Give the number of each row's file, alike over all tables of the evidence."""
        if self._files is None:
            self._files = evidence.files_of(self.frame["file"])
        return self._files

    @property
    def row(self) -> Ints:
        """Give the number of each source row."""
        return self.frame["row"].to_numpy(dtype="int64", na_value=-1)

    def among(self, column: str, words: Collection[str]) -> Bools:
        """Say of each row whether the text of a column is one of some words."""
        codes, known = self.codes(column)
        return np.array([*(word in words for word in known), False], dtype=bool)[codes]

    def fits(self, where: Sequence[Mapping[str, str]]) -> Bools:
        """Say of each row whether it fits an alternative; see `helpers.profile.fitting`."""
        fits = np.full(len(self), not where)
        for alternative in where:
            this = np.ones(len(self), dtype=bool)
            for column, pattern in alternative.items():
                codes, words = self.codes(column)
                this &= matching(words, pattern)[codes]
            fits |= this
        return fits
