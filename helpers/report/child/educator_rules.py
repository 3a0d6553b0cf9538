"""Read what an educator's page says first, and how its domains are folded."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ValidationError, model_validator

from helpers.profile import ConditionText, input_types, parts_of
from helpers.report.child.shown_elements import page_terms
from helpers.standard import BadInput, StrictModel, faults_of, nearest, toml_of
from helpers.systems import declared

__all__ = ["Action", "Domain", "EducatorRules", "Gap", "educator_rules", "read_educator_rules"]

DECLARED = Path(__file__).with_name("educator.toml")
# Days missed since an opened message, which an indicator gives.
SINCE_MESSAGE = "days_since_message"


class Action(StrictModel):
    """What to do next, if its conditions hold."""

    key: str
    when: ConditionText


class Gap(StrictModel):
    """Something that may be unknown: none of its elements has a value."""

    key: str
    elements: tuple[str, ...]


class Domain(StrictModel):
    """A domain of the page, and what it shows while it is folded."""

    name: str
    title: str
    closed: tuple[str, ...]


def _titled(name: str) -> str:
    return name.replace("_", " ").capitalize()


class EducatorRules(StrictModel):
    """Contents of ``educator.toml``."""

    action: tuple[Action, ...]
    # Topic of a worry, or "call" -> roles that act on it, the first one by default.
    owner: dict[str, tuple[str, ...]]
    unknown: tuple[Gap, ...]
    domain: tuple[Domain, ...]
    pictured: dict[str, Literal["events"]]

    @property
    def elements(self) -> frozenset[str]:
        """Elements that actions ask for."""
        asked = {parts_of(name) for one in self.action for name in one.when.inputs()}
        return frozenset({name for _, name in asked} - {SINCE_MESSAGE})

    def owner_of(self, topic: str, reader: str) -> str:
        """Return the role that acts on a topic: the reader's, if it is one of them."""
        roles = self.owner[topic]
        return reader if reader in roles else roles[0]

    def domains_of(self, names: Iterable[str]) -> tuple[Domain, ...]:
        """Return all declared domains, and after them those of other packages' elements."""
        others = dict.fromkeys(name for name in names if name not in {one.name for one in self.domain})
        return (*self.domain, *(Domain(name=name, title=_titled(name), closed=()) for name in others))

    @model_validator(mode="after")
    def _known_names(self) -> EducatorRules:
        elements = {each.name for each in declared().element}
        kinds = {each.name for each in declared().timeline}
        named = {name for one in self.unknown for name in one.elements}
        topics = {"call", *(one.concept for one in page_terms().talk)}
        without = sorted(topics - {topic for topic, roles in self.owner.items() if roles})
        faults = [f"nobody is named who acts on {topic!r}" for topic in without]
        types = {**input_types(), SINCE_MESSAGE: "number"}
        faults += [f"{one.key!r}: {fault}" for one in self.action for fault in one.when.faults(types)]
        faults += [
            f"no element is called {name!r}.{nearest(name, elements)}" for name in sorted(named - elements)
        ]
        faults += [
            f"no event is called {name!r}.{nearest(name, kinds)}"
            for name in self.pictured
            if name not in kinds
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self


def read_educator_rules(path: Path) -> EducatorRules:
    """Read a declaration of educators' pages."""
    try:
        return EducatorRules.model_validate(toml_of(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        details = faults_of(error, EducatorRules) if isinstance(error, ValidationError) else f"  {error}"
        raise BadInput(f"{path.name} is no declaration of an educator's page:\n{details}") from None


@cache
def educator_rules() -> EducatorRules:
    """Return the kit's own rules of an educator's page."""
    return read_educator_rules(DECLARED)
