"""Exercises on sharing: who may see what, what discloses a child, and what consent takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from helpers.share import Policy
from helpers.teach.exercise import Exercise, Wording, integer_error, wording

__all__ = ["EXERCISES"]

# From nothing to each child.
WIDTH = ("none", "aggregate", "row")
MONEY = ("charged", "balance")
# Reveals nothing by itself, but opens what does.
OPENS = "pin"


def _not_of_a_child(answer: object, *, policy: Policy, role: str) -> str | None:
    if trouble := integer_error(answer, "domains"):
        return trouble
    allowed = [policy.rule(role, domain).allow for domain in policy.domains]
    if answer == len(allowed) - allowed.count("row"):
        return None
    if answer == allowed.count("none"):
        return (
            f"{answer} have nothing at all. A chart of the whole class shows no single child either: which "
            "rules say 'aggregate'?"
        )
    if answer == allowed.count("row"):
        return f"{answer} are those in which a {role} sees single children. The question asks for the others."
    return f"Yours is {answer}. Look at allow of policy.rule({role!r}, domain), for each of policy.domains."


def _mended(answer: object, *, policy: Policy) -> str | None:
    if not isinstance(answer, Policy):
        return f"Give the policy that .changed(…) returns; yours is a {type(answer).__name__}."
    too_narrow = None
    for role in policy.roles:
        for domain in policy.domains:
            was, now = policy.rule(role, domain), answer.rule(role, domain)
            if WIDTH.index(now.allow) > WIDTH.index(was.allow):
                return (
                    f"A {role} still sees more of {domain} than the rule gives: {now.allow}, not "
                    f"{was.allow} ({was.rule_id}: {was.reason})."
                )
            if now.allow == was.allow != "none" and now.scope != was.scope:
                return f"A {role} sees {domain} of {now.scope}; the rule says {was.scope}."
            if now.allow != was.allow:
                too_narrow = too_narrow or (role, domain, was)
    if too_narrow:
        role, domain, was = too_narrow
        return f"Nothing leaks, but a {role} can't work any more: {domain} is needed ({was.reason})."
    return None


def _gives_money_away(answer: object, *, columns: Sequence[str]) -> str | None:
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        return f"Give the columns in a list; yours is a {type(answer).__name__}."
    called = {name.casefold(): name for name in columns}
    given = {called.get(str(name).strip().casefold(), str(name)) for name in answer}
    if unknown := given - set(columns):
        return f"There is no column {sorted(unknown)[0]!r}; there are {', '.join(columns)}."
    telling = {name for name in columns if any(word in name.casefold() for word in MONEY)}
    opens = {name for name in columns if OPENS in name.casefold()}
    if given - opens == telling:
        return None
    if missing := telling - given:
        kept = sorted(missing)[0]
        return f"{kept} stays: what does it reveal about a child who never pays?"
    return f"{sorted(given - telling - opens)[0]} says nothing about money, and the cook needs it."


def _worked_out(answer: object, *, counts: pd.DataFrame) -> str | None:
    if trouble := integer_error(answer):
        return trouble
    whole = counts["school"].eq("all schools")
    parts = counts.loc[~whole, "children"]
    if int(parts.isna().sum()) != 1:
        return "Exactly one number has to be hidden for this exercise: build the table again."
    hidden = int(counts.loc[whole, "children"].sum()) - int(parts.sum())
    if answer == hidden:
        return None
    return f"Yours is {answer}. All schools together minus the schools in the table: what is left?"


def _club(answer: object) -> Wording | str:
    return wording(
        answer,
        {
            "who has to sign": ["parent", "mother", "father", "famil", "guardian"],
            "that it is in writing": ["sign", "writ", "form", "paper", "consent", "agreement"],
            "what exactly is shared": ["attendance", "days", "absen"],
            "what it is for, or until when": [
                "for ", "purpose", "until", "end", "term", "year", "season", "because", "so that",
            ],
        },
    )  # fmt: skip


EXERCISES = (
    Exercise(
        number="6.1",
        asks="In how many domains does a teacher see no single child?",
        hints=(
            "A rule has three answers: row, aggregate, none. Two of them show no single child.",
            'policy.rule("teacher", domain).allow says which, for each domain of policy.domains.',
            'sum(policy.rule("teacher", domain).allow != "row" for domain in policy.domains)',
        ),
        check=_not_of_a_child,
    ),
    Exercise(
        number="6.2",
        asks="Fix the policy that somebody loosened in three places.",
        hints=(
            "compare_policies(policy, loosened) lists where the two differ, and how.",
            "Change each of them back with .changed(role, domain, allow=…); one .changed after the other.",
            "The scope counts, too: it says which children a rule covers. compare_policies shows it.",
        ),
        check=_mended,
    ),
    Exercise(
        number="6.3",
        asks="Which columns of the lunchroom's list reveal who eats free?",
        hints=(
            "Eligibility isn't in the list. But what does the lunch line (POS) record for a child "
            "who doesn't pay?",
            "A price of nothing, and a balance that never moves.",
            "Two columns: what was charged, and the balance. The PIN opens both: count it or not.",
        ),
        check=_gives_money_away,
    ),
    Exercise(
        number="6.4",
        asks="One number is hidden. What is it?",
        hints=(
            "Which number in the table is the sum of the others?",
            "All schools, minus every school in the table.",
            'Take the row "all schools" and subtract the sum of the others (NA is left out of a sum).',
        ),
        check=_worked_out,
    ),
    Exercise(
        number="6.5",
        asks="A club asks for the attendance of the children who come to it. How do you answer?",
        hints=(
            "A club is outside the school. What lets you hand a child's record to somebody outside?",
            "The rule (FERPA-14) names what a consent must say: which records, for what, to whom, signed.",
            "Write what you share, who signs, on what form, for what purpose, and when it ends.",
        ),
        check=_club,
        points=(
            "Do you share nothing unless a parent has signed and dated a form that names the records, the "
            "purpose and the club? (No, until then, is a sound answer.)",
            "Do you share only what the purpose needs, and does it end?",
            "Do you tell the club what it can do, such as giving the form to the families?",
        ),
    ),
)
