"""Findings: what was wrong or odd: file, row, column, value, what was expected and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pandas as pd

from helpers.standard import STRING, as_table, constant, empty_table, labeled, stacked

__all__ = ["FOLD_BEYOND", "Findings", "findings_of"]

# Beyond this many per file, column and kind, value findings only raise the last one's `times`.
FOLD_BEYOND = 1000
_COLUMNS = ("row", "column", "value", "expected", "read_as", "kind", "action_taken")


class Findings:
    """Collector of one file's findings, in `parts`."""

    def __init__(self, silo: str | None, file: str) -> None:
        self.silo = silo
        self.file = file
        self._parts: list[pd.DataFrame] = []
        self._single: list[tuple[object, ...]] = []

    @property
    def parts(self) -> list[pd.DataFrame]:
        """The findings as frames, in the order of detection."""
        if self._single:
            self._parts.append(_frame(self._single))
            self._single = []
        return self._parts

    def rows(self) -> np.ndarray:
        """Return the distinct rows that findings name."""
        rows = [part["row"] for part in self.parts]
        return np.unique(pd.concat(rows).dropna().to_numpy("int64")) if rows else np.empty(0, "int64")

    def kinds(self) -> set[str]:
        """Return the kinds of findings so far."""
        return {str(kind) for part in self.parts for kind in part["kind"].unique()}

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
        self._single.append((row, column, value, expected, read_as, kind, action_taken))

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
        self.parts.append(pd.DataFrame(columns))

    def rows_set_aside(self) -> np.ndarray:
        """Return the distinct rows that could not be used."""
        rows = [part["row"][part["action_taken"].eq("row_set_aside")] for part in self.parts]
        return np.unique(pd.concat(rows).dropna().to_numpy("int64")) if rows else np.empty(0, "int64")

    def frame(self) -> pd.DataFrame:
        """Return the findings as the standard table, folded, in row order."""
        return findings_of([self])


def _frame(lines: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Build a part from single findings."""
    columns = zip(_COLUMNS, zip(*lines, strict=True), strict=True)
    dtypes: dict[str, Any] = {"row": "Int64"}
    return pd.DataFrame({name: pd.array(values, dtype=dtypes.get(name, STRING)) for name, values in columns})


def findings_of(several: Sequence[Findings]) -> pd.DataFrame:
    """Return the findings of several files as the standard table."""
    found = [one for one in several if one._parts or one._single]
    if not found:
        return empty_table("findings")
    sizes = [sum(map(len, one._parts)) + len(one._single) for one in found]
    frames: list[pd.DataFrame] = []
    # Files that aren't read have one finding each: thousands of them make one frame.
    for single, files in groupby(found, key=lambda one: not one._parts):
        inside = list(files)
        frames += (
            [_frame([line for one in inside for line in one._single])]
            if single
            else [frame for one in inside for frame in one.parts]
        )
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
