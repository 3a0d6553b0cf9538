"""What no weight makes one person: two first names, two people of one home, another system's ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from helpers.link.blocking import pairs_within
from helpers.link.comparisons import Comparison, compare_units, comparisons_for
from helpers.link.records import Units
from helpers.link.resolve.assignment import is_parent_of_same_name

__all__ = ["Guard", "guard_for", "without_doubtful_ids"]

FEWEST = 5  # pairs needed to show that a first name is wrong rather than somebody else's
# Levels of `comparisons.toml`.
EXCHANGED, DIFFERENT_NAME = 3, 6
ONE_DIGIT, TWO_PARTS, ONLY_YEAR, OTHER_DATE = 2, 3, 4, 5
NEARLY_ONE_HOME, HALF_A_HOME = 3, 4
MISSPELLED_MIDDLE_NAME, OTHER_MIDDLE_NAME, OTHER_SEX = 2, 3, 1


@dataclass(frozen=True)
class Guard:
    """Tests which pairs can't be one person."""

    comparisons: Sequence[Comparison]
    units: Units
    # Whether the files contain siblings, as far as they show.
    households: bool = True

    def level(self, levels: np.ndarray, name: str) -> np.ndarray:
        """Return the levels of one comparison; -1 if there is none."""
        for place, one in enumerate(self.comparisons):
            if one.name == name:
                return levels[:, place]
        return np.full(len(levels), -1, dtype="int8")

    def two_persons(self, levels: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs of units can't be one person.

        Siblings and twins share surname, home, phone and often the birth date. No sum of these makes them one
        person: their first names differ. If an id and the birth date agree, a name may have changed; an id
        alone may be a relative's.
        """
        first, last, middle, birth, home, sex = (
            self.level(levels, name)
            for name in ("first_name", "last_surname", "middle_name", "birth_date", "home", "sex")
        )
        same_id = self.same_id(levels)
        if not self.households:
            # Nobody shares an e-mail address, so it is an id.
            same_id = same_id | (self.level(levels, "e_mail") == 0)
        one_date = _within(birth, TWO_PARTS)
        confirmed = same_id & one_date
        if not self.households:
            confirmed |= same_id & (_within(last, EXCHANGED) | _within(home, HALF_A_HOME))
            confirmed |= same_id & _within(birth, ONLY_YEAR)
            confirmed |= _within(birth, ONE_DIGIT)
        apart = (first == DIFFERENT_NAME) & ~confirmed
        if self.households:
            # Father and son with one name, or a sister with nearly her brother's: one home doesn't link them.
            # Two of one generation with the same first and middle name are one person.
            two_dates = (birth == ONLY_YEAR) | (birth == OTHER_DATE)
            one_name = np.flatnonzero(two_dates & _within(middle, MISSPELLED_MIDDLE_NAME))
            far = is_parent_of_same_name(self.units, left[one_name], right[one_name])
            two_dates[one_name[~far]] = False
            unlike = (middle == OTHER_MIDDLE_NAME) | (sex == OTHER_SEX)
            odd = ~_within(first, EXCHANGED) | ((first != 0) & unlike)
            # One twin has no first name here.
            twins = (first < 0) & unlike
            relatives = _within(home, NEARLY_ONE_HOME) & (two_dates | (odd & ~one_date) | twins)
            apart |= relatives & ~same_id
        return apart

    def same_id(self, levels: np.ndarray) -> np.ndarray:
        """Test which pairs share a national or local id."""
        same: np.ndarray = (levels[:, _ids(self.comparisons)] == 0).any(axis=1)
        return same


def _within(level: np.ndarray, worst: int) -> np.ndarray:
    """Test which known levels are at least as good as one."""
    result: np.ndarray = (level >= 0) & (level <= worst)
    return result


def guard_for(comparisons: Sequence[Comparison], levels: np.ndarray, units: Units) -> Guard:
    """Decide whether the files contain households, from pairs of one address and surname but two first names.

    An address is a home, a telephone or an e-mail address. Most such pairs are siblings, with two birth
    dates. Twins are a few in a hundred. If pairs with *one* birth date are more frequent, they aren't
    twins but one person, once with a wrong first name.
    """
    guard = Guard(comparisons, units)
    first, last, birth, home, mail = (
        guard.level(levels, name) for name in ("first_name", "last_surname", "birth_date", "home", "e_mail")
    )
    one_address = _within(home, NEARLY_ONE_HOME) | (mail == 0)
    pairs = (first == DIFFERENT_NAME) & (last <= EXCHANGED) & one_address
    siblings = int((pairs & (birth >= TWO_PARTS) & (birth <= OTHER_DATE)).sum())
    one_date = int((pairs & _within(birth, ONE_DIGIT)).sum())
    return Guard(comparisons, units, households=not (one_date >= FEWEST and one_date > siblings))


def _ids(comparisons: Sequence[Comparison]) -> list[int]:
    return [place for place, one in enumerate(comparisons) if one.kind == "code"]


# A column may contain another system's ids, or be shifted by a row. Every test of keys passes then, and every
# row matches a stranger.

MOST_OF_ONE_ID = 100  # rows
BORNE_OUT = 0.5  # share of pairs with one id that agree in a name or the birth date
BEARING_OUT = {"first_name": 5, "last_surname": 5, "birth_date": ONE_DIGIT}


def without_doubtful_ids(units: Units) -> tuple[Units, list[str]]:
    """Drop ids without shared values, and ids that names and birth dates contradict."""
    notes, kept = [], dict(units.values)
    two = bool(units.record_silo.any())
    comparisons = [one for one in comparisons_for(units) if one.name in BEARING_OUT]
    worst = np.array([BEARING_OUT[one.name] for one in comparisons], dtype="int8")
    for name in [name for name in units.values if name.startswith("identifier: ")]:
        label, ids = name.removeprefix("identifier: "), units.values[name]
        left, right, _ = pairs_within(ids.code, ids.unit, MOST_OF_ONE_ID)
        across = (units.record_silo[left] != units.record_silo[right]) | (not two)
        left, right = left[across], right[across]
        levels = compare_units(units, comparisons, left, right)
        known = np.flatnonzero((levels >= 0).any(axis=1))
        agree = ((levels >= 0) & (levels <= worst)).any(axis=1)
        share = float(agree[known].mean()) if len(known) else 1.0
        if not len(left):
            where = "no value of it is in both files" if two else "no two rows have one in common"
            notes.append(f"{label}: not compared, {where}")
            del kept[name]
        elif len(known) >= FEWEST and share < BORNE_OUT:
            notes.append(
                f"{label}: refused, because it seems to contain other ids: of the pairs of rows with one "
                f"value, only {100 * share:.0f}% agree in a name or the birth date"
            )
            del kept[name]
    return replace(units, values=kept), notes
