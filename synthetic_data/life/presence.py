"""Who is away on which day, for whatever happens to children who are there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic_data.life.absences import Absences

__all__ = ["days_away", "is_away"]

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


def days_away(absences: Absences) -> Codes:
    """Give the days of this year that children miss, in the form that `is_away` asks for."""
    return np.sort(_keys(absences.child[absences.missed], absences.day[absences.missed]))


def is_away(away: Codes, child: Codes, day: Days) -> npt.NDArray[np.bool_]:
    """Say of children and days whether the child misses that day.

    Parameters
    ----------
    away
        From `days_away`.
    child, day
        Places of children, and days.

    Returns
    -------
    numpy array
        One element a child and day; never true of last year.
    """
    if not len(away):
        return np.zeros(len(child), dtype=bool)
    keys = _keys(child, day)
    return np.asarray(away[np.searchsorted(away, keys).clip(max=len(away) - 1)] == keys)


def _keys(child: Codes, day: Days) -> Codes:
    return child * 100_000 + day.astype("datetime64[D]").astype("int64")
