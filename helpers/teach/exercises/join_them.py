"""Exercises of notebook 03."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable

import pandas as pd

from helpers.link import compare_records
from helpers.teach.exercise import Exercise, integer_error

__all__ = ["EXERCISES"]


RIGHT_OF_ACCEPTED = 0.99
NEAR = 0.0005


def _no_share(answer: object) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
        return f"A probability is one number; yours is a {type(answer).__name__}."
    if not 0 <= float(answer) <= 1:
        return f"Probabilities are between 0 and 1; yours is {float(answer):g}."
    return None


def _names(answer: object, of: str) -> list[str] | str:
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        return f"Give the {of} in a list; yours is a {type(answer).__name__}."
    return [str(name) for name in answer]


def _first_of_namesakes(answer: object, *, candidates: pd.Series) -> str | None:
    if trouble := _no_share(answer):
        return trouble
    given = float(answer)  # type: ignore[arg-type]
    odds = 2.0 ** candidates.astype("float64")
    first = odds.iloc[0]
    if abs(given - first / odds.sum()) < NEAR:
        return None
    if abs(given - first / (1 + first)) < NEAR:
        return (
            "That looks at the first alone. But the others compete: the probabilities of all "
            "possibilities add up to one."
        )
    if abs(given - candidates.iloc[0] / candidates.sum()) < NEAR:
        return "Weights are doublings: turn each into odds (2 ** weight) before you add them."
    return f"Yours is {given:.4f}. Turn each weight into odds, and divide the first's by the sum of all."


def _line(answer: object, *, scored: pd.DataFrame) -> str | None:
    if trouble := _no_share(answer):
        return trouble
    line = float(answer)  # type: ignore[arg-type]

    def right_of(accepted: pd.Series) -> float:
        return float(scored.loc[accepted, "one_child"].mean()) if accepted.any() else 1.0

    accepted = scored["probability"] >= line
    if right_of(accepted) < RIGHT_OF_ACCEPTED:
        wrong = int((~scored.loc[accepted, "one_child"]).sum())
        return (
            f"With {line:g} you accept {int(accepted.sum())} pairs, and {wrong} of them are two children: "
            f"that is more than one in a hundred."
        )
    could = [
        int((scored["probability"] >= lower).sum())
        for lower in scored["probability"]
        if right_of(scored["probability"] >= lower) >= RIGHT_OF_ACCEPTED
    ]
    more = max(could, default=0) - int(accepted.sum())
    return f"Safe, but {more} more could be accepted at no greater risk. Go lower." if more > 0 else None


def _surely_missed(answer: object, *, groups: pd.DataFrame) -> str | None:
    given = _names(answer, "names of groups")
    if isinstance(given, str):
        return given
    largest = groups.sort_values("children").to_dict("records")[-1]
    surely = set(groups.loc[groups["low"] > largest["high"], "group"])
    if set(given) == surely:
        return None
    unknown = set(given) - set(groups["group"])
    if unknown:
        return f"There is no group {sorted(unknown)[0]!r}; there are {', '.join(groups['group'])}."
    too_many = sorted(set(given) - surely)
    if too_many:
        low = float(groups.loc[groups["group"].eq(too_many[0]), "low"].iloc[0])
        return (
            f"{too_many[0]}: its interval begins at {low:g}, and that of the largest group, "
            f"{largest['group']}, ends at {largest['high']:g}. They overlap, so it may be chance."
        )
    return (
        f"{len(given)} of {len(surely)}. A group is certainly missed more often if its whole "
        "interval is above."
    )


def _first_three(answer: object, *, waiting: pd.DataFrame) -> str | None:
    given = _names(answer, "pairs")
    if isinstance(given, str):
        return given
    unknown = set(given) - set(waiting["pair"])
    if unknown:
        return f"There is no pair {sorted(unknown)[0]!r}."
    if len(set(given)) != 3:
        return f"There is time for three; yours are {len(set(given))}."
    expected = (waiting["probability"] * waiting["pairs_gained"]).set_axis(waiting["pair"])
    if set(given) == set(expected.nlargest(3).index):
        return None
    if set(given) == set(waiting.nlargest(3, "probability")["pair"]):
        return (
            "Those are the most probable. A yes to them gains little: look at how many pairs each "
            "would add, too."
        )
    if set(given) == set(waiting.nlargest(3, "pairs_gained")["pair"]):
        return (
            "Those would gain most, if they were right. Some are very unlikely: multiply by the probability."
        )
    gain = expected[list(set(given))].sum()
    return f"Together they gain {gain:.1f} pairs on average; three others gain more."


DECISIONS = (
    Exercise(
        number="3.4",
        asks="How probable is it that the record belongs to the first child, when namesakes compete?",
        hints=(
            "Each step of weight doubles the odds: a weight of 3 is 2 ** 3, 8 to 1.",
            "Turn all weights into odds. What share of their sum is the first one's?",
            "odds = 2.0 ** candidates, then odds.iloc[0] / odds.sum()",
        ),
        check=_first_of_namesakes,
    ),
    Exercise(
        number="3.5",
        asks="From which probability on would you link without asking, if one in a hundred may be wrong?",
        hints=(
            "Try one line: which pairs does it accept, and what share of them is one child?",
            "Only the probabilities in the table matter: try each of them as the line.",
            "Keep those with a share of at least .99, and take the lowest: it accepts most.",
        ),
        check=_line,
    ),
    Exercise(
        number="3.7",
        asks="Which groups are missed more often than the largest one, by more than chance explains?",
        hints=(
            "A dot without its interval says little: how wide is it for 9 children?",
            "Compare the start of a group's interval with the end of the largest group's interval.",
            'groups.loc[groups["low"] > largest["high"], "group"]',
        ),
        check=_surely_missed,
    ),
    Exercise(
        number="3.6",
        asks="There is time for three pairs: which do you look at?",
        hints=(
            "A nearly certain pair teaches little; a pair that links only two records gains little.",
            "The expected gain of a pair is its probability times the gain of a yes.",
            'waiting["probability"] * waiting["pairs_gained"], and the three largest (nlargest).',
        ),
        check=_first_three,
    ),
)


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
        return f"That is the share of the children of {right}; the question asks for the share of {left}."
    return f"Yours is {rate:.3f}. Count those of {left} who are in {right} too; divide by all of {left}."


def _other_birthday(answer: object, *, found: pd.DataFrame, people: pd.DataFrame) -> str | None:
    if trouble := integer_error(answer, "pairs"):
        return trouble
    both = compare_records(found, people, ["birth_date"])
    left, right = both["left_birth_date"], both["right_birth_date"]
    known = left.notna() & right.notna()
    other = int((known & left.ne(right)).sum())
    if answer == other:
        return None
    if answer == int((known & left.eq(right)).sum()):
        return f"{answer:,} pairs have the same birth date; the question asks for those that differ."
    if answer == other + int((~known).sum()):
        return "You counted pairs in which a birth date is missing. Not known isn't different."
    return f"Yours is {answer:,}. Compare both birth dates, and count where they differ."


# Six records of one class, as two systems write the same child: the test's file is in capitals.
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


# Like the six, but wrong: one family, one first name, and a number from the same office.
_WRONG_ROWS = _RIGHT_ROWS.assign(
    test_first=["ANA", "BEA", "BEN", "ELI", "MIA", "MIA"],
    test_last=["STONE", "OKAFOR", "OKAFOR", "STONE", "NGUYEN", "RUIZ"],
)


def _noticed(answer: Callable[[pd.DataFrame], object], rows: pd.DataFrame) -> pd.Series | str:
    """Apply a learner's function to rows, and convert its result to one yes or no per row."""
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
            "Write a function that takes the joined rows and gives True for each row that mixes two "
            "children; "
            f"yours is a {type(answer).__name__}."
        )
    found = _noticed(answer, joined)
    if isinstance(found, str):
        return found
    if not found.any():
        return (
            f"It lets {len(joined)} of {len(joined)} pass. A number that appears once says nothing about "
            "which child it belongs to: what else do both sides have?"
        )
    if not found.all():
        first = joined[~found.to_numpy()].iloc[0]
        return (
            f"It lets {int((~found).sum())} of {len(joined)} pass, such as {first['roster_first']} "
            f"{first['roster_last']} with {first['test_first']} {first['test_last']}: two children."
        )
    # The same numbers and scores with the right names: a check of these alone can't distinguish the two.
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
            f"{first['roster_last']} with {first['test_first']} {first['test_last']}: what about the "
            "whole name?"
        )
    return None


