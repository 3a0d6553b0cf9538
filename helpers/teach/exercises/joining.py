"""Exercises on joins: who was found, and out of whom."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable

import pandas as pd

from helpers.link import beside
from helpers.teach.answer_kinds import no_whole_number
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
    if trouble := no_whole_number(answer, "pairs"):
        return trouble
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


# Six of one class, as two systems that mean the same child write her: the test's file is in capitals.
_RIGHT_ROWS = pd.DataFrame(
    {
        "number": ["20417", "20418", "20433", "20440", "20456", "20461"],
        "roster_first": ["Ana", "Ben", "Bea", "Dev", "Eli", "Mia"],
        "roster_last": ["Ruiz", "Okafor", "Okafor", "Patel", "Stone", "Nguyen"],
        "test_first": ["ANA", "BEN", "BEA", "DEV", "ELI", "MIA"],
        "test_last": ["RUIZ", "OKAFOR", "OKAFOR", "PATEL", "STONE", "NGUYEN"],
    },
    dtype="string",
)


# Others like the six: one family, one first name, and a number of the same office.
_WRONG_ROWS = _RIGHT_ROWS.assign(
    test_first=["ANA", "BEA", "BEN", "ELI", "MIA", "MIA"],
    test_last=["STONE", "OKAFOR", "OKAFOR", "STONE", "NGUYEN", "RUIZ"],
)


def _noticed(answer: Callable[[pd.DataFrame], object], rows: pd.DataFrame) -> pd.Series | str:
    """Let a learner's function look at rows, and make yes or no a row of what it gives."""
    said = answer(rows.copy())
    flags = pd.Series(list(said) if isinstance(said, Iterable) else [said]).reset_index(drop=True)
    if len(flags) != len(rows):
        return (
            f"Your function gave {len(flags)} answers for {len(rows)} rows. "
            "Give a column of True and False, one a row."
        )
    return flags.fillna(False).astype(bool)


def _notices(answer: object, *, joined: pd.DataFrame) -> str | None:
    if not callable(answer):
        return (
            "Write a function that takes the joined rows and gives True for each that is two children; "
            f"yours is a {type(answer).__name__}."
        )
    found = _noticed(answer, joined)
    if isinstance(found, str):
        return found
    if not found.any():
        return (
            f"It lets {len(joined)} of {len(joined)} pass. A number that stands once says nothing about "
            "whose it is: what else do both sides know?"
        )
    if not found.all():
        first = joined[~found.to_numpy()].iloc[0]
        return (
            f"It lets {int((~found).sum())} of {len(joined)} pass, such as {first['roster_first']} "
            f"{first['roster_last']} with {first['test_first']} {first['test_last']}: two children."
        )
    # The same numbers and scores with the right names: what looks at these alone can't tell the two apart.
    named = {f"test_{part}": joined[f"roster_{part}"].str.upper() for part in ("first", "last")}
    right = pd.concat(
        [_RIGHT_ROWS.reindex(columns=joined.columns), joined.assign(**named)], ignore_index=True
    )
    stopped = _noticed(answer, right)
    if isinstance(stopped, str):
        return stopped
    if stopped.any():
        return (
            f"It notices all {len(joined)}. But it also stops {int(stopped.sum())} of {len(stopped)} right "
            "joins that are written like this: Ana Ruiz with ANA RUIZ."
        )
    others = _noticed(answer, _WRONG_ROWS.reindex(columns=joined.columns))
    if isinstance(others, str):
        return others
    if not others.all():
        first = _WRONG_ROWS[~others.to_numpy()].iloc[0]
        return (
            f"It notices these {len(joined)}, and lets others pass, such as {first['roster_first']} "
            f"{first['roster_last']} with {first['test_first']} {first['test_last']}: what of the whole name?"
        )
    return None


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
    Exercise(
        number="3.3",
        asks="Write the test that notices a join whose key test passes and which is wrong in every row.",
        hints=(
            "Every number stands once on either side. What do both systems know of a child beside it?",
            "Compare first names and surnames. Capitals are no difference: str.casefold() takes them away.",
            "A brother has the same surname: a row is right only if the first name AND the surname agree.",
            'joined["roster_first"].str.casefold().eq(joined["test_first"].str.casefold()), the same for the '
            "surnames, both with &, and ~ in front of it all.",
        ),
        check=_notices,
    ),
)
