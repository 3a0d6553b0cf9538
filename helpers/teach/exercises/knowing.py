"""Exercises on what is known about a child: unknown isn't zero, and somebody decides whom to believe."""

from __future__ import annotations

import pandas as pd

from helpers.teach.answer_kinds import no_whole_number
from helpers.teach.exercise import Exercise

__all__ = ["EXERCISES"]


def _not_known(answer: object, *, values: pd.DataFrame) -> str | None:
    if trouble := no_whole_number(answer):
        return trouble
    visits = values[values["element"].eq("health_visits")]
    known = set(visits.loc[visits["chosen"] & visits["status"].eq("Reported"), "child"])
    unknown = visits["child"].nunique() - len(known)
    if answer == unknown:
        return None
    if answer == int((visits["chosen"] & visits["value_number"].eq(0)).sum()):
        return f"{answer:,} children have zero visits. Somebody counted them: of them it is known."
    if answer == len(known):
        return f"Of {answer:,} children it is known. Asked are the others."
    return (
        f"Yours is {answer:,}. Of whom it is known, the chosen row of health_visits has the status Reported."
    )


def _another_surname(answer: object, *, values: pd.DataFrame, believed: str) -> str | None:
    if trouble := no_whole_number(answer):
        return trouble
    reported = values[values["element"].eq("last_surname") & values["status"].eq("Reported")]
    shown = reported[reported["chosen"]].set_index("child")["value"]
    other = reported[reported["silo"].eq(believed)]
    differs = other["value"].ne(other["child"].map(shown)).groupby(other["child"])
    # A child with two records there may have two surnames: whichever is printed is a fair answer.
    fewest, most = int(differs.min().sum()), int(differs.max().sum())
    if fewest <= int(answer) <= most:  # type: ignore[call-overload]
        return None
    if answer == int(reported["agrees"].eq(False).fillna(False).sum()):
        return (
            f"{answer:,} is a number of rows. A disagreement has at least two rows, and is about one child."
        )
    if answer == int(reported["chosen"].sum()):
        return f"{answer:,} children have a surname. Asked is for how many {believed} writes another one."
    return (
        f"Yours is {answer:,}. Put the surname that is shown beside that of {believed}, child by child, "
        "and count where they differ."
    )


EXERCISES = (
    Exercise(
        number="4.5",
        asks="For how many children is it not known how often they were at the nurse's?",
        hints=(
            "Nobody has a zero here because a row is missing. Look at status, not at the value.",
            "Every child has one chosen row for health_visits; it is known where the status is Reported.",
            'now[now["chosen"] & now["element"].eq("health_visits")] has them; count the other statuses.',
        ),
        check=_not_known,
    ),
    Exercise(
        number="4.6",
        asks="For how many children would the page show another surname if meals were believed first?",
        hints=(
            "You need two surnames a child: the one that is shown (chosen), and the one that meals writes.",
            "Take the reported rows of last_surname; those that are chosen, and those whose silo is meals.",
            'Make two series by child, set_index("child")["value"], bring one to the index of the other with '
            "reindex, and count where they differ (ne).",
        ),
        check=_another_surname,
    ),
)
