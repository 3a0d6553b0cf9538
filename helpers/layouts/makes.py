"""What a row of a native file makes: standard rows, by what is taken from where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, field_validator, model_validator

from helpers.layouts.bad_input import nearest
from helpers.layouts.column import STRICT
from helpers.layouts.formats import set_value_fault
from helpers.layouts.meanings import allowed_values, none_of
from helpers.layouts.tables import fact_tables, standard_table

__all__ = ["CELL", "Makes", "braced"]

CELL = "cell"
BRACED = re.compile(r"^\{(\w+)\}$")


def braced(source: str) -> str | None:
    """Give what a `take` in braces names: the cell, a group of its pattern or a row of structure.

    Examples
    --------
    >>> braced("{assignment_id}")
    'assignment_id'
    >>> braced("Section") is None
    True
    """
    found = BRACED.match(source)
    return found[1] if found else None


class Makes(BaseModel):
    """One kind of standard row that a source row gives, or each of its cells in columns of one pattern."""

    model_config = STRICT

    table: str
    take: dict[str, str] = {}
    set: dict[str, str | bool | float] = {}
    flags: dict[str, dict[str, str]] = {}
    where: dict[str, list[str]] = {}
    unless: dict[str, list[str]] = {}
    unless_empty: str | None = None
    each: str | None = None
    repeat: list[str] = []

    def written_out(self) -> list[Makes]:
        """Give one `makes` a group of columns, each with its `{n}` put in."""
        if not self.repeat:
            return [self]

        def put(text: Any, n: str) -> Any:
            return text.replace("{n}", n) if isinstance(text, str) else text

        return [
            self.model_copy(
                update={
                    "take": {target: put(source, n) for target, source in self.take.items()},
                    "set": {target: put(value, n) for target, value in self.set.items()},
                    "where": {put(name, n): values for name, values in self.where.items()},
                    "unless": {put(name, n): values for name, values in self.unless.items()},
                    "repeat": [],
                }
            )
            for n in self.repeat
        ]

    def of_cells(self) -> frozenset[str]:
        """Name what is taken in braces; where there is any, each cell of a pattern's columns gives a row."""
        named = [*self.take.values(), *self.where, *self.unless]
        return frozenset(name for source in named if (name := braced(source)) is not None)

    @field_validator("set", mode="before")
    @classmethod
    def _days_in_words(cls, given: Any) -> Any:
        """Take a day that TOML knows as one, written without quotes, as its text."""
        if not isinstance(given, dict):
            return given
        return {name: one.isoformat() if isinstance(one, date) else one for name, one in given.items()}

    @model_validator(mode="after")
    def _fills_columns_that_exist(self) -> Self:
        if self.table != "people" and self.table not in fact_tables():
            raise ValueError(
                f"no standard table {self.table!r}.{nearest(self.table, ['people', *fact_tables()])}"
            )
        if self.repeat and not any("{n}" in source for source in self.take.values()):
            raise ValueError("`repeat` with nothing to repeat: no `take` names a column with {n}")
        if self.of_cells() and (self.repeat or self.each):
            raise ValueError("one row a cell and `repeat` or `each` at once: no layout needs both")
        if self.each is not None and not self.each.endswith("[]"):
            raise ValueError(f"each = {self.each!r}: only elements of nested files, named like 'events[]'")
        # `local_id` says whose a fact is; it is no column of a fact.
        known = {*standard_table(self.table).dtypes(), "local_id"}
        for target in [*self.take, *self.set, *self.flags]:
            if target not in known:
                raise ValueError(f"table {self.table!r} has no column {target!r}.{nearest(target, known)}")
        if faults := list(_set_faults(self)):
            raise ValueError("; ".join(faults))
        return self


def _set_faults(makes: Makes) -> Iterator[str]:
    """Name what a `makes` sets that its table can't hold."""
    types = {column.name: column.type for column in standard_table(makes.table).columns}
    for target, value in makes.set.items():
        if target in makes.take:
            yield f"{target!r} is filled by take and by set: leave one of them out"
        given = [value]
        if isinstance(value, str) and makes.repeat:
            given = [value.replace("{n}", n) for n in makes.repeat]
        for one in given:
            closed = allowed_values(target)
            if fault := set_value_fault(types.get(target, "string"), one):
                yield f"set: {target} = {one!r} {fault}"
            elif closed is not None and one not in closed:
                yield none_of(f"set: {target}", one, closed)
    filled = {*makes.take, *makes.set, *makes.flags}
    if makes.unless_empty is not None and makes.unless_empty not in filled:
        asked = nearest(makes.unless_empty, filled)
        yield f"unless_empty is {makes.unless_empty!r}, which nothing fills.{asked}"
