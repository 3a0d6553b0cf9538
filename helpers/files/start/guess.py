"""What a column seems to be, and its distinct values, on which that rests."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

__all__ = ["DESCRIPTOR", "Distinct", "Guess", "counted"]

DESCRIPTOR = re.compile(r"uri://[^#\s]+#\S.*")  # Ed-Fi writes a word of a list so

MOST_LOOKED_AT = 20_000  # distinct values of a column
NEARLY = 0.95  # of its rows: a column of dates may hold a few words
FEW_ROWS = 20  # below that a twentieth isn't one value
FEWEST_ROWS = 10  # from here on one value may be a slip; below that a column is what all of its values are


@dataclass(frozen=True)
class Guess:
    """What a column seems to be.

    Attributes
    ----------
    type, formats, codes
        As a layout declares them.
    why
        The reason, in words.
    open
        What a person has to decide, in words; empty where nothing.
    odd
        The values that aren't what the others are: they will be findings.
    unit
        What each of them isn't.
    """

    type: str = "string"
    formats: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    why: str = "its values are text"
    open: str = ""
    odd: frozenset[str] = frozenset()
    unit: str = ""


@dataclass(frozen=True)
class Distinct:
    """The distinct values of a column and how often each stands there."""

    texts: list[str]
    times: list[int]

    @property
    def rows(self) -> int:
        """How many rows have a value."""
        return sum(self.times)

    def share(self, fits: Callable[[str], bool]) -> float:
        """Give the share of rows whose value fits."""
        found = sum(n for text, n in zip(self.texts, self.times, strict=True) if fits(text))
        return found / self.rows if self.rows else 0.0

    def enough(self, share: float) -> bool:
        """Say whether so many rows fit that the others are the oddities: a twentieth, or one row of a few."""
        if share == 1.0 or self.rows < FEWEST_ROWS:
            return share == 1.0
        odd = round((1.0 - share) * self.rows)
        return share >= NEARLY if self.rows >= FEW_ROWS else odd <= 1

    def others(self, fits: Callable[[str], bool]) -> frozenset[str]:
        """Give the values that don't fit."""
        return frozenset(text for text in self.texts if not fits(text))


def counted(values: pd.Series) -> Distinct:
    """Count the distinct values of a column; an empty cell and the word NULL are none."""
    counts = values.dropna().value_counts()
    counts = counts[counts.index != "NULL"].iloc[:MOST_LOOKED_AT]
    return Distinct([str(text) for text in counts.index], [int(n) for n in counts])
