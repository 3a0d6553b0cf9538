"""Columns by pattern -> one standard row a cell: a gradebook has a column an assignment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.files.column_values import ColumnValues
from helpers.files.findings import Findings
from helpers.files.structure_rows import StructureCells
from helpers.files.values import read_column, trimmed
from helpers.layouts import CELL, Column, FileLayout, Makes, braced, shape_of
from helpers.standard import STRING, constant, stacked, standard_table

__all__ = ["CellRows", "cell_rows"]


class CellRows:
    """The cells of a pattern's columns, as they follow one another: a source row's cells from left to right.

    Parameters
    ----------
    names
        Names of the columns in the file.
    rows
        How many source rows there are.
    """

    def __init__(self, names: Sequence[str], rows: int) -> None:
        self.names = list(names)
        self.source = np.repeat(np.arange(rows), len(self.names))
        self.column = np.tile(np.arange(len(self.names)), rows)
        self._places = self.column * rows + self.source

    def of_rows(self, values: pd.Series) -> pd.Series:
        """Repeat what a source row says for each of its cells."""
        return pd.Series(values.array.take(self.source))

    def of_columns(self, values: pd.Series) -> pd.Series:
        """Repeat what is true of a column for each of its cells."""
        return pd.Series(values.array.take(self.column))

    def of_cells(self, stacked: pd.Series) -> pd.Series:
        """Put cells that come column by column in order of rows."""
        return pd.Series(stacked.array.take(self._places))


def cell_rows(
    file: FileLayout,
    makes: Makes,
    columns: Mapping[str, Column],
    values: ColumnValues,
    text: pd.DataFrame,
    structure: Mapping[str, StructureCells],
    findings: Findings,
) -> tuple[CellRows, dict[str, pd.Series], np.ndarray]:
    """Give what the cells of a pattern's columns say, one row a cell.

    Parameters
    ----------
    file, makes
        The kind of file and what its cells make.
    columns, values, text
        Declaration, what was read and what was written, by name in the file.
    structure
        Rows of structure, of which a cell in the same column can be taken.
    findings
        Gets cells of structure that aren't of the standard column's type.

    Returns
    -------
    CellRows
        Which cell each row is.
    dict
        Standard column -> values, for what is taken in braces.
    numpy.ndarray
        Boolean: the cells that `where` and `unless` leave.
    """
    pattern = file.pattern_of(makes)
    assert pattern is not None  # the layout was checked
    cells = CellRows([name for name, column in columns.items() if column is pattern], len(text))
    keep = np.ones(len(cells.source), bool)
    if not cells.names:
        return cells, {}, keep

    for chosen, there in ((makes.where, True), (makes.unless, False)):
        for source, texts in chosen.items():
            name = braced(source)
            if name == CELL:
                written = trimmed(stacked([text[column] for column in cells.names]))
                keep &= cells.of_cells(written).isin(texts).to_numpy(bool) == there
            elif name is not None:
                said = _of_columns(name, cells.names, pattern, structure).isin(texts).to_numpy(bool)
                keep &= said[cells.column] == there
    taken: dict[str, pd.Series] = {}
    dtypes = standard_table(makes.table).dtypes()
    for target, source in makes.take.items():
        name = braced(source)
        if name is None:
            continue
        if name == CELL:
            below = values.below(cells.names)
            taken[target] = cells.of_cells(below.values)
            if below.status is not None and f"{target}_status" in dtypes:
                taken[f"{target}_status"] = cells.of_cells(below.status)
            continue
        by_column = _of_columns(name, cells.names, pattern, structure)
        if name in structure:
            used = np.zeros(len(cells.names), bool)
            used[cells.column[keep]] = True
            by_column = by_column.where(used)
            by_column = _as_standard(by_column, cells.names, structure[name], makes.table, target, findings)
        taken[target] = cells.of_columns(by_column)
    return cells, taken, keep


def _of_columns(
    name: str, columns: Sequence[str], pattern: Column, structure: Mapping[str, StructureCells]
) -> pd.Series:
    """Give a group of the pattern, or the cell of a row of structure, for each column."""
    shape = shape_of(str(pattern.pattern))
    if name in shape.groups:
        return shape.parts_of(pd.Series(columns, dtype=STRING))[name]
    if name not in structure:
        return pd.Series(constant(None, len(columns)))
    return pd.Series([structure[name].cells.get(one) or None for one in columns], dtype=STRING)


def _as_standard(
    text: pd.Series,
    columns: Sequence[str],
    row: StructureCells,
    table: str,
    target: str,
    findings: Findings,
) -> pd.Series:
    """Read cells of a row of structure as the standard column's type."""
    kind = next(one.type for one in standard_table(table).columns if one.name == target)
    read = Column.model_validate({"name": target, "type": kind})
    quiet = Findings(None, "")
    at_once = read_column(text, read, np.full(len(text), row.row), quiet, name=target).values
    if not len(quiet.rows()):
        return at_once
    parts = [
        read_column(text.iloc[[place]], read, np.array([row.row]), findings, name=columns[place]).values
        for place in range(len(text))
    ]
    return pd.concat(parts, ignore_index=True)
