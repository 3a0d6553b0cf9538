"""Pairs that are two persons whatever else agrees: of one household, not of one name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers.link.two_files.comparisons import Comparison

__all__ = ["two_persons"]


def two_persons(comparisons: Sequence[Comparison], levels: np.ndarray) -> np.ndarray:
    """Tell which pairs can't be one person.

    Brothers, sisters and twins share surname, home, telephone and often the birth date, and no sum of these
    makes them one: their first names differ. Where an id is the same, and the surname or the birth date
    agrees with it, a name may have been changed.

    Parameters
    ----------
    comparisons
        From `comparisons.comparisons_of`.
    levels
        Of each pair, from `comparisons.compare`.

    Returns
    -------
    numpy.ndarray
        Boolean, one a pair.
    """
    kinds = {one.kind: place for place, one in enumerate(comparisons) if one.kind != "code"}
    ids = [
        place for place, one in enumerate(comparisons) if one.field.startswith(("national_id", "local_id"))
    ]
    same_id = (levels[:, ids] == 2).any(axis=1)

    def level(kind: str) -> np.ndarray:
        return levels[:, kinds[kind]] if kind in kinds else np.full(len(levels), -1, dtype="int8")

    given, family, birth = level("given"), level("family"), level("birth")
    date_agrees, date_differs = (birth >= 2), (birth == 0) | (birth == 1)
    confirmed = same_id & (date_agrees | (family >= 3))
    other_name = (given == 0) & ~confirmed
    # Of a row without a first name a home and a surname say the family only.
    nameless = (given == -1) & date_differs & ~same_id
    stranger = (family == 0) & date_differs & ~same_id
    return other_name | nameless | stranger
