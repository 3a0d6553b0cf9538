"""Definitions of measures, and a number that carries its measure, its base and its rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field, TypeAdapter

from helpers.standard.validation import BadInput, StrictModel, nearest, toml_of, ungrouped

__all__ = [
    "Definition",
    "Difference",
    "Measured",
    "definition",
    "definitions",
    "marked",
    "measures_in",
    "percent",
    "plain",
    "unmarked",
    "with_marks",
]

Language = Literal["en", "es"]
# A number, the text of a guard instead, or None: it can't be known.
Number = int | float | str | None


class Definition(StrictModel):
    """One measure."""

    # What one counted unit is called, and several.
    counts: Annotated[list[str], Field(min_length=2, max_length=2)]
    means: dict[Language, str]
    # The function that counts it.
    code: str
    # The phrase that carries its number, by language: {n}, and {of} for the base. Empty: number and noun.
    says: dict[Language, str] = {}
    # The measure that counts everybody who could count; none for a base itself.
    base: str = ""
    # How it is counted, step by step.
    method: str = ""
    # The day of which it speaks.
    as_of: str = "the newest day of the exports"
    # The measure that it differs from, as its name and phrase show.
    variant_of: str = ""
    # What follows the noun of a difference, for one and for several: 32 fewer children *are mixed up*.
    change: Annotated[list[str], Field(max_length=2)] = []
    # Measures that add up to this one.
    parts: list[str] = []
    # Measures with a like name or number, and how each differs.
    alike: dict[str, str] = {}
    # Who may see it of a real folder: anyone, or what the guard of counts of children lets through.
    shown: Literal["always", "guarded", "with answer key"] = "always"

    def noun(self, many: Number) -> str:
        """Name the units that are counted."""
        return self.counts[bool(many != 1)]


# What a measure has from the measure that it is a variant of, or else from its base, unless it says its own.
INHERITED = ("counts", "shown", "code")


@cache
def definitions() -> dict[str, Definition]:
    """Return all measures by name."""
    given = toml_of(Path(__file__).with_name("definitions.toml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Definition]).validate_python(inherited(ungrouped(given, "measure")))


def inherited(given: dict[str, Any]) -> dict[str, Any]:
    """Complete each measure with what it inherits.

    >>> inherited({"calls": {"counts": ["call", "calls"]}, "calls_missed": {"base": "calls"}})["calls_missed"]
    {'counts': ['call', 'calls'], 'base': 'calls'}
    """
    complete = {}
    for name, own in given.items():
        above, passed = own, {name}
        while (of := above.get("variant_of") or above.get("base")) in given and of not in passed:
            above = given[of]
            passed.add(of)
            own = {**{key: above[key] for key in INHERITED if key in above}, **own}
        complete[name] = own
    return complete


def definition(name: str) -> Definition:
    """Return one measure."""
    known = definitions()
    if name not in known:
        raise BadInput(f"No measure is called {name!r}. There are: {', '.join(known)}.{nearest(name, known)}")
    return known[name]


# A number in a sentence: ⟦38|undetected_by_number||674⟧. Pages keep the measure, the place and the base as
# attributes of an element around the number.
_MARK = re.compile(r"⟦([^|⟧]*)\|([a-z_0-9-]*)\|([^|⟧]*)\|([^|⟧]*)⟧")


def marked(text: str, measure: str, where: str, base: Number = None) -> str:
    """Mark a number in a sentence with its measure, its place and its base."""
    # A place is named by people: it may have what divides a mark.
    place = re.sub(r"[|⟦⟧]", " ", where)
    return f"⟦{text}|{measure}|{place}|{'' if base is None else base}⟧"


def plain(text: str) -> str:
    """Leave out of a sentence what only pages show: marks of numbers, and ``**``.

    >>> plain(f"{Measured('mixed', 4, 681):bold of} children")
    '4 of 681 children'
    """
    return unmarked(text).replace("**", "")


def unmarked(text: str) -> str:
    """Leave out the marks of numbers alone."""
    return with_marks(text, lambda number, *_: number)


def with_marks(text: str, show: Callable[[str, str, str, str], str]) -> str:
    """Show each number of a sentence that carries a measure by its text, measure, place, and base."""
    return _MARK.sub(lambda found: show(*found.groups()), text)


def measures_in(text: str) -> set[tuple[str, str]]:
    """Name the measures of a sentence's numbers, each with its place."""
    return {(found[2], found[3]) for found in _MARK.finditer(text)}


