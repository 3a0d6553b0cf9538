"""Read the declaration of pages: shown and omitted elements, strengths, and topics to talk about."""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from pydantic import ValidationError, model_validator

from helpers.profile import GRADES, ConditionText, input_types, parts_of
from helpers.standard import BadInput, DeclaredNumber, StrictModel, faults_of, toml_of
from helpers.systems import declared as declared_elements

__all__ = [
    "CALL",
    "Concern",
    "LineRule",
    "MonthColumn",
    "PageTerms",
    "Strength",
    "Talk",
    "page_terms",
    "read_page_terms",
    "undeclared",
]

DECLARED = Path(__file__).with_name("shown_elements.toml")
# A reason to call home, which educator.toml declares.
CALL = "call"
GROUPS = ("school", "time", "learning", "tests", "beyond", "support", "contact")


class LineRule(StrictModel):
    """A line of the page: one number or word, with its own number."""

    key: str
    group: Literal["school", "time", "learning", "tests", "beyond", "support", "contact"]
    elements: tuple[str, ...]
    form: Literal["count", "of", "mark", "score", "share", "code", "names", "name"]
    unit: str | None = None
    labels: str | None = None
    least: float | None = None
    # First grade of which a zero says something; in lower ones nobody has any.
    zero_from_grade: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> LineRule:
        if self.form in ("count", "of") and self.unit is None:
            raise ValueError("give the unit that is counted")
        if self.form in ("code", "names") and self.labels is None:
            raise ValueError("give the table of labels that has its codes")
        if len(self.elements) != (2 if self.form in ("of", "score") else 1):
            raise ValueError("of and score take two elements, every other form takes one")
        if self.zero_from_grade not in (None, *GRADES):
            raise ValueError(f"no grade is called {self.zero_from_grade!r}")
        return self

    def has_no_use(self, number: float | None, grade: str | None) -> bool:
        """Check whether a zero says nothing, because no child of so low a grade could have any."""
        if number != 0 or self.zero_from_grade is None or grade not in GRADES:
            return False
        return GRADES.index(grade) < GRADES.index(self.zero_from_grade)


class Strength(StrictModel):
    """A strength of the child."""

    key: str
    concept: str
    line: str
    when: ConditionText


class Talk(StrictModel):
    """A topic worth talking about."""

    key: str
    concept: str
    lines: tuple[str, ...]
    when: ConditionText
    # Of a concept's topics with such an element, the one with the lowest value is said.
    lowest: str | None = None


class Concern(StrictModel):
    """Topics and flags of one rank; the first concern is the most serious."""

    talks: tuple[str, ...] = ()
    # Indicators, which only educators' pages state.
    flags: tuple[str, ...] = ()
    # Why it has this place.
    why: str


class MonthColumn(StrictModel):
    """A column of the year's table: timeline events, counted by month."""

    key: str
    kind: str
    words: tuple[str, ...] = ()


