"""Findings: what was wrong or odd, with file, row, column, value, what was expected and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.layouts import STRING, as_table, constant, empty_table

__all__ = ["FOLD_BEYOND", "Findings", "fold"]

# Beyond this many a file, column and kind, equal value findings are folded into the last one's `times`.
FOLD_BEYOND = 1000


class Findings:
    """Collects the findings of one file."""

    def __init__(self, silo: str | None, file: str) -> None:
        self.silo = silo
        self.file = file
        self._parts: list[pd.DataFrame] = []

    def rows(self) -> np.ndarray:
        """Give the rows that findings name, each once."""
        rows = [part["row"] for part in self._parts]
        return np.unique(pd.concat(rows).dropna().to_numpy("int64")) if rows else np.empty(0, "int64")

    def add(
        self,
        kind: str,
        done: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        expected: str | None = None,
        read_as: str | None = None,
    ) -> None:
        """Add one finding; `row` stays empty where it is about the whole file."""
        rows: Sequence[int | None] = [row]
        self.add_rows(kind, done, rows, column=column, value=value, expected=expected, read_as=read_as)

    def add_rows(
        self,
        kind: str,
        done: str,
        rows: Any,
        *,
        column: str | None = None,
        value: Any = None,
        expected: Any = None,
        read_as: Any = None,
    ) -> None:
        """Add one finding a row; value, expected and read_as are one text for all, or one a row."""
        count = len(rows)
        if not count:
            return
        given = {"column": column, "value": value, "expected": expected, "read_as": read_as}
        columns: dict[str, Any] = {"row": pd.array(rows, dtype="Int64")}
        for name, one in {**given, "kind": kind, "done": done}.items():
            same = one is None or isinstance(one, str)
            columns[name] = constant(one, count) if same else pd.array(one, dtype=STRING)
        frame = pd.DataFrame(columns)
        self._parts.append(frame)

    def rows_set_aside(self) -> np.ndarray:
        """Rows that could not be used, each once."""
        rows = [part.loc[part["done"] == "row_set_aside", "row"] for part in self._parts]
        if not rows:
            return np.empty(0, "int64")
        return np.unique(pd.concat(rows).dropna().to_numpy("int64"))

    def frame(self) -> pd.DataFrame:
        """Give the findings as the standard table, folded, in order of rows."""
        if not self._parts:
            return empty_table("findings")
        whole = pd.concat(self._parts, ignore_index=True)
        for name in ("column", "value", "expected", "read_as"):
            empty = (whole[name] == "").fillna(False).to_numpy(bool)  # a head, or a cell, of nothing
            if empty.any():
                whole[name] = whole[name].mask(empty)
        whole["silo"] = constant(self.silo, len(whole))
        whole["file"] = constant(self.file, len(whole))
        whole["times"] = pd.array(np.ones(len(whole), "int64"), dtype="Int64")
        whole = whole.sort_values("row", kind="stable", na_position="first")
        return as_table("findings", fold(whole))


def fold(findings: pd.DataFrame) -> pd.DataFrame:
    """Fold value findings beyond `FOLD_BEYOND` a column and kind into the last one's `times`.

    Parameters
    ----------
    findings
        Findings of one file, in order of rows.

    Returns
    -------
    pandas.DataFrame
        The same findings; rows set aside are never folded, and `times` adds up to what came in.
    """
    if len(findings) <= FOLD_BEYOND:
        return findings
    foldable = findings["done"] != "row_set_aside"
    groups = findings[foldable].groupby(["column", "kind", "done"], dropna=False, sort=False)
    place = groups.cumcount()
    size = groups["times"].transform("size")
    kept = place < FOLD_BEYOND
    last = kept & (place == FOLD_BEYOND - 1) & (size > FOLD_BEYOND)
    result = findings.drop(index=place.index[~kept])
    result.loc[last.index[last], "times"] = pd.array((size[last] - FOLD_BEYOND + 1).to_numpy(), dtype="Int64")
    return result
