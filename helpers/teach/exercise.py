"""Exercises: each declared once, with its hints and the property that a right answer has."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from helpers.layouts import BadInput, nearest
from helpers.teach.in_words import Wording

__all__ = ["Exercise", "exercise", "exercises"]


@dataclass(frozen=True)
class Exercise:
    """One exercise of a notebook.

    Parameters
    ----------
    number
        Notebook and place, such as ``"3.2"``.
    asks
        What it asks, in a line.
    hints
        From a nudge to nearly the answer.
    check
        Takes the answer, and by name what the notebook gives; returns None when the answer has the property
        that a right one has, else the sentence that helps. It looks at properties, never at one number:
        parameters change the district. Of an answer in words it returns what a list of words finds in it.
    points
        Of an answer in words: questions by which people judge it, since a program can't.
    """

    number: str
    asks: str
    hints: tuple[str, ...]
    check: Callable[..., str | Wording | None]
    points: tuple[str, ...] = ()


@cache
def exercises() -> dict[str, Exercise]:
    """Gather all exercises, in the order of their numbers.

    Returns
    -------
    dict
        Number -> exercise.

    Raises
    ------
    ValueError
        When two have the same number.
    """
    from helpers.teach import exercises as room

    found: dict[str, Exercise] = {}
    for module in pkgutil.iter_modules(room.__path__):
        for one in importlib.import_module(f"{room.__name__}.{module.name}").EXERCISES:
            if one.number in found:
                raise ValueError(
                    f"Exercise {one.number} is declared twice, the second time in {module.name}."
                )
            found[one.number] = one
    return dict(sorted(found.items(), key=lambda pair: [int(part) for part in pair[0].split(".")]))


def exercise(number: str) -> Exercise:
    """Find an exercise by its number.

    Parameters
    ----------
    number
        Such as ``"3.2"``.

    Returns
    -------
    Exercise
        The exercise.

    Raises
    ------
    BadInput
        When there is none.
    """
    known = exercises()
    if number not in known:
        raise BadInput(
            f"There is no exercise {number!r}.{nearest(str(number), known)} There are: {', '.join(known)}."
        )
    return known[number]
