"""Rows that a join makes too many, because a number stands for several records on the other side."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.gaps.keys import Keys
from helpers.gaps.known import Known
from helpers.gaps.measures import line

__all__ = ["fan_out"]


def fan_out(known: Known, keys: Keys) -> list[dict[str, Any]]:
    """Count the rows that a join by an id makes beyond one a record of the left system.

    Parameters
    ----------
    known
        Who is in which system.
    keys
        Their ids.

    Returns
    -------
    list of dict
        A line *rows too many* for each pair of systems and kind of id by which any records meet; the example
        is the first record of the right system that shares its number with another one.
    """
    lines: list[dict[str, Any]] = []
    for left_place, right_place in known.pairs():
        left, right = known.silos[left_place], known.silos[right_place]
        for mine, theirs, name in keys.between(left, right):
            times = theirs["value"].value_counts()
            meets = mine["value"].map(times).dropna()
            if meets.empty:
                continue
            shared = theirs[theirs["value"].map(times).gt(1) & theirs["value"].isin(mine["value"])]
            marked = np.zeros(len(known.records), dtype=bool)
            marked[shared["number"]] = True
            bearers = mine.loc[meets.index, "number"].nunique()
            surplus = int(meets.sum()) - bearers
            lines.append(line("rows too many", left, right, surplus, bearers, name, **known.example(marked)))
    return lines
