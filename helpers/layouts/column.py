"""Models of a column, its patterns and its structure rows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, ConfigDict, model_validator

from helpers.layouts.formats import day_of, format_fault
from helpers.standard import STRING, StrictModel, nearest
from helpers.systems import systems

__all__ = [
    "LONGEST_PATTERN",
    "STRICT",
    "Column",
    "Pattern",
    "Shape",
    "StructureRow",
    "code_set",
    "folded",
    "shape_of",
]


LONGEST_PATTERN = 1_000  # characters; the kit's own longest has 110
LETTER, SPACE = r"\pL\pN_", r"\t-\r\x1c-\x20\x{85}\pZ"
# What an escape means in every script: outside and inside [ ]. None: RE2 can't express it.
SIGNS: dict[str, tuple[str | None, str | None]] = {
    "w": (f"[{LETTER}]", LETTER),
    "W": (f"[^{LETTER}]", None),
    "d": (r"\p{Nd}", r"\p{Nd}"),
    "D": (r"\P{Nd}", r"\P{Nd}"),
    "s": (f"[{SPACE}]", SPACE),
    "S": (f"[^{SPACE}]", None),
    "b": (None, r"\x08"),
    "B": (None, None),
    "Z": (r"\z", None),
    **dict.fromkeys("123456789", (None, None)),
}
GROUP = re.compile(r"\(\?P<(\w+)>")
FEWER = re.compile(r"\{,(\d+)\}")
WIDE = re.compile(r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})")
INSTEAD = "say what stands there instead, since a pattern is read once, from left to right"


def _class(pattern: str, at: int) -> tuple[str, int]:
    """Translate a ``[…]`` class for RE2; also return where it ends."""
    begin = at
    at += 2 if pattern.startswith("[^", at) else 1
    out = [pattern[begin:at]]
    first = True
    while first or pattern[at] != "]":
        first = False
        if wide := WIDE.match(pattern, at):
            out.append(rf"\x{{{wide[1] or wide[2]}}}")
            at = wide.end()
        elif pattern[at] == "\\":
            out.append(_sign(pattern[at + 1], 1))
            at += 2
        else:  # [[:alpha:]] would mean something else
            out.append(r"\[" if pattern[at] == "[" else r"\]" if pattern[at] == "]" else pattern[at])
            at += 1
    return "".join(out) + "]", at + 1


def _sign(letter: str, inside: int) -> str:
    meant = SIGNS[letter][inside] if letter in SIGNS else f"\\{letter}"
    if meant is None:
        where = " inside [ ]" if inside else ""
        raise ValueError(f"\\{letter}{where} can't be used: {INSTEAD}")
    return meant


def _for_re2(pattern: str) -> tuple[str, tuple[str, ...]]:
    """Translate a Python pattern for RE2; also return the names of its groups."""
    out, names, at = [], [], 0
    while at < len(pattern):
        if wide := WIDE.match(pattern, at):
            out.append(rf"\x{{{wide[1] or wide[2]}}}")
            at = wide.end()
        elif pattern[at] == "\\":
            out.append(_sign(pattern[at + 1], 0))
            at += 2
        elif pattern[at] == "[":
            text, at = _class(pattern, at)
            out.append(text)
        elif named := GROUP.match(pattern, at):
            names.append(named[1])
            out.append(named[0])
            at = named.end()
        elif pattern.startswith("(?", at):
            if looks := re.compile(r"\(\?(<?[=!]|>|\(|#|P=)").match(pattern, at):
                raise ValueError(f"{looks[0]} can't be used: {INSTEAD}")
            out.append("(?")
            at += 2
        elif pattern[at] == "(":  # only named groups capture
            out.append("(?:")
            at += 1
        elif fewer := FEWER.match(pattern, at):
            out.append(f"{{0,{fewer[1]}}}")
            at = fewer.end()
        else:
            out.append(pattern[at])
            at += 1
    return "".join(out), tuple(names)


@dataclass(frozen=True)
class Shape:
    """A compiled pattern, ready to search with."""

    # The pattern in RE2 syntax.
    searched: str
    # Names of its groups, from left to right.
    groups: tuple[str, ...]

    def found_in(self, texts: Iterable[str | None], *, at_start: bool = False) -> np.ndarray:
        """Test which texts match anywhere, or at the start; missing ones never match."""
        pattern = rf"\A(?:{self.searched})" if at_start else self.searched
        found = pc.match_substring_regex(_texts(texts), pattern)
        return np.asarray(pc.fill_null(found, False)).astype(bool)

    def search(self, text: str) -> bool:
        """Return whether the pattern matches anywhere in a text."""
        return bool(self.found_in([text])[0])

    def parts_of(self, texts: pd.Series) -> pd.DataFrame:
        """Extract its groups: one column per group, missing without a match or where the group is empty."""
        parts = pc.extract_regex(_texts(texts), self.searched)
        empty = pa.scalar(None, pa.large_string())
        taken = {
            name: pc.if_else(pc.equal(part, ""), empty, part).cast(pa.large_string())
            for name, part in zip(self.groups, parts.flatten(), strict=True)
        }
        return pd.DataFrame(
            {name: pd.array(part, dtype=STRING) for name, part in taken.items()}, index=texts.index
        )


def _texts(texts: Iterable[str | None]) -> pa.Array:
    array = pa.array(texts, pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


@lru_cache(1 << 12)
def shape_of(pattern: str) -> Shape:
    r"""Compile a pattern of a layout.

    Parameters
    ----------
    pattern
        A Python regular expression.

    Returns
    -------
    Shape
        A matcher whose time grows only with the length of the text.

    Raises
    ------
    ValueError
        When it is invalid, is too long, or needs what RE2 lacks: lookarounds and backreferences.

    Examples
    --------
    >>> shape_of(r"^(?P<term>\w+) \d{4}").search("Otoño 2026")
    True
    """
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"a pattern has at most {LONGEST_PATTERN:,} characters, not {len(pattern):,}")
    try:
        re.compile(pattern)
        searched, names = _for_re2(pattern)
        pc.match_substring_regex(pa.array([""]), searched)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    except pa.ArrowInvalid as error:
        reason = str(error).partition("Invalid regular expression: ")[2] or str(error)
        raise ValueError(f"can't be used: {reason}; {INSTEAD}") from None
    return Shape(searched, names)


def _can_be_used(pattern: str) -> str:
    shape_of(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_can_be_used)]


NUMBER = re.compile(r"-?\d+(\.\d+)?")
CODES = Path(__file__).parent / "codes"

ColumnType = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "date",
    "time",
    "datetime",
    "year",
    "school_year",
    "code",
    "list",
]


# A declaration has only declared keys, and never changes.
STRICT = ConfigDict(extra="forbid", frozen=True)


@lru_cache(1 << 14)
def folded(name: str) -> str:
    """Fold a header for comparison: ignore case, spaces and punctuation, unless there is nothing else.

    Examples
    --------
    >>> folded("Test RIT-Score") == folded("TestRITScore")
    True
    """
    return re.sub(r"[^\w#.@]|_", "", name.casefold()) or name.strip()


@cache
def code_set(name: str) -> Mapping[str, str]:
    """Read a named code set: vendor's value -> standard value, in declared order; those of `same` are both.

    >>> [code_set("grade_level")[value] for value in ("KG", "K")]
    ['KG', 'KG']
    """
    there = _code_files()
    if name not in there:
        raise ValueError(f"no code set {name!r}.{nearest(name, there)} There are: {', '.join(there)}")
    declared = tomllib.loads(there[name].read_text(encoding="utf-8"))
    return {**{value: value for value in declared.get("same", ())}, **declared.get("codes", {})}


@cache
def _code_files() -> Mapping[str, Path]:
    """Find the file of each code set: the shared ones and each system's own."""
    folders = [CODES, *(system.folder / CODES.name for system in systems().values())]
    found = {path.stem: path for place in folders for path in place.glob("*.toml")}
    return {name: found[name] for name in sorted(found)}


