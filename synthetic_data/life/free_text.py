"""Draw what children write of themselves: sentences of their grade or plan, which depend on nothing else."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = ["OPEN_QUESTIONS", "draw_open_answers", "draw_sentences", "sentences"]

Codes = npt.NDArray[np.int64]

# Open questions by column of the survey's export, with the element of each.
OPEN_QUESTIONS = {"OE1": "proud_of", "OE2": "wants_to_improve"}
GOAL = "own_goal"
DECLARED = Path(__file__).with_name("free_text.toml")


@dataclass(frozen=True)
class _Bank:
    """All sentences, and which of them whom may write."""

    sentences: tuple[str, ...]
    # Element, and grade or plan -> first sentence, and how many.
    at: dict[tuple[str, int | str], tuple[int, int]]
    writes: float
    leaves_empty: float


@cache
def _bank() -> _Bank:
    declared = tomllib.loads(DECLARED.read_text(encoding="utf-8"))
    every: list[str] = []
    at: dict[tuple[str, int | str], tuple[int, int]] = {}

    def add(element: str, whose: Sequence[int | str], sentences: Sequence[str]) -> None:
        at.update({(element, one): (len(every), len(sentences)) for one in whose})
        every.extend(sentences)

    for span in declared["of_grades"]:
        for element in OPEN_QUESTIONS.values():
            add(element, span["grades"], span[element])
    for of_plan in declared["of_plan"]:
        add(GOAL, [of_plan["plan"]], of_plan[GOAL])
    return _Bank(tuple(every), at, declared["writes"], declared["leaves_empty"])


def sentences() -> tuple[str, ...]:
    """Return all sentences, by the numbers that are drawn."""
    return _bank().sentences


def draw_sentences(
    scenario: Scenario, stream: Sequence[int | str], element: str, whose: Sequence[int | str], child: Codes,
    children: int,
) -> Codes:  # fmt: skip
    """Draw a sentence per child; -1 where the child leaves it empty."""
    bank = _bank()
    if not scenario.free_text:
        return np.full(len(child), -1, dtype="int64")
    # Everybody has draws of her own, so that they don't depend on who else writes.
    writes = rng_for(scenario.seed, stream[0], "writes").random(children)[child] < bank.writes
    chosen, empty = rng_for(scenario.seed, *stream, element).random((2, children))[:, child]
    first, count = np.array([bank.at[element, one] for one in whose], dtype="int64").reshape(-1, 2).T
    has_text = writes & (empty >= bank.leaves_empty)
    return np.where(has_text, first + (chosen * count).astype("int64"), -1)


def draw_open_answers(
    scenario: Scenario, year: int, season: str, child: Codes, grade: Codes, children: int
) -> Codes:
    """Draw an answer per child and open question of the survey; -1 without one."""
    stream = ("surveys", year, season)
    drawn = [
        draw_sentences(scenario, stream, element, grade.tolist(), child, children)
        for element in OPEN_QUESTIONS.values()
    ]
    return np.column_stack(drawn)
