"""Why a pair was decided so, in words and without a value of a cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.link.two_files.comparisons import Comparison
from helpers.standard import STRING

__all__ = ["reasons_of"]


def reasons_of(comparisons: Sequence[Comparison], levels: np.ndarray, why: Sequence[str]) -> pd.Series:
    """Say what the rows of each pair have in common.

    Parameters
    ----------
    comparisons
        From `comparisons.comparisons_of`.
    levels
        Of each pair.
    why
        What else decided; empty where nothing.

    Returns
    -------
    pandas.Series
        ``first name the same; surname nearly the same; birth date the same; missing: sex``.
    """
    if not len(levels):
        return pd.Series([], dtype=STRING)
    distinct, which = np.unique(levels, axis=0, return_inverse=True)
    said = [_said(comparisons, pattern) for pattern in distinct.tolist()]
    texts = [
        said[place] + (f"; {more}" if more else "") for place, more in zip(which.ravel(), why, strict=True)
    ]
    return pd.Series(texts, dtype=STRING)


def _said(comparisons: Sequence[Comparison], levels: Sequence[int]) -> str:
    parts = [
        f"{one.name} {one.words[level]}" for one, level in zip(comparisons, levels, strict=True) if level >= 0
    ]
    missing = [one.name for one, level in zip(comparisons, levels, strict=True) if level < 0]
    return "; ".join([*parts, *([f"missing: {', '.join(missing)}"] if missing else [])])
