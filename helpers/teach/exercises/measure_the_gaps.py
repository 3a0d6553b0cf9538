"""Exercises on measuring the gap between two systems."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.teach.exercise import Exercise, Wording, wording

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
    "A": "A first name alone can't link records, so nobody can be found.",
    "B": "The exports are 400 days apart: missing children may have come or gone since.",
    "C": "All missing children are in grades that have no gradebooks.",
    "D": "Much in common, exports of almost one day, and every grade: every enrolled child should be in "
    "attendance.",
}


def _reasons(answer: object) -> str | None:
    if not isinstance(answer, Mapping) or set(answer) != set(_REASONS):
        return 'Give a reason for each pair: {"A": ..., "B": ..., "C": ..., "D": ...}.'
    unknown = [reason for reason in answer.values() if reason not in _REASONS.values()]
    if unknown:
        return f"{unknown[0]!r} is none of the four reasons: {', '.join(_REASONS.values())}."
    off = [pair for pair, reason in _REASONS.items() if answer[pair] != reason]
    return None if not off else f"Look at pair {off[0]} again. {_BECAUSE[off[0]]}"


def _round_trip(answer: object, *, codes: pd.DataFrame) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        return f"A share is one number; yours is a {type(answer).__name__}."
    given = float(answer)
    if not 0 <= given <= 1:
        return f"A share is between 0 and 1; yours is {given:g}."
    same = codes["comes_back_as"].eq(codes["clinic_writes"]).fillna(False).astype(bool)
    rows = codes["rows"]
    loss = float(rows[~same].sum() / rows.sum())
    nothing = float(rows[codes["roster_writes"].isna()].sum() / rows.sum())
    if abs(given - loss) < 0.005:
        return None
    if abs(given - (1 - loss)) < 0.005:
        return "That is the share that does come back. The question asks for the rest."
    if abs(given - nothing) < 0.005:
        return (
            "You counted rows that the roster has no code for. A code that comes back changed is lost, too."
        )
    if abs(given - float((~same).mean())) < 0.005:
        return "You counted codes. One code appears in many rows: count rows."
    return "Add up the rows whose code comes back changed, or not at all, and divide by all rows."


# Points that a sentence about the first gap should mention, with words that show each.
_SAYS = {
    "for whom it is": (
        "child", "famil", "pupil", "student", "newcomer", "grade", "kindergart", "kid", "high schooler",
        "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
    ),
    "who does it": (
        "manager", "office", "nurse", "coordinator", "team", "director", "assessment lead",
        "counseling lead", "counseling lead", "counsel", "administrator", "principal", "dean", "secretary",
        "registrar", "teacher", "clerk", "steward", "specialist", "analyst", "owner", "i ask",
        "i call", "i send", "we ask",
    ),
    "by when": (
        "monday", "tuesday", "wednesday", "thursday", "friday", "today", "tomorrow", "week", "month", "days",
        "before", "until", "by the", "at the next", "by may", "januar", "februar", "march", "april", "june",
        "july", "august", "septem", "octob", "novem", "decem", "by jan", "by feb", "by mar", "by apr",
        "by jun", "by jul", "by aug", "by sep", "by oct", "by nov", "by dec",
    ),
}  # fmt: skip


def _first_gap(answer: object) -> Wording | str:
    return wording(answer, _SAYS)


EXERCISES = (
    Exercise(
        number="5.1",
        asks="For which pair of systems is the match rate the lowest?",
        hints=(
            "The scorecard has one row for each measure; you need the match rate.",
            "Leave out rows without a value: what cannot be measured is not the lowest.",
            "Sort by value, take the first row, and give its left_silo and right_silo.",
        ),
        check=_worst_pair,
    ),
    Exercise(
        number="5.2",
        asks="Which reason explains each of four match rates?",
        hints=(
            "Ask in this order: can you link them at all? Are they from one time? Does the system "
            "serve them?",
            "Not joinable: nothing in both that tells children apart. Not fresh: exports of different times.",
            "If all missing children are of one kind (here: the lower grades), ask whom the system serves.",
        ),
        check=_reasons,
    ),
    Exercise(
        number="5.3",
        asks="What is the round-trip loss of the clinic's codes?",
        hints=(
            "A row is lost if its code comes back changed, or not at all.",
            "Compare the columns clinic_writes and comes_back_as, and count rows, not codes.",
            'codes.loc[codes["comes_back_as"].ne(codes["clinic_writes"]).fillna(True), "rows"].sum() / '
            'codes["rows"].sum()',
        ),
        check=_round_trip,
    ),
    Exercise(
        number="5.4",
        asks="Which gap first, for which children, who does it, and by when?",
        hints=(
            "The table shows who fixes it and what it does to a child; the picture shows which group "
            "is missed.",
            "A sentence that somebody can act on names a person's role and a day.",
            "Begin: On Monday the … gets the list of …, for the children who …, and by … says …",
        ),
        check=_first_gap,
        points=(
            "Would the person whom it names agree that this is their job?",
            "Could you see on the day that it names whether it is done?",
            "What gets better for these children, and does another gap harm them more?",
        ),
    ),
)
