"""Declared indicators: each with its definitions, their sources, and their thresholds as data."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from helpers.standard import (
    BadInput,
    DeclaredNumber,
    DeclaredText,
    attendance_terms,
    faults_of,
    nearest,
    respelled,
    toml_of,
)
from helpers.systems import declared_elements

__all__ = [
    "DECLARED",
    "Declarations",
    "Definition",
    "Indicator",
    "Limit",
    "Part",
    "declared_indicators",
    "definition",
    "indicator",
    "read_indicators",
]

DECLARED = Path(__file__).with_name("indicators.toml")

GRADES = ("IT", "PR", "PK", "TK", "KG", *(f"{grade:02}" for grade in range(1, 14)))
# What a child says of itself, in a well-being survey or in its own words, flags nobody.
NEVER_A_FLAG = frozenset(
    ("self_awareness", "self_management", "social_awareness", "relationship_skills", "responsible_decisions",
     "proud_of", "wants_to_improve", "own_goal")
)  # fmt: skip

Compare = Literal["at least", "more than", "at most", "less than"]


class Declared(BaseModel):
    """Part of the declaration; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(Declared):
    """A limit: a comparison with a number, or one of several words."""

    compare: Compare | None = None
    at: DeclaredNumber | None = None
    words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Limit:
        if (self.compare is None) != (self.at is None) or (self.compare is None) == (not self.words):
            raise ValueError("give compare and at, or words")
        return self


class Part(Declared):
    """One element that a definition judges by itself, possibly with limits of its own."""

    element: str
    name: str | None = None
    """What the part is called, where there are several."""
    of: str | None = None
    """The element of which it is a share."""
    flag: Limit | None = None
    warn: Limit | None = None


