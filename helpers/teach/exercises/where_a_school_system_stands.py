"""Exercises on asking people about their school system."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from helpers.standard import declared_survey, nearest
from helpers.survey import survey_scores
from helpers.teach.exercise import Exercise, Wording, wording

__all__ = ["EXERCISES"]

ROUNDED = 0.0051


def _score(answer: object, *, answers: pd.DataFrame) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return f"A score is a number between 1 and 4; yours is a {type(answer).__name__}."
    scores = survey_scores(answers)
    right = scores.loc[scores["respondent"].isna() & scores["domain"].eq("governance"), "score"].iloc[0]
    if pd.isna(right):
        return None if pd.isna(answer) else "Nobody answered enough of Governance: it has no score."
    if abs(answer - right) <= ROUNDED:
        return None
    mine = answers[answers["item"].str.startswith("governance_")]
    cells = float(mine["answer"].mean())
    if abs(answer - cells) <= ROUNDED:
        return (
            f"{answer:.2f} is the mean of all answers: people who answered more items count more. Take each "
            "person's mean first, then the mean of these."
        )
    return "Take each person's mean over the items that she answered, then the mean of these means."


def _furthest(answer: object, *, scores: pd.DataFrame) -> str | None:
    titles = {domain.title: code for code, domain in declared_survey().domains.items()}
    if not isinstance(answer, str):
        return f"Give the name of a domain as text; yours is a {type(answer).__name__}."
    if answer not in titles:
        return f"There is no domain {answer!r}.{nearest(answer, titles)} There are: {', '.join(titles)}."
    single = scores[scores["respondent"].notna()].dropna(subset=["score"])
    if single.empty:
        return None
    spread = single.groupby("domain")["score"].agg(lambda one: one.max() - one.min())
    # Nobody can see a tenth of an anchor in a chart.
    if spread[titles[answer]] >= spread.max() - 0.1:
        return None
    return (
        f"In {answer} the lowest and the highest person are {spread[titles[answer]]:.1f} anchors apart; in "
        "another row they are further apart. Look at the ends of each row, not at the large dot."
    )


# Points that the answer should mention, people and data to look at, with words that show each.
_SAYS = {
    "with whom you look at it": (
        "secretar", "teacher", "principal", "director", "technology", "analyst", "superintendent", "nurse",
        "team", "people", "office", "who answered", "who runs", "who enters", "colleague", "registrar",
        "clerk", "steward", "counsel", "manager", "coordinator", "administrator", "specialist", "vendor",
        "with ms", "with mr", "together with",
    ),
    "which figure or file you look at": (
        "figure", "file", "list", "record", "scorecard", "export", "number", "column", "row", "percent", "%",
        "rate", "share", "roster", "duplicate",
    ),
}  # fmt: skip
_NOT_SAID = re.compile(
    r"(n['’]t|\bnot|\bcannot|\bnever|\bnobody|\bno one|\bneither)\s+(of us\s+)?(yet\s+|will\s+|may\s+|to\s+)?"
    r"(say|claim|tell|conclud|assum|blam|call|know|think|believ|judg|accus|decid|suppos|draw|mean)"
    r"|\bno (claim|verdict|conclusion|blame|judg)|\bwithout (say|claim|blam|judg|accus)|\b(until|before)\b"
)
_VERDICT = re.compile(r"\b(wrong|lied|lying|liars?|careless|lazy|prov(?:es?|ed)|to blame)\b")
_OPEN = re.compile(r"n['’]t\b|\b(not|cannot|never|nobody|no one|no|neither|whether|if|without|what|where)\b")


def _monday(answer: object) -> Wording | str:
    found = wording(answer, _SAYS)
    if isinstance(found, str):
        return found
    said = str(answer).casefold()
    unclaimed = "what you don’t claim before you have looked"
    if _NOT_SAID.search(said):
        found = replace(found, names=(*found.names, unclaimed))
    else:
        found = replace(found, leaves_out=(*found.leaves_out, unclaimed))
    for sentence in re.split(r"[.;!?]", said):
        verdict = _VERDICT.search(sentence)
        if verdict and not _OPEN.search(sentence[: verdict.start()]):
            return replace(found, asks=f"Is {verdict[0]!r} a verdict before anybody has looked?")
    return found


EXERCISES = (
    Exercise(
        number="8.1",
        asks="What is the score of a domain when every person counts the same?",
        hints=(
            "Two people who answered eight items and four items should weigh the same.",
            "Group by respondent and take the mean of the answers: one number a person.",
            "Then take the mean of these numbers. Leave out people who answered fewer than half of "
            "the items.",
        ),
        check=_score,
    ),
    Exercise(
        number="8.2",
        asks="In which domain are people furthest apart?",
        hints=(
            "The large dot doesn't show it.",
            "In each row find the leftmost and the rightmost faint dot, and compare the distance.",
        ),
        check=_furthest,
    ),
    Exercise(
        number="8.3",
        asks="What do you do on Monday about an item on which people and files differ?",
        hints=(
            "Neither the people nor the files are wrong yet: somebody has to look.",
            "Name who answered or who enters the data, the figure from the scorecard, and an example row.",
            "Say what you don't claim before that: that people lie, or that the figure shows everything.",
        ),
        check=_monday,
        points=(
            "Is somebody at the table who answered, or who enters the data?",
            "Is there one figure or file that you open together, and a row of it to look at?",
            "Does it leave open who is right until you have looked?",
        ),
    ),
)
