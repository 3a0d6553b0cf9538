"""A review session: the current pair, the answers so far, and undo."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Literal, get_args

import pandas as pd

from helpers.link.decisions import PAIR, add_decision, latest_decisions, read_decisions, take_back, votes
from helpers.standard import BadInput, nearest

__all__ = ["Answer", "ReviewSession"]

Answer = Literal["yes", "no", "skip"]
DECISIONS = {"yes": "Match", "no": "No match"}


@dataclass(frozen=True)
class _Given:
    """One answer: its question, whether that had a probability, the saved line and the time taken."""

    question: int
    likely: bool
    answer: Answer
    saved_line: dict[str, object] | None
    seconds: float


class ReviewSession:
    """Asks one question after another, and saves each decision at once."""

    def __init__(
        self,
        queue: pd.DataFrame,
        path: Path,
        *,
        reviewer: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._reviewer = reviewer.strip()
        self._clock = clock
        self._given: list[_Given] = []
        decided = _decided_before(queue, path)
        asked = queue[~queue["question"].isin(decided)]
        self.decided_before = len(decided)
        self.questions = asked[~asked["question"].duplicated()].reset_index(drop=True)
        self._since = clock()

    @property
    def place(self) -> int:
        """Number of questions answered or skipped."""
        return len(self._given)

    @property
    def current(self) -> pd.Series | None:
        """The current pair; None at the end."""
        return self.questions.iloc[self.place] if self.place < len(self.questions) else None

    @property
    def tally(self) -> dict[str, int]:
        """Count of each answer: yes, no, skip."""
        answers = [given.answer for given in self._given]
        return {answer: answers.count(answer) for answer in get_args(Answer)}

    @property
    def seconds_a_decision(self) -> float | None:
        """Median seconds per decision in this session; None before the first."""
        taken = [given.seconds for given in self._given if given.answer != "skip"]
        return median(taken) if taken else None

    @property
    def unknown_probability(self) -> float:
        """Probability of a pair that has none, from this session's answers to such pairs.

        Laplace's rule of succession: an even chance before the first answer, and each answer counts.
        """
        answers = [given.answer for given in self._given if not given.likely and given.answer != "skip"]
        return (answers.count("yes") + 1) / (len(answers) + 2)

    def answer(self, answer: str) -> None:
        """Answer the current question: *yes* (one child), *no* (two children) or *skip*."""
        if answer not in get_args(Answer):
            raise BadInput(
                f"{answer!r} is no answer.{nearest(answer, get_args(Answer))} There are: yes, no, skip."
            )
        pair = self.current
        if pair is None:
            raise BadInput("Every question has been answered: take the last answer back, or link again.")
        line = None
        if answer in DECISIONS:
            line = {name: pair[name] for name in (*PAIR, "fingerprint")} | {
                "decision": DECISIONS[answer],
                "decided_by": self._reviewer or None,
                "reviewed_utc": pd.Timestamp(datetime.now(UTC).replace(microsecond=0, tzinfo=None)),
            }
            add_decision(self._path, line)
        seconds = self._clock() - self._since
        likely = not pd.isna(pair["probability"])
        self._given.append(_Given(int(pair["question"]), likely, answer, line, seconds))  # type: ignore[arg-type]
        self._since = self._clock()

    def undo(self) -> bool:
        """Undo the last answer of this session, in the file too, and return to its question."""
        if not self._given:
            return False
        last = self._given[-1]
        if last.saved_line is not None:
            take_back(self._path, last.saved_line)
        self._given.pop()
        self._since = self._clock()
        return True


def _decided_before(queue: pd.DataFrame, path: Path) -> set[int]:
    """Return the questions with a decision about a pair's current state; stale decisions are asked again."""
    if not path.exists():
        return set()
    decisions = read_decisions(path)
    decisions = latest_decisions(
        decisions.merge(
            queue[[*PAIR, "fingerprint"]], on=[*PAIR, "fingerprint"], how="inner", validate="many_to_one"
        )
    )
    # Where two reviewers disagree, ask a third.
    decisions = decisions[votes(decisions).ne(0)].drop_duplicates(list(PAIR), keep="last")
    known = queue[["question", *PAIR, "fingerprint"]].merge(
        decisions[[*PAIR, "fingerprint"]],
        on=[*PAIR, "fingerprint"],
        how="inner",
        validate="many_to_one",
    )
    return set(known["question"].astype(int).tolist())
