"""Exercises on joins: who was found, and out of whom."""

from __future__ import annotations

import numbers

import pandas as pd

from helpers.teach.exercise import Exercise

__all__ = ["EXERCISES"]


def _match_rate(answer: object, *, crosswalk: pd.DataFrame, left: str, right: str) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
        return f"A rate is one number; yours is a {type(answer).__name__}."
    rate = float(answer)
    if not 0 <= rate <= 1:
        return f"Rates are between 0 and 1; yours is {rate:g}."
    of_left = set(crosswalk.loc[crosswalk["silo"] == left, "child"])
    of_right = set(crosswalk.loc[crosswalk["silo"] == right, "child"])
    found = len(of_left & of_right)
    if abs(rate - found / len(of_left)) < 0.0005:
        return None
    if of_right and abs(rate - found / len(of_right)) < 0.0005:
        return f"That is the share of the children of {right}; asked is the share of those of {left}."
    return f"Yours is {rate:.3f}. Count those of {left} who are in {right} too; divide by all of {left}."


EXERCISES = (
    Exercise(
        number="3.1",
        asks="Which share of the children on the roster is found in the meals system?",
        hints=(
            "The crosswalk has one row a record; two records with the same child are one child.",
            "Take the children of each system as a set; those in both are the intersection: a & b.",
            "Divide by the number of children on the roster, not by that of meals.",
        ),
        check=_match_rate,
    ),
)
