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
            f"{tempting[0]} is above zero alone. Among six domains chance alone may produce one: look at the "
            "intervals for all six together."
        )
    return "Look for the domains whose interval for all six together is above zero."


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
            "The table comparisons has a row for each grouping, domain, year and comparison.",
            "Keep grouping data_team, comparison adjusted, and the latest year: six rows.",
            f"We looked at six, so use the column p_corrected; count the values below {level():g}.",
        ),
        check=_beyond_chance,
    ),
    Exercise(
        number="9.2",
        asks="Read a picture: for which domains is the difference more than chance, after six looks?",
        hints=(
            "Each row has two intervals: one for itself alone, and one for all six together.",
            "We looked at six. Which interval accounts for that, the shorter or the longer?",
            "A row is more than luck among six only if its longer interval is entirely above zero.",
        ),
        check=_surely_higher,
    ),
    Exercise(
        number="9.3",
        asks="Rewrite a sentence so that it claims no more than the answers show.",
        hints=(
            "Who answered? Nobody was chosen at random, and most didn't answer.",
            "Say how much the two groups differ, and between which numbers the difference may be.",
            "For example: among systems that answered, those that signed answer higher by …, between … and "
            "…; the survey can't show whether signing is the reason.",
        ),
        check=_rewritten,
        points=(
            "Is it about the systems that answered, and about no others?",
            "Does it give the difference between the two groups, and between which numbers it may be?",
            "Does it avoid any word that suggests that signing is the cause?",
        ),
    ),
)