class PageTerms(StrictModel):
    """Contents of ``shown_elements.toml``."""

    compared: tuple[str, ...]
    indicators_left_off: str
    letters: dict[str, DeclaredNumber]
    levels: dict[str, DeclaredNumber]
    line: tuple[LineRule, ...]
    strength: tuple[Strength, ...]
    talk: tuple[Talk, ...]
    concern: tuple[Concern, ...]
    # Subject -> the percentile that several tests give.
    tests: dict[str, str]
    month: tuple[MonthColumn, ...]
    pictured: dict[str, Literal["messages", "tests", "marks", "events"]]
    norms: dict[str, str]
    within: dict[str, str]
    within_events: dict[str, str]
    own_page: dict[str, str]
    left_off: dict[str, str]
    left_off_events: dict[str, str]

    @model_validator(mode="after")
    def _hold_together(self) -> PageTerms:
        lines = [each.key for each in self.line]
        faults = [f"line {key!r} is declared twice" for key in sorted(set(lines)) if lines.count(key) > 1]
        for kind, keys in (
            ("strength", [each.key for each in self.strength]),
            ("talk", [each.key for each in self.talk]),
        ):
            faults += [
                f"{kind} {key!r} is declared twice" for key in sorted(set(keys)) if keys.count(key) > 1
            ]
        strengths = [(one.key, (one.line,), one.when) for one in self.strength]
        rules = [*strengths, *((one.key, one.lines, one.when) for one in self.talk)]
        for key, named, _ in rules:
            faults += [
                f"{key!r} leads to line {name!r}, which is none" for name in named if name not in lines
            ]
        shown = {name for each in self.line for name in each.elements} | set(self.within)
        apart = [*self.left_off, *self.own_page]
        twice = (shown & set(apart)) | {name for name in apart if apart.count(name) > 1}
        faults += [f"element {name!r} is shown and left off" for name in sorted(twice)]
        own = {
            *self.norms,
            *(f"{subject}_tests_{what}" for subject in self.tests for what in ("apart", "lower")),
        }
        types = {**input_types(), **dict.fromkeys(own, "number")}
        faults += [f"{key!r}: {fault}" for key, _, when in rules for fault in when.faults(types)]
        asked = {parts_of(parts_of(name)[1])[1] for *_, when in rules for name in when.inputs()} - own
        ranked = [key for each in self.concern for key in each.talks if key != CALL]
        faults += [
            f"talk {key!r} is in {ranked.count(key)} concerns; rank it in one"
            for key in sorted({*ranked, *(each.key for each in self.talk)})
            if ranked.count(key) != 1 or key not in {each.key for each in self.talk}
        ]
        faults += [f"a rule asks for {name!r}, which no line shows" for name in sorted(asked - shown)]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @cached_property
    def rank(self) -> dict[str, int]:
        """Rank topics, flags and the call by how serious they are; 0 is the most serious."""
        keys = [key for each in self.concern for key in (*each.talks, *each.flags)]
        return {key: place for place, key in enumerate(keys)}

    @cached_property
    def earlier(self) -> frozenset[str]:
        """Elements of which a rule asks the value of the year before."""
        rules = [*(one.when for one in self.strength), *(one.when for one in self.talk)]
        asked = [parts_of(name) for when in rules for name in when.inputs()]
        return frozenset(name for kind, name in asked if kind == "last_year")

    @property
    def shown_elements(self) -> frozenset[str]:
        """Elements that a page shows in any way."""
        return frozenset(name for each in self.line for name in each.elements) | frozenset(self.within)

    @property
    def shown_kinds(self) -> frozenset[str]:
        """Kinds of event that the year's picture counts or draws."""
        return frozenset(each.kind for each in self.month) | frozenset(self.pictured)

    def line_of(self, key: str) -> LineRule:
        """Look up a line by its key."""
        return next(each for each in self.line if each.key == key)

    def letter(self, mark: float) -> str:
        """Convert a grade out of 100 to a letter."""
        return next(letter for letter, least in sorted(self.letters.items(), key=_last) if mark >= least)

    def level(self, percentile: float) -> str:
        """Convert a percentile to a word: above, usual or below."""
        return next(level for level, least in sorted(self.levels.items(), key=_last) if percentile >= least)


def _last(pair: tuple[str, float]) -> float:
    return -pair[1]


def undeclared(terms: PageTerms) -> list[str]:
    """List the elements and events of the profile that a page neither shows nor omits."""
    elements = {each.name for each in declared_elements().element}
    kinds = {each.name for each in declared_elements().timeline}
    placed = terms.shown_elements | set(terms.left_off) | set(terms.own_page)
    placed_kinds = terms.shown_kinds | set(terms.within_events) | set(terms.left_off_events)
    return [
        *(f"element {name}" for name in sorted(elements - placed)),
        *(f"event {name}" for name in sorted(kinds - placed_kinds)),
    ]


def read_page_terms(path: Path) -> PageTerms:
    """Read a declaration of pages."""
    try:
        return PageTerms.model_validate(toml_of(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        details = faults_of(error, PageTerms) if isinstance(error, ValidationError) else f"  {error}"
        raise BadInput(f"{path.name} is no declaration of pages:\n{details}") from None


@cache
def page_terms() -> PageTerms:
    """Return the kit's own declaration of pages.

    Returns
    -------
    PageTerms
        Content of ``shown_elements.toml``.
    """
    return read_page_terms(DECLARED)
