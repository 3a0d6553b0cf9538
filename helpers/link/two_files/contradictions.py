"""Pairs that are two persons whatever else agrees: of one household, or of one name and two birth dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.link.two_files.comparisons import Comparison

__all__ = ["Guard", "guard_for"]

FEWEST = 5  # pairs from which the files can show that a first name is wrong rather than another's


@dataclass(frozen=True)
class Guard:
    """Tells which pairs can't be one person.

    Attributes
    ----------
    comparisons
        From `comparisons.comparisons_of`.
    households
        Whether brothers and sisters stand in the files, as far as they show.
    """

    comparisons: Sequence[Comparison]
    households: bool = True

    def two_persons(self, levels: np.ndarray) -> np.ndarray:
        """Tell which pairs can't be one person.

        Brothers, sisters and twins share surname, home, telephone and often the birth date, and no sum of
        these makes them one: their first names differ. Where an id and the birth date agree, a name may have
        been changed; an id alone may be a relative's.

        Parameters
        ----------
        levels
            Of each pair, from `levels.compare`.

        Returns
        -------
        numpy.ndarray
            Boolean, one a pair.
        """
        given, family, middle, birth, home, sex = (
            _level(self.comparisons, levels, kind)
            for kind in ("given", "family", "middle", "birth", "home", "sex")
        )
        same_id = self.same_id(levels)
        one_date, two_dates = birth >= 2, (birth == 0) | (birth == 1)
        one_home = (home == 4) | (home == 5)
        confirmed = same_id & one_date
        if not self.households:
            confirmed |= same_id & ((family >= 3) | ((home >= 3) & (home <= 5)))
            confirmed |= (birth >= 3) & (birth <= 5)
        other_name = (given == 0) & ~confirmed
        # A first name that is only somewhat alike is a brother's or sister's where the birth date is another;
        # of a row without a first name a home and a surname say the family only.
        unlike = (given < 3) & two_dates
        stranger = (family == 0) & two_dates
        relative = np.zeros(len(levels), dtype=bool)
        if self.households:
            # Father and son of one name, and a sister with nearly her brother's: no birth date ties them.
            odd = (given < 3) | ((given < 5) & ((middle == 0) | (sex == 0)))
            relative = (one_home & (two_dates | (odd & ~one_date))) | (odd & two_dates)
            # Two of three, of id, name and birth date; a second name, a home, a telephone or a mailbox stands
            # in for an id.
            half_home = (home >= 3) & (home <= 5)
            relative |= two_dates & (middle < 1) & ~half_home & ~self._same_contact(levels)
        return other_name | ((unlike | stranger | relative) & ~same_id)

    def same_id(self, levels: np.ndarray) -> np.ndarray:
        """Tell which pairs have a national or local id in common."""
        same: np.ndarray = (levels[:, _ids(self.comparisons)] == 2).any(axis=1)
        return same

    def _same_contact(self, levels: np.ndarray) -> np.ndarray:
        same = np.zeros(len(levels), dtype=bool)
        for place, one in enumerate(self.comparisons):
            if one.field in ("telephone", "e_mail"):
                same |= levels[:, place] == one.exact
        return same

    def doubtful(self, levels: np.ndarray) -> np.ndarray:
        """Tell which pairs a person should see although they seem to be two: one id, or one whole name."""
        given, family = (_level(self.comparisons, levels, kind) for kind in ("given", "family"))
        whole: np.ndarray = (given == 5) & (family == 5)
        return self.same_id(levels) | whole


def guard_for(comparisons: Sequence[Comparison], levels: np.ndarray) -> Guard:
    """Say whether the files hold households, by pairs of one home and surname with two first names.

    Most of them are brothers and sisters, with two birth dates. Twins are a few in a hundred of these: where
    pairs with *one* birth date are the more frequent, they aren't twins but one person, once under a wrong
    first name.

    Parameters
    ----------
    comparisons
        From `comparisons.comparisons_of`.
    levels
        Of the candidates.

    Returns
    -------
    Guard
        The strict one unless the files show that there are no households in them.
    """
    given, family, birth, home = (
        _level(comparisons, levels, kind) for kind in ("given", "family", "birth", "home")
    )
    one_home = (given == 0) & (family >= 3) & ((home == 4) | (home == 5))
    siblings = int((one_home & (birth >= 0) & (birth <= 2)).sum())
    one_date = int((one_home & (birth >= 3) & (birth <= 5)).sum())
    return Guard(comparisons, households=not (one_date >= FEWEST and one_date > siblings))


def _level(comparisons: Sequence[Comparison], levels: np.ndarray, kind: str) -> np.ndarray:
    for place, one in enumerate(comparisons):
        if one.kind == kind:
            return levels[:, place]
    return np.full(len(levels), -1, dtype="int8")


def _ids(comparisons: Sequence[Comparison]) -> list[int]:
    return [
        place for place, one in enumerate(comparisons) if one.field.startswith(("national_id", "local_id"))
    ]
