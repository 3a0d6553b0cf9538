"""The quiz before and after the workshop: eight items as data, and two paper forms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from helpers.standard import StrictModel, read_declared

__all__ = ["LETTERS", "RESULTS", "WHEN", "Item", "form", "quiz_items"]

When = Literal["before", "after"]
WHEN: tuple[When, ...] = ("before", "after")
LETTERS = "ABCD"
# A line for each person and quiz: a trainer types it, or a notebook of the quiz stores it.
RESULTS = "quiz_results.csv"
_OPTIONS = "abcd"


class Item(StrictModel):
    """One question."""

    number: int
    objective: str
    # The exercise or prediction that teaches it, such as ``C.2`` or ``C.p1``.
    taught_by: str
    stem: str
    options: dict[str, str]
    right: str
    # For each wrong option, the mistake that people make.
    mistakes: dict[str, str]
    # The order of the options on either form.
    before: str
    after: str

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        faults = []
        if "".join(self.options) != _OPTIONS:
            faults.append(f"its options are {', '.join(self.options)}")
        if self.right not in self.options or {*self.mistakes, self.right} != {*_OPTIONS}:
            faults.append("each option but the right one needs its mistake")
        for when in WHEN:
            if sorted(self.order(when)) != list(_OPTIONS):
                faults.append(f"{when} = {self.order(when)!r} doesn't order a, b, c, d")
        if self.before == self.after:
            faults.append("both forms have its options in the same order")
        if faults:
            raise ValueError(f"item {self.number}: {'; '.join(faults)}")
        return self

    def order(self, when: When) -> str:
        """Return the options in the order of a form."""
        return self.before if when == "before" else self.after

    def right_letter(self, when: When) -> str:
        """Return the letter of the right option on a form."""
        return LETTERS[self.order(when).index(self.right)]

    def mistake(self, when: When, letter: str) -> str:
        """Return the mistake behind a letter of a form, or nothing for the right one."""
        return self.mistakes.get(self.order(when)[LETTERS.index(letter)], "")


class DeclaredQuiz(StrictModel):
    """Contents of ``quiz.toml``."""

    item: tuple[Item, ...]

    @model_validator(mode="after")
    def _numbers_run(self) -> Self:
        numbers = [item.number for item in self.item]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(f"items are numbered 1, 2, 3, …; these are {numbers}")
        return self


@cache
def quiz_items() -> tuple[Item, ...]:
    """Return the items of the quiz."""
    return read_declared(Path(__file__).with_name("quiz.toml"), DeclaredQuiz, "quiz").item


@dataclass(frozen=True)
class PrintedItem:
    """An item as a form shows it: the options with their letters; the rest is for the answer sheet."""

    number: int
    stem: str
    options: tuple[tuple[str, str], ...]
    right: str
    objective: str
    taught_by: str
    mistakes: tuple[tuple[str, str], ...]


def form(when: When) -> list[PrintedItem]:
    """Return the items of one form, in its own order of options."""
    return [
        PrintedItem(
            item.number,
            item.stem,
            tuple((LETTERS[place], item.options[name]) for place, name in enumerate(item.order(when))),
            item.right_letter(when),
            item.objective,
            item.taught_by,
            tuple((letter, mistake) for letter in LETTERS if (mistake := item.mistake(when, letter))),
        )
        for item in quiz_items()
    ]