class Column(StrictModel):
    """One column of a native file, one scalar path of a nested file, or all columns that a pattern matches.

    A column with a `pattern` is named by that pattern. `markers` are texts that give a reason for a missing
    value. `in_rows` gives this column's text in structure rows. Some exports lack an `optional` column, so we
    don't report it as missing. `at_least` and `at_most` name columns that limit a number. `parts` apply to
    the rows of `parts_where`.
    """

    name: str
    pattern: Pattern | None = None
    type: ColumnType = "string"
    format: str | list[str] | None = None
    namespace: str | None = None
    json_number: bool = False
    unit: str | None = None
    codes: dict[str, str] | str | None = None
    markers: dict[str, str] = {}
    in_rows: dict[str, str] = {}
    required: bool = False
    optional: bool = False
    max_length: int | None = None
    minimum: str | float | None = None
    maximum: str | float | None = None
    at_least: str | None = None
    at_most: str | None = None
    aliases: list[str] = []
    references: str | None = None
    exclusive: bool = False
    identification_system: str | None = None
    parts: Pattern | None = None
    parts_where: dict[str, list[str]] = {}
    item: Pattern | None = None
    sensitivity: Literal["public", "internal", "restricted"] = "restricted"
    term: str | None = None
    meaning: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _pattern_in_place_of_a_name(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("pattern") is not None:
            if given.get("name", given["pattern"]) != given["pattern"]:
                raise ValueError(
                    f"column {given['name']!r} has a name and a pattern: only one can say which it is"
                )
            return {**given, "name": given["pattern"]}
        return given

    @model_validator(mode="after")
    def _codes_are_there(self) -> Self:
        if self.type == "code" and self.codes is None:
            raise ValueError(f"column {self.name!r} is of type code and names no codes")
        if isinstance(self.codes, str):
            code_set(self.codes)
        if self.optional and self.required:
            raise ValueError(f"column {self.name!r} can't be optional and required")
        if self.markers and self.codes is not None:
            raise ValueError(f"column {self.name!r} has codes: what a marker says is one of them")
        return self

    @model_validator(mode="after")
    def _formats_mean_something(self) -> Self:
        for declared in self.formats():
            if fault := format_fault(self.type, declared):
                raise ValueError(f"column {self.name!r}: format {declared!r} is {fault}")
        for name, limit in (("minimum", self.minimum), ("maximum", self.maximum)):
            if limit is None or self.type not in ("date", "datetime", "number", "integer"):
                continue
            of_days = self.type in ("date", "datetime")
            if day_of(str(limit)) is None if of_days else not NUMBER.fullmatch(str(limit)):
                like = "a day, year first, such as '2000-01-01'" if of_days else "a number"
                raise ValueError(
                    f"column {self.name!r}: {name} {limit!r} is no limit of a {self.type}: write {like}"
                )
        return self

    def code_map(self) -> Mapping[str, str]:
        """Map the vendor's values to standard values; empty where the column has no codes."""
        if self.codes is None:
            return {}
        return code_set(self.codes) if isinstance(self.codes, str) else self.codes

    def bounds(self) -> dict[str, str]:
        """Return the columns that limit this one's numbers: the least one, and the greatest."""
        given = {"at least": self.at_least, "at most": self.at_most}
        return {word: source for word, source in given.items() if source is not None}

    def formats(self) -> list[str]:
        """Return the declared formats; the generator uses the first."""
        return [self.format] if isinstance(self.format, str) else list(self.format or [])

    def part_names(self) -> list[str]:
        """List the parts of a cell, or of a list's items."""
        pattern = self.item or self.parts
        return list(shape_of(pattern).groups) if pattern else []


class StructureRow(StrictModel):
    """One kind of structure row: a row is one when it meets every condition declared here.

    `first` is a pattern for the row's first cell. `cells` is a pattern that every filled cell matches (at
    least one is filled). The columns of `empty` are empty: columns that every row about a child fills.
    """

    name: str
    empty: list[str]
    first: Pattern | None = None
    cells: Pattern | None = None
    written: str = ""
    required: bool = False

    @model_validator(mode="after")
    def _differs_from_data(self) -> Self:
        if self.first is None and self.cells is None:
            raise ValueError(f"row {self.name!r} is told neither by its `first` cell nor by its `cells`")
        if not self.empty:
            raise ValueError(f"row {self.name!r} must name columns that are `empty` in it and full in data")
        if self.first is not None and not shape_of(self.first).search(self.written):
            raise ValueError(f"row {self.name!r} is `written` {self.written!r}, where `first` finds nothing")
        return self
