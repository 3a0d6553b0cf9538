"""Declarations of the profile: elements, timeline events and terms, without what single systems add."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd
from pydantic import ValidationError, model_validator

from helpers.standard.figures import DeclaredCount, DeclaredNumber, DeclaredText
from helpers.standard.tables import STRING
from helpers.standard.validation import BadInput, StrictModel, faults_of, nearest

__all__ = [
    "AttendanceTerms",
    "CreditTerms",
    "Declarations",
    "Element",
    "Grouped",
    "MarkTerms",
    "TimelineEvent",
    "attendance_terms",
    "credit_terms",
    "mark_terms",
    "plain_declarations",
    "read_declarations",
]

DECLARED = Path(__file__).with_name("elements.toml")
DTYPES: dict[str, Any] = {
    "string": STRING,
    "integer": pd.Int64Dtype(),
    "number": "float64",
    "boolean": pd.BooleanDtype(),
    "date": "datetime64[us]",
}


class Element(StrictModel):
    """One element of the profile."""

    name: str
    display_name: str = ""
    """What pages call it, where its name says too little."""
    domain: str
    tenet: Literal["Healthy", "Safe", "Engaged", "Supported", "Challenged"]
    per: Literal["child", "school_year"] = "school_year"
    type: Literal["string", "integer", "number", "boolean", "date"]
    unit: str | None = None
    term: str | None = None
    sensitivity: Literal["public", "internal", "restricted"] = "restricted"
    table: str
    column: str | None = None
    where: tuple[dict[str, str], ...] = ()
    systems: tuple[str, ...] = ()
    """The only systems that are asked for it; without any, all."""
    rule: str
    trust: tuple[str, ...] = ()
    """Whom to believe: systems, the most trusted first."""
    newest: bool = False
    """Of several systems the newest value counts, whomever one trusts."""
    compare: Literal["exact", "folded", "codes", "apart"] = "exact"
    days_until_stale: int
    numerator: str | None = None
    denominator: str | None = None
    definition: str | None = None
    source: str | None = None
    meaning: DeclaredText

    @property
    def profile_column(self) -> str:
        """Return the element's column in the wide profile."""
        return f"{self.domain}_{self.name}"


class Group(StrictModel):
    """Elements by name, and above them what they share; an element's own value counts more."""

    element: dict[str, Element]

    @model_validator(mode="before")
    @classmethod
    def _share(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("element"), dict):
            return given
        shared = {key: value for key, value in given.items() if key in Element.model_fields}
        named = {
            name: {"name": name, **shared, **own} if isinstance(own, dict) else own
            for name, own in given["element"].items()
        }
        return {**{key: value for key, value in given.items() if key not in shared}, "element": named}


class Grouped(StrictModel):
    """Elements that a file declares one by one or in groups, resolved into one list."""

    group: tuple[Group, ...] = ()
    element: tuple[Element, ...] = ()

    @model_validator(mode="after")
    def _resolve(self) -> Self:
        if not {"group", "element"} & self.model_fields_set:
            raise ValueError("declare elements: [[group]] with [group.element.NAME], or [[element]]")
        of_groups = [each for group in self.group for each in group.element.values()]
        object.__setattr__(self, "element", (*self.element, *of_groups))
        object.__setattr__(self, "group", ())
        return self


class TimelineEvent(StrictModel):
    """One kind of fact that becomes a timeline event; policies refer to it by name."""

    name: str
    table: str
    domain: str
    date: str
    event: str | None = None
    event_from: str | None = None
    where: tuple[dict[str, str], ...] = ()
    detail: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_word(self) -> TimelineEvent:
        if (self.event is None) == (self.event_from is None):
            raise ValueError("give either event or event_from")
        return self


class AttendanceTerms(StrictModel):
    """Rules that turn absence records into days, and the definition of chronic absence."""

    order: tuple[str, ...]
    absent: tuple[str, ...]
    instructional: tuple[str, ...]
    chronic_share: DeclaredNumber
    chronic_minimum_days: DeclaredCount
    status: dict[str, str]

    @model_validator(mode="after")
    def _known_words(self) -> AttendanceTerms:
        unknown = sorted((set(self.absent) | set(self.status.values())) - set(self.order))
        if unknown:
            raise ValueError(f"not in order: {', '.join(unknown)}")
        return self


class CreditTerms(StrictModel):
    """Rules for being on track in the first year of high school."""

    grade_level: str
    credits_a_year: DeclaredNumber
    terms: int
    most_failed: DeclaredCount
    failing: tuple[str, ...]
    core_subjects: tuple[str, ...]


class MarkTerms(StrictModel):
    """Order of the grading periods, and grade points of each letter grade."""

    grading_periods: tuple[str, ...]
    points: dict[str, float]


class Declarations(Grouped):
    """Everything in elements.toml."""

    others: tuple[str, ...] = ()
    """Read in copies of version 0.1.0, and no longer used."""
    timeline: tuple[TimelineEvent, ...]
    attendance: AttendanceTerms
    credits: CreditTerms
    marks: MarkTerms

    @model_validator(mode="after")
    def _hold_together(self) -> Declarations:
        names = [each.name for each in self.element]
        faults = [
            f"element {name!r} is declared twice" for name in sorted(set(names)) if names.count(name) > 1
        ]
        kinds = [each.name for each in self.timeline]
        faults += [
            f"timeline event {name!r} is declared twice"
            for name in sorted(set(kinds))
            if kinds.count(name) > 1
        ]
        for each in self.element:
            for part in (each.numerator, each.denominator):
                if part is not None and part not in names:
                    faults.append(
                        f"element {each.name!r} counts {part!r}, which is no element.{nearest(part, names)}"
                    )
            if each.unit == "rate" and not (each.numerator and each.denominator):
                faults.append(f"element {each.name!r} is a rate without numerator and denominator")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def read_declarations(path: Path) -> Declarations:
    """Read a declaration of elements."""
    try:
        return Declarations.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} isn't valid TOML: {error}. Correct that line and try again.") from None
    except ValidationError as error:
        raise BadInput(
            f"{path.name} is no declaration of elements:\n{faults_of(error, Declarations)}"
        ) from None


@cache
def plain_declarations() -> Declarations:
    """Return the kit's declarations without the systems' own elements and trust order."""
    return read_declarations(DECLARED)


def attendance_terms() -> AttendanceTerms:
    """Return the rules that turn absence records into days."""
    return plain_declarations().attendance


def credit_terms() -> CreditTerms:
    """Return the rules for being on track in the first year of high school."""
    return plain_declarations().credits


def mark_terms() -> MarkTerms:
    """Return the rules for reading report card grades."""
    return plain_declarations().marks
