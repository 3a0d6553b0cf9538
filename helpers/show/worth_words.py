"""What an hour of review buys, in a sentence and a small table; both say that it is an estimate."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.link.review.queue import first_minutes
from helpers.show.numbers import CountGuard

__all__ = ["hour_in_words", "worth_table"]

_HOUR = 60.0
_MARKS = (15.0, 60.0, 240.0)


def hour_in_words(
    worth: pd.DataFrame, seconds: float, error_rate: float, unknown: int, guard: CountGuard | None = None
) -> str:
    """Say what the next hour buys.

    Parameters
    ----------
    worth
        From `helpers.link.review.queue.worth_of_review`, at least one row.
    seconds, error_rate
        The parameters that it was made with.
    unknown
        How many questions have no probability.
    guard
        The guard of a real folder, where the sentence is kept.

    Returns
    -------
    str
        What is gained, what a mistake costs, and on what that rests.
    """
    bought = first_minutes(worth, _HOUR)
    questions = int(bought["questions"])
    if not questions:
        return f"At {seconds:g} seconds a decision an hour is not enough for one question."
    said = {
        name: _about(bought[name]) if guard is None else guard.count(round(bought[name]))
        for name in ("pairs_gained", "children_completed", "wrong_pairs")
    }
    minutes = float(bought["minutes"])
    took = f"{minutes:.0f} minutes" if minutes >= 1.5 else "a minute" if minutes > 0.5 else "under a minute"
    every = "all " if questions == len(worth) else ""
    basis = "This is by the answer key."
    if bought["basis"] != "Answer key":
        even = ": where nothing says how likely a pair is, it counts half, until your answers tell"
        basis = f"This is an estimate{even if unknown else ''}."
    return (
        f"The next hour: {every}{_counted(questions, 'question')}, {took} at {seconds:g} seconds each. "
        f"Expected: {said['pairs_gained']} pairs of records found, {said['children_completed']} children put "
        f"together, {said['wrong_pairs']} pairs joined wrongly if {100 * error_rate:g} of 100 answers are "
        f"mistaken. {basis} Seconds and mistakes are settings."
    )


def worth_table(worth: pd.DataFrame) -> dict[str, Any]:
    """Give the curve as a few rows: after a quarter of an hour, an hour, half a day, and at the end.

    Parameters
    ----------
    worth
        From `helpers.link.review.queue.worth_of_review`, at least one row.

    Returns
    -------
    dict
        ``title``, ``heads``, ``rows`` (text) and ``note``.
    """
    end = float(worth["minutes"].iloc[-1])
    marks = [minutes for minutes in _MARKS if minutes < end and len(worth[worth["minutes"] <= minutes])]
    rows = []
    for minutes in [*marks, end]:
        bought = first_minutes(worth, minutes)
        rows.append(
            [
                _time(minutes),
                f"{int(bought['questions']):,}",
                *(
                    _about(float(bought[name]))
                    for name in ("pairs_gained", "children_completed", "wrong_pairs", "wrong_pairs_avoided")
                ),
            ]
        )
    return {
        "title": "What more time buys",
        "heads": [
            "after",
            "questions",
            "pairs found",
            "children put together",
            "pairs joined wrongly by mistake",
            "wrong pairs that joining all unasked would make",
        ],
        "rows": rows,
        "note": "Largest gain first. Expected numbers, not counts.",
    }


def _about(number: float) -> str:
    return f"{number:,.0f}" if number >= 9.95 or float(number).is_integer() else f"{number:.1f}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _time(minutes: float) -> str:
    if minutes < 60:
        return f"{max(minutes, 1):.0f} min"
    return f"{minutes / 60:.1f} h".replace(".0 h", " h")
