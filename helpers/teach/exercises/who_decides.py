"""Exercises on a team's decisions: which value wins, who owns the roster, what a vendor delivers."""

from __future__ import annotations

import pandas as pd

from helpers.teach.exercise import Exercise, Wording, integer_error, wording

__all__ = ["EXERCISES"]


def _net(answer: object, *, scores: pd.DataFrame) -> str | None:
    wrong = integer_error(answer)
    if wrong:
        return wrong
    gained, lost = int(scores["made_right"].sum()), int(scores["made_wrong"].sum())
    if answer == gained - lost:
        return None
    if answer == lost - gained:
        return (
            "The other way round: children who became right count for it, children who became "
            "wrong against it."
        )
    if answer == int(scores["changed"].sum()):
        return (
            "That counts every value that changed. Changed isn't better: look at made_right and made_wrong."
        )
    if answer == gained:
        return "That counts those who became right. Subtract those who became wrong."
    return "Add up made_right over all rows of scores, and subtract made_wrong."


_WHEN = [
    "day", "daily", "hour", "morning", "noon", "afternoon", "evening", "night", "week", "month", "o'clock",
    "the first of", "the last of", "monday", "tuesday", "wednesday", "thursday", "friday", "at once",
    "immediately", "until", "before", "by july", "by august", "from july",
]  # fmt: skip
_OWNER = {
    "which system owns the roster": [
        "sis", "student information", "attendance", "meals", "health", "behavior", "registrar",
    ],
    "why": ["because", "since", "as it", "as the", "so that", "for it", "why", "reason"],
    "who may change or end a child there": [
        "registrar", "office", "manager", "clerk", "secretar", "steward", "principal", "nurse", "owner",
        "team", "staff", "administrator", "coordinator", "only",
    ],
    "by when": _WHEN,
    "what the others do": [
        "call", "tell", "report", "ask", "send", "write to", "inform", "notif", "flag", "take over",
        "takes over", "phone", "e-mail", "email",
    ],
}  # fmt: skip


def _roster_decision(answer: object) -> Wording | str:
    return wording(answer, _OWNER)


_DEMAND = {
    "what is delivered": [
        "number", "column", "ids", "id ", "date", "code", "export", "file", "row", "record", "roster", "list",
    ],
    "how often, or by when": _WHEN,
    "how you notice that it isn't so": [
        "count", "check", "compar", "script", "look", "measure", "test", "notice", "alert", "alarm",
        "monitor", "verif", "log", "scorecard",
    ],
    "what happens then": [
        "if ", "otherwise", "else", "unless", "pay", "cost", "mend", "fix", "refund", "end the contract",
        "cancel", "repair", "correct",
    ],
}  # fmt: skip


def _demand(answer: object) -> Wording | str:
    return wording(answer, _DEMAND)


def _half(answer: object, *, months: pd.DataFrame, schools: int) -> str | None:
    wrong = integer_error(answer, of="months")
    if wrong:
        return wrong

    def first(end: str) -> int:
        rows = months[months["end"].eq(end)]
        reached = rows[rows["schools_with_coach"].mul(2).ge(schools).fillna(False)]
        return int(reached["month"].min()) if len(reached) else 0

    if answer == first("likely"):
        return None
    for end in ("easy", "hard"):
        if answer == first(end) and first(end):
            return f"That is the {end} end of the assumptions. Keep the rows that are likely."
    return "Keep the likely rows, and find the first month whose schools_with_coach are at least half of all."


EXERCISES = (
    Exercise(
        number="11.1",
        asks="By how many children is the profile better or worse after the decision?",
        hints=(
            "The table scores has a row for each element. Which columns show that something got "
            "better, or worse?",
            "made_right minus made_wrong, added up over all rows; it may be below zero.",
        ),
        check=_net,
    ),
    Exercise(
        number="11.2",
        asks="Decide who owns the roster, in words that somebody can act on.",
        hints=(
            "Which office sees the certificate, and learns first that a child has left?",
            "Name the system and why; the person who may change or end; the hour; what the others do.",
            "For example: … owns the roster, because …; only the … ends a child's record, by …; anyone who "
            "sees a mistake calls her and types nothing.",
        ),
        check=_roster_decision,
        points=(
            "Is there one owner, and does that office see the proof first?",
            "Is it clear who may change or end a child's record, and by which hour?",
            "Does everybody else know what to do about a mistake?",
        ),
    ),
    Exercise(
        number="11.3",
        asks="Write one demand to a vendor that can be checked.",
        hints=(
            "Think of a morning on which the delivery fails. Who notices, and how?",
            "Say what is delivered, how often, what you count, and what follows.",
            "For example: every row of the daily export carries …; each morning we count …; if …, "
            "the vendor …",
        ),
        check=_demand,
        points=(
            "Could both sides count it on any morning, and get the same number?",
            "Is it clear by when, and what follows if it fails?",
            "Would a vendor know what to build, and does it leave out what nobody needs?",
        ),
    ),
    Exercise(
        number="11.4",
        asks="Read a plan: by which month do half of the schools have a coach?",
        hints=(
            "The left panel's line is the likely case; ignore the gray.",
            "Keep end == 'likely', and take the first month with schools_with_coach at half or more.",
        ),
        check=_half,
    ),
)
