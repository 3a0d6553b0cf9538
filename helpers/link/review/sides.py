"""The two records of a pair by name, and which of them stands on the left."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from helpers.standard import STRING, is_among

__all__ = ["PAIR", "RECORD", "SIDES", "Name", "Side", "in_order", "is_of_a_pair", "side_of"]

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
RECORD = ("silo", "record")
PAIR = ("left_silo", "left_record", "right_silo", "right_record")
Name = tuple[str, str]


def side_of(pairs: pd.DataFrame, side: Side) -> list[Name]:
    """Name the records of one side.

    Parameters
    ----------
    pairs
        Its columns ``left_silo`` and ``left_record``, or those of the right.
    side
        Which.

    Returns
    -------
    list of tuple
        Silo and record, one a pair.
    """
    return list(zip(pairs[f"{side}_silo"].tolist(), pairs[f"{side}_record"].tolist(), strict=True))


def is_of_a_pair(records: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    """Tell which rows are of a record that stands in a pair: few of a million, as a rule.

    Parameters
    ----------
    records
        ``silo``, ``record``, and whatever else.
    pairs
        The four columns of `PAIR`.

    Returns
    -------
    numpy.ndarray
        Boolean, one a row of `records`.
    """
    ends = [_key(pairs[f"{side}_silo"], pairs[f"{side}_record"]) for side in SIDES]
    return is_among(_key(records["silo"], records["record"]), pd.concat(ends, ignore_index=True))


def _key(silo: pd.Series, record: pd.Series) -> pd.Series:
    return silo.astype(STRING) + "\n" + record.astype(STRING)


def in_order(pairs: pd.DataFrame) -> pd.DataFrame:
    """Put the record that comes first by silo and name on the left, as the table *pairs* has it.

    Parameters
    ----------
    pairs
        The four columns of `PAIR`, and whatever else.

    Returns
    -------
    pandas.DataFrame
        The same rows and columns; where the order was wrong, the two names have changed places.
    """
    turned = [
        left > right for left, right in zip(side_of(pairs, "left"), side_of(pairs, "right"), strict=True)
    ]
    if not any(turned):
        return pairs
    mask = pd.Series(turned, index=pairs.index)
    swapped: dict[str, pd.Series] = {}
    for column in RECORD:
        left, right = pairs[f"left_{column}"], pairs[f"right_{column}"]
        swapped |= {f"left_{column}": left.mask(mask, right), f"right_{column}": right.mask(mask, left)}
    return pairs.assign(**swapped)
