"""Father and son: one name, one home, and birth dates a generation apart."""

from __future__ import annotations

import numpy as np

from helpers.link.units import Units

__all__ = ["a_generation_apart"]

# Children of one school system are at most about this many years apart who would be taken for each other.
YEARS_OF_A_GENERATION = 12


def a_generation_apart(units: Units, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Tell which pairs of units were born too far apart to be one child by name and home.

    Parameters
    ----------
    units
        The units.
    left, right
        Numbers of the two units of each pair.

    Returns
    -------
    numpy.ndarray
        Booleans: all birth dates of the one lie twelve years or more before all of the other, and none is of
        the same day of the year, as where a digit of the year slipped.
    """
    days = units.values["birth_days"]
    year = np.array([int(text[:4]) for text in days.texts.tolist()], dtype="int64")[days.code]
    first, last = np.full(len(units), np.inf), np.full(len(units), -np.inf)
    np.minimum.at(first, days.unit, year)
    np.maximum.at(last, days.unit, year)
    gap = np.maximum(first[left] - last[right], first[right] - last[left])
    far = np.flatnonzero(np.isfinite(gap) & (gap >= YEARS_OF_A_GENERATION))
    result = np.zeros(len(left), dtype=bool)
    result[far] = [
        _days_of_the_year(units, one).isdisjoint(_days_of_the_year(units, other))
        for one, other in zip(left[far].tolist(), right[far].tolist(), strict=True)
    ]
    return result


def _days_of_the_year(units: Units, unit: int) -> set[str]:
    days = units.values["birth_days"]
    begin, end = np.searchsorted(days.unit, [unit, unit + 1])
    return {str(text)[5:] for text in days.texts[days.code[begin:end]]}
