"""Find links of two first names that no other record confirms: one child with a typo, or twins."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.comparisons import best_of
from helpers.link.records import Units
from helpers.link.values.name_forms import compare_names
from helpers.link.values.names import ALIKE, DIFFERENT, SPELLING, are_one_name, is_known
from helpers.standard import figure

__all__ = ["lack_witness", "may_be_twins"]

RECORDS_A_CHILD = figure("link/thresholds.records_a_child")
# First names that differ by letters. Nicknames, initials and exchanged names don't.
BY_LETTERS = (SPELLING, ALIKE, DIFFERENT)
ONE_NAME, TYPO, TWO_NAMES = range(3)


def lack_witness(units: Units, label: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Test which links join two units, each of one system, under first names that twins may have.

    Twins share surname, home and birth date. Only the first name separates them. So a link that overrules it
    needs a third record of the child, or an id in common, which joins records before any score. Where
    children have few records, a third one is often missing: there both spellings must be names in use.
    """
    # A record with an id alone is no witness, though it may have brought its id to the unit.
    many = units.silos_with_name.how_many(len(units))
    alone = np.bincount(label, minlength=len(units))[label] == 2
    result: np.ndarray = alone[left] & (many[left] == 1) & (many[right] == 1)
    rows = np.flatnonzero(result)
    given = units.values["given"]
    in_use = np.ones(len(given.texts), dtype=bool) if _have_enough_records(units) else _names_in_use(units)
    result[rows] = _two_names(units, left[rows], right[rows], in_use)
    return result


def may_be_twins(units: Units, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Test which links join the records of one system to a child under another first name in use.

    A letter typed wrong seldom makes another name. If Lina's twin Lena is known to one system alone, nothing
    but the first name shows that she isn't Lina. A name is in use if it is listed, or if two systems write it
    for one birth date: two children may share a typo, but seldom does a second system repeat it.
    """
    many = units.silos_with_name.how_many(len(units))
    result: np.ndarray = (many[left] == 1) | (many[right] == 1)
    result &= units.values["given"].shared(len(units), left, right) == 0
    rows = np.flatnonzero(result)
    if len(rows):
        in_use = _listed(units) | _recorded_by_two_systems(units)
        result[rows] = _two_names(units, left[rows], right[rows], in_use)
    return result


def _two_names(units: Units, left: np.ndarray, right: np.ndarray, in_use: np.ndarray) -> np.ndarray:
    """Test which pairs have no first name in common but two that differ by letters, both in use."""
    result = np.isin(compare_names(units.names, len(units), left, right).first, BY_LETTERS)
    rows = np.flatnonzero(result)
    given = units.values["given"]

    def level(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        same = np.array(
            [are_one_name(given.texts[a], given.texts[b]) for a, b in zip(one, other, strict=True)],
            dtype=bool,
        )
        return np.select([same, in_use[one] & in_use[other]], [ONE_NAME, TWO_NAMES], TYPO).astype("int8")

    result[rows] = best_of(given, len(units), left[rows], right[rows], level) == TWO_NAMES
    return result


def _have_enough_records(units: Units) -> bool:
    """Return whether a child usually has a third record: dated records, by those of the largest system."""
    dated = units.dated & units.named
    of_silo = np.bincount(units.silos_with_name.code[dated[units.silos_with_name.unit]])
    return bool(of_silo.sum() >= RECORDS_A_CHILD * np.max(of_silo, initial=1))


def _names_in_use(units: Units) -> np.ndarray:
    """Test which first names are in the kit's list, or those of children with two birth dates."""
    born = _names_with_birth_dates(units).drop_duplicates(["name", "day"])
    often = np.bincount(born["name"].to_numpy(), minlength=len(units.values["given"].texts)) >= 2
    result: np.ndarray = often | _listed(units)
    return result


def _recorded_by_two_systems(units: Units) -> np.ndarray:
    """Test which first names two systems record for one birth date."""
    silos = pd.DataFrame({"unit": units.silos_with_name.unit, "silo": units.silos_with_name.code})
    named = _names_with_birth_dates(units).merge(silos, on="unit", how="inner", validate="many_to_many")
    systems = named.groupby(["name", "day"])["silo"].nunique()
    result = np.zeros(len(units.values["given"].texts), dtype=bool)
    result[systems[systems.ge(2)].index.get_level_values("name").to_numpy()] = True
    return result


def _names_with_birth_dates(units: Units) -> pd.DataFrame:
    """Give each unit's first names with its birth dates: unit, name, day."""
    given, days = units.values["given"], units.values["birth_days_free"]
    names = pd.DataFrame({"unit": given.unit, "name": given.code})
    born = pd.DataFrame({"unit": days.unit, "day": days.code})
    return names.merge(born, on="unit", how="inner", validate="many_to_many")


def _listed(units: Units) -> np.ndarray:
    """Test which first names are in the kit's list."""
    texts = units.values["given"].texts
    return np.array([is_known(text.replace(" ", "")) for text in texts], dtype=bool)
