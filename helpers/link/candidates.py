"""Candidates: pairs of units worth weighing, found by keys; never every unit with every other.

A key that many units share says little and costs much. It is not dropped: it is asked for more (the same
school, the same grade, both), and only what is still too common then is passed over, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from helpers.link.many_valued import Values, distinct_pairs
from helpers.link.unit_keys import Keys, first_letters, meeting
from helpers.link.units import Units

__all__ = ["among_dated", "among_undated", "dated_with_undated"]

# A name that more children than this share does not say alone whom to look at.
MOST = 16


class _Gathering:
    """Pairs that were found so far, and what was passed over."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.left: list[np.ndarray] = []
        self.right: list[np.ndarray] = []
        self.keys = 0
        self.records = 0
        values = units.values
        self.schools, self.grades = values["schools"], values["grades"]

    def look(self, left: Keys, right: Keys) -> None:
        """Pair what shares a key; ask common keys for the same school, then grade, then both."""
        one, other, over = meeting(left, right, MOST)
        self.add(one, other)
        if not over.any():
            return
        common = np.unique(right.key[over])
        wide_left, wide_right = _with(left, common), _with(right, common)
        helped = np.zeros(len(self.units), dtype=bool)
        for ask in ((self.schools,), (self.grades,), (self.schools, self.grades)):
            near_left, near_right = wide_left, wide_right
            for values in ask:
                near_left, near_right = near_left.with_value(values), near_right.with_value(values)
            one, other, still = meeting(near_left, near_right, MOST)
            self.add(one, other)
            helped[near_right.unit[~still]] = True
        lost = ~helped[wide_right.unit]
        self.keys += len(np.unique(wide_right.key[lost]))
        self.records += int(lost.sum())

    def add(self, one: np.ndarray, other: np.ndarray) -> None:
        self.left.append(np.minimum(one, other))
        self.right.append(np.maximum(one, other))

    def result(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        left, right = distinct_pairs(np.concatenate(self.left), np.concatenate(self.right))
        passed_over = pd.DataFrame({"keys": [self.keys], "records": [self.records]})
        return pd.DataFrame({"left": left, "right": right}), passed_over


def _with(keys: Keys, wanted: np.ndarray) -> Keys:
    # Keys are spread over all of 64 bits, which NumPy 2.0's other way, a table of them, can't hold.
    kept = np.isin(keys.key, wanted, kind="sort")
    return Keys(keys.unit[kept], keys.key[kept])


def among_dated(units: Units) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find candidates among units with birth dates.

    Parameters
    ----------
    units
        The units.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right`` (left below right), distinct: one name and another birth date; one birth date
        (day and month in any order) and some part of the name, or both initials; one contact and a first
        initial.
    pandas.DataFrame
        One row: ``keys`` and ``records`` that found nothing, since too many share them.
    """
    values, dated = units.values, units.dated
    gathering = _Gathering(units)
    day = Keys.of(values["birth_days_free"])
    initial, last_initial = first_letters(values["given"], 1), first_letters(values["family"], 1)
    for keys in (
        Keys.of(values["name_keys"]),
        day.with_value(values["family_parts"]),
        day.with_value(values["given_formal"]),
        day.with_value(initial).with_value(last_initial),
        *_contacts(values, initial),
    ):
        mine = keys.among(dated)
        gathering.look(mine, mine)
    return gathering.result()


def _contacts(values: dict[str, Values], initial: Values) -> Iterator[Keys]:
    yield Keys.of(values["emails"])
    yield Keys.of(values["telephones"]).with_value(initial)
    yield Keys.of(values["addresses"]).with_value(initial)


def _near(values: dict[str, Values]) -> Sequence[Keys]:
    """Give the keys by which a misspelt or shortened name is found at the same school or grade."""
    given, parts = Keys.of(values["given_formal"]), Keys.of(values["family_parts"])
    initial, last_initial = first_letters(values["given"], 1), first_letters(values["family"], 1)
    return (
        given.with_value(values["schools"]).with_value(values["grades"]),
        parts.with_value(values["schools"]).with_value(values["grades"]),
        given.with_value(last_initial).with_value(values["schools"]),
        parts.with_value(initial).with_value(values["schools"]),
        parts.with_value(initial).with_value(values["grades"]),
        given.with_value(first_letters(values["family"], 3)),
    )


def dated_with_undated(
    units: Units, children: np.ndarray, others: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the children whom units without a birth date may be.

    Parameters
    ----------
    units
        The units.
    children, others
        Booleans by unit: whom to look for, and for whom.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right`` (left below right), distinct: one name, or one contact; for whoever has no such
        child at the same school or in the same grade, also a name that is misspelt or shortened.
    pandas.DataFrame
        One row: ``keys`` and ``records`` that found nothing, since too many share them.
    """
    values = units.values
    gathering = _Gathering(units)
    initial = first_letters(values["given"], 1)
    for keys in (Keys.of(values["name_keys"]), *_contacts(values, initial)):
        gathering.look(keys.among(children), keys.among(others))
    pairs, _ = gathering.result()
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    count = len(units)
    near = np.zeros(len(pairs), dtype=bool)
    for name in ("schools", "grades"):
        near |= values[name].shared(count, left, right) == 1
    found = np.zeros(count, dtype=bool)
    found[left[near]] = found[right[near]] = True
    missing = others & ~found
    for keys in _near(values):
        gathering.look(keys.among(children), keys.among(missing))
    return gathering.result()


def among_undated(units: Units, others: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find candidates among units that are left without a child.

    Parameters
    ----------
    units
        The units.
    others
        Booleans by unit: which are left.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right`` (left below right), distinct.
    pandas.DataFrame
        One row: ``keys`` and ``records`` that found nothing, since too many share them.
    """
    values = units.values
    gathering = _Gathering(units)
    initial = first_letters(values["given"], 1)
    for keys in (Keys.of(values["name_keys"]), *_contacts(values, initial), *_near(values)):
        mine = keys.among(others)
        gathering.look(mine, mine)
    return gathering.result()
