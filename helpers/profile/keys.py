"""Rows found and put in order by several columns at once, without a Python object for each cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["listed_in", "places_in_order"]


def listed_in(rows: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    """Say of each row whether another table has one with the same cells; two missing cells are the same.

    Parameters
    ----------
    rows, others
        As many columns each; they are compared in their order, whatever they are called.

    Returns
    -------
    numpy.ndarray
        Boolean, one a row of `rows`.
    """
    number = np.zeros(len(rows) + len(others), dtype="int64")
    for name, other in zip(rows.columns, others.columns, strict=True):
        codes, unique = pd.factorize(pd.concat([rows[name], others[other]], ignore_index=True))
        # Each new column parts the rows further; a missing cell has code -1.
        number = number * (len(unique) + 1) + codes + 1
    return np.isin(number[: len(rows)], number[len(rows) :])


def places_in_order(rows: pd.DataFrame, by: Sequence[str]) -> np.ndarray:
    """Say in which order rows stand: by some columns, the smallest first, what is missing last.

    Parameters
    ----------
    rows
        Any rows.
    by
        Columns, the one that counts most first. Rows alike in all keep their order.

    Returns
    -------
    numpy.ndarray
        Places of the rows, the first one first.
    """
    return np.lexsort([_ranks(rows[name]) for name in reversed(by)])


def _ranks(column: pd.Series) -> np.ndarray:
    # A text that was assigned to every row is a column of objects under pandas 2.
    is_text = isinstance(column.dtype, pd.StringDtype) or column.dtype == object
    if not is_text:
        return column.to_numpy(dtype="float64", na_value=np.nan)
    codes, words = pd.factorize(column, sort=True)
    return np.where(codes < 0, len(words), codes)
