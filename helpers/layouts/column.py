"""One column of a native file: its type, format, codes and meaning, as a layout declares them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from helpers.layouts.bad_input import nearest
from helpers.layouts.formats import day_of, format_fault
from helpers.layouts.pattern import Pattern, shape_of

__all__ = ["STRICT", "Column", "code_set", "folded"]

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


# A declaration holds no name but its own, and doesn't change.
STRICT = ConfigDict(extra="forbid", frozen=True)


@lru_cache(1 << 14)
def folded(name: str) -> str:
    """Fold a head for comparison: case, spaces and punctuation don't count, unless there is nothing else.

    Examples
    --------
    >>> folded("Test RIT-Score") == folded("TestRITScore")
    True
    """
    return re.sub(r"[^\w#.@]|_", "", name.casefold()) or name.strip()


@cache
def code_set(name: str) -> Mapping[str, str]:
    """Read a named code set: vendor's value -> standard value, in the order in which it is declared."""
    path = CODES / f"{name}.toml"
    if not path.is_file():
        there = sorted(found.stem for found in path.parent.glob("*.toml"))
        raise ValueError(f"no code set {name!r}.{nearest(name, there)} There are: {', '.join(there)}")
    codes: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))["codes"]
    return codes


class Column(BaseModel):
    """One column of a native file, one scalar path of a nested one, or every column that no name takes.

    A column with a `pattern` has no name of its own and is named by that pattern. `markers` are texts that
    stand for a reason why there is no value; `in_rows` is what stands in this column in rows of structure;
    an `optional` column is one that some exports don't have, so that nobody misses it.
    """

    model_config = STRICT

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
    aliases: list[str] = []
    references: str | None = None
    exclusive: bool = False
    identification_system: str | None = None
    parts: Pattern | None = None
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
        for written in self.formats():
            if fault := format_fault(self.type, written):
                raise ValueError(f"column {self.name!r}: format {written!r} is {fault}")
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
        """Give vendor's value -> standard value; empty where the column has no codes."""
        if self.codes is None:
            return {}
        return code_set(self.codes) if isinstance(self.codes, str) else self.codes

    def formats(self) -> list[str]:
        """Give the declared formats; the first is the one written."""
        return [self.format] if isinstance(self.format, str) else list(self.format or [])

    def part_names(self) -> list[str]:
        """Name the parts of a cell, or of a list's items."""
        pattern = self.item or self.parts
        return list(shape_of(pattern).groups) if pattern else []
