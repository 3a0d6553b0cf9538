"""Run the review desk: clerical review in a notebook."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import District
from helpers.link import (
    ERROR_RATE,
    SECONDS_A_DECISION,
    Links,
    ReviewSession,
    expected_review_gain,
    first_minutes,
    review_queue,
)
from helpers.report.blocks import Block, answer, joined, paragraph
from helpers.report.display_names import short_names
from helpers.report.tables import CountGuard, table
from helpers.report.widgets.pair_comparison import pair_comparison
from helpers.share import Guard
from helpers.standard import BadInput, Measured, plain

__all__ = ["ReviewDesk", "describe_review_hour", "review_desk", "review_gain_table"]


_HOUR = 60.0
_MARKS = (15.0, 60.0, 240.0)


def describe_review_hour(
    worth: pd.DataFrame, seconds: float, error_rate: float, unknown: int, guard: CountGuard | None = None
) -> str:
    """Describe what the next hour of review gains."""
    bought = first_minutes(worth, _HOUR)
    questions = int(bought["questions"])
    if not questions:
        return f"At {seconds:g} seconds a decision, an hour isn't enough for one question."
    names = ("pairs_gained", "children_completed", "wrong_pairs")
    texts = [_about(bought[name]) if guard is None else guard.count(round(bought[name])) for name in names]
    gained, completed, wrong = (
        Measured(f"review_{name}", int(text) if text.isdigit() else text)
        for name, text in zip(names, texts, strict=True)
    )
    every = "all " if questions == len(worth) else ""
    asked, took = Measured("review_questions", questions), _took(float(bought["minutes"]))
    basis = "By the answer key."
    if bought["basis"] != "Answer key":
        even = ". A pair of unknown likelihood counts half, until your answers show more"
        basis = f"This is an estimate, for errors like those of invented districts{even if unknown else ''}."
    return (
        f"The next hour: {every}{asked:count}, {took} at {seconds:g} seconds each. "
        f"Expected: {gained:count}, {completed:count}, {wrong:count} if {100 * error_rate:g} of 100 answers "
        f"are mistaken. {basis} Seconds and mistakes are settings."
    )


def _took(minutes: float) -> str:
    """Say how long questions take; what isn't a whole minute is about one."""
    if minutes <= 0.5:
        return "under a minute"
    whole = Measured("review_minutes", math.floor(minutes + 0.5))
    return f"{whole:count}" if minutes == whole.number else f"about {whole:count}"


def review_gain_table(worth: pd.DataFrame) -> dict[str, Any]:
    """Return the gain curve as a few rows: after a quarter of an hour, an hour, half a day, at the end."""
    end = float(worth["minutes"].iloc[-1])
    marks = [minutes for minutes in _MARKS if minutes < end and len(worth[worth["minutes"] <= minutes])]
    rows = []
    for minutes in [*marks, end]:
        bought = first_minutes(worth, minutes)
        rows.append(
            [
                _time(minutes),
                f"{int(bought['questions']):,}",
                *(
                    _about(float(bought[name]))
                    for name in ("pairs_gained", "children_completed", "wrong_pairs", "wrong_pairs_avoided")
                ),
            ]
        )
    return {
        "title": "What more time buys",
        "heads": [
            "after",
            "questions",
            "pairs found",
            "children complete",
            "pairs linked wrongly by mistake",
            "wrong pairs if all were linked without review",
        ],
        "rows": rows,
        "note": "Largest gain first. Expected numbers, not counts.",
    }


def _about(number: float) -> str:
    return f"{number:,.0f}" if number >= 9.95 or float(number).is_integer() else f"{number:.1f}"


def _time(minutes: float) -> str:
    if minutes < 60:
        about = "" if float(minutes).is_integer() else "about "
        return f"{about}{max(math.floor(minutes + 0.5), 1)} min"
    return f"{minutes / 60:.1f} h".replace(".0 h", " h")


MADE = "Everybody here is invented."
REAL = "Real children: what you see at this desk is not saved with the notebook."
ENOUGH_TO_TIME = 3
REPLIES = {"yes": "Saved: one child.", "no": "Saved: two children.", "skip": "Skipped; nothing was saved."}


