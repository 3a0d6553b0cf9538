"""Rows put in order by several numbers at once, packed into as few as may be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["in_order", "ranks"]

Ints = npt.NDArray[np.int64]
# Several small numbers share one of 64 bits; above this a new one is begun.
ROOM = 1 << 62


def ranks(column: pd.Series) -> Ints:
    """Give each cell of a column its place in their order, what is missing last.

    Parameters
    ----------
    column
        Text, dates or whole numbers.

    Returns
    -------
    numpy.ndarray
        From 0, one a row.
    """
    codes, unique = pd.factorize(column, sort=True)
    return np.where(codes < 0, len(unique), codes).astype("int64")


def in_order(numbers: Sequence[np.ndarray]) -> Ints:
    """Say in which order rows stand.

    Parameters
    ----------
    numbers
        Whole numbers from 0, one array a criterion, the one that counts most first. Rows alike in all keep
        their order.

    Returns
    -------
    numpy.ndarray
        Places of the rows, the first one first.
    """
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
