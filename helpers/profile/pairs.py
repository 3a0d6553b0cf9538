"""Where a system's own name for something (a record, a class) stands in a list, for many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.standard import STRING

__all__ = ["Pairs", "places_of"]

Ints = npt.NDArray[np.int64]
# Up to so many pairs of a system and a name a table of all of them is kept, be they there or not.
DENSE = 200_000_000


def _text(column: pd.Series) -> Any:
    """Give a text column as one piece of Arrow text."""
    text = pa.array(column.astype(STRING).array, from_pandas=True)
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    return text.cast(pa.large_string())


def places_of(column: pd.Series, words: Any) -> Ints:
    """Say where each text of a column stands among some words.

    Parameters
    ----------
    column
        Text.
    words
        Different words, as Arrow text or a list of them.

    Returns
    -------
    numpy.ndarray
        Places; -1 where there is no text, or it is none of the words.
    """
    known = pa.array(words, pa.large_string()) if isinstance(words, Sequence) else words
    places = pc.index_in(_text(column), value_set=known, skip_nulls=True)
    return np.asarray(places.fill_null(-1)).astype("int64")


class Pairs:
    """Different pairs of a system and a name that it gives; the first of equals counts.

    Parameters
    ----------
    systems
        Numbers of the systems, from 0; a pair with -1 is never found.
    names
        Text; a missing one is never found.
    """

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
        """Say where each pair stands.

        Parameters
        ----------
        systems
            Numbers of the systems; -1: unknown.
        names
            Text.

        Returns
        -------
        numpy.ndarray
            Place of the pair, -1 where it isn't listed.
        """
        word = places_of(names, self._words)
        number = np.where((word >= 0) & (systems >= 0), systems * self._width + word, -1)
        if self._dense:
            # A system with a higher number than any that is listed lists nothing.
            known = (number >= 0) & (number < len(self._at))
            return np.where(known, np.append(self._at, -1)[np.where(known, number, -1)], -1).astype("int64")
        if len(self._numbers) == 0:
            return np.full(len(number), -1, dtype="int64")
        at = np.minimum(np.searchsorted(self._numbers, number), len(self._numbers) - 1)
        return np.where(self._numbers[at] == number, self._at[at], -1).astype("int64")
