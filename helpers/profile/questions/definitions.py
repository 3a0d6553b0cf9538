"""Declared questions: who asks, in which words, and which data it needs."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, ValidationError, model_validator

from helpers.profile.conditions import ConditionText, element_types, parts_of
from helpers.profile.conditions.types import STATUSES, Types
from helpers.standard import (
    BadInput,
    DeclaredNumber,
    DeclaredText,
    StrictModel,
    faults_of,
    nearest,
    respelled,
    text_of,
    toml_of,
)
from helpers.systems import declared_elements

__all__ = ["Question", "Questions", "declared_questions", "kit_questions", "question_named", "read_questions"]

DECLARED = Path(__file__).with_name("questions.toml")


class Question(StrictModel):
    """One question."""

    id: str
    text: str
    asked_by: tuple[str, ...]
    grain: Literal["child", "list", "number"]
    source: str
    # Whom it is about; None: every child on the roster.
    of: ConditionText | None = None
    # Whom it looks for; None: every child.
    answer: ConditionText | None = None
    details: tuple[str, ...] = Field((), validation_alias=AliasChoices("details", "tells"))
    group_by: str | None = None
    fresh_days: dict[str, int] = {}
    meaning: DeclaredText

    def inputs(self) -> tuple[str, ...]:
        """List the inputs it needs, each once."""
        asked = [name for one in (self.of, self.answer) if one for name in one.inputs()]
        grouped = [] if self.group_by is None else [self.group_by]
        return tuple(dict.fromkeys([*asked, *self.details, *grouped]))


class Questions(StrictModel):
    """Everything in questions.toml."""

    least_share: DeclaredNumber
    least_part: float
    most_unplaced: float
    source: dict[str, str]
    question: tuple[Question, ...]

    @model_validator(mode="after")
    def _hold_together(self) -> Questions:
        ids = [each.id for each in self.question]
        faults = [f"question {name!r} is declared twice" for name in sorted(set(ids)) if ids.count(name) > 1]
        if not 0 < self.least_part <= self.least_share <= 1:
            faults.append("least_part and least_share are shares, and the first isn't above the second")
        types = input_types()
        for each in self.question:
            faults += [f"question {each.id!r}: {fault}" for fault in self._faults(each, types)]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def named(self, name: str) -> Question:
        """Return one question by its id; raises `BadInput` if there is none."""
        found = {each.id: each for each in self.question}
        if name not in found:
            raise BadInput(
                f"No question is called {name!r}.{nearest(name, found)} There are: {', '.join(found)}."
            )
        return found[name]

    def _faults(self, question: Question, types: Types) -> list[str]:
        faults: list[str] = []
        if question.source != "own" and question.source not in self.source:
            faults.append(
                f"source {question.source!r} is no source.{nearest(question.source, ['own', *self.source])}"
            )
        for condition in (question.of, question.answer):
            faults += condition.faults(types) if condition else []
        asked = [*question.details, *([] if question.group_by is None else [question.group_by])]
        faults += [
            f"details: {name!r}, which nobody declares.{nearest(name, types)}"
            for name in asked
            if name not in types
        ]
        faults += [
            f"fresh_days names {name!r}, which it doesn't ask for"
            for name in question.fresh_days
            if not faults and name not in {parts_of(each)[1] for each in question.inputs()}
        ]
        if question.grain != "child" and question.answer is None:
            faults.append("a list or a number needs an answer to look for")
        if question.grain == "child" and not question.details:
            faults.append("what is said of a child needs details")
        if (question.group_by is not None) and question.grain != "number":
            faults.append("only a number has group_by")
        return faults


def input_types() -> dict[str, str | tuple[str, ...]]:
    """Map the name of every possible input to its type."""
    types = element_types()
    for each in declared_elements():
        if each.per == "school_year":
            types[f"last_year.{each.name}"] = types[each.name]
            types[f"on_record(last_year.{each.name})"] = "boolean"
    for name in _indicator_names():
        types[f"indicator.{name}"] = STATUSES
    return types


def _indicator_names() -> tuple[str, ...]:
    try:
        from helpers.profile.indicators import declared_indicators
    except ImportError:
        return ()
    return tuple(each.name for each in declared_indicators())


def read_questions(path: Path) -> Questions:
    """Read a declaration of questions.

    Parameters
    ----------
    path
        A TOML file in the format of ``helpers/profile/questions/questions.toml``.

    Returns
    -------
    Questions
        Questions, their sources, and the share of children from which one counts as answered.

    Raises
    ------
    BadInput
        When the file is invalid; the message names every fault.
    """
    try:
        return Questions.model_validate(respelled(toml_of(text_of(path))))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name} isn't valid TOML: {error}.") from None
    except ValidationError as error:
        raise BadInput(
            f"{path.name} is no declaration of questions:\n{faults_of(error, Questions)}"
        ) from None


@cache
def kit_questions() -> Questions:
    """Return the kit's own questions, ``helpers/profile/questions/questions.toml``."""
    return read_questions(DECLARED)


def declared_questions() -> tuple[Question, ...]:
    """List the kit's questions, in their order.

    Returns
    -------
    tuple of Question
        As declared in ``helpers/profile/questions/questions.toml``.
    """
    return kit_questions().question


def question_named(name: str) -> Question:
    """Return one question by its id.

    Parameters
    ----------
    name
        Id of a question, such as ``absent_and_failing``.

    Returns
    -------
    Question
        Its declaration.

    Raises
    ------
    BadInput
        When no question has that id.
    """
    return kit_questions().named(name)
