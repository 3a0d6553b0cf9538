"""Exercises: each declared once, with its hints and the property that a right answer has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helpers.teach.in_words import Wording

__all__ = ["Exercise"]


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
