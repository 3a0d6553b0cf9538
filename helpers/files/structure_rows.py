"""Rows that are structure: points to be had, marks of hidden columns, a header that stands there again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.parsed import Parsed
from helpers.files.values import is_blank
from helpers.layouts import Column, FileLayout, StructureRow, shape_of

__all__ = ["StructureCells", "without_structure"]


@dataclass(frozen=True)
class StructureCells:
    """What a row of structure says of the columns.

    Attributes
    ----------
    row
        Its place in the file.
    cells
        Trimmed text by name of the column in the file.
    """

    row: int
    cells: dict[str, str]


def _is(cells: Sequence[str], kind: StructureRow) -> bool:
    """Say whether a row that lacks what data has is of a declared kind."""
    if kind.first is not None and not shape_of(kind.first).search(cells[0]):
        return False
    filled = [cell.strip() for cell in cells if cell.strip()]
    return kind.cells is None or (bool(filled) and bool(shape_of(kind.cells).found_in(filled).all()))


def _may_be(rows: pd.DataFrame, kind: StructureRow, columns: Mapping[str, Column]) -> np.ndarray:
    """Find the few rows that may be structure: those that lack what each row of data has."""
    may = np.ones(len(rows), bool)
    for name, column in columns.items():
        if column.name in kind.empty:
            left = np.flatnonzero(may)
            if not len(left):
                break
            may[left] = is_blank(rows[name] if len(left) == len(rows) else rows[name].iloc[left])
    return may


def without_structure(
    parsed: Parsed, file: FileLayout, columns: Mapping[str, Column], findings: Findings
) -> tuple[Parsed, dict[str, StructureCells]]:
    """Take out rows of structure, and a header that stands in the file again.

    Parameters
    ----------
    parsed
        Rows of one file.
    file
        Its kind.
    columns
        Name in the file -> declaration.
    findings
        Gets not_a_child for rows of totals, pages and notes, row_repeated for a header, or a row of
        structure, that is there a second time, and required_empty for one that is not there.

    Returns
    -------
    Parsed
        Rows of data.
    dict
        The rows of structure by the name that the layout gives them.
    """
    rows = parsed.table.rows
    there: dict[str, StructureCells] = {}
    if file.nested:
        return parsed, there
    structure = np.zeros(len(rows), bool)
    again = np.zeros(len(rows), bool)
    kept_out: list[tuple[int, str]] = []
    for kind in file.not_data if len(rows) else []:
        for place in np.flatnonzero(_may_be(rows, kind, columns) & ~structure & ~again):
            cells = ["" if cell is pd.NA else str(cell) for cell in rows.iloc[place]]
            if not _is(cells, kind):
                continue
            # Totals and page heads may come again; what a system writes once may not.
            again[place] = kind.name in there and (kind.required or kind.first is None)
            structure[place] = not again[place]
            by_column = {str(name): cell.strip() for name, cell in zip(rows.columns, cells, strict=True)}
            if kind.first is not None and not kind.required:
                kept_out.append((int(parsed.row[place]), kind.name))
            there.setdefault(kind.name, StructureCells(int(parsed.row[place]), by_column))
    for kind in file.not_data:
        if kind.required and kind.name not in there:
            findings.add("required_empty", "nothing", expected=f"a row {kind.written.strip() or kind.name}")
    findings.add_rows(
        "not_a_child",
        "nothing",
        [row for row, _ in kept_out],
        expected=[f"a child, not a row of {name}" for _, name in kept_out],
    )
    findings.add_rows(
        "row_repeated", "row_set_aside", parsed.row[again], expected="this row of structure once"
    )
    header = np.zeros(len(rows), bool)
    head = parsed.table.header[0] if file.header_row and parsed.table.header else None
    if head and len(rows):
        same = (rows.iloc[:, 0] == head).fillna(False).to_numpy(bool)
        for place in np.flatnonzero(same):
            header[place] = [str(cell).strip() for cell in rows.iloc[place]] == list(parsed.table.header)
    findings.add_rows(
        "row_repeated", "row_set_aside", parsed.row[header], expected="data, not the header again"
    )
    left = parsed.without(structure | again | header)
    return Parsed(left.table, left.row, left.rows, left.structure + int(structure.sum())), there
