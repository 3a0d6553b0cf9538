"""Exercises on measuring the gap between two systems."""

from __future__ import annotations

from collections.abc import Mapping

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


_REASONS = {"A": "Not joinable", "B": "Not fresh", "C": "Not meant", "D": "Missing"}
_BECAUSE = {
    "A": "A first name joins nobody: whatever is there, it can't be found.",
    "B": "Between the two exports lie 400 days: who isn't found may have come or gone since.",
    "C": "All who aren't found are in grades that have no gradebooks.",
    "D": "Much in common, exports of almost one day, and every grade: these children should be there.",
}


def _reasons(answer: object) -> str | None:
    if not isinstance(answer, Mapping) or set(answer) != set(_REASONS):
        return 'Give a reason for each pair: {"A": ..., "B": ..., "C": ..., "D": ...}.'
    unknown = [reason for reason in answer.values() if reason not in _REASONS.values()]
    if unknown:
        return f"{unknown[0]!r} is none of the four reasons: {', '.join(_REASONS.values())}."
    off = [pair for pair, reason in _REASONS.items() if answer[pair] != reason]
    return None if not off else f"Look at pair {off[0]} again. {_BECAUSE[off[0]]}"


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
    Exercise(
        number="5.2",
        asks="Which reason stands behind each of four match rates?",
        hints=(
            "Ask in this order: can they be joined at all? Are they of one time? Were these children meant?",
            "Not joinable: nothing in both that tells children apart. Not fresh: exports of different times.",
            "If who isn't found is all of one kind (here: the lower grades), ask whom the system is for.",
        ),
        check=_reasons,
    ),
)
