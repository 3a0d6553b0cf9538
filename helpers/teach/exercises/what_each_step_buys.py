"""Exercises of notebook 07."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.teach.exercise import Exercise, Wording, integer_error, wording

__all__ = ["EXERCISES"]


def _apart(levels: pd.DataFrame) -> set[str]:
    """Find the measures whose intervals in the two districts don't overlap at the last level."""
    last = levels[levels["level"].eq(levels["level"].iloc[-1]) & levels["low"].notna()]
    found = set()
    for label, mine in last.groupby("label", sort=False):
        ends = mine.drop_duplicates("scenario").set_index("scenario")[["low", "high"]]
        if len(ends) == 2 and float(ends["low"].max()) > float(ends["high"].min()):
            found.add(str(label))
    return found


def _lie_apart(answer: object, *, levels: pd.DataFrame) -> str | None:
    given = [answer] if isinstance(answer, str) else answer
    if not isinstance(given, list | tuple | set | frozenset):
        return f'Give the measures as a list, such as ["…", "…"]; yours is a {type(answer).__name__}.'
    titles = set(levels["label"])
    unknown = [title for title in given if title not in titles]
    if unknown:
        return f"No measure is called {unknown[0]!r}. There are: {', '.join(sorted(titles))}."
    apart, said = _apart(levels), {str(title) for title in given}
    if said == apart:
        return None
    if said - apart:
        return f"Look again at {sorted(said - apart)[0]!r}: there the placebo's interval touches the other."
    return f"{len(apart - said)} more: look for an interval of the placebo that ends before the other begins."


def _more_agreements(answer: object) -> str | None:
    numbers = list(answer) if isinstance(answer, list | tuple) else []
    if len(numbers) != 2 or any(
        isinstance(one, bool) or not isinstance(one, int | np.integer) for one in numbers
    ):
        return "Give two whole numbers: how many more pair by pair, and how many more with one standard."
    pairs, one = (int(number) for number in numbers)
    if (pairs, one) == (25, 2):
        return None
    if pairs in (91, 14 * 13) or one == 14:
        return "That is how many there are afterwards. The question asks how many are added."
    if pairs == 24:
        return "Each new system talks to the 12 others. And what about the two with each other?"
    if (pairs, one) == (2, 25):
        return "The right numbers the other way round: the first is pair by pair."
    return "Pair by pair, n systems need n(n-1)/2: work it out for 14 and for 12. With a standard: n."


# Points that the five minutes should cover, with words that show each.
_SAYS = {
    "which step comes first": (
        "id", "number", "roster", "fresh", "night", "daily", "every day", "code", "standard", "identifier",
    ),
    "what changes for a child": (
        "child", "famil", "student", "pupil", "teacher", "nurse", "parent", "counsel", "question",
    ),
    "what it costs": ("cost", "dollar", "$", "hour", "price", "pay", "budget", "usd"),
    "what is assumed": (
        "assum", "generator", "simulat", "invented", "made up", "not measured", "nobody measured", "estimate",
        "model", "guess", "synthetic", "suppos", "made-up", "not real",
    ),
}  # fmt: skip


def _first_step(answer: object) -> Wording | str:
    return wording(answer, _SAYS)


STEPS = (
    Exercise(
        number="7.1",
        asks="For which measures do the intervals of the placebo and of the other district not touch?",
        hints=(
            "Only intervals count: two means may differ while their intervals overlap.",
            "Most measures are plumbing, and the placebo has the same pipes.",
            "Which measure combines the data of two systems about the same child?",
        ),
        check=_lie_apart,
    ),
    Exercise(
        number="7.2",
        asks="How many agreements do two more systems add, both ways?",
        hints=(
            "Twelve systems make 12 times 11, halved, since an agreement is between two.",
            "Do the same for 14, and take the difference.",
            "With one standard each system has one agreement: with the standard.",
        ),
        check=_more_agreements,
    ),
    Exercise(
        number="7.3",
        asks="Which step first, what does it change for a child, what does it cost, and what is assumed?",
        hints=(
            "The roadmap has a step, a price with a range, and what it buys; say each in one clause.",
            "Name a person: who learns what about a child, and how much sooner?",
            "Begin: First we …, so that a teacher …; it costs …, and that figure is …",
        ),
        check=_first_step,
        points=(
            "Would a parent understand what changes for a child?",
            "Does it give the price with its range, and who assumed it?",
            "Does it call assumptions and simulations by their name, and quote none as a finding?",
        ),
    ),
)


_LEVEL = "rostered"


def _typed_in_all(answer: object, *, known: pd.DataFrame, change: str) -> str | None:
    if trouble := integer_error(answer, "times"):
        return trouble
    of_change = known[known["change"].eq(change)]
    rows = of_change[of_change["level"].eq(_LEVEL)]
    again = int((rows["typed"].fillna(1) - 1).sum())
    if answer == 1 + again:
        return None
    if answer == int(rows["typed"].sum()):
        return "You counted the typing into the SIS in every row that it reached: it happened once."
    if answer == again:
        return "Those are the times after the first. Somebody also typed it into the SIS, on the Monday."
    if answer == int((of_change["typed"].fillna(1) - 1).sum()) + 1:
        return f"That is all levels together: keep the rows of level {_LEVEL}."
    return f"Keep the rows of this change at level {_LEVEL}: typed once into the SIS, and how often again?"


CHANGES = (
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

EXERCISES = (*STEPS, *CHANGES)
