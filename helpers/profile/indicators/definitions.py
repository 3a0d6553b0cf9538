"""Declared indicators: each with its definitions, their sources, and their thresholds as data."""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from helpers.profile.conditions import (
    ConditionText,
    Expression,
    ExpressionText,
    Given,
    element_types,
    parts_of,
)
from helpers.profile.conditions.types import GRADES, Types
from helpers.standard import (
    BadInput,
    DeclaredNumber,
    DeclaredText,
    StrictModel,
    attendance_terms,
    faults_of,
    nearest,
    respelled,
    toml_of,
)
from helpers.systems import declared_elements

__all__ = [
    "DECLARED",
    "Criterion",
    "Declarations",
    "Definition",
    "Indicator",
    "declared_indicators",
    "definition",
    "indicator",
    "read_indicators",
]

DECLARED = Path(__file__).with_name("indicators.toml")

# What a child says of itself, in a well-being survey or in its own words, flags nobody.
NEVER_A_FLAG = frozenset(
    ("self_awareness", "self_management", "social_awareness", "relationship_skills", "responsible_decisions",
     "proud_of", "wants_to_improve", "own_goal")
)  # fmt: skip

# What each measure counts, by the names that conditions have for it. ``elements`` counts nothing by itself:
# its conditions ask for elements.
MEASURES: dict[str, Types] = {
    "elements": {},
    "days": dict.fromkeys(("absent_days", "absent_share", "present_days", "present_share"), "number"),
    "norms": {"percentile": "number"},
    "growth": dict.fromkeys(("growth", "typical_growth"), "number"),
    "credits": dict.fromkeys(("credits", "expected_credits"), "number"),
    "languages": {"language": ("same", "another")},
    "activities": {"activities": "number"},
}


class Criterion(StrictModel):
    """One value that a definition judges by itself, and from where on."""

    name: str | None = None
    """What it is called, where there are several."""
    flag: ConditionText | None = None
    warn: ConditionText | None = None
    value: ExpressionText | None = None
    """What is judged, where neither flag nor warn says it."""

    @property
    def judged(self) -> Expression:
        """The value that is judged: what the first comparison compares."""
        rules = [rule for rule in (self.flag, self.warn) if rule is not None]
        compared = [one.left for rule in rules for one in rule.comparisons]
        if compared or not rules:
            return Expression(str(compared[0])) if compared else self.value or Expression("")
        return Expression(rules[0].inputs()[0])

    @property
    def threshold(self) -> float | None:
        """The number with which it is compared, by the flag, or else by the warning."""
        rule = self.flag or self.warn
        given = [one.right for one in rule.comparisons if isinstance(one.right, Given)] if rule else []
        return given[0].value if given and isinstance(given[0].value, float) else None

    def inputs(self) -> tuple[str, ...]:
        """List what it asks for."""
        asked = [rule for rule in (self.flag, self.warn, self.value) if rule is not None]
        return tuple(dict.fromkeys(name for rule in asked for name in rule.inputs()))

    def faults(self, types: Types) -> list[str]:
        """List its faults."""
        asked = [rule for rule in (self.flag, self.warn, self.value) if rule is not None]
        return [fault for rule in asked for fault in rule.faults(types)]


class Definition(Criterion):
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
    unit: str | None = None
    """Of the value; a share is a rate, and days are days."""
    minimum: DeclaredNumber | None = None
    """Of the denominator; below it the definition isn't for the child."""
    elements: tuple[str, ...] = ()
    """Elements that this definition uses; those of the indicator when empty."""
    note: str | None = None

    # Days: whose, which, and what counts as an absence.
    per: Literal["child", "school"] = "child"
    absent: tuple[str, ...] = ("Excused Absence", "Unexcused Absence")
    partial: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How much of an absence a part of a day is."""
    suspensions: Literal["as marked", "absent"] = "as marked"
    last_days: Annotated[int, Field(gt=0)] | None = None
    """Only so many days of the calendar, up to the newest of the system."""
    since: str | None = None
    """Only days after the date that this element has; all days where it is empty."""

    # Values judged one by one, each with its own conditions, and the norms of a test.
    criterion: tuple[Criterion, ...] = ()
    norms: int | None = None
    subject: Literal["Mathematics", "Reading"] | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Definition:
        faults = [
            f"no grade is called {grade!r}.{nearest(grade, GRADES)}"
            for grade in self.grades
            if grade not in GRADES
        ]
        faults += [
            f"no status of a day is called {word!r}.{nearest(word, attendance_terms().order)}"
            for word in self.absent
            if word not in attendance_terms().order
        ]
        if not (self.criterion or self.flag or self.warn or self.value):
            faults.append("give flag or warn, or value, which is what the definition shows")
        if not self.own and self.id is None:
            raise ValueError("; ".join([*faults, "give id, the number of its source, or own = true"]))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """What it judges: several values by themselves, or one."""
        return self.criterion or (Criterion(flag=self.flag, warn=self.warn, value=self.value),)

    @property
    def counts(self) -> str:
        """Which days count: absent or present."""
        return str(self.judged).partition("_")[0]

    @property
    def of_share(self) -> bool:
        """Whether the value is a share of something."""
        return str(self.judged).endswith("_share") or " / " in str(self.judged)

    @property
    def in_unit(self) -> str | None:
        """The unit of the value."""
        if self.criterion or self.unit is not None:
            return self.unit
        return "rate" if self.of_share else "days" if str(self.judged).endswith("_days") else None


class Indicator(StrictModel):
    """One indicator, with one definition or several."""

    name: str
    title: str
    tenet: Literal["Healthy", "Safe", "Engaged", "Supported", "Challenged"]
    domain: str
    measure: Literal["elements", "days", "norms", "growth", "credits", "languages", "activities"] = "elements"
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
        asked = {parts_of(name)[1] for one in definition.criteria for name in one.inputs()}
        asked -= set(MEASURES[self.measure])
        return tuple(sorted({*(definition.elements or (() if asked else self.elements)), *asked}))

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
        listed = {*self.elements, *(name for each in self.definition for name in each.elements)}
        for name in sorted(listed - known):
            faults.append(f"{self.name}: no element is called {name!r}.{nearest(name, known)}")
        types: Types = MEASURES[self.measure] or element_types()
        for each in self.definition:
            faults += [
                f"{self.name}, {each.name}: {fault}" for one in each.criteria for fault in one.faults(types)
            ]
        for name in sorted(used & NEVER_A_FLAG):
            faults.append(f"{self.name}: {name} is what a child says of itself, which flags nobody")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class Declarations(StrictModel):
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
    try:
        return Declarations.model_validate(respelled(toml_of(path.read_text(encoding="utf-8"))))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name} isn't valid TOML: {error}.") from None
    except ValidationError as error:
        raise BadInput(
            f"{path.name} is no declaration of indicators:\n{faults_of(error, Declarations)}"
        ) from None


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
