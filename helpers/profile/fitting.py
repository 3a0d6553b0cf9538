"""Which rows of a table an element or an event asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

__all__ = ["fitting", "matching"]


def fitting(
    frame: pd.DataFrame, where: Sequence[Mapping[str, str]], silos: Sequence[str] | None = None
) -> pd.Series:
    """Say of each row whether it is asked for.

    Parameters
    ----------
    frame
        A fact table.
    where
        Alternatives, one of which a row has to fit; each gives patterns by column, which the whole text of
        the cell has to match. An empty cell is the empty text. Without alternatives every row fits.
    silos
        Only rows of these systems; None: of all.

    Returns
    -------
    pandas.Series
        One boolean a row.
    """
    fits = np.full(len(frame), not where)
    for alternative in where:
        this = np.ones(len(frame), dtype=bool)
        for column, pattern in alternative.items():
            this &= _matches(frame[column], pattern)
        fits |= this
    if silos is not None:
        fits &= frame["silo"].isin(list(silos)).to_numpy(dtype=bool)
    return pd.Series(fits, index=frame.index)


def matching(words: Sequence[str], pattern: str) -> np.ndarray:
    """Say of each word whether a pattern matches the whole of it.

    Parameters
    ----------
    words
        Words.
    pattern
        A regular expression.

    Returns
    -------
    numpy.ndarray
        Boolean, one a word, and a last one for the empty text: place -1 is that of an empty cell.
    """
    return np.array([re.fullmatch(pattern, word) is not None for word in [*words, ""]], dtype=bool)


def _matches(column: pd.Series, pattern: str) -> np.ndarray:
    codes, words = pd.factorize(column)
    return matching(list(map(str, words)), pattern)[codes]
