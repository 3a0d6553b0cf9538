"""What a child's profile holds: elements, events of a year and terms of attendance, as declared."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from helpers.standard.figures import DeclaredCount, DeclaredNumber, DeclaredText
from helpers.standard.tables import STRING
from helpers.standard.validation import BadInput, faults_of, nearest

__all__ = [
    "AttendanceTerms",
    "CreditTerms",
    "Declarations",
    "Element",
    "MarkTerms",
    "TimelineEvent",
    "attendance_terms",
    "copy_of_elements",
    "credit_terms",
    "declared",
    "declared_elements",
    "declared_for",
    "element",
    "mark_terms",
    "read_declarations",
]

DECLARED = Path(__file__).with_name("elements.toml")
# What a district may decide in its own copy so far; everything else is what the kit's rules and pages expect.
DECIDED = {"trust"}

DTYPES: dict[str, Any] = {
    "string": STRING,
    "integer": pd.Int64Dtype(),
    "number": "float64",
    "boolean": pd.BooleanDtype(),
    "date": "datetime64[us]",
}


class Declared(BaseModel):
    """A part of the declaration; a name that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Element(Declared):
    """One element of the profile."""

    name: str
    domain: str
    tenet: Literal["Healthy", "Safe", "Engaged", "Supported", "Challenged"]
    per: Literal["child", "school_year"]
    type: Literal["string", "integer", "number", "boolean", "date"]
    unit: str | None = None
    term: str | None = None
    sensitivity: Literal["public", "internal", "restricted"]
    table: str
    column: str | None = None
    where: tuple[dict[str, str], ...] = ()
    systems: tuple[str, ...] = ()
    rule: str
    trust: tuple[str, ...]
    compare: Literal["exact", "folded", "codes"] = "exact"
    days_until_stale: int
    numerator: str | None = None
    denominator: str | None = None
    definition: str | None = None
    source: str | None = None
    meaning: DeclaredText

    @property
    def profile_column(self) -> str:
        """Give the element's column in the wide profile."""
        return f"{self.domain}_{self.name}"


class TimelineEvent(Declared):
    """One kind of fact that is an event of a child's year; a policy names it by its name."""

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


class AttendanceTerms(Declared):
    """How exceptions become days, and when a child counts as chronically absent."""

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


class CreditTerms(Declared):
    """When a child in its first year of high school is on track."""

    grade_level: str
    credits_a_year: DeclaredNumber
    terms: int
    most_failed: DeclaredCount
    failing: tuple[str, ...]
    core_subjects: tuple[str, ...]


class MarkTerms(Declared):
    """In which order grading periods follow each other, and what a letter is worth."""

    grading_periods: tuple[str, ...]
    points: dict[str, float]


class Declarations(Declared):
    """The whole of elements.toml."""

    others: tuple[str, ...] = ()
    """Read in copies of version 0.1.0, and no longer used."""
    element: tuple[Element, ...]
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
    parts = (Element, TimelineEvent, AttendanceTerms, CreditTerms, MarkTerms)
    known = {name for part in parts for name in part.model_fields}
    try:
        return Declarations.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no TOML: {error}. Mend that line and try again.") from None
    except ValidationError as error:
        raise BadInput(f"{path.name} is no declaration of elements:\n{faults_of(error, known)}") from None


@cache
def declared() -> Declarations:
    """Give the kit's own declaration."""
    return read_declarations(DECLARED)


def copy_of_elements(folder: Path | str) -> Path:
    """Give a folder a copy of the kit's declaration in which its people decide whom to believe."""
    own = Path(folder) / DECLARED.name
    if not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        draft = own.with_suffix(".draft")
        draft.write_bytes(DECLARED.read_bytes())
        draft.replace(own)
    return own


def declared_for(folder: Path | str = "") -> Declarations:
    """Give the declaration that holds in a folder: its own ``elements.toml``, else the kit's."""
    own, kit = Path(folder) / DECLARED.name, declared()
    if not str(folder) or not own.is_file() or own.read_bytes() == DECLARED.read_bytes():
        return kit
    terms = read_declarations(own)
    there, known = ({each.name: each for each in part.element} for part in (terms, kit))
    faults = [f"element {name!r} isn't in it" for name in known if name not in there]
    faults += [f"no element is called {name!r}.{nearest(name, known)}" for name in there if name not in known]
    faults += [
        f"element {name!r} has another {field}"
        for name, each in there.items()
        if name in known
        for field in type(each).model_fields
        if field not in DECIDED and getattr(each, field) != getattr(known[name], field)
    ]
    faults += [
        f"{part!r} is another one"
        for part in type(kit).model_fields
        if part not in ("element", "others") and getattr(terms, part) != getattr(kit, part)
    ]
    if faults:
        told = "\n".join(f"  {fault}" for fault in faults)
        raise BadInput(
            f"{own} may differ from the kit's elements.toml in `trust` only; put back what else is changed, "
            f"or remove the file and copy it anew:\n{told}"
        )
    return terms.model_copy(update={"element": tuple(there[each.name] for each in kit.element)})


def declared_elements() -> tuple[Element, ...]:
    """List the elements of the profile, in the order of its columns.

    Returns
    -------
    tuple of Element
        As declared.
    """
    return declared().element


def element(name: str) -> Element:
    """Give one element by its name.

    Parameters
    ----------
    name
        Name of an element, as in the column ``element`` of the values.

    Returns
    -------
    Element
        Its declaration.

    Raises
    ------
    BadInput
        When no element has that name.
    """
    found = {each.name: each for each in declared_elements()}
    if name not in found:
        raise BadInput(f"No element is called {name!r}.{nearest(name, found)} There are: {', '.join(found)}.")
    return found[name]


def attendance_terms() -> AttendanceTerms:
    """Give the terms by which exceptions become days."""
    return declared().attendance


def credit_terms() -> CreditTerms:
    """Give the terms by which a child in its first year of high school is on track."""
    return declared().credits


def mark_terms() -> MarkTerms:
    """Give the terms by which the marks of report cards are read."""
    return declared().marks
