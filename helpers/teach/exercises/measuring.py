"""Exercises on measuring the gap between two systems."""

from __future__ import annotations

import pandas as pd

from helpers.teach.exercise import Exercise

__all__ = ["EXERCISES"]


def _worst_pair(answer: object, *, scorecard: pd.DataFrame) -> str | None:
    if isinstance(answer, str) or not isinstance(answer, list | tuple | set | frozenset) or len(answer) != 2:
        return 'A pair is two names of systems, such as ("sis", "meals").'
    pairs = scorecard[scorecard["measure"].eq("match rate") & scorecard["value"].notna()]
    names = {*pairs["left_silo"], *pairs["right_silo"]}
    unknown = [name for name in answer if name not in names]
    if unknown:
        return f"There is no system {unknown[0]!r}. There are: {', '.join(sorted(names))}."
    lowest = pairs[pairs["value"].eq(pairs["value"].min())]
    worst = {frozenset(pair) for pair in zip(lowest["left_silo"], lowest["right_silo"], strict=True)}
    if frozenset(answer) in worst:
        return None
    return "Another pair has a lower match rate."


EXERCISES = (
    Exercise(
        number="5.1",
        asks="For which pair of systems is the match rate the lowest?",
        hints=(
            "The scorecard has one row a measure; you need the one that is called match rate.",
            "Leave out rows without a value: what cannot be measured is not the lowest.",
            "Sort by value, take the first row, and give its left_silo and right_silo.",
        ),
        check=_worst_pair,
    ),
)