@dataclass(frozen=True)
class Measured:
    """What one measure counts in one district.

    In a sentence, ``format`` names what is counted: ``count`` (38 children), ``of`` (38 of 674), ``count of``
    (38 of 674 children), ``share`` (6%), ``noun`` (children); ``bold`` before it makes the number bold.

    >>> found = Measured.of_rows("complete", pd.DataFrame({"person": ["a", "b"]}), base=5)
    >>> plain(f"{found:bold count of}; {found:share}; {found.say()}")
    '2 of 5 children; 40%; 2 of 5 children have a complete page'
    """

    # Name in ``definitions.toml``.
    measure: str
    number: Number
    # Units that could count; None if the measure has no base.
    base: Number = None
    interval: tuple[float, float] | None = None
    # The system, or other part of the district, that it is about; empty for all of it.
    where: str = ""
    # One row a unit that counts, where they are at hand.
    rows: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        # A count of pandas is no int of Python's, but is as whole.
        for name in ("number", "base"):
            if isinstance(value := getattr(self, name), np.integer):
                object.__setattr__(self, name, int(value))

    @classmethod
    def of_rows(cls, measure: str, rows: pd.DataFrame, base: Number = None, where: str = "") -> Measured:
        """Count rows, one a unit that counts."""
        return cls(measure, len(rows), base, where=where, rows=rows)

    @property
    def definition(self) -> Definition:
        """Return what the measure counts, and how a sentence names it."""
        return definition(self.measure)

    @property
    def noun(self) -> str:
        """Name what is counted: one of them, or several."""
        return self.definition.noun(self.number)

    @property
    def whole(self) -> int:
        """Return the number, if it is one and no guard hides it."""
        if isinstance(self.number, int):
            return self.number
        raise BadInput(f"{self.measure}: {self.text} is no whole number.")

    @property
    def text(self) -> str:
        """Write the number."""
        return _text(self.number)

    def __str__(self) -> str:
        """Write the number without its mark."""
        return self.text

    def __bool__(self) -> bool:
        """Check whether there is anything to count."""
        return bool(self.number)

    @property
    def base_noun(self) -> str:
        """Name what the base counts."""
        above = self.definition.base
        return (definition(above) if above else self.definition).noun(self.base)

    def __format__(self, spec: str) -> str:
        *bold, how = re.split(r"^(bold) ?", spec)[1:] if spec.startswith("bold") else [spec]
        text = self.text if not how.startswith("share") else _share(self.number, self.base)
        number = marked(text, self.measure, self.where, self.base)
        number = f"**{number}**" if bold else number
        base = marked(_text(self.base), self.definition.base, self.where)
        forms = {
            "": number, "share": number, "noun": self.noun, "of": f"{number} of {base}",
            "count": f"{number} {self.noun}",
            "share of": f"{number} of {base} {self.base_noun}",
            "count of": f"{number} of {base} {self.base_noun}",
        }  # fmt: skip
        if how not in forms:
            raise ValueError(f"A measure has no format {spec!r}; formats: {', '.join(filter(None, forms))}")
        return forms[how]

    def say(self, language: Language = "en") -> str:
        """Write the number in its measure's phrase, bold; a base is its own."""
        declared = self.definition
        phrase = declared.says.get(language) or ("{n} of {of} {noun}" if declared.base else "{n} {noun}")
        base = self.number if self.base is None else self.base
        of = marked(_text(base), declared.base or self.measure, self.where)
        return phrase.format(n=f"{self:bold}", of=of, noun=self.base_noun if declared.base else self.noun)

    def verb(self, one: str, several: str) -> str:
        """Choose the form of a verb that agrees with the number."""
        return one if self.number == 1 else several

    def __sub__(self, other: Measured) -> Difference:
        """Compare two values of one measure, or of variants of it; nothing else has a common noun."""
        if _root(self.measure) != _root(other.measure):
            raise BadInput(
                f"{self.measure} and {other.measure} aren't variants of one measure: their difference has no "
                "noun. Declare variant_of in definitions.toml, or subtract another one."
            )
        return Difference(self, other)


@dataclass(frozen=True)
class Difference:
    """One value of a measure compared with another; its noun is that of the measure that it subtracts.

    >>> fewer = Measured("undetected_by_number", 38, 674) - Measured("undetected", 0, 674)
    >>> plain(f"{fewer:bold}")
    '38 fewer children are mixed up unnoticed'
    """

    before: Measured
    after: Measured

    @property
    def number(self) -> float:
        """Return by how much the second value is less; below zero if it is more."""
        if isinstance(self.before.number, int | float) and isinstance(self.after.number, int | float):
            return self.before.number - self.after.number
        raise BadInput(f"{self.before.measure}: what a guard hides can't be subtracted.")

    def __format__(self, spec: str) -> str:
        declared, by = self.before.definition, abs(self.number)
        number = marked(_text(by), f"{self.before.measure}-{self.after.measure}", self.after.where)
        number = f"**{number}**" if spec == "bold" else number
        way = "fewer" if self.number > 0 else "more"
        change = declared.change or definition(_root(self.before.measure)).change
        verb = change[by != 1 :][:1]
        return " ".join((number, way, declared.noun(by), *verb))


def _root(name: str) -> str:
    while above := definition(name).variant_of:
        name = above
    return name


def _text(number: Number) -> str:
    if number is None:
        return "–"
    if isinstance(number, str):
        return number
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def _share(number: Number, base: Number) -> str:
    if isinstance(number, int | float) and isinstance(base, int | float):
        return percent(number, base)
    return "–"


def percent(part: float, whole: float) -> str:
    """Format a share as a whole percent; only nothing is 0%, and only all is 100%.

    >>> percent(546, 681), percent(1, 681), percent(680, 681), percent(0, 0)
    ('80%', 'under 1%', 'over 99%', '0%')
    """
    share = 100 * part / whole if whole else 0.0
    if 0 < share < 1:
        return "under 1%"
    return "over 99%" if 99 < share < 100 else f"{share:.0f}%"
