"""Take answers, and keep them in district.toml with the questions that stay open."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from helpers.files import write_atomically
from helpers.layouts import ANSWERS, read_answers, write_answers
from helpers.standard import BadInput, nearest, plain, text_of, toml_of
from helpers.start.open_questions import Question

__all__ = ["answer_questions", "read_given", "read_open", "save_answers"]

OPEN = "# ? "
STILL_OPEN = """
# Open: the guess holds. To answer, correct it and take the # in front of its line away.
"""

Key = tuple[str, ...]


def answer_questions(questions: Sequence[Question], given: Mapping[Key, str]) -> dict[Key, str]:
    """Keep the given answers to these questions.

    Raises
    ------
    BadInput
        When an answer is none of the choices of its question.

    Examples
    --------
    >>> answer_questions([], {("roster",): "sis"})
    {}
    """
    kept = {}
    for question in questions:
        if question.key not in given:
            continue
        known = [answer for answer, _ in question.choices]
        answer = given[question.key]
        if answer not in known:
            raise BadInput(
                f"{'.'.join(question.key)} is {answer!r}, which is no choice.{nearest(answer, known)} "
                f"There are: {', '.join(known)}."
            )
        kept[question.key] = answer
    return kept


def read_given(path: Path) -> dict[Key, str]:
    """Read a file of answers, written as district.toml is."""
    try:
        return _flat(toml_of(text_of(path)))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path} isn't valid TOML: {error}") from None


def _flat(given: Mapping[str, Any], before: Key = ()) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for name, value in given.items():
        if value is None or value == {}:
            continue
        key = (*before, name)
        found |= _flat(value, key) if isinstance(value, dict) else {key: str(value)}
    return found


def save_answers(folder: str | Path, answers: Mapping[Key, str], left: Iterable[Question] = ()) -> None:
    """Add answers to a folder's district.toml, and list what stays open below, each with its guess.

    Parameters
    ----------
    folder
        A folder of exports.
    answers
        Answer by a question's key; an answer to the same question before is replaced.
    left
        Questions that stay open.

    Raises
    ------
    BadInput
        When the folder's district.toml can't be used.

    Examples
    --------
    >>> save_answers(folder, {})  # nothing to write
    """
    folder = Path(folder)
    known = _flat(read_answers(folder).model_dump())
    text = write_answers({**known, **answers})
    open_ = [_as_comment(question) for question in left if question.key not in answers]
    if open_:
        text += STILL_OPEN
    text += "".join(open_)
    path = folder / ANSWERS
    if known or answers or open_ or path.is_file():
        write_atomically(path, text.encode("utf-8"))


def _as_comment(question: Question) -> str:
    line = write_answers({question.key: question.guess}).splitlines()[-1]
    others = [answer for answer, _ in question.choices if answer != question.guess]
    known = ", ".join(json.dumps(answer, ensure_ascii=False) for answer in others)
    asked = " ".join(plain(f"{question.ask} {question.evidence}").split())
    return f"{OPEN}{asked}\n# {line}  # or {known}\n"


def read_open(folder: Path) -> list[str]:
    """Return the questions that `save_answers` left open in a folder, and nobody has answered since."""
    path = folder / ANSWERS
    lines = text_of(path).splitlines() if path.is_file() else []
    return [
        line.removeprefix(OPEN)
        for line, below in pairwise(lines)
        if line.startswith(OPEN) and below.startswith("#")
    ]
