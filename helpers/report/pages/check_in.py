"""Describe a check-in: its protocol, what is known of flags, and what became of the decisions."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from helpers.profile import (
    OUTCOMES,
    Source,
    check_in_path,
    check_in_protocol,
    declared_indicators,
    follow_up,
    read_check_ins,
)
from helpers.report.blocks import Block, answer, joined, paragraph, terms
from helpers.report.display_names import finding_words
from helpers.report.tables import table
from helpers.share import SMALLEST_GROUP, Guard
from helpers.standard import STRING, Measured

__all__ = [
    "check_in_outcomes",
    "describe_outcome",
    "flag_names",
    "known_of_flags",
    "protocol_block",
    "unread_lines",
]

OUTCOME_WORDS = {
    "Newly worse": "a new flag came up",
    "Still there": "a flag is still there",
    "Unknown": "a flag can't be told now",
    "Gone": "the flags are gone",
    "Left": "not on the roster now",
}
assert set(OUTCOME_WORDS) == set(OUTCOMES)
STATUS_WORDS = {"Open": "open", "Done": "done", "Dropped": "dropped"}
HEADS = {"by_when": "by when", "outcome": "what became of it", "flagged_now": "flags now"}


def known_of_flags() -> Block:
    """Say what studies found about flags.

    Returns
    -------
    Block
        One sentence, and each study with its source in a fold.
    """
    known = check_in_protocol().known
    rows = [(f"{one.finding} {one.caution}".strip(), one.source) for one in known.study]
    frame = pd.DataFrame(rows, columns=["what it found", "study"], dtype=STRING)
    return joined([paragraph(known.lead), table(frame, fold=f"{len(rows)} studies of flags", download=False)])


def protocol_block() -> Block:
    """Show the protocol of a check-in, for the screen and for paper.

    Returns
    -------
    Block
        Who, which students, what is decided and by when; then the steps with their minutes.
    """
    protocol = check_in_protocol()
    begins = [sum(one.minutes for one in protocol.step[:place]) for place in range(len(protocol.step))]
    rows = [
        (f"{begin}–{begin + one.minutes}", one.title, one.text)
        for begin, one in zip(begins, protocol.step, strict=True)
    ]
    steps = pd.DataFrame(rows, columns=["minute", "step", "what you do"], dtype=STRING)
    about = [protocol.who, protocol.students, protocol.decide, protocol.by_when]
    heads = ["Who", "Which students", "What we decide", "By when"]
    return joined(
        [
            terms(list(zip(heads, about, strict=True))),
            table(steps, f"A check-in of {Measured('minutes', protocol.minutes):count}", download=False),
            paragraph(protocol.own, "muted"),
        ]
    )


def flag_names(flags: object) -> str:
    """Name the indicators of a list joined by semicolons.

    >>> flag_names("chronic_absence;on_track"), flag_names(None)
    ('Chronic absence, On track in grade 9', '–')
    """
    titles = {one.name: one.title for one in declared_indicators()}
    names = str(flags).split(";") if isinstance(flags, str) and flags else []
    return ", ".join(titles.get(name, name.replace("_", " ")) for name in names) or "–"


def describe_outcome(row: pd.Series) -> str:
    """Say what became of one decision; an open one whose day has passed says so.

    >>> describe_outcome(pd.Series({"outcome": "Gone", "status": "Done", "late": False}))
    'The flags are gone; done'
    """
    words = OUTCOME_WORDS[row["outcome"]]
    text = f"{words[:1].upper()}{words[1:]}; {STATUS_WORDS[row['status']]}"
    return f"{text}, and its day has passed" if row["late"] else text


def unread_lines(lost: pd.DataFrame, real: bool) -> Block | None:
    """List the lines of the file that were left out, and why; None if there are none."""
    if lost.empty:
        return None
    if lost["action_taken"].eq("file_set_aside").any():
        one = lost.iloc[0]
        why = finding_words(lost["kind"].head(1)).iloc[0]
        return paragraph(f"{one['file']} can't be read ({why}): it has to be {one['expected']}.")
    rows = lost.drop_duplicates(["row", "column", "kind"])
    shown = pd.DataFrame({"row": rows["row"], "column": rows["column"], "why": finding_words(rows["kind"])})
    if not real:
        shown["there"] = rows["value"].fillna("–")
    unused = Measured("lines_unused", int(lost["row"].nunique()))
    return table(shown, f"{unused:count} of {lost['file'].iloc[0]} that can't be used", download=False)


def check_in_outcomes(source: Source, today: pd.Timestamp | None = None) -> Block:
    """Show what became of the decisions of earlier check-ins, from the file next to the exports.

    Parameters
    ----------
    source
        The children's data now.
    today
        The day; by default the newest day of a synthetic district, and the present day for a real one.

    Returns
    -------
    Block
        For a synthetic district each decision. For a real one counts alone, as its guard allows: no page that
        may be handed on shows a child, or what was decided about one.
    """
    guard = Guard(real=not source.synthetic)
    path = check_in_path(source)
    check_ins = read_check_ins(path)
    unread = unread_lines(check_ins.lost, guard.real)
    outcomes = follow_up(check_ins.decisions, source, today=today)
    if outcomes.empty:
        nothing = f"No decision yet: a check-in writes them to {path.name}, next to the exports."
        return joined([paragraph(nothing), *([unread] if unread else [])])
    blocks = [answer(_sentence(outcomes, guard))]
    if not guard.real:
        blocks.append(_each(outcomes, source))
    return joined([*blocks, *([unread] if unread else [])])


def _sentence(outcomes: pd.DataFrame, guard: Guard) -> str:
    """Count the decisions by what became of them; parts of the total are shown together or not at all."""
    counts = Counter(outcomes["outcome"])
    whole = len(outcomes)
    late = int(outcomes["late"].sum())
    parts = {word: counts[outcome] for outcome, word in OUTCOME_WORDS.items() if counts[outcome]}
    number = "1 decision" if whole == 1 else f"{guard.count(whole)} decisions"
    if guard.real and any(guard.hides(count) for count in parts.values()):
        listed = f"What became of them is not shown: a group has fewer than {SMALLEST_GROUP}."
        return f"**{number}** of earlier check-ins. {listed}"
    words = ", ".join(f"{word}: **{count:,}**" for word, count in parts.items())
    passed = "none" if not late else guard.count(late)
    if guard.hides(late, whole):
        passed = "not shown"
    return f"**{number}** of earlier check-ins. {words[:1].upper()}{words[1:]}. Open after its day: {passed}."


def _each(outcomes: pd.DataFrame, source: Source) -> Block:
    """List each decision of a synthetic district, what is open and late first."""
    known = source.children().set_index("child")
    name = (known["first_name"].fillna("") + " " + known["last_surname"].fillna("")).str.strip()
    order = outcomes.assign(place=outcomes["outcome"].map(OUTCOMES.index))
    order = order.sort_values(["late", "place", "by_when"], ascending=[False, True, True], kind="stable")
    shown = pd.DataFrame(
        {
            "student": order["child"].map(name).fillna(order["student"]),
            "what": order["what"],
            "who": order["who"],
            "by_when": order["by_when"],
            "outcome": [describe_outcome(row) for _, row in order.iterrows()],
            "flagged_now": order["flagged_now"].map(flag_names),
        }
    )
    return table(shown, "What became of each decision", names=HEADS, most=60)
