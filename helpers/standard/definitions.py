"""Definitions of the headline measures, and a number that carries its measure, its base and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, Field, TypeAdapter

from helpers.standard.validation import STRICT, BadInput, nearest, toml_of

__all__ = ["Definition", "Measured", "definition", "definitions", "say_measure"]

Language = Literal["en", "es"]


class Definition(BaseModel):
    """One measure."""

    model_config = STRICT

    # The phrase that carries its number, by language: {n}, and {of} for the base.
    says: dict[Language, str]
    means: dict[Language, str]
    # The function that counts it.
    code: str
    # The measure that it differs from, as its name and phrase show.
    variant_of: str = ""
    # What one counted unit is called, and several.
    counts: Annotated[list[str], Field(min_length=2, max_length=2)]
    # The measure that counts everybody who could count; none for a base itself.
    base: str = ""
    # How it is counted, step by step.
    method: str
    # Measures with a like name or number, and how each differs.
    alike: dict[str, str] = {}

    def noun(self, many: int) -> str:
        """Name the units that are counted."""
        return self.counts[many != 1]


@cache
def definitions() -> dict[str, Definition]:
    """Return all headline measures by name."""
    text = Path(__file__).with_name("definitions.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Definition]).validate_python(toml_of(text))


def definition(name: str) -> Definition:
    """Return one measure."""
    known = definitions()
    if name not in known:
        raise BadInput(f"No measure is called {name!r}. There are: {', '.join(known)}.{nearest(name, known)}")
    return known[name]


def say_measure(name: str, n: int | str, of: int | str = "", *, language: Language = "en") -> str:
    """Write a measure's number in its phrase; ``**`` around it makes it bold.

    >>> say_measure("complete", 148, 681)
    '**148** of 681 children have a complete page'
    >>> say_measure("not_fresh", "some")
    '**some** not fresh'
    """
    shown, base = (f"{one:,}" if isinstance(one, int) else one for one in (n, of))
    return definition(name).says[language].format(n=f"**{shown}**", of=base)


@dataclass(frozen=True)
class Measured:
    """What one measure counts in one district.

    >>> found = Measured("complete", pd.DataFrame({"person": ["a", "b"]}), base=5)
    >>> found.number, found.say()
    (2, '**2** of 5 children have a complete page')
    """

    # Name in ``definitions.toml``.
    measure: str
    # One row a unit that counts: the number is their number.
    rows: pd.DataFrame
    # Units that could count; None if the measure has no base.
    base: int | None = None

    @property
    def number(self) -> int:
        """Count the rows."""
        return len(self.rows)

    @property
    def definition(self) -> Definition:
        """Return what the measure counts, and how a sentence names it."""
        return definition(self.measure)

    @property
    def noun(self) -> str:
        """Name what is counted: one of them, or several."""
        return self.definition.noun(self.number)

    def say(self, language: Language = "en") -> str:
        """Write the number in its measure's phrase; a base is its own."""
        base = self.number if self.base is None else self.base
        return say_measure(self.measure, self.number, base, language=language)
