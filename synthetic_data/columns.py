"""Columns of the contracts' dtypes, made from numpy arrays: codes stay integers until here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.layouts import STRING

__all__ = ["dates", "numbered", "only", "pick", "text", "truth", "whole", "within"]

Codes = npt.NDArray[np.integer[Any]]
Words = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]


def only(mask: Mask, words: Words | str) -> Words:
    """Keep words where the mask is true; elsewhere there is nothing."""
    kept = np.full(len(mask), None, dtype=object)
    kept[mask] = words if isinstance(words, str) else words[mask]
    return kept


def text(values: Words | Sequence[str | None]) -> Any:
    """Make a string column; ``None`` is missing."""
    return pd.array(np.asarray(values, dtype=object), dtype=STRING)


def pick(words: Sequence[str] | Words, codes: Codes) -> Any:
    """Make a string column from a list of words and the place of each row's word in it; -1 is missing."""
    if len(words) == 0:
        return text(np.full(len(codes), None, dtype=object))
    return text(words).take(codes, allow_fill=True)


def numbered(prefix: str, places: Codes, width: int) -> Words:
    """Write ids such as ``P000042`` as Python strings, so that they can be picked from again."""
    return np.array([f"{prefix}{place:0{width}d}" for place in places.tolist()], dtype=object)


def whole(values: npt.NDArray[Any], known: Mask | None = None) -> Any:
    """Make an integer column; where `known` is false it is missing."""
    unknown = np.zeros(len(values), dtype=bool) if known is None else ~known
    return pd.arrays.IntegerArray(np.asarray(values, dtype="int64"), unknown)


def truth(values: npt.NDArray[Any], known: Mask | None = None) -> Any:
    """Make a boolean column; where `known` is false it is missing."""
    unknown = np.zeros(len(values), dtype=bool) if known is None else ~known
    return pd.arrays.BooleanArray(np.asarray(values, dtype=bool), unknown)


def dates(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
    """Make a column of dates; ``NaT`` is missing."""
    return days.astype("datetime64[us]")


def within(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count from 0 inside each group: lengths 2, 3 give 0 1 0 1 2."""
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) - np.repeat(starts, lengths)