def review_desk(
    district: District,
    links: Links,
    decisions: str | os.PathLike[str] = "decisions.csv",
    *,
    reviewer: str = "",
    seconds: float = SECONDS_A_DECISION,
    error_rate: float = ERROR_RATE,
) -> ReviewDesk:
    """Open the review desk; as the last line of a cell, it shows the pairs to review, one at a time."""
    queue = review_queue(
        links, district.people, identifiers=district.identifiers, schools=district.fact("school")
    )
    return ReviewDesk(
        ReviewSession(queue, Path(decisions), reviewer=reviewer),
        Guard.of(district),
        short_names(district.layouts),
        decisions=Path(decisions),
        seconds=seconds,
        error_rate=error_rate,
    )


class ReviewDesk:
    """A review session as a page: live with a kernel, static otherwise."""

    def __init__(
        self,
        session: ReviewSession,
        guard: Guard,
        systems: Mapping[str, str],
        *,
        decisions: Path,
        seconds: float = SECONDS_A_DECISION,
        error_rate: float = ERROR_RATE,
    ) -> None:
        self._session = session
        self._guard = guard
        self._systems = systems
        self._decisions = decisions
        self._seconds = seconds
        self._error_rate = error_rate
        self._message = ""
        # We report an invalid parameter before anybody answers.
        self._worth()

    def answer(self, given: str) -> None:
        """Answer the current question, like a key press."""
        self._session.answer(given)
        self._message = REPLIES[given]

    def undo(self) -> None:
        """Undo the last answer of this session, also in the file."""
        taken = self._session.undo()
        self._message = "Taken back." if taken else "There is nothing to undo."

    def view(self, trouble: str = "") -> dict[str, Any]:
        """Return what the page shows now: plain text, inserted as text."""
        session = self._session
        place, total, pair = session.place, len(session.questions), session.current
        worth = self._worth()
        view: dict[str, Any] = {
            "note": REAL if self._guard.real else MADE,
            "place": place,
            "total": total,
            "count": self._count(),
            "said": ""
            if trouble
            else self._message or f"Each answer is saved at once in {self._decisions.name}.",
            "trouble": trouble,
            "can_undo": place > 0,
            "question": None if pair is None else int(pair["question"]),
            "pair": None,
            "hour": plain(self._hour(worth)) if len(worth) else "",
            "worth": review_gain_table(worth) if len(worth) else None,
        }
        if pair is None:
            return view | {"title": self._title(), "next": self._next()}
        comparison = pair_comparison(pair, self._systems)
        sides = zip(("left", "right"), comparison.systems, comparison.known_in, strict=True)
        differing = [line.label for line in comparison.fields if line.values.verdict == "differs"]
        verb = "differ" if len(differing) > 1 else "differs"
        question_text = f"Question {place + 1}: {', '.join(differing) or 'nothing'} {verb}."
        return view | {
            "title": self._title(),
            "said": f"{view['said']} {question_text}".strip() if place and not trouble else view["said"],
            "pair": {
                **{side: {"system": system, "known": known} for side, system, known in sides},
                "fields": [
                    {
                        "label": line.label,
                        "left": [list(part) for part in line.values.left],
                        "right": [list(part) for part in line.values.right],
                        "verdict": line.values.verdict,
                    }
                    for line in comparison.fields
                ],
                "namesakes": list(comparison.namesakes),
                "evidence": comparison.evidence,
                "chance": plain(comparison.chance),
                "gain": plain(comparison.gain),
            },
        }

    def still(self) -> Block:
        """Return the static desk for a saved page: pairs left, gain of an hour, synthetic first pair."""
        waiting = len(self._session.questions) - self._session.place
        count = self._guard.count(waiting) if self._guard.hides(waiting) else waiting
        asked = Measured("review_questions", count)
        sentence = f"{asked:bold count} {asked.verb('needs', 'need')} review."
        blocks = [answer(sentence if waiting else "No question needs review.")]
        worth = self._worth()
        if waiting and not self._guard.hides(waiting):
            blocks.append(paragraph(self._hour(worth, self._guard if self._guard.real else None)))
        if waiting and not self._guard.real:
            blocks.append(self._first_pair())
        if waiting:
            words = "To answer them, run this notebook in JupyterLab: the desk opens here."
            blocks.append(paragraph(words, "muted"))
        return joined(blocks)

    def _first_pair(self) -> Block:
        pair = self._session.current
        assert pair is not None
        comparison = pair_comparison(pair, self._systems)
        texts = [
            (
                line.label,
                "".join(piece for piece, _ in line.values.left) or pd.NA,
                "".join(piece for piece, _ in line.values.right) or pd.NA,
                line.values.verdict,
            )
            for line in comparison.fields
        ]
        one, other = comparison.systems
        # Two records of one system would give two columns the same name.
        heads = {"one": one, "other": other if other != one else f"{other}, again"}
        frame = pd.DataFrame(texts, columns=["field", *heads, "compared"], dtype="string")
        shown = table(frame, "The first question: are these one child?", names=heads, download=False)
        others = (
            f"The name fits other groups of records, too: {'; '.join(comparison.namesakes)}. "
            if comparison.namesakes
            else ""
        )
        weighed = f"{comparison.evidence} {comparison.chance} {comparison.gain}"
        words = f"{others}The rules compared some of these fields. {weighed}"
        return Block(joined([shown, paragraph(words)]).markup, f"{shown.text}. {words}")

    def _worth(self) -> pd.DataFrame:
        left = self._session.questions.iloc[self._session.place :]
        return expected_review_gain(
            left,
            seconds=self._seconds,
            error_rate=self._error_rate,
            unknown_probability=self._session.unknown_probability,
        )

    def _hour(self, worth: pd.DataFrame, guard: Guard | None = None) -> str:
        left = self._session.questions.iloc[self._session.place :]
        unknown = int(left["probability"].isna().sum())
        return describe_review_hour(worth, self._seconds, self._error_rate, unknown, guard)

    def _title(self) -> str:
        session = self._session
        if session.current is not None:
            return f"Are these one child? Question {session.place + 1} of {len(session.questions)}"
        return "Every question has been answered." if session.place else "No question needs review."

    def _count(self) -> str:
        session, tally = self._session, self._session.tally
        parts = [f"{session.place} of {len(session.questions)} done"]
        parts += [f"{tally['yes']} yes, {tally['no']} no, {tally['skip']} skipped"] if session.place else []
        if session.decided_before:
            parts.append(f"{session.decided_before} decided before")
        seconds = session.seconds_a_decision
        if seconds is not None and tally["yes"] + tally["no"] >= ENOUGH_TO_TIME:
            parts.append(f"about {max(seconds, 1):.0f} s a decision")
        return " · ".join(parts)

    def _next(self) -> str:
        if not self._session.place and not self._session.decided_before:
            return "Nothing here needs review."
        return f"Link again with your answers: bigpicture link FOLDER --decisions {self._decisions.name}"

    def _receive(self, message: object) -> dict[str, Any]:
        """Do what the page asks and return what it shows next; ignore a late key press."""
        asked = message if isinstance(message, dict) else {}
        wanted, pair = asked.get("do"), self._session.current
        in_front = None if pair is None else int(pair["question"])
        try:
            if asked.get("question") == in_front and wanted in REPLIES and pair is not None:
                self.answer(str(wanted))
            elif asked.get("question") == in_front and wanted == "undo":
                self.undo()
        except BadInput as error:
            return self.view(trouble=f"Not saved. {error}")
        except OSError as error:
            return self.view(trouble=f"Not saved: {self._decisions} can't be written ({error.strerror}).")
        return self.view()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.report.widgets import widget_for

        still = self.still()
        bundle = widget_for("review_desk", self._receive)
        # Not the widget's own plain text, which would be part of its state.
        return {**bundle, "text/html": still._repr_html_(), "text/plain": still.text}
