"""Two ways of putting the same things into piles: how right one is by the other, and how far they agree."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import BadInput

__all__ = ["agreement", "pairwise"]

Codes = npt.NDArray[np.int64]


def pairwise(found: pd.Series, true: pd.Series) -> dict[str, float]:
    """Say how right piles are, pair by pair.

    Parameters
    ----------
    found
        The pile of each thing; NA: alone.
    true
        The pile where each truly belongs, in the same order; NA: alone.

    Returns
    -------
    dict
        ``possible`` (pairs that belong together), ``linked`` (pairs put together), ``right`` (both),
        ``precision``, ``recall`` and ``f1`` (rates; NaN where there is nothing to divide by).

    Raises
    ------
    BadInput
        When the two don't speak of equally many things.

    Examples
    --------
    >>> pairwise(pd.Series(["a", "a", "b"]), pd.Series(["x", "x", "x"]))["recall"]
    0.3333333333333333
    """
    one, other = _codes(found), _codes(true)
    _of_one_length(one, other)
    linked, possible, right = _pairs(one), _pairs(other), _pairs(_both(one, other))
    return {
        "possible": possible,
        "linked": linked,
        "right": right,
        "precision": right / linked if linked else float("nan"),
        "recall": right / possible if possible else float("nan"),
        "f1": 2 * right / (possible + linked) if possible + linked else float("nan"),
    }


def agreement(one: pd.Series, other: pd.Series) -> float:
    """Say how far two ways of making piles agree, beyond what chance alone would bring.

    Parameters
    ----------
    one, other
        The pile of each thing, in the same order; NA: alone.

    Returns
    -------
    float
        The adjusted Rand index: 1 where the piles are the same, about 0 where they agree as often as chance
        would have it, below 0 where less often. It equals Cohen's kappa over all pairs of things (Warrens,
        2008).

    Raises
    ------
    BadInput
        When the two don't speak of equally many things.

    Source
    ------
    Hubert, L. and Arabie, P. (1985), Comparing partitions, Journal of Classification 2, 193-218. Warrens,
    M. J. (2008), On the equivalence of Cohen's kappa and the Hubert-Arabie adjusted Rand index, Journal of
    Classification 25, 177-183.

    Examples
    --------
    >>> agreement(pd.Series([1, 1, 2, 2]), pd.Series(["b", "b", "a", "a"]))
    1.0
    """
    left, right = _codes(one), _codes(other)
    _of_one_length(left, right)
    every = len(left) * (len(left) - 1) / 2
    by_left, by_right, shared = _pairs(left), _pairs(right), _pairs(_both(left, right))
    expected = by_left * by_right / every if every else 0.0
    most = (by_left + by_right) / 2
    # Nothing to agree about: nobody put anything together, or everybody everything.
    return 1.0 if most == expected else float((shared - expected) / (most - expected))


def _codes(labels: pd.Series) -> Codes:
    codes, named = pd.factorize(labels)
    alone = codes < 0
    codes = codes.astype("int64")
    codes[alone] = len(named) + np.arange(int(alone.sum()))
    return codes


def _both(one: Codes, other: Codes) -> Codes:
    return one * (int(np.max(other, initial=0)) + 1) + other


def _pairs(codes: Codes) -> int:
    sizes = np.unique(codes, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def _of_one_length(one: Codes, other: Codes) -> None:
    if len(one) != len(other):
        raise BadInput(
            f"Piles of {len(one)} things can't be compared with piles of {len(other)}: give both for the "
            "same things, in the same order."
        )
