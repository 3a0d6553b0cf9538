"""Which children a system has at all, and how often twice: the upper grades' system has no first-grader.

Two children of one name are told apart by that. Of a system that knows neither school nor grade, the records
whose child is plain show from which schools and grades its children come; and where a system hardly ever has
a child twice, a child that it has already is rarely whom a further record means.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.units import Units

__all__ = ["coverage_weights", "second_record_weights"]

# So many children stand behind an average before a single school and grade is believed to differ from it.
PATIENCE = 10.0
# Nobody is taken to be left out for certain.
LEAST_RATE = 0.02


def coverage_weights(units: Units, pairs: pd.DataFrame, sure: np.ndarray, is_child: np.ndarray) -> np.ndarray:
    """Weigh how likely a candidate's school and grade are for a record of this system.

    Parameters
    ----------
    units
        The units.
    pairs
        ``chooser``, ``unit``: numbers of a unit without a child and of a candidate.
    sure
        Booleans, one a pair: that this is the chooser's child is plain already.
    is_child
        Booleans by unit: who can be chosen.

    Returns
    -------
    numpy.ndarray
        log2, one a pair: 0 where the record itself names a school or grade, where nothing is known of
        the candidate's, or where the system has as many children of that school and grade as of any.
    """
    count = len(units)
    cell = _cells(units)
    chooser, unit = pairs["chooser"].to_numpy(), pairs["unit"].to_numpy()
    # What a record says itself of school or grade is weighed already.
    silent = np.ones(count, dtype=bool)
    for name in ("schools", "grades"):
        silent &= units.values[name].how_many(count) == 0
    where = np.where(silent[chooser], cell["cell"].to_numpy()[unit], 0)
    of_pair = units.silo[chooser]
    grade_of = cell["grade"].to_numpy()
    children = np.flatnonzero(is_child)
    result = np.zeros(len(pairs))
    for system in np.unique(of_pair).tolist():
        here = of_pair == system
        # Each child counts once, however many records of the system are hers.
        known = np.unique(unit[here & sure])
        if len(known) == 0:
            continue
        overall = len(known) / max(len(children), 1)
        by_grade = _rates(grade_of, children, known, np.full(len(children), overall), overall)
        by_cell = _rates(cell["cell"].to_numpy(), children, known, by_grade[grade_of[children]], overall)
        rate = np.maximum(by_cell[where[here]], LEAST_RATE * overall)
        result[here] = np.where(where[here] > 0, np.log2(rate / overall), 0.0)
    return result


def second_record_weights(
    units: Units, pairs: pd.DataFrame, sure: np.ndarray, is_child: np.ndarray, children: np.ndarray
) -> np.ndarray:
    """Weigh that a system has a candidate already, by this or another record.

    Parameters
    ----------
    units
        The units.
    pairs
        ``chooser``, ``child``: numbers of a unit without a child and of a child.
    sure
        Booleans, one a pair: that this is the chooser's child is plain already.
    is_child
        Booleans by unit: who can be chosen.
    children
        The child of each unit.

    Returns
    -------
    numpy.ndarray
        log2, one a pair: 0 where the system has no other record of the candidate; else how much rarer a
        second record of a child is there than a first.
    """
    silo = units.silo
    width = int(np.max(units.silos.code, initial=0)) + 1
    system = silo[pairs["chooser"].to_numpy()]
    claim = pairs["child"].to_numpy() * width + system
    mine = is_child[units.silos.unit]
    held = children[units.silos.unit[mine]] * width + units.silos.code[mine]
    claims = np.sort(np.concatenate((held, claim[sure])))
    found = np.searchsorted(claims, claim, side="right") - np.searchsorted(claims, claim, side="left")
    others = found - sure
    distinct, times = np.unique(
        np.concatenate((_records(units, is_child, children, width), claim[sure])), return_counts=True
    )
    of_system = distinct % width
    first = np.bincount(of_system, minlength=width)
    second = np.bincount(of_system, weights=times > 1, minlength=width)
    all_children = max(len(np.unique(children[is_child])), 1)
    rate = (second + 1) / (first + PATIENCE)
    ratio = np.minimum(rate / np.maximum(first / all_children, 1 / all_children), 1.0)
    weights: np.ndarray = np.where(others > 0, np.log2(ratio)[system], 0.0)
    return weights


def _records(units: Units, is_child: np.ndarray, children: np.ndarray, width: int) -> np.ndarray:
    """Give child and system of every record of a child."""
    unit = units.of_record
    mine = is_child[unit]
    result: np.ndarray = children[unit[mine]] * width + units.record_silo[mine]
    return result


def _cells(units: Units) -> pd.DataFrame:
    """Give each unit a number for school and grade together, and for its grade alone; 0: nothing known."""
    count = len(units)
    school, grade = (_first(units, name, count) for name in ("schools", "grades"))
    width = int(np.max(grade, initial=0)) + 2
    codes, _ = pd.factorize(school * width + grade)
    known = (school >= 0) | (grade >= 0)
    return pd.DataFrame({"cell": np.where(known, codes + 1, 0), "grade": grade + 1})


def _first(units: Units, name: str, count: int) -> np.ndarray:
    values = units.values[name]
    result = np.full(count, -1, dtype="int64")
    result[values.unit[::-1]] = values.code[::-1]
    return result


def _rates(
    cell: np.ndarray, children: np.ndarray, known: np.ndarray, expected: np.ndarray, overall: float
) -> np.ndarray:
    """Give the share of the children of each cell that a system has, drawn towards what is expected."""
    size = int(np.max(cell, initial=0)) + 1
    all_of = np.bincount(cell[children], minlength=size)
    mine = np.bincount(cell[known], minlength=size)
    prior = np.bincount(cell[children], weights=expected, minlength=size)
    prior = np.where(all_of > 0, prior / np.maximum(all_of, 1), overall)
    rates: np.ndarray = (mine + PATIENCE * prior) / (all_of + PATIENCE)
    return rates
