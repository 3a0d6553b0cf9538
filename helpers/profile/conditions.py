"""The condition language of questions and example children: comparisons, and, or, not, with unknown values.

A condition looks like `chronically_absent and grade_average < 65`. Python's own grammar parses it, and this
module evaluates the few forms below and no others; no condition is ever executed as code. An unknown value
makes a comparison unknown, and `and`, `or` and `not` follow three-valued logic (unknown and false is false,
unknown and true is unknown).

| form | meaning |
|---|---|
| `grade_average < 65`, `special_education == "Active"` | compare an element with a number or a word |
| `grade_level in ("09", "10")` | is one of a list |
| `chronically_absent` | a boolean element, alone |
| `last_year.rate < 0.9` | the element of the year before |
| `indicator.on_track == "Flagged"` | status of an indicator, by its default definition |
| `on_record(special_education)` | some system has it for the child; also `on_record(last_year.rate)` |
| `at_least(2, a, b, c)` | at least that many of these are true |
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

__all__ = ["AnswerInput", "Condition", "is_element", "parts_of"]

COMPARED = {
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
}
PREFIXES = ("last_year", "indicator")


class AnswerInput(Protocol):
    """Values of one input, child by child."""

    @property
    def value(self) -> pd.Series:
        """Values of a nullable dtype; NA: unknown, or nothing to know."""

    @property
    def nothing(self) -> np.ndarray:
        """Children known to have nothing: every comparison is false for them."""


@dataclass(frozen=True)
class Condition:
    """A parsed condition."""

    # The text.
    text: str

    @property
    def tree(self) -> ast.expr:
        """Its syntax tree, by Python's grammar."""
        return ast.parse(self.text.strip(), mode="eval").body

    def inputs(self) -> tuple[str, ...]:
        """List its inputs, in order."""
        return tuple(dict.fromkeys(_inputs(self.tree)))

    def faults(self, types: Mapping[str, str]) -> list[str]:
        """List all its faults."""
        try:
            tree = self.tree
        except SyntaxError as error:
            return [f"{self.text!r} can't be read: {error.msg}"]
        return list(_faults(tree, types, self.text))

    def holds(self, told: Mapping[str, AnswerInput], count: int) -> pd.Series:
        """Evaluate it for each child."""
        return pd.Series(_holds(self.tree, told, count), dtype="boolean")


def parts_of(name: str) -> tuple[str, str]:
    """Split the name of an input into its kind and the element or indicator.

    >>> parts_of("on_record(guardians)"), parts_of("last_year.rate"), parts_of("rate")
    (('on_record', 'guardians'), ('last_year', 'rate'), ('', 'rate'))
    """
    if name.endswith(")"):
        kind, _, rest = name[:-1].partition("(")
        return kind, rest
    kind, dot, rest = name.partition(".")
    return (kind, rest) if dot else ("", name)


def is_element(name: str) -> bool:
    """Return whether an input is an element's value this year, which can be stale."""
    return parts_of(name)[0] == ""


def _named(node: ast.expr) -> str | None:
    """Return the name of an input if the node is one."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    if _called(node) == "on_record" and isinstance(node, ast.Call) and len(node.args) == 1:
        inner = _named(node.args[0])
        return None if inner is None else f"on_record({inner})"
    return None


def _called(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return node.func.id
    return None


def _inputs(node: ast.expr) -> Iterator[str]:
    name = _named(node)
    if name is not None:
        yield name
        return
    below: list[ast.expr] = []
    if isinstance(node, ast.BoolOp):
        below = node.values
    elif isinstance(node, ast.UnaryOp):
        below = [node.operand]
    elif isinstance(node, ast.Compare):
        below = [node.left, *node.comparators]
    elif isinstance(node, ast.Call):
        below = node.args
    for part in below:
        yield from _inputs(part)


def _constant(node: ast.expr) -> Any:
    """Return a number, word or list of them; None if the node is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _constant(node.operand)
        return -inner if isinstance(inner, int | float) else None
    if isinstance(node, ast.Tuple | ast.List):
        found = [_constant(each) for each in node.elts]
        return None if None in found or not found else found
    return None


