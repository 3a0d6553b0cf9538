"""Weighed pairs of units as pairs of records, beside those that rules found."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.crosswalk__anchors import anchors
from helpers.link.dates import AMBIGUOUS_DATE, DIFFERENT, MISSING, SAME
from helpers.link.decide import contradictions
from helpers.link.forms import compare_names
from helpers.link.identifiers import contradicting
from helpers.link.matches import Settled
from helpers.link.settle import TORN
from helpers.link.students import Students
from helpers.link.units import Units
from helpers.link.weighing import HOPELESS

__all__ = ["with_weighed"]

STEP = 4
RULE = "weighed by the model"


def with_weighed(
    students: Students, settled: Settled, units: Units, pairs: pd.DataFrame, unit_label: np.ndarray
) -> Settled:
    """Put what a model decided about units beside what rules decided about records.

    Parameters
    ----------
    students
        The records.
    settled
        What rules decided.
    units
        The units.
    pairs
        ``left``, ``right`` (units), ``match_weight``, ``probability``, ``decision``. A pair stands for two
        units; it is listed by the record of each that a child would be named after.
    unit_label
        The child of each unit.

    Returns
    -------
    Settled
        Rules' pairs and those of the model that are not hopeless; a child for every record.
    """
    label = unit_label[units.of_record]
    listed = pairs[pairs["probability"].ge(HOPELESS) | pairs["decision"].ne("No match")]
    model = _as_records(students, settled.label, units, listed)
    rules = settled.pairs.copy()
    # What rules left to a person and the model put into one child needs no person any more.
    joined = rules["decision"].eq("Review") & (label[rules["left"]] == label[rules["right"]])
    rules.loc[joined, ["decision", "decided_by"]] = ["Match", "Model"]
    # What speaks against the two speaks on: other pairs may verify the child, this one doesn't.
    rules.loc[joined, "verified"] = rules.loc[joined, "contradiction"].isna()
    # Nor what was torn between two children, once it has gone to one of them.
    torn = rules["decision"].eq("Review") & rules["contradiction"].str.endswith(TORN).fillna(False)
    one, other = (units.of_record[rules[side].to_numpy()] for side in ("left", "right"))
    moved = unit_label != np.arange(len(units))
    moved |= np.bincount(unit_label, minlength=len(units)) > 1
    rules.loc[torn & (moved[one] | moved[other]), "decision"] = "No match"
    # pandas 2 guesses anew at the types of a frame without rows.
    filled = [part for part in (rules, model[list(rules.columns)]) if len(part)] or [rules]
    both = pd.concat(filled, ignore_index=True)
    return Settled(both, units.first_record[label], _confidence(students, units, label, listed))


def _as_records(
    students: Students, rule_label: np.ndarray, units: Units, pairs: pd.DataFrame
) -> pd.DataFrame:
    head = np.zeros(len(units), dtype="int64")
    head[units.of_record] = anchors(students, rule_label)
    one, other = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    swap = head[one] > head[other]
    left, right = np.where(swap, other, one), np.where(swap, one, other)
    names = compare_names(units.names, len(units), left, right)
    evidence = pd.DataFrame(
        {
            "left": head[left],
            "right": head[right],
            "strong_id": False,
            "weak_id": False,
            "contradicting_id": contradicting(units.ids, len(units), left, right),
            "first_name": names.first,
            "last_surname": names.last,
            "plainly_different": names.plainly_different,
            "birth_date": _birth_dates(units, left, right),
            "one_home": _one_home(units, left, right),
        }
    )
    decision = pairs["decision"].to_numpy(dtype=object)
    return evidence.assign(
        step=STEP,
        rule=pd.Series(RULE, index=evidence.index, dtype="string"),
        decision=decision,
        contradiction=contradictions(evidence),
        verified=decision == "Match",
        strength=0,
        decided_by="Model",
        match_weight=pairs["match_weight"].to_numpy(),
        match_probability=pairs["probability"].to_numpy(),
        reviewed_utc=pd.Series(pd.NaT, index=evidence.index, dtype="datetime64[us]"),
    )


def _birth_dates(units: Units, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    count = len(units)
    same = units.values["birth_days"].shared(count, left, right)
    turned = units.values["birth_days_free"].shared(count, left, right)
    return np.select(
        [same == 1, turned == 1, turned == 0], [SAME, AMBIGUOUS_DATE, DIFFERENT], default=MISSING
    )


def _one_home(units: Units, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    shared = [units.values[name].shared(len(units), left, right) for name in ("telephones", "addresses")]
    result: np.ndarray = np.max(shared, axis=0)
    return result


def _confidence(students: Students, units: Units, label: np.ndarray, pairs: pd.DataFrame) -> np.ndarray:
    """Give the probability with which each record's unit was put to the unit of its child's anchor."""
    confidence = np.full(len(units), np.nan)
    matches = pairs[pairs["decision"].eq("Match")]
    home = units.of_record[anchors(students, units.first_record[label])]
    is_home = np.zeros(len(units), dtype=bool)
    is_home[home] = True
    probability = matches["probability"].to_numpy()
    best = np.full(len(units), -1.0)
    for side in ("left", "right"):
        np.maximum.at(best, matches[side].to_numpy(), probability)
    tied = (best >= 0) & ~is_home
    confidence[tied] = best[tied]
    result: np.ndarray = confidence[units.of_record]
    return result
