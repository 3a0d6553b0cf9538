"""Definitions of the headline measures: the phrase that carries each number, and what it counts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, TypeAdapter

from helpers.standard.validation import STRICT, BadInput, nearest, toml_of

__all__ = ["Definition", "definition", "definitions", "say_measure"]

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
