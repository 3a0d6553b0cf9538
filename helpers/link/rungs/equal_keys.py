"""Pairs of records that have a key in common."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.blocks import pairs_within
from helpers.link.matches import LARGEST_BLOCK
from helpers.link.students import Students

__all__ = ["pairs_with_equal_keys"]


def pairs_with_equal_keys(
    students: Students, record: np.ndarray, *parts: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find pairs of records all parts of whose keys are equal.

    Parameters
    ----------
    students
        The records.
    record
        ``int64``: numbers of records, one a key; a record may have several.
    parts
        ``int64``, one entry a key, 0 or more: what has to be equal.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right`` (left below right), distinct, but for two of a silo that keeps one a child.
    pandas.DataFrame
        One row: ``keys`` and ``records`` that were passed over, since too many share them.
    """
    key = parts[0].astype("int64")
    for part in parts[1:]:
        # Numbered anew each time, so that the product cannot grow beyond 64 bits.
        width = int(np.max(part)) + 1 if len(part) else 1
        key = pd.factorize(pd.factorize(key)[0].astype("int64") * width + part)[0].astype("int64")
    left, right, passed = pairs_within(key, record, LARGEST_BLOCK)
    allowed = students.may_be_one_child(left, right)
    pairs = pd.DataFrame({"left": left[allowed], "right": right[allowed]}).drop_duplicates(ignore_index=True)
    return pairs, pd.DataFrame([passed], columns=["keys", "records"])
