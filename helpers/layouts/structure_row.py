"""Rows of a table that say something of its columns and nothing of anybody: how a layout tells them."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, model_validator

from helpers.layouts.column import STRICT
from helpers.layouts.pattern import Pattern, shape_of

__all__ = ["StructureRow"]


class StructureRow(BaseModel):
    """One kind of row that is structure: a row is one where everything that is declared here holds.

    `first` is a pattern of the row's first cell, `cells` one that every filled cell has (and there is one),
    and the columns of `empty` hold nothing in it: those that no row about a child leaves empty.
    """

    model_config = STRICT

    name: str
    empty: list[str]
    first: Pattern | None = None
    cells: Pattern | None = None
    written: str = ""
    required: bool = False

    @model_validator(mode="after")
    def _can_be_told_from_data(self) -> Self:
        if self.first is None and self.cells is None:
            raise ValueError(f"row {self.name!r} is told neither by its `first` cell nor by its `cells`")
        if not self.empty:
            raise ValueError(f"row {self.name!r} must name columns that are `empty` in it and full in data")
        if self.first is not None and not shape_of(self.first).search(self.written):
            raise ValueError(f"row {self.name!r} is `written` {self.written!r}, where `first` finds nothing")
        return self
