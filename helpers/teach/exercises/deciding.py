"""Exercises on deciding: how sure is sure enough, for whom it isn't, and what a person is asked first."""

from __future__ import annotations

import numbers
from collections.abc import Iterable

import pandas as pd

from helpers.teach.exercise import Exercise

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
        return "That looks at the first alone. But the others compete: all that it can be adds up to one."
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
        f"{len(given)} of {len(surely)}. A group is surely missed more often where its interval lies above."
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
        return "Those are the most probable. A yes to them gains little: look at what each would join, too."
    if set(given) == set(waiting.nlargest(3, "pairs_gained")["pair"]):
        return "Those would gain most, if they were right. Some hardly can be: weigh it by the probability."
    gain = expected[list(set(given))].sum()
    return f"Together they can be expected to gain {gain:.1f} pairs; three others gain more."


EXERCISES = (
    Exercise(
        number="3.4",
        asks="How probable is it that the record is the first child's, when namesakes compete?",
        hints=(
            "Each step of weight doubles the odds: a weight of 3 is 2 ** 3, 8 to 1.",
            "Turn all weights into odds. What share of their sum is the first one's?",
            "odds = 2.0 ** candidates, then odds.iloc[0] / odds.sum()",
        ),
        check=_first_of_namesakes,
    ),
    Exercise(
        number="3.5",
        asks="From which probability on would you join without asking, if one in a hundred may be wrong?",
        hints=(
            "Try one line: which pairs are accepted, and which share of them is one child?",
            "Only the probabilities in the table matter: try each of them as the line.",
            "Keep those at which the share is at least .99, and take the lowest: it accepts most.",
        ),
        check=_line,
    ),
    Exercise(
        number="3.7",
        asks="Which groups are surely missed more often than the largest one?",
        hints=(
            "A dot without its interval says little: how wide is it for 9 children?",
            "Compare where a group's interval begins with where that of the largest group ends.",
            'groups.loc[groups["low"] > largest["high"], "group"]',
        ),
        check=_surely_missed,
    ),
    Exercise(
        number="3.6",
        asks="There is time for three pairs: which do you look at?",
        hints=(
            "A pair that is nearly certain teaches little; one that joins two records gains little.",
            "What can be expected of a pair is its probability times what a yes would gain.",
            'waiting["probability"] * waiting["pairs_gained"], and the three largest (nlargest).',
        ),
        check=_first_three,
    ),
)
