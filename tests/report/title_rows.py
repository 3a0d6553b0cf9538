"""Read the numbers behind a picture, and register checks of pictures' titles."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.report.read_pages import Picture

__all__ = [
    "TITLES",
    "Title",
    "are_lowest",
    "between",
    "cells",
    "joined",
    "listed",
    "number",
    "numbers",
    "row_of",
    "same_system",
    "says",
    "shown_by",
    "values",
]

Check = Callable[[re.Match[str], Picture], bool]


@dataclass(frozen=True)
class Title:
    """A title that a picture may have, and whether its numbers show it."""

    pattern: re.Pattern[str]
    holds: Check


TITLES: list[Title] = []


def shown_by(*patterns: str) -> Callable[[Check], Check]:
    """Register a check for titles of these patterns."""

    def register(check: Check) -> Check:
        TITLES.extend(Title(re.compile(pattern), check) for pattern in patterns)
        return check

    return register


def number(text: str | None) -> float:
    """Return the number of a text: none is 0, and a dash is no number."""
    bare = (text or "").replace(",", "").strip("%+")
    if bare.lower() in ("none", "no"):
        return 0.0
    return float(bare) if re.fullmatch(r"-?\d+(\.\d+)?", bare) else math.nan


def cells(picture: Picture, head: str, where: Callable[[dict[str, str]], bool] | None = None) -> list[str]:
    """Return the cells of a column by its heading, without its unit, in rows that fit."""
    heads = [re.sub(r" \(.*", "", one) for one in picture.rows[0]]
    place = (picture.rows[0] if head in picture.rows[0] else heads).index(head)
    rows = [dict(zip(heads, row, strict=True)) | {head: row[place]} for row in picture.rows[1:]]
    return [row[head] for row in rows if where is None or where(row)]


def numbers(
    picture: Picture, head: str, where: Callable[[dict[str, str]], bool] | None = None
) -> list[float]:
    """Return the numbers of a column; a cell without one is NaN, which equals and orders nothing."""
    return [number(cell) for cell in cells(picture, head, where)]


def values(picture: Picture, column: int = 1) -> dict[str, float]:
    """Return the numbers of a column by the rows' names."""
    return {row[0]: number(row[column]) for row in picture.rows[1:]}


def rows_of(picture: Picture, name: str, column: int = 0) -> list[list[str]]:
    """Return the rows of a name, in capitals or not."""
    return [row for row in picture.rows[1:] if row[column].casefold() == name.casefold()]


def row_of(picture: Picture, name: str) -> list[float]:
    """Return the numbers of the only row of a name."""
    (row,) = rows_of(picture, name)
    return [number(cell) for cell in row[1:]]


def says(text: str, exact: float, shown_to: float = 0.0) -> bool:
    """Check that a text is a number, rounded; `shown_to` is how far the table's own rounding may move it."""
    digits = len(text.partition(".")[2].rstrip("%"))
    return abs(number(text) - exact) <= 0.5 * 10.0**-digits + shown_to + 1e-9


def listed(text: str) -> set[str]:
    """Return the names of a list."""
    return {name.casefold() for name in re.split(r", and |, | and ", text)}


def are_lowest(names: set[str], by_name: Mapping[str, float], best: Callable[..., float] = min) -> bool:
    """Check that the names are all those with the lowest number, ties too, and no others."""
    end = best(by_name.values())
    return names == {name.casefold() for name, value in by_name.items() if value == end}


def between(text: str, sure: int, possible: int) -> bool:
    """Check a count that the table's rounding may hide by a few."""
    return sure <= number(text) <= possible


def same_system(spoken: str, short: str) -> bool:
    """Check that a name within a sentence is a system's short name: the learning management system is LMS."""
    bare = spoken.removeprefix("the ")
    return bare.casefold() == short.casefold() or "".join(word[0] for word in bare.split()).upper() == short


def joined(parts: set[str], names: Iterable[str]) -> set[str]:
    """Return the names whose parts are all in a list: a name may have an `and` of its own."""
    whole = {name.casefold() for name in names if listed(name) <= parts}
    return whole if parts == {part for name in whole for part in listed(name)} else set()
