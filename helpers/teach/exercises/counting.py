"""Exercises on counting children, not rows."""

from __future__ import annotations

import pandas as pd

from helpers.teach.answer_kinds import no_whole_number
from helpers.teach.exercise import Exercise

__all__ = ["EXERCISES"]


def _children_behind_events(answer: object, *, events: pd.DataFrame) -> str | None:
    if trouble := no_whole_number(answer):
        return trouble
    children = events["record"].nunique()
    if answer == children:
        return None
    if answer == len(events):
        return f"{answer:,} is the number of rows. A child who was absent three times is one child."
    return f"Yours is {answer:,}. Each child counts once, however many rows she has."


EXERCISES = (
    Exercise(
        number="2.1",
        asks="How many children have at least one absence?",
        hints=(
            "One row of attendance_event is one absence, not one child.",
            "The column record names the child; the same child stands in it once for each absence.",
            'pandas counts different values with nunique(): events["record"].nunique()',
        ),
        check=_children_behind_events,
    ),
)