JOINS = (
    Exercise(
        number="3.1",
        asks="What share of the children on the roster is found in the meals system?",
        hints=(
            "The crosswalk has one row for each record; two records with the same child are one child.",
            "Take the children of each system as a set; those in both are the intersection: a & b.",
            "Divide by the number of children on the roster, not by the number in meals.",
        ),
        check=_match_rate,
    ),
    Exercise(
        number="3.2",
        asks="In how many of the pairs that were found by number do the birth dates differ?",
        hints=(
            "A lookup compares nothing but the number. What would you compare before you trust it?",
            'compare_records(found, district.people, ["birth_date"]) shows both birth dates.',
            "Leave out pairs in which a date is missing (dropna); count those of the rest that differ (ne).",
        ),
        check=_other_birthday,
    ),
    Exercise(
        number="3.3",
        asks="Write the test that notices a join that passes the key test and is wrong in every row.",
        hints=(
            "Every number appears once on each side. What else do both systems record about a child?",
            "Compare first names and surnames. Capitals are no difference: str.casefold() takes them away.",
            "A brother has the same surname: a row is right only if the first name AND the surname agree.",
            'joined["roster_first"].str.casefold().eq(joined["test_first"].str.casefold()), the same for the '
            "surnames, both with &, and ~ in front of it all.",
        ),
        check=_notices,
    ),
)

EXERCISES = (*JOINS, *DECISIONS)
