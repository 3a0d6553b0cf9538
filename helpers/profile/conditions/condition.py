"""Conditions as declarations hold them: inputs, faults, what they are for a child, and their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, PlainSerializer

from helpers.layouts import meant
from helpers.profile.conditions.grammar import (
    Compared,
    Counted,
    Given,
    Joined,
    Node,
    Read,
    Worked,
    inputs_of,
    parse_condition,
    parts_below,
    parts_of,
)
from helpers.profile.conditions.truth import Column, Truth, as_boolean, deciding_inputs, truth_of, value_of
from helpers.profile.conditions.types import Types
from helpers.standard import BadInput, filled, nearest

__all__ = ["Condition", "ConditionText", "Expression", "ExpressionText"]

# How a comparison reads.
OPERATOR_PHRASES = {
    "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least", "==": "is", "!=": "isn't",
    "in": "is one of", "not in": "is none of",
}  # fmt: skip
WORKED = {"/": "{} as a share of {}", "-": "{} less {}", "+": "{} and {} together", "*": "{} times {}"}
BEFORE_POINT = ("last_year", "indicator")
_ORDERED = ("<", "<=", ">", ">=")


@dataclass(frozen=True)
class Expression:
    """A value that is read or worked out, such as ``messages_opened / messages_sent``."""

    # The text.
    text: str

    @cached_property
    def tree(self) -> Node:
        """Its tree; raises `BadInput`, which points at the first word that doesn't fit."""
        return parse_condition(self.text)

    def __str__(self) -> str:
        return str(self.tree)

    def inputs(self) -> tuple[str, ...]:
        """List its inputs, in order."""
        return tuple(dict.fromkeys(inputs_of(self.tree)))

    def faults(self, types: Types) -> list[str]:
        """List all its faults, given the type of every input: boolean, number, string or date."""
        try:
            found = list(_kind_faults(self.tree, types))
            kind = _kind(self.tree, types)
        except BadInput as error:
            return [str(error)]
        return [f"{self.text!r}, at {word}" for word in found or self._misused(kind)]

    def _misused(self, kind: str | None) -> list[str]:
        return [f"{str(self)!r}: this is a condition, and a value is asked for"] if kind == "truth" else []

    def value(self, columns: Mapping[str, Column]) -> Column:
        """Work it out for each child."""
        return value_of(self.tree, columns)


@dataclass(frozen=True)
class Condition(Expression):
    """A condition that is true, false or unknown for each child."""

    def _misused(self, kind: str | None) -> list[str]:
        message = f"{str(self)!r}: this is no yes or no; compare it with something"
        return [] if kind in ("truth", "boolean") else [message]

    def truth(self, columns: Mapping[str, Column]) -> Truth:
        """Say for each child whether it holds: 1 true, -1 false, 0 unknown."""
        return truth_of(self.tree, columns)

    def holds(self, columns: Mapping[str, Column]) -> pd.Series:
        """Say for each child whether it holds; NA: unknown."""
        return as_boolean(np.atleast_1d(self.truth(columns)))

    def deciding(self, columns: Mapping[str, Column], at: int = 0) -> tuple[str, ...]:
        """Name the inputs that make it true or false for one child, or those that aren't known."""
        return deciding_inputs(self.tree, columns, at)

    def words(self, named: Callable[[str], str] = lambda name: name.replace("_", " ")) -> str:
        """Say it in words; `named` gives the words of an element.

        >>> Condition("days_absent / days_enrolled >= 0.1 and not on_record(guardians)").words()
        'days absent as a share of days enrolled is at least 0.1, and guardians is not on record'
        """
        return _words(self.tree, named)

    @property
    def comparisons(self) -> tuple[Compared, ...]:
        """Its comparisons, in order."""
        return tuple(_comparisons(self.tree))


def _comparisons(node: Node) -> Iterator[Compared]:
    if isinstance(node, Compared):
        yield node
        return
    for part in parts_below(node):
        yield from _comparisons(part)


def _parsed(text: Any, kind: type[Expression]) -> Any:
    if isinstance(text, kind):
        return text
    if not isinstance(text, str):
        raise ValueError("write it as a text, such as 'incidents >= 5'; docs/conditions.md has the language")
    try:
        made = kind(" ".join(filled(text).split()))
        made.tree  # noqa: B018 - the parser says what is wrong while the file and the key are known
    except BadInput as error:
        raise ValueError(str(error)) from None
    return made


# In a declaration: a text with figures in it, which becomes a condition or a value.
_AS_TEXT = PlainSerializer(lambda one: one.text, return_type=str)
ConditionText = Annotated[Condition, BeforeValidator(lambda text: _parsed(text, Condition)), _AS_TEXT]
ExpressionText = Annotated[Expression, BeforeValidator(lambda text: _parsed(text, Expression)), _AS_TEXT]


