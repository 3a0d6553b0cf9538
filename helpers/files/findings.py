"""Findings: what was wrong or odd: file, row, column, value, what was expected and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from helpers.standard import STRING, as_table, constant, empty_table, labeled, stacked

__all__ = ["FOLD_BEYOND", "Findings", "findings_of", "fold"]

# Beyond this many per file, column and kind, value findings only raise the last one's `times`.
FOLD_BEYOND = 1000


class Findings:
    """Collector of one file's findings, in `parts` of one kind each."""

    def __init__(self, silo: str | None, file: str) -> None:
        self.silo = silo
        self.file = file
        self.parts: list[pd.DataFrame] = []
        self._actions: list[str] = []

    def rows(self) -> np.ndarray:
        """Return the distinct rows that findings name."""
        rows = [part["row"] for part in self.parts]
        return np.unique(pd.concat(rows).dropna().to_numpy("int64")) if rows else np.empty(0, "int64")

    def add(
        self,
        kind: str,
        action_taken: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        expected: str | None = None,
        read_as: str | None = None,
    ) -> None:
        """Add one finding; `row` stays empty if it is about the whole file."""
        rows: Sequence[int | None] = [row]
        self.add_rows(
            kind, action_taken, rows, column=column, value=value, expected=expected, read_as=read_as
        )

    def add_rows(
        self,
        kind: str,
        action_taken: str,
        rows: Any,
        *,
        column: str | None = None,
        value: Any = None,
        expected: Any = None,
        read_as: Any = None,
    ) -> None:
        """Add one finding per row; value, expected and read_as are one text for all, or one per row."""
        count = len(rows)
        if not count:
            return
        given = {"column": column, "value": value, "expected": expected, "read_as": read_as}
        columns: dict[str, Any] = {"row": pd.array(rows, dtype="Int64")}
        for name, one in {**given, "kind": kind, "action_taken": action_taken}.items():
            same = one is None or isinstance(one, str)
            columns[name] = constant(one, count) if same else pd.array(one, dtype=STRING)
        frame = pd.DataFrame(columns)
        self.parts.append(frame)
        self._actions.append(action_taken)

    def rows_set_aside(self) -> np.ndarray:
        """Return the distinct rows that could not be used."""
        rows = [
            part["row"]
            for part, action in zip(self.parts, self._actions, strict=True)
            if action == "row_set_aside"
        ]
        return np.unique(pd.concat(rows).dropna().to_numpy("int64")) if rows else np.empty(0, "int64")

    def frame(self) -> pd.DataFrame:
        """Return the findings as the standard table, folded, in row order."""
        return findings_of([self])


def findings_of(several: Sequence[Findings]) -> pd.DataFrame:
    """Return the findings of several files as the standard table."""
    found = [one for one in several if one.parts]
    if not found:
        return empty_table("findings")
    frames = [frame for one in found for frame in one.parts]
    sizes = [sum(map(len, one.parts)) for one in found]
    whole = pd.concat(frames, ignore_index=True)
    for name in ("column", "value", "expected", "read_as"):
        empty = (whole[name] == "").fillna(False).to_numpy(bool)  # an empty header or cell
        if empty.any():
            whole[name] = whole[name].mask(empty)
    number = np.repeat(np.arange(len(found)), sizes)
    whole["silo"] = stacked(
        [pd.Series(constant(one.silo, size)) for one, size in zip(found, sizes, strict=True)]
    )
    whole["file"] = labeled(number, [one.file for one in found])
    whole["times"] = pd.array(np.ones(len(whole), "int64"), dtype="Int64")
    # The whole file first, then row by row, in the order of detection.
    order = np.lexsort([whole["row"].fillna(-1).to_numpy("int64"), number])
    whole = whole.take(order).reset_index(drop=True)
    if max(sizes) > FOLD_BEYOND:
        begins = np.cumsum([0, *sizes])
        parts = [whole.iloc[begin:end] for begin, end in pairwise(begins)]
        whole = pd.concat([fold(part) for part in parts], ignore_index=True)
    return as_table("findings", whole)


def fold(findings: pd.DataFrame) -> pd.DataFrame:
    """Fold value findings beyond `FOLD_BEYOND` per column and kind into the last one's `times`."""
    if len(findings) <= FOLD_BEYOND:
        return findings
    foldable = findings["action_taken"] != "row_set_aside"
    groups = findings[foldable].groupby(["column", "kind", "action_taken"], dropna=False, sort=False)
    place = groups.cumcount()
    size = groups["times"].transform("size")
    kept = place < FOLD_BEYOND
    last = kept & (place == FOLD_BEYOND - 1) & (size > FOLD_BEYOND)
    result = findings.drop(index=place.index[~kept])
    result.loc[last.index[last], "times"] = pd.array((size[last] - FOLD_BEYOND + 1).to_numpy(), dtype="Int64")
    return result
