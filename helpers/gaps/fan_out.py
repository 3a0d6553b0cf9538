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
            code, their_code = (each["code"].to_numpy(dtype="int64") for each in (mine, theirs))
            most = int(max(np.max(code), np.max(their_code))) + 1
            times = np.bincount(their_code, minlength=most)
            meets = times[code]
            if not meets.any():
                continue
            shared = (times[their_code] > 1) & np.isin(their_code, code)
            marked = np.zeros(len(known.records), dtype=bool)
            marked[theirs["number"].to_numpy()[shared]] = True
            bearers = len(np.unique(mine["number"].to_numpy()[meets > 0]))
            surplus = int(meets.sum()) - bearers
            lines.append(line("rows too many", left, right, surplus, bearers, name, **known.example(marked)))
    return lines
