"""Whose a record without a birth date is: its candidates compete, and so does *none of them*."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["choose_child", "share_among_rivals"]

# Odds beyond this are certainty; the bound keeps sums finite.
LARGEST_WEIGHT = 60.0
STEPS_OF_LEARNING = 20
# As if so many records had been seen that found a child, and as many that found none.
CAUTION = 10.0


def odds(weight: np.ndarray) -> np.ndarray:
    """Turn a match weight (log2, prior included) into odds."""
    result: np.ndarray = np.exp2(np.clip(weight, -LARGEST_WEIGHT, LARGEST_WEIGHT))
    return result


def choose_child(weighed: pd.DataFrame, asking: np.ndarray) -> pd.DataFrame:
    """Give each chooser its share of probability among its candidates.

    Two children of one name both look likely for a record that has the name alone. Each for itself would be
    believed; together they show that nobody knows. So a record's candidates share one certainty with *none of
    them*. How often it is none of them is learned for each system from all its records at once: it is rare
    where nearly all find somebody, and likely where many find nobody.

    Parameters
    ----------
    weighed
        ``chooser`` (who looks for a child), ``child`` (several rows of one child count once, by the
        strongest), ``group`` (the chooser's system), ``match_weight`` (log2, for one child drawn from all),
        ``refused``: these compete for nothing.
    asking
        How many choosers each group has, those without any candidate among them.

    Returns
    -------
    pandas.DataFrame
        The strongest row of each chooser and child that is not refused, with ``share`` (probability among all
        candidates and none) and ``best`` (boolean: the chooser's first), in order of chooser, then strength.

    Examples
    --------
    >>> pairs = pd.DataFrame({"chooser": [7, 7], "child": [1, 2], "group": 0, "match_weight": 9.0})
    >>> choose_child(pairs.assign(refused=False), np.array([1]))["share"].round(3).tolist()
    [0.5, 0.5]
    """
    chooser, child, group, weight = (
        weighed[name].to_numpy() for name in ("chooser", "child", "group", "match_weight")
    )
    open_to = np.flatnonzero(~weighed["refused"].to_numpy(dtype=bool))
    # Strongest rows first, then the first of each chooser and child: in NumPy, since a large district has
    # millions of candidates.
    order = open_to[np.lexsort((child[open_to], -weight[open_to], chooser[open_to]))]
    by_child = order[np.lexsort((child[order], chooser[order]))]
    again = np.zeros(len(weighed), dtype=bool)
    again[by_child[1:]] = (chooser[by_child[1:]] == chooser[by_child[:-1]]) & (
        child[by_child[1:]] == child[by_child[:-1]]
    )
    rows = order[~again[order]]
    best = np.diff(chooser[rows], prepend=-1) != 0
    codes = np.cumsum(best) - 1
    mine = odds(weight[rows].astype("float64"))
    total = np.bincount(codes, weights=mine, minlength=int(best.sum()))
    none = _odds_of_none(total, group[rows][best].astype("int64"), asking)
    share = mine / (none[group[rows].astype("int64")] + total[codes])
    return weighed.iloc[rows].reset_index(drop=True).assign(share=share, best=best)


def _odds_of_none(total: np.ndarray, group: np.ndarray, asking: np.ndarray) -> np.ndarray:
    """Learn by expectation and maximisation how often a chooser of each group belongs to no candidate."""
    without = asking - np.bincount(group, minlength=len(asking))
    share = np.full(len(asking), 0.5)
    for _ in range(STEPS_OF_LEARNING):
        none = share / (1 - share)
        expected = np.bincount(group, weights=none[group] / (none[group] + total), minlength=len(asking))
        share = (expected + without + CAUTION) / (asking + 2 * CAUTION)
    odds_of_none: np.ndarray = share / (1 - share)
    return odds_of_none


def share_among_rivals(weighed: pd.DataFrame, count: int, alike: np.ndarray) -> np.ndarray:
    """Give each pair its probability once others compete for the same unit.

    Parameters
    ----------
    weighed
        ``left``, ``right``, ``match_weight``.
    count
        How many units there are.
    alike
        Numbers (lower unit times `count` plus the higher) of pairs that may well be one child: they don't
        compete with each other for a third.

    Returns
    -------
    numpy.ndarray
        One a pair: its odds against 1 and the odds of every rival of the same unit; the lower of both ends'
        shares.
    """
    left, right = weighed["left"].to_numpy(dtype="int64"), weighed["right"].to_numpy(dtype="int64")
    mine = odds(weighed["match_weight"].to_numpy(dtype="float64"))
    near = np.concatenate((left, right))
    far = np.concatenate((right, left))
    pair = np.tile(np.arange(len(weighed)), 2)
    order = np.argsort(near, kind="stable")
    begin = np.searchsorted(near[order], near, side="left")
    times = np.searchsorted(near[order], near, side="right") - begin
    row = np.repeat(np.arange(len(near)), times)
    step = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    which = order[begin[row] + step]
    number = np.minimum(far[row], far[which]) * count + np.maximum(far[row], far[which])
    rival = (far[row] != far[which]) & ~np.isin(number, alike)
    others = np.bincount(row[rival], weights=mine[pair[which[rival]]], minlength=len(near))
    against = 1 + np.max(others.reshape(2, -1), axis=0)
    shares: np.ndarray = mine / (against + mine)
    return shares
