"""Try answers on a check: it accepts each right one, and notices each mutant and each mistake.

``tests/teach/answers`` has right answers, written from the exercise's text alone in other idioms than the
solution, and more mistakes that people make. A file has a part for each exercise, ``=== C.2``, and a line
``---`` between two answers. ``python -m tests.teach.trials`` writes their counts into the trainer's guide.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.teach.exercises import exercises
from tests.house.workshop_tables import GUIDE
from tests.teach.mutants import mutants_of
from tests.teach.sessions import SESSIONS, book_of

__all__ = ["Trial", "accepted_and_refused", "equivalent", "guide_with_counts", "number_of", "trials_of"]

# Here a repeated key must stop the merge. Elsewhere validate is a net: it changes no answer.
_TESTS_KEYS = {"A.1", "C.2"}
_BEGIN, _END = "<!-- answers that were tried -->", "<!-- end of answers -->"
_ANSWERS = Path(__file__).with_name("answers")


@dataclass(frozen=True)
class Trial:
    """An answer that is tried: what it is, its code, and the state that its reply must have."""

    what: str
    code: str
    state: str


def _answers(kind: str) -> dict[str, list[str]]:
    """Read the answers of one kind, by exercise."""
    found: dict[str, list[str]] = {}
    for path in sorted(_ANSWERS.glob(f"{kind}_*.txt")):
        _, *parts = re.split(r"^=== ([A-Z]\.\d+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for number, text in zip(parts[::2], parts[1::2], strict=True):
            found[number] = [one.strip("\n") for one in re.split(r"^---\n", text, flags=re.MULTILINE)]
    return found


@cache
def equivalent() -> dict[tuple[str, str, str], str]:
    """Read the mutants that differ from the solution on no input, each with the reason."""
    rows = tomllib.loads((_ANSWERS / "equivalent.toml").read_text(encoding="utf-8"))["mutant"]
    return {(row["exercise"], row["was"], row["now"]): row["reason"] for row in rows}


@cache
def trials_of() -> dict[str, list[Trial]]:
    """Collect all trials by exercise. Prose has none: no program judges it."""
    right, wrong = _answers("right"), _answers("wrong")
    found: dict[str, list[Trial]] = {}
    for path in SESSIONS:
        book = book_of(path)
        for number in book["SOLUTIONS"]:
            if not exercises()[number].points:
                mistakes = [code for code, _ in book["MISTAKES"][number]] + wrong.get(number, [])
                every = [
                    *(Trial("right answer", code, "right") for code in right.get(number, [])),
                    *(Trial("mistake", code.strip(), "wrong") for code in mistakes),
                    *_mutants(number, book["SOLUTIONS"][number]),
                ]
                found[number] = list({trial.code: trial for trial in every}.values())
    return found


def _mutants(number: str, solutions: list[str]) -> Iterator[Trial]:
    for solution in solutions:
        untouched = {"strict"} if number in _TESTS_KEYS else {"strict", "validate"}
        for mutant in mutants_of(solution.strip(), frozenset(untouched)):
            if (number, mutant.was, mutant.now) not in equivalent():
                yield Trial(f"{mutant.was}  ->  {mutant.now}", mutant.code, "wrong")


def accepted_and_refused(number: str, call: str, names: Mapping[str, Any]) -> str:
    """Try all answers of an exercise in the names of a session; give those with another state than theirs."""
    off = []
    for trial in trials_of()[number]:
        state, reply = _reply(trial.code, call, names)
        if state != trial.state:
            off.append([trial.what, trial.code, state, reply])
    return json.dumps(off)


def _reply(code: str, call: str, names: Mapping[str, Any]) -> tuple[str, str]:
    space = {name: value.copy() if _holds_data(value) else value for name, value in names.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(code, "answer", "exec"), space)
        except Exception as error:  # a cell that stops is noticed
            return "wrong", f"{type(error).__name__}: {error}"
        reply = eval(call, space)
    return reply.state, str(reply)


def number_of(what: str, state: str = "wrong") -> int:
    """Count the trials of one kind; of mutants all that are neither mistake nor right answer."""
    every = [trial for one in trials_of().values() for trial in one if trial.state == state]
    return sum((trial.what == what) if what != "mutant" else trial.what != "mistake" for trial in every)


def guide_with_counts(guide: str) -> str:
    """Write into the trainer's guide how many answers the checks were tried on."""
    mutants, mistakes, right = number_of("mutant"), number_of("mistake"), number_of("right answer", "right")
    prose = [number for number, one in exercises().items() if one.points]
    wrong = f"{mutants + mistakes:,}"
    tried = (
        f"We tried the checks of {len(trials_of())} exercises on **{wrong} wrong answers**: {mutants} in "
        f"which one condition of our solution is changed or left out, and {mistakes} typical mistakes. They "
        f"accept **0 of {wrong}**. Of **{right} right answers** that we wrote from the exercises' texts "
        "alone, in other idioms (merge, map, loops, sets, apply, DuckDB), they refuse "
        f"**0 of {right}**. Left out are {len(equivalent())} changes that no input can show. The tests try "
        "all of them again after every change of the kit."
    )
    judged = (
        "All these answers are ours, so a pair may still write one that a check gets wrong. Where a check "
        "and a pair disagree, read the case that the reply names, aloud. No program judges the texts "
        f"({', '.join(prose)}): another pair answers three questions and types yes or no. "
        f'`solution("{prose[0]}")` shows two model answers.'
    )
    text = f"{_BEGIN}\n{tried}\n\n{judged}\n{_END}"
    before, _, rest = guide.partition(_BEGIN)
    return before + text + rest.partition(_END)[2]


def _holds_data(value: object) -> bool:
    return isinstance(value, pd.DataFrame | pd.Series | list | set | dict)


if __name__ == "__main__":
    changed = guide_with_counts(GUIDE.read_text(encoding="utf-8"))
    if changed != GUIDE.read_text(encoding="utf-8"):
        GUIDE.write_text(changed, encoding="utf-8")
        sys.stdout.write(f"{GUIDE}\n")
