"""Sort the rows of a file by what is recorded in them, so that their order reveals nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.layouts import FileLayout
from synthetic_data.columns import ranked

__all__ = ["sorted_positions"]

Codes = npt.NDArray[np.int64]


def sorted_positions(rows: pd.DataFrame, sorted_by: Sequence[str], file: FileLayout) -> Codes:
    """Return the positions of a file's rows of text, sorted by some of its columns.

    Days sort as days, everything else as text, and what is no day comes last. All other cells break ties.
    """
    names = [name for name in sorted_by if name in rows.columns]
    keys = [_sortable(rows[name], name, file) for name in names]
    order = np.lexsort(keys[::-1])
    same = np.ones(max(len(order) - 1, 0), dtype=bool)
    for key in keys:
        same &= key[order[1:]] == key[order[:-1]]
    tied = np.flatnonzero(np.r_[same, False] | np.r_[False, same][: len(order)])
    if len(tied):
        among = order[tied]
        # By name, since a fault may have moved a column.
        rest = [_text(rows[name].iloc[among]) for name in sorted(set(map(str, rows.columns)) - set(names))]
        order[tied] = among[np.lexsort((*rest[::-1], *(key[among] for key in keys[::-1])))]
    return order


def _sortable(text: pd.Series, name: str, file: FileLayout) -> Any:
    column = next((column for column in file.columns if column.name == name), None)
    if column is None or column.type != "date":
        return _text(text)
    place = _text(text)
    first = np.unique(place, return_index=True)[1]
    distinct = text.fillna("").iloc[first].to_numpy(dtype=object).astype(str)
    days = pd.to_datetime(pd.Series(distinct), format=column.formats()[0], errors="coerce")
    last = days.isna().to_numpy(dtype=bool)
    number = np.lexsort((np.arange(len(distinct)), days.to_numpy(), last))
    rank = np.empty(len(distinct), dtype="int64")
    rank[number] = np.arange(len(distinct))
    # Two spellings of one day are one day.
    new = np.r_[True, (days.iloc[number].to_numpy()[1:] != days.iloc[number].to_numpy()[:-1])]
    return (np.cumsum(new) - 1)[rank][place.reshape(-1)]


def _text(text: pd.Series) -> Codes:
    return ranked(text.fillna("").reset_index(drop=True))
