"""What an error changes, and the random numbers that it uses: the same for every text of one record."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

import numpy as np

__all__ = [
    "Child",
    "Dice",
    "Identity",
    "Kind",
    "Slip",
    "cased_like",
    "draw_slip",
    "letters_of",
    "of_birth_date",
    "of_text",
    "plain",
]

T = TypeVar("T")
NUMBERS = 12  # no kind uses more
FIRST_BIRTH_DATE = date(1900, 1, 1)


@dataclass(frozen=True)
class Identity:
    """What a file prints about who a child is; empty where it doesn't print it."""

    first: str = ""
    middle: str = ""
    last: str = ""
    birth_date: date | None = None


@dataclass(frozen=True)
class Child:
    """A child as an error family sees it."""

    person: str
    household: str
    surnames: tuple[str, ...]
    """Surnames in the household, sorted."""


@dataclass(frozen=True)
class Slip:
    """An error of one record: the part that it changes, and kinds to try until one changes something."""

    part: str
    kinds: tuple[str, ...]
    numbers: tuple[float, ...]


class Dice:
    """Numbers drawn once for a slip, handed out from the first on each time."""

    def __init__(self, slip: Slip, latest: date, child: Child, fullest: Identity) -> None:
        self._numbers = iter(slip.numbers)
        self._latest = latest
        self.child = child
        self.fullest = fullest
        """What all files of the system together print of the child."""

    def number(self) -> float:
        """Return the next number, from 0 to below 1."""
        return next(self._numbers)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of some options, each equally likely."""
        return options[int(self.number() * len(options))]

    def weighted(self, weights: Sequence[float]) -> int:
        """Return a place, as likely as its weight."""
        ends = np.cumsum(weights)
        return int(np.searchsorted(ends, self.number() * ends[-1], side="right"))

    def is_possible(self, day: date) -> bool:
        """Check that a child can be born on a day: no system takes one after its export."""
        return FIRST_BIRTH_DATE <= day <= self._latest


Kind = Callable[[Identity, str, Dice], Identity]


def of_text(change: Callable[[str, Dice], str]) -> Kind:
    """Let an error change the text of one part of a name; a name is never left empty."""

    def changed(known: Identity, part: str, dice: Dice) -> Identity:
        text = str(getattr(known, part))
        after = change(text, dice).strip() if text else ""
        fields: dict[str, Any] = {part: after}
        return replace(known, **fields) if after else known

    return changed


def of_birth_date(change: Callable[[date, Dice], date | None]) -> Kind:
    """Let an error change the birth date, to another real day on which a child can be born."""

    def changed(known: Identity, part: str, dice: Dice) -> Identity:
        day = change(known.birth_date, dice) if known.birth_date else None
        return replace(known, birth_date=day) if day and dice.is_possible(day) else known

    return changed


def draw_slip(rng: np.random.Generator, part: str, weights: Mapping[str, float]) -> Slip:
    """Draw a slip: kinds in an order in which heavier ones come first more often, and its numbers."""
    keys = rng.random(len(weights)) ** (1 / np.array(list(weights.values())))
    names = list(weights)
    order = np.argsort(-keys, kind="stable").tolist()
    return Slip(part, tuple(names[at] for at in order), tuple(rng.random(NUMBERS).tolist()))


def letters_of(text: str) -> list[int]:
    """Return the positions of letters."""
    return [at for at, sign in enumerate(text) if sign.isalpha()]


def plain(letter: str) -> str:
    """Return a letter in lower case and without its accent."""
    return unicodedata.normalize("NFD", letter)[:1].lower()


def cased_like(text: str, letter: str) -> str:
    """Write text with a first letter in the case of another letter."""
    return text[:1].upper() + text[1:] if letter.isupper() else text