class Definition(Declared):
    """One published definition of an indicator."""

    name: str
    title: DeclaredText
    by: str
    """Who asks, in a sentence: the federal definition."""
    asks: str | None = None
    """What it does, where its limits don't say it well: flags any course failed."""
    id: str | None = None
    source: DeclaredText
    default: bool = False
    own: bool = False
    """The kit's own, and nobody's study or rule."""
    grades: tuple[str, ...] = ()
    severe: bool = False
    """It asks for a worse degree than the others, so that its counts don't compare with theirs."""
    flag: Limit | None = None
    warn: Limit | None = None
    unit: str | None = None
    minimum: DeclaredNumber | None = None
    """Of the denominator; below it the definition isn't for the child."""
    elements: tuple[str, ...] = ()
    """Elements that this definition uses; those of the indicator when empty."""
    note: str | None = None

    # Days: whose, which, and what counts as an absence.
    per: Literal["child", "school"] = "child"
    counts: Literal["absent", "present"] = "absent"
    of: Literal["share", "days"] = "share"
    absent: tuple[str, ...] = ("Excused Absence", "Unexcused Absence")
    partial: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How much of an absence a part of a day is."""
    suspensions: Literal["as marked", "absent"] = "as marked"
    last_days: Annotated[int, Field(gt=0)] | None = None
    """Only so many days of the calendar, up to the newest of the system."""
    since: str | None = None
    """Only days after the date that this element has; all days where it is empty."""

    # Elements judged one by one, and the norms of a test.
    part: tuple[Part, ...] = ()
    norms: int | None = None
    subject: Literal["Mathematics", "Reading"] | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Definition:
        faults = [f"no grade is called {grade!r}" for grade in self.grades if grade not in GRADES]
        faults += [
            f"no status of a day is called {word!r}.{nearest(word, attendance_terms().order)}"
            for word in self.absent
            if word not in attendance_terms().order
        ]
        if not self.own and self.id is None:
            raise ValueError("; ".join([*faults, "give id, the number of its source, or own = true"]))
        if faults:
            raise ValueError("; ".join(faults))
        return self


class Indicator(Declared):
    """One indicator, with one definition or several."""

    name: str
    title: str
    tenet: Literal["Healthy", "Safe", "Engaged", "Supported", "Challenged"]
    domain: str
    measure: Literal["days", "parts", "norms", "growth", "credits", "languages", "activities"]
    elements: tuple[str, ...] = ()
    days_until_stale: Annotated[int, Field(gt=0)]
    meaning: DeclaredText
    definition: tuple[Definition, ...]

    @property
    def default(self) -> Definition:
        """The definition to show where there is room for one only."""
        return next(each for each in self.definition if each.default)

    def elements_of(self, definition: Definition) -> tuple[str, ...]:
        """List the elements that a definition uses, sorted."""
        parts = [name for part in definition.part for name in (part.element, part.of) if name]
        return tuple(sorted({*(definition.elements or (() if parts else self.elements)), *parts}))

    @model_validator(mode="after")
    def _holds_together(self) -> Indicator:
        names = [each.name for each in self.definition]
        faults = [
            f"{self.name}: definition {name!r} is declared twice"
            for name in sorted(set(names))
            if names.count(name) > 1
        ]
        if sum(each.default for each in self.definition) != 1:
            faults.append(f"{self.name}: one of its definitions has to be default = true")
        known = {each.name for each in declared_elements()}
        used = {*self.elements, *(name for each in self.definition for name in self.elements_of(each))}
        for name in sorted(used - known):
            faults.append(f"{self.name}: no element is called {name!r}.{nearest(name, known)}")
        for name in sorted(used & NEVER_A_FLAG):
            faults.append(f"{self.name}: {name} is what a child says of itself, which flags nobody")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class Declarations(Declared):
    """Everything in indicators.toml."""

    indicator: tuple[Indicator, ...]

    @model_validator(mode="after")
    def _once(self) -> Declarations:
        names = [each.name for each in self.indicator]
        twice = [name for name in sorted(set(names)) if names.count(name) > 1]
        if twice:
            raise ValueError("; ".join(f"indicator {name!r} is declared twice" for name in twice))
        return self


def read_indicators(path: Path) -> Declarations:
    """Read a declaration of indicators.

    Parameters
    ----------
    path
        A TOML file in the format of ``helpers/profile/indicators/indicators.toml``.

    Returns
    -------
    Declarations
        The indicators.

    Raises
    ------
    BadInput
        When the file is invalid; the message names every fault.
    """
    known = {name for part in (Indicator, Definition, Part, Limit) for name in part.model_fields}
    try:
        return Declarations.model_validate(respelled(toml_of(path.read_text(encoding="utf-8"))))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name} isn't valid TOML: {error}.") from None
    except ValidationError as error:
        raise BadInput(f"{path.name} is no declaration of indicators:\n{faults_of(error, known)}") from None


@cache
def declared_indicators() -> tuple[Indicator, ...]:
    """List the indicators of a child, in display order.

    Returns
    -------
    tuple of Indicator
        As declared in ``helpers/profile/indicators/indicators.toml``.
    """
    return read_indicators(DECLARED).indicator


def indicator(name: str) -> Indicator:
    """Return one indicator by its name.

    Parameters
    ----------
    name
        Name of an indicator, as in the column ``indicator``.

    Returns
    -------
    Indicator
        Its declaration.

    Raises
    ------
    BadInput
        When no indicator has that name.
    """
    found = {each.name: each for each in declared_indicators()}
    if name not in found:
        there = ", ".join(found)
        raise BadInput(f"No indicator is called {name!r}.{nearest(name, found)} There are: {there}.")
    return found[name]


def definition(of: str, name: str | None = None) -> Definition:
    """Return one definition of an indicator.

    Parameters
    ----------
    of
        Name of the indicator.
    name
        Name of the definition; by default the indicator's default.

    Returns
    -------
    Definition
        Its declaration.

    Raises
    ------
    BadInput
        When there is no such indicator, or it has no such definition.
    """
    whole = indicator(of)
    if name is None:
        return whole.default
    found = {each.name: each for each in whole.definition}
    if name not in found:
        there = ", ".join(found)
        raise BadInput(f"{of} has no definition {name!r}.{nearest(name, found)} There are: {there}.")
    return found[name]
