"""Rows of a table that say something of its columns and nothing of anybody: how a layout tells them."""

from __future__ import annotations

import re
from typing import Self

from pydantic import BaseModel, field_validator, model_validator

from helpers.layouts.column import STRICT

__all__ = ["StructureRow"]


class StructureRow(BaseModel):
    """One kind of row that is structure: a row is one where everything that is declared here holds.

    `first` is a pattern of the row's first cell, `cells` one that every filled cell has (and there is one),
    and the columns of `empty` hold nothing in it: those that no row about a child leaves empty.
    """

    model_config = STRICT

    name: str
    empty: list[str]
    first: str | None = None
    cells: str | None = None
    written: str = ""
    required: bool = False

    @field_validator("first", "cells")
    @classmethod
    def _is_a_pattern(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from None
        return pattern

    @model_validator(mode="after")
    def _can_be_told_from_data(self) -> Self:
        if self.first is None and self.cells is None:
            raise ValueError(f"row {self.name!r} is told neither by its `first` cell nor by its `cells`")
        if not self.empty:
            raise ValueError(f"row {self.name!r} must name columns that are `empty` in it and full in data")
        if self.first is not None and not re.search(self.first, self.written):
            raise ValueError(f"row {self.name!r} is `written` {self.written!r}, where `first` finds nothing")
        return self
