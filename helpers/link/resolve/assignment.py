"""Assign records to children: rivals, coverage and generations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.blocking import count_up
from helpers.link.records import Units
from helpers.link.resolve.clusters import Compare

__all__ = [
    "assign_child",
    "coverage_weights",
    "is_parent_of_same_name",
    "normalize_over_candidates",
    "second_record_weights",
]


# Odds beyond this are certainty; the bound keeps sums finite.
LARGEST_WEIGHT = 60.0
STEPS_OF_LEARNING = 20
# Prior, in records: this many that found a child, and as many that found none.
CAUTION = 10.0


def odds(weight: np.ndarray) -> np.ndarray:
    """Convert a match weight (log2, prior included) to odds."""
    result: np.ndarray = np.exp2(np.clip(weight, -LARGEST_WEIGHT, LARGEST_WEIGHT))
    return result


def assign_child(weighed: pd.DataFrame, asking: np.ndarray) -> pd.DataFrame:
    """Return each chooser's probability share for its candidates.

    Two children with the same name both look likely for a record that has only the name. Each alone would be
    accepted; together they show that the record is ambiguous. So a record's candidates share one certainty
    with *none of them*. Each system's rate of *none of them* is learned from all its records at once: it is
    low where nearly all find a child, and high where many find none. ``rivals`` says whether other candidates
    hold at least as much of it as *none of them*.

    >>> pairs = pd.DataFrame({"chooser": [7, 7], "child": [1, 2], "group": 0, "match_weight": 9.0})
    >>> assign_child(pairs.assign(refused=False), np.array([1]))["share"].round(3).tolist()
    [0.5, 0.5]
    """
    chooser, child, group, weight = (
        weighed[name].to_numpy() for name in ("chooser", "child", "group", "match_weight")
    )
    open_to = np.flatnonzero(~weighed["refused"].to_numpy(dtype=bool))
    # Strongest rows first, then the first of each chooser and child; in NumPy, since a large district has
    # millions of candidates.
    order = open_to[np.lexsort((child[open_to], -weight[open_to], chooser[open_to]))]
    pair = chooser[order].astype("int64") * (int(np.max(child, initial=0)) + 1) + child[order]
    rows = order[np.sort(np.unique(pair, return_index=True)[1])]
    best = np.diff(chooser[rows], prepend=-1) != 0
    codes = np.cumsum(best) - 1
    mine = odds(weight[rows].astype("float64"))
    total = np.bincount(codes, weights=mine, minlength=int(best.sum()))
    none = _odds_of_none(total, group[rows][best].astype("int64"), asking)
    of_none = none[group[rows].astype("int64")]
    share = mine / (of_none + total[codes])
    rivals = total[codes] - mine >= of_none
    return weighed.iloc[rows].reset_index(drop=True).assign(share=share, best=best, rivals=rivals)


def _odds_of_none(total: np.ndarray, group: np.ndarray, asking: np.ndarray) -> np.ndarray:
    """Estimate by EM how often a chooser of each group belongs to no candidate."""
    without = asking - np.bincount(group, minlength=len(asking))
    share = np.full(len(asking), 0.5)
    for _ in range(STEPS_OF_LEARNING):
        none = share / (1 - share)
        expected = np.bincount(group, weights=none[group] / (none[group] + total), minlength=len(asking))
        share = (expected + without + CAUTION) / (asking + 2 * CAUTION)
    odds_of_none: np.ndarray = share / (1 - share)
    return odds_of_none


def normalize_over_candidates(
    weighed: pd.DataFrame, count: int, alike: np.ndarray, exclusive: Compare | None = None
) -> np.ndarray:
    """Return each pair's probability given its rivals for the same unit.

    Two units that may be one child (``alike``) are no rivals for a third. With ``exclusive``, only two that
    can't be one child are: fragments of one child, each with an error of its own, don't compete for the rest.
    """
    left, right = weighed["left"].to_numpy(dtype="int64"), weighed["right"].to_numpy(dtype="int64")
    mine = odds(weighed["match_weight"].to_numpy(dtype="float64"))
    near = np.concatenate((left, right))
    far = np.concatenate((right, left))
    pair = np.tile(np.arange(len(weighed)), 2)
    order = np.argsort(near, kind="stable")
    begin = np.searchsorted(near[order], near, side="left")
    times = np.searchsorted(near[order], near, side="right") - begin
    row, step = count_up(times)
    which = order[begin[row] + step]
    number = np.minimum(far[row], far[which]) * count + np.maximum(far[row], far[which])
    rival = (far[row] != far[which]) & ~np.isin(number, alike)
    if exclusive is not None and rival.any():
        distinct = np.unique(number[rival])
        rival &= np.isin(number, distinct[exclusive(distinct // count, distinct % count)])
    others = np.bincount(row[rival], weights=mine[pair[which[rival]]], minlength=len(near))
    against = 1 + np.max(others.reshape(2, -1), axis=0)
    shares: np.ndarray = mine / (against + mine)
    return shares


# Prior weight of the average, in children, for the rate of a school and grade.
PATIENCE = 10.0
# No rate falls to zero: nobody is excluded for certain.
LEAST_RATE = 0.02


def coverage_weights(units: Units, pairs: pd.DataFrame, sure: np.ndarray, is_child: np.ndarray) -> np.ndarray:
    """Weigh a candidate's school and grade by how well the system covers them."""
    count = len(units)
    cell = _cells(units)
    chooser, unit = pairs["chooser"].to_numpy(), pairs["unit"].to_numpy()
    # A record's own school or grade has been weighed already.
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
        # Each child counts once, however many records it has in the system.
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
    """Weigh the chance that a system has a second record of the same candidate."""
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
    """Return child and system of every record of a child."""
    unit = units.of_record
    mine = is_child[unit]
    result: np.ndarray = children[unit[mine]] * width + units.record_silo[mine]
    return result


def _cells(units: Units) -> pd.DataFrame:
    """Encode each unit's school and grade together, and its grade alone; 0 if unknown."""
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
    """Return the share of each cell's children that a system covers, shrunk toward the expected share."""
    size = int(np.max(cell, initial=0)) + 1
    all_of = np.bincount(cell[children], minlength=size)
    mine = np.bincount(cell[known], minlength=size)
    prior = np.bincount(cell[children], weights=expected, minlength=size)
    prior = np.where(all_of > 0, prior / np.maximum(all_of, 1), overall)
    rates: np.ndarray = (mine + PATIENCE * prior) / (all_of + PATIENCE)
    return rates


# Children of one school system whom one could mistake for each other are less than this many years apart.
YEARS_OF_A_GENERATION = 12


def is_parent_of_same_name(units: Units, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Test which pairs of units were born too far apart to be one child, despite name and home."""
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
