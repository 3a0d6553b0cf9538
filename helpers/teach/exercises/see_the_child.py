"""Exercises of notebook 04."""

from __future__ import annotations

import pandas as pd

from helpers.teach.exercise import Exercise, Wording, integer_error, wording

__all__ = ["EXERCISES"]


def _not_known(answer: object, *, values: pd.DataFrame) -> str | None:
    if trouble := integer_error(answer):
        return trouble
    visits = values[values["element"].eq("health_visits")]
    known = set(visits.loc[visits["chosen"] & visits["status"].eq("Reported"), "child"])
    unknown = visits["child"].nunique() - len(known)
    if answer == unknown:
        return None
    if answer == int((visits["chosen"] & visits["value_number"].eq(0)).sum()):
        return f"{answer:,} children have zero visits. Somebody counted them, so their number is known."
    if answer == len(known):
        return f"For {answer:,} children it is known. The question asks for the others."
    return f"Yours is {answer:,}. If it is known, the chosen row of health_visits has the status Reported."


def _another_surname(answer: object, *, values: pd.DataFrame, believed: str) -> str | None:
    if trouble := integer_error(answer):
        return trouble
    reported = values[values["element"].eq("last_surname") & values["status"].eq("Reported")]
    shown = reported[reported["chosen"]].set_index("child")["value"]
    other = reported[reported["silo"].eq(believed)]
    differs = other["value"].ne(other["child"].map(shown)).groupby(other["child"])
    # A child with two records there may have two surnames: we accept either.
    fewest, most = int(differs.min().sum()), int(differs.max().sum())
    if fewest <= int(answer) <= most:  # type: ignore[call-overload]
        return None
    if answer == int(reported["agrees"].eq(False).fillna(False).sum()):
        return (
            f"{answer:,} is a number of rows. A disagreement has at least two rows, and is about one child."
        )
    if answer == int(reported["chosen"].sum()):
        return f"{answer:,} children have a surname. For how many does {believed} write another one?"
    return (
        f"Yours is {answer:,}. Put the surname on the page next to the one in {believed}, child by child, "
        "and count where they differ."
    )


KNOWLEDGE = (
    Exercise(
        number="4.5",
        asks="For how many children is it not known how often they visited the nurse?",
        hints=(
            "Nobody has a zero here because a row is missing. Look at status, not at the value.",
            "Every child has one chosen row for health_visits; it is known if the status is Reported.",
            'now[now["chosen"] & now["element"].eq("health_visits")] has them; count the other statuses.',
        ),
        check=_not_known,
    ),
    Exercise(
        number="4.6",
        asks="For how many children would the page show another surname if your team trusted meals first?",
        hints=(
            "You need two surnames for each child: the one on the page (chosen), and the one from meals.",
            "Take the reported rows of last_surname; those that are chosen, and those whose silo is meals.",
            'Make two series by child, set_index("child")["value"], bring one to the index of the other with '
            "reindex, and count where they differ (ne).",
        ),
        check=_another_surname,
    ),
)


ASKED = [
    "mother",
    "father",
    "parent",
    "famil",
    "home",
    "office",
    "registrar",
    "teacher",
    "nurse",
    "clerk",
    "ask",
]


def _changes(answer: object, *, by_definition: pd.DataFrame) -> str | None:
    if trouble := integer_error(answer):
        return trouble
    flagged = by_definition.isin(["Flagged"])
    clear = by_definition.isin(["Clear"])
    both = int((flagged.any(axis="columns") & clear.any(axis="columns")).sum())
    if answer == both:
        return None
    if answer == int(flagged.any(axis="columns").sum()):
        return f"{answer:,} are flagged by some definition. Which of them are clear by another?"
    if answer == int((by_definition.nunique(axis="columns") > 1).sum()):
        return "You also counted children whom a definition doesn't cover: that isn't the same as clear."
    return f"Yours is {answer:,}. A child changes when one definition flags her and another says clear."


def _many_systems(answer: object, *, answers: pd.DataFrame, at_least: int) -> str | None:
    if trouble := integer_error(answer, "questions"):
        return trouble
    before = answers["platforms_before"]
    if answer == int(before.ge(at_least).sum()):
        return None
    if answer == int(before.gt(at_least).sum()):
        return f"{at_least} systems are enough: the question says at least {at_least}."
    return f"Yours is {answer:,}. platforms_before counts the systems that you would have opened."


def _which_name(answer: object, *, lines: pd.DataFrame) -> Wording | str:
    values = [str(value) for value in lines["says"].dropna().unique()]
    return wording(
        answer,
        {
            "what the page prints": [*values, "both", "neither"],
            "why that one": [
                *[str(system) for system in lines["system"].dropna().unique()],
                "newest", "newer", "latest", "sure", "trust", "roster", "official", "unverified", "since",
                "because",
            ],
            "whom you ask": ASKED,
        },
    )  # fmt: skip


def _two_stories(answer: object) -> Wording | str:
    return wording(
        answer,
        {
            "what the grade says": ["mark", "grade", "B ", "B,", "class"],
            "what the test says": ["test", "percentile", "score", "MAP"],
            "what you don't know yet": [
                "don't know", "do not know", "may", "might", "could", "why", "ask", "unsure", "not sure",
            ],
            "what is done next, and with whom": [*ASKED, "talk", "look at", "meet", "call"],
        },
    )  # fmt: skip


PICTURES = (
    Exercise(
        number="4.2",
        asks="How many children are chronically absent by one definition, and not by another?",
        hints=(
            "by_definition has one row for each child and one column for each definition. Look along a row.",
            "A child changes when at least one cell is Flagged and at least one is Clear.",
            'by_definition.eq("Flagged").any(axis="columns") & by_definition.eq("Clear").any(axis="columns")',
        ),
        check=_changes,
    ),
    Exercise(
        number="4.3",
        asks="For how many questions would you have opened at least four systems?",
        hints=(
            "Each row of answers is a question, and shows how many systems it needs.",
            'answers["platforms_before"] is the number of systems.',
            'int(answers["platforms_before"].ge(4).sum())',
        ),
        check=_many_systems,
    ),
    Exercise(
        number="4.1",
        asks="Two systems disagree about one child. What does the page print, why, and whom do you ask?",
        hints=(
            "A decision has three parts: what the page prints now, why, and who knows the truth.",
            "Look at the days, at how well each record is linked, and at who would notice a mistake first.",
            "We print … because …; until then the page shows that … disagrees. We ask ….",
        ),
        check=_which_name,
        points=(
            "Would the family see on the page which value it prints, and that another system disagrees?",
            "Is there a reason to trust that system (who keeps it, who saw the proof), and not only "
            "that it is newer?",
            "Do you ask somebody who can know, and what happens with the answer?",
        ),
    ),
    Exercise(
        number="4.4",
        asks="A good grade, and a low test. What do you tell the family, and what do you ask first?",
        hints=(
            "Name both, and what each measures. Neither is the whole truth about the child.",
            "What could make both true? Who would know?",
            "Your sentence names the grade, the test, what you don't know yet, and who talks with whom.",
        ),
        check=_two_stories,
        points=(
            "Does she hear both the grade and the test, and that neither is the whole truth about Ana?",
            "Does it say what nobody knows yet, and name no cause?",
            "Who asks whom, and when will she hear from you again?",
        ),
    ),
)

EXERCISES = (*KNOWLEDGE, *PICTURES)
