"""Exercises on one change and the days that pass until everybody knows of it."""

from __future__ import annotations

import pandas as pd

from helpers.teach.answer_kinds import no_whole_number
from helpers.teach.exercise import Exercise

__all__ = ["EXERCISES"]

_LEVEL = "rostered"


def _typed_in_all(answer: object, *, known: pd.DataFrame, change: str) -> str | None:
    if trouble := no_whole_number(answer, "times"):
        return trouble
    of_change = known[known["change"].eq(change)]
    rows = of_change[of_change["level"].eq(_LEVEL)]
    again = int((rows["typed"].fillna(1) - 1).sum())
    if answer == 1 + again:
        return None
    if answer == int(rows["typed"].sum()):
        return "The typing into the SIS is counted in every row that it reached: it happened once."
    if answer == again:
        return "Those are the times after the first. Somebody also typed it into the SIS, on the Monday."
    if answer == int((of_change["typed"].fillna(1) - 1).sum()) + 1:
        return f"That is all levels together: keep the rows of level {_LEVEL}."
    return f"Keep the rows of this change at level {_LEVEL}: typed once into the SIS, and how often again?"


EXERCISES = (
    Exercise(
        number="7.4",
        asks="How often is the change typed in all, at level rostered?",
        hints=(
            "It is typed into the SIS once; then count the systems into which somebody types it again.",
            "A system that got it from a machine has typed = 1, one into which it was typed again has 2.",
            'rows = watched.known[watched.known["change"].eq(names[0]) & watched.known["level"].eq('
            '"rostered")]; 1 + (rows["typed"] - 1).sum()',
        ),
        check=_typed_in_all,
    ),
)
