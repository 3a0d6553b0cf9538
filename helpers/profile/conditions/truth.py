"""What a condition is for each child: true, false or unknown, and which inputs decide it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.conditions.grammar import (
    Compared,
    Counted,
    Given,
    Joined,
    Node,
    Worked,
    inputs_of,
)

__all__ = [
    "FALSE",
    "TRUE",
    "UNKNOWN",
    "Column",
    "Truth",
    "as_boolean",
    "deciding_inputs",
    "truth_of",
    "value_of",
]

Truth = npt.NDArray[np.int8]
# Unknown lies between: `and` is the smaller of two, `or` the larger, and `not` the negative.
FALSE, UNKNOWN, TRUE = np.int8(-1), np.int8(0), np.int8(1)
# Shares are compared to nine places, so that 18 of 180 days isn't lost to rounding.
DECIMALS = 9

_WORKED: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
}  # fmt: skip
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "==": np.equal, "!=": np.not_equal,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """Values of one input, child by child."""

    # Numbers (yes and no are 1 and 0), texts or dates; NaN, None and NaT are unknown.
    values: npt.NDArray[Any]
    # Children known to have nothing: every comparison is false for them.
    nothing: npt.NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, values: pd.Series, nothing: npt.NDArray[np.bool_] | None = None) -> Column:
        """Take a column of a nullable dtype."""
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            return cls(values.to_numpy(), nothing)
        if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_numeric_dtype(values.dtype):
            return cls(values.to_numpy(dtype="float64", na_value=np.nan), nothing)
        return cls(values.astype("object").where(values.notna(), None).to_numpy(), nothing)

    @property
    def unknown(self) -> npt.NDArray[np.bool_]:
        """Children whose value isn't known."""
        if self.values.dtype == object:
            return np.equal(self.values, None)
        return np.isnat(self.values) if self.values.dtype.kind == "M" else np.isnan(self.values)


def value_of(node: Node, columns: Mapping[str, Column]) -> Column:
    """Work out a value; `columns` may also hold one that was worked out before, by its text."""
    match node:
        case Given():
            return Column(np.asarray(node.value))
        case Worked() if str(node) not in columns:
            left, right = value_of(node.left, columns), value_of(node.right, columns)
            with np.errstate(divide="ignore", invalid="ignore"):
                worked = _WORKED[node.how](left.values, right.values)
            return Column(np.where(np.isfinite(worked), worked, np.nan), _nothing(left, right))
    return columns[str(node)]


def truth_of(node: Node, columns: Mapping[str, Column]) -> Truth:
    """Say for each child whether a condition holds: 1 true, -1 false, 0 unknown."""
    match node:
        case Joined(how="not"):
            return -truth_of(node.parts[0], columns)
        case Joined():
            parts = np.stack([truth_of(part, columns) for part in node.parts])
            return parts.min(axis=0) if node.how == "and" else parts.max(axis=0)
        case Counted():
            parts = np.stack([truth_of(part, columns) for part in node.parts])
            sure, maybe = np.sum(parts == TRUE, axis=0), np.sum(parts != FALSE, axis=0)
            return np.where(sure >= node.number, TRUE, np.where(maybe >= node.number, UNKNOWN, FALSE))
        case Compared():
            return _compared(node, columns)
    column = value_of(node, columns)
    return _marked(column.unknown, column.nothing, np.nan_to_num(column.values.astype("float64")) != 0)


def _compared(node: Compared, columns: Mapping[str, Column]) -> Truth:
    left, right = value_of(node.left, columns), value_of(node.right, columns)
    unknown = left.unknown if isinstance(node.right, Given) else left.unknown | right.unknown
    found = np.zeros(unknown.shape, dtype=bool)
    # A value that nobody knows has no type, either.
    if not unknown.all():
        found = _found(node.how, left.values, right.values)
    return _marked(unknown, _nothing(left, right), found)


def _found(how: str, values: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    if values.dtype.kind == "M":
        other = other.astype("datetime64[D]")
    if how.endswith("in"):
        found = np.any([values == one for one in other.tolist()], axis=0)
        return ~found if how == "not in" else found
    if values.dtype.kind == "f":
        values, other = np.round(values, DECIMALS), np.round(other.astype("float64"), DECIMALS)
    with np.errstate(invalid="ignore"):
        return np.asarray(_COMPARED[how](values, other), dtype=bool)


def _nothing(*columns: Column) -> npt.NDArray[np.bool_] | None:
    """Mark children known to have nothing of any."""
    nothing = [one.nothing for one in columns if one.nothing is not None]
    return np.stack(nothing).any(axis=0) if nothing else None


def _marked(
    unknown: npt.NDArray[np.bool_], nothing: npt.NDArray[np.bool_] | None, found: npt.NDArray[np.bool_]
) -> Truth:
    truth = np.where(unknown, UNKNOWN, np.where(found, TRUE, FALSE))
    return truth if nothing is None else np.where(nothing, FALSE, truth)


def as_boolean(truth: Truth) -> pd.Series:
    """Return truth as a nullable column; NA: unknown."""
    return pd.Series(pd.arrays.BooleanArray(truth == TRUE, truth == UNKNOWN))


def deciding_inputs(node: Node, columns: Mapping[str, Column], at: int) -> tuple[str, ...]:
    """Name the inputs that make a condition what it is for one child; if it is unknown, the unknown ones."""
    return tuple(dict.fromkeys(_deciding(node, columns, at)))


def _deciding(node: Node, columns: Mapping[str, Column], at: int) -> list[str]:
    mine = truth_of(node, columns)[at] if not isinstance(node, Given | Worked) else UNKNOWN
    if isinstance(node, Joined | Counted):
        # A part that is otherwise decides nothing; under `not`, the part decides as it is.
        sought = -mine if isinstance(node, Joined) and node.how == "not" else mine
        parts = [part for part in node.parts if truth_of(part, columns)[at] == sought]
        if isinstance(node, Joined) and (node.how, mine) in (("or", TRUE), ("and", FALSE)):
            parts = parts[:1]
        if isinstance(node, Counted) and mine == TRUE:
            parts = parts[: node.number]
        return [name for part in parts for name in _deciding(part, columns, at)]
    names = list(inputs_of(node))
    return [name for name in names if mine != UNKNOWN or _is_unknown(columns[name], at)]


def _is_unknown(column: Column, at: int) -> bool:
    return bool(column.unknown[at]) and not (column.nothing is not None and column.nothing[at])