def _kind(node: Node, types: Types) -> str | None:
    """Return the type of a node; None if it has none."""
    match node:
        case Read():
            kind = types.get(node.name)
            return "string" if isinstance(kind, tuple) else kind
        case Given():
            return "number" if isinstance(node.values[0], float) else "string"
        case Worked():
            return "number"
    return "truth"


def _kind_faults(node: Node, types: Types) -> Iterator[str]:
    """List what is wrong with the names and types in a condition, each after its word."""
    match node:
        case Read() if node.name not in types:
            yield _name_fault(node.name, types)
        case Worked():
            for side in (node.left, node.right):
                yield from _kind_faults(side, types)
                if _kind(side, types) not in ("number", None):
                    yield f"{str(side)!r}: {node.how} works with numbers"
        case Compared():
            yield from _compared_faults(node, types)
        case Joined() | Counted():
            for part in node.parts:
                yield from _kind_faults(part, types)
                if _kind(part, types) not in ("truth", "boolean", None):
                    yield f"{str(part)!r}: this is no yes or no; compare it with something"


def _name_fault(name: str, types: Types) -> str:
    """Say what is wrong with the name of an input, after its wrong word."""
    kind, inner = parts_of(name)
    on_record = kind == "on_record"
    kind, inner = parts_of(inner) if on_record else (kind, inner)
    if kind not in ("", *BEFORE_POINT):
        return f"{kind!r}: only last_year and indicator come before a point.{nearest(kind, BEFORE_POINT)}"
    if on_record and kind == "indicator":
        return f"{kind!r}: on_record asks for an element: on_record(guardians)"
    alike = [parts_of(one)[1] for one in types if parts_of(one)[0] == kind]
    if kind and not alike:
        return f"{kind!r}: only questions and pages ask for it"
    if kind == "last_year" and inner in types:
        return f"{inner!r}: it has no value of a year; leave last_year out"
    what = "indicator" if kind == "indicator" else "element"
    return f"{inner!r}: no {what} is called so.{nearest(inner, alike)}"


def _compared_faults(node: Compared, types: Types) -> Iterator[str]:
    kind, other = _kind(node.left, types), _kind(node.right, types)
    unquoted = isinstance(node.right, Read) and node.right.name not in types
    yield from _kind_faults(node.left, types)
    if unquoted and kind == "string":
        yield f"{str(node.right)!r}: a word stands in quotes: {str(node.right)!r}"
        return
    yield from _kind_faults(node.right, types)
    if isinstance(node.left, Given):
        yield f"{str(node.left)!r}: the name of an element comes first"
    alone = "it is a yes or no and stands alone, or under not"
    if kind in ("boolean", "truth"):
        yield f"{str(node.left)!r}: {alone}"
    elif other == "truth":
        yield f"{str(node.right)!r}: {alone}"
    elif kind == "date" and other == "string":
        for one in node.right.values if isinstance(node.right, Given) else ():
            day = pd.to_datetime(one, format="%Y-%m-%d", errors="coerce")
            if pd.isna(day) or f"{day:%Y-%m-%d}" != one:
                yield f"{one!r}: {str(node.left)!r} is a date, as in '2026-09-01'"
    elif kind == "date" and isinstance(node.right, Worked):
        yield f"{str(node.right)!r}: a date stands in quotes: '2026-09-01'"
    elif None not in (kind, other) and kind != other:
        yield f"{str(node.right)!r}: {str(node.left)!r} is of the type {kind}, and this isn't"
    elif kind == "string" and node.how in _ORDERED:
        yield f"{node.how!r}: {str(node.left)!r} is a word; compare words by ==, != or in"
    elif isinstance(node.left, Read) and isinstance(words := types.get(node.left.name), tuple):
        for one in node.right.values if isinstance(node.right, Given) else ():
            if one not in words:
                yield f"{one!r}: {str(node.left)!r} has {', '.join(words)}.{meant(str(one), words)}"


def _words(node: Node, named: Callable[[str], str]) -> str:
    match node:
        case Read():
            kind, inner = parts_of(node.name)
            if kind == "on_record":
                return f"{_words(Read(inner), named)} is on record"
            return f"{named(inner)} last year" if kind == "last_year" else named(inner)
        case Given():
            return " or ".join(one if isinstance(one, str) else f"{one:g}" for one in node.values)
        case Worked():
            return WORKED[node.how].format(_words(node.left, named), _words(node.right, named))
        case Compared():
            return f"{_words(node.left, named)} {OPERATOR_PHRASES[node.how]} {_words(node.right, named)}"
        case Joined(how="not"):
            words = _words(node.parts[0], named)
            on_record = words.endswith(" is on record")
            return f"{words.removesuffix(' on record')} not on record" if on_record else f"not: {words}"
        case Joined():
            return f", {node.how} ".join(_words(part, named) for part in node.parts)
    return f"at least {node.number} of: " + "; ".join(_words(part, named) for part in node.parts)