def _faults(node: ast.expr, types: Mapping[str, str], text: str) -> Iterator[str]:
    name = _named(node)
    if name is not None:
        if name not in types:
            yield f"{text!r} asks for {name!r}, which nobody declares"
        elif types[name] != "boolean":
            yield f"{text!r}: {name!r} is no yes or no; compare it with something"
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from _faults(part, types, text)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _faults(node.operand, types, text)
    elif isinstance(node, ast.Compare):
        yield from _faults_of_comparison(node, types, text)
    elif _called(node) == "at_least" and isinstance(node, ast.Call):
        least = _constant(node.args[0]) if node.args else None
        if not isinstance(least, int) or isinstance(least, bool) or not 1 <= least < len(node.args):
            yield f"{text!r}: at_least takes a number and as many conditions or more"
        for part in node.args[1:]:
            yield from _faults(part, types, text)
    else:
        yield f"{text!r}: {ast.unparse(node)!r} is none of the forms that a condition has"


def _faults_of_comparison(node: ast.Compare, types: Mapping[str, str], text: str) -> Iterator[str]:
    shown = ast.unparse(node)
    if len(node.ops) != 1:
        yield f"{text!r}: {shown!r} compares more than two things; join comparisons with and"
        return
    left, right, how = node.left, node.comparators[0], node.ops[0]
    name, other = _named(left), _constant(right)
    if name is None:
        yield f"{text!r}: {shown!r} doesn't begin with the name of an element"
        return
    if name not in types:
        yield f"{text!r} asks for {name!r}, which nobody declares"
        return
    if other is None:
        yield f"{text!r}: {shown!r} doesn't compare with a number or a word"
        return
    among = isinstance(other, list)
    if among != isinstance(how, ast.In | ast.NotIn):
        yield f"{text!r}: {shown!r} needs `in` with a list, and only there"
    elif not among and type(how) not in COMPARED:
        yield f"{text!r}: {shown!r} isn't one of <, <=, >, >=, ==, !=, in, not in"
    wanted = {"string": (str,), "number": (int, float), "boolean": (bool,)}.get(types[name], (str,))
    for each in other if isinstance(other, list) else [other]:
        if not isinstance(each, wanted) or (types[name] == "number" and isinstance(each, bool)):
            yield f"{text!r}: {name!r} is of the type {types[name]}, and {each!r} isn't"


def _holds(node: ast.expr, told: Mapping[str, AnswerInput], count: int) -> Any:
    name = _named(node)
    if name is not None:
        return _known_false(told[name], told[name].value.astype("boolean"))
    if isinstance(node, ast.BoolOp):
        parts = [_holds(part, told, count) for part in node.values]
        whole = parts[0]
        for part in parts[1:]:
            whole = whole & part if isinstance(node.op, ast.And) else whole | part
        return whole
    if isinstance(node, ast.UnaryOp):
        return ~_holds(node.operand, told, count)
    if isinstance(node, ast.Compare):
        return _compared(node, told)
    assert isinstance(node, ast.Call)
    least = int(_constant(node.args[0]))
    parts = [_holds(part, told, count) for part in node.args[1:]]
    sure, maybe = np.zeros(count, "int64"), np.zeros(count, "int64")
    for part in parts:
        sure += part.fillna(False).to_numpy(dtype=bool)
        maybe += part.fillna(True).to_numpy(dtype=bool)
    enough = pd.Series(sure >= least, dtype="boolean")
    return enough.mask((sure < least) & (maybe >= least))


def _compared(node: ast.Compare, told: Mapping[str, AnswerInput]) -> pd.Series:
    name = _named(node.left)
    assert name is not None
    value, other, how = told[name].value, _constant(node.comparators[0]), node.ops[0]
    if isinstance(how, ast.In | ast.NotIn):
        found = value.isin(other).astype("boolean")
        found = ~found if isinstance(how, ast.NotIn) else found
    else:
        if str(value.dtype).startswith("datetime"):
            other = pd.Timestamp(other)
        found = getattr(value, COMPARED[type(how)])(other).astype("boolean")
    return _known_false(told[name], found.mask(value.isna()))


def _known_false(told: AnswerInput, found: pd.Series) -> pd.Series:
    return found.mask(pd.Series(told.nothing), False)
