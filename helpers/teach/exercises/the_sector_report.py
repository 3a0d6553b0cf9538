"""Exercises on what the answers of many school systems show, and how far to trust them."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from helpers.sector import level
from helpers.teach.exercise import Exercise, Wording, integer_error, wording

__all__ = ["EXERCISES"]

# The chart of exercise 9.2, which no parameter changes: three intervals exclude zero alone, one of six after
# correction.
_SURE_OF_ALL = "Procurement"
_SURE_ALONE = ("Leadership and Vision", "Governance")


def _beyond_chance(answer: object, *, comparisons: pd.DataFrame, year: int) -> str | None:
    wrong = integer_error(answer, of="domains")
    if wrong:
        return wrong
    rows = comparisons[
        comparisons["grouping"].eq("data_team")
        & comparisons["comparison"].eq("adjusted")
        & comparisons["year"].eq(year).fillna(False)
    ]
    corrected = int(rows["p_corrected"].lt(level()).sum())
    alone = int(rows["p"].lt(level()).sum())
    if answer == corrected:
        return None
    if answer == alone:
        return "That counts each domain as if nobody had looked at the others: use p_corrected."
    if isinstance(answer, int) and answer > len(rows):
        return f"There are {len(rows)} domains: keep one grouping, one year and the adjusted rows."
    return (
        "Keep the rows of data_team, adjusted, of that year, and count those with p_corrected below "
        f"{level():g}."
    )


def _surely_higher(answer: object) -> str | None:
    if isinstance(answer, str):
        answer = [answer]
    if not isinstance(answer, list | tuple | set | frozenset):
        return 'Give the names of domains in a list, such as ["Governance"].'
    named = {str(one).strip().casefold() for one in answer}
    if named == {_SURE_OF_ALL.casefold()}:
        return None
    tempting = sorted(name for name in _SURE_ALONE if name.casefold() in named)
    if tempting:
        return (
            f"{tempting[0]} is above zero alone. Of six domains one may be so by chance: look at the "
            "intervals that hold for all six together."
        )
    return "Look for the domains whose interval for all six together lies above zero."


# Words for causation, and words near which they don't claim it.
_CAUSE = re.compile(
    r"\b(rais(?:es?|ed|ing)|caus(?:es?|ed|ing)|improv(?:es?|ed|ing)|boost(?:s|ed|ing)?|lift(?:s|ed|ing)?"
    r"|lowers|lowered|lead(?:s|ing)? to|led to|makes?|made|making|help(?:s|ed|ing)?|increas(?:es?|ed|ing)"
    r"|driv(?:es?|ing)|drove|brings?|brought|because of|thanks to|due to|results? in|resulted in"
    r"|(?:effect|impact) of the pledge)\b",
    re.IGNORECASE,
)
_NOT_SAID = re.compile(r"(not|n’t|n't|never|\bno(?! doubt)|whether|\bif|unclear|unknown)\b", re.IGNORECASE)
_SAYS = {
    "whom it is about (those that answered)": ["answer", "respon"],
    "how sure it is": [
        "interval",
        "between",
        "sure",
        "chance",
        "plus or minus",
        "give or take",
        "from 0",
        "from about",
        "ci",
        "bound",
        "margin",
        "±",
    ],
    "that it is an association": [
        "associat",
        "higher",
        "differ",
        "go together",
        "goes with",
        "doesn",
        "not say",
    ],
}


def _rewritten(answer: object) -> Wording | str:
    found = wording(answer, _SAYS)
    if isinstance(found, str):
        return found
    for sentence in re.split(r"(?<!\d)[.]|[.](?!\d)|[;!?]", str(answer)):
        cause = _CAUSE.search(sentence)
        if cause and not _NOT_SAID.search(sentence[: cause.start()]):
            return replace(found, asks=f"Does {cause[0]!r} say that the pledge does something?")
    return found


EXERCISES = (
    Exercise(
        number="9.1",
        asks="In how many domains do systems with and without a data team differ beyond chance?",
        hints=(
            "The table comparisons has a row a grouping, domain, year and way to compare.",
            "Keep grouping data_team, comparison adjusted, and the newest year: six rows.",
            f"Six were looked at, so the column is p_corrected; count what is below {level():g}.",
        ),
        check=_beyond_chance,
    ),
    Exercise(
        number="9.2",
        asks="Read a picture: of which domains is the difference no chance, all six looked at?",
        hints=(
            "Each row has two intervals: of itself alone, and one that holds for all six together.",
            "Six were looked at. Which is the interval that allows for that, the shorter or the longer?",
            "Only where the longer interval lies wholly above zero is it more than one lucky row of six.",
        ),
        check=_surely_higher,
    ),
    Exercise(
        number="9.3",
        asks="Write a sentence anew so that it says no more than the answers do.",
        hints=(
            "Who answered? Nobody was drawn by lot, and most were silent.",
            "Say how far the two groups lie apart, and between which numbers that may be.",
            "Such as: among systems that answered, those that signed answer higher by so much, between … and "
            "…; whether signing did it, this can't say.",
        ),
        check=_rewritten,
        points=(
            "Does it speak of the systems that answered, and of no others?",
            "Does it give the difference between the two groups, and between which numbers that may lie?",
            "Does no word of it say or suggest that signing did it?",
        ),
    ),
)
