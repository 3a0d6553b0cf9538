"""Exercises on joins: who was found, and out of whom."""

from __future__ import annotations

import numbers

import pandas as pd

from helpers.link import beside
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


def _other_birthday(answer: object, *, found: pd.DataFrame, people: pd.DataFrame) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, numbers.Integral):
        return f"A count of pairs is a whole number; yours is a {type(answer).__name__}."
    both = beside(found, people, ["birth_date"])
    left, right = both["left_birth_date"], both["right_birth_date"]
    known = left.notna() & right.notna()
    other = int((known & left.ne(right)).sum())
    if answer == other:
        return None
    if answer == int((known & left.eq(right)).sum()):
        return f"{answer:,} pairs have the same birth date; asked are those that have another one."
    if answer == other + int((~known).sum()):
        return "You counted pairs in which a birth date is missing. Not known isn't another one."
    return f"Yours is {answer:,}. Put both birth dates beside each other, and count where they differ."


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
    Exercise(
        number="3.2",
        asks="In how many of the pairs that were found by number do the birth dates differ?",
        hints=(
            "A lookup compares nothing but the number. What would you compare before you believe it?",
            'beside(found, district.people, ["birth_date"]) puts both birth dates beside each other.',
            "Leave out pairs in which a date is missing (dropna); count those of the rest that differ (ne).",
        ),
        check=_other_birthday,
    ),
)
