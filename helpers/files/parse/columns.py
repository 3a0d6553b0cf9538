"""Select a file's columns by name or pattern, without structure rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.parse.values import Values, is_blank, read_column, trimmed, without_odd_ids
from helpers.files.text_table import Parsed
from helpers.layouts import CELL, Column, FileLayout, Makes, StructureRow, braced, shape_of
from helpers.standard import STRING, constant, stacked, standard_table

__all__ = ["ColumnValues", "StructureCells", "TextColumns", "cell_rows", "read_columns", "without_structure"]


# Up to this many rows, columns with equal declarations are read together; beyond, it saves nothing.
AT_ONCE = 2000
READ_BY = (
    *("type", "format", "codes", "markers", "required", "max_length"),
    *("minimum", "maximum", "exclusive", "item", "parts"),
)


@dataclass(frozen=True)
class TextColumns:
    """The text of a file, each column's declaration, its row numbers and its findings."""

    table: pd.DataFrame
    columns: Mapping[str, Column]
    rows: np.ndarray
    findings: Findings
    epoch: int = 1900  # first year in the spreadsheet's date system


class ColumnValues(Mapping[str, Values]):
    """Values by column name in the file; columns read together are split on access."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._blocks: dict[str, tuple[Values, int | None]] = {}

    def add(self, name: str, values: Values, begin: int | None = None) -> None:
        """Add a column; `begin` is its first row within a block, None if it has no block."""
        self._blocks[name] = (values, begin)

    def __getitem__(self, name: str) -> Values:
        values, begin = self._blocks[name]
        if begin is None:
            return values
        parted = values.part(begin, begin + self._rows)
        self._blocks[name] = (parted, None)
        return parted

    def __iter__(self) -> Iterator[str]:
        return iter(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)

    def below(self, names: Sequence[str]) -> Values:
        """Concatenate some columns."""
        parts: list[Values] = []
        for block, begin, end in self._runs(names):
            parts.append(block if begin is None else block.part(begin, end))
        if len(parts) == 1:
            return parts[0]
        reasons = [one.status for one in parts if one.status is not None]
        return Values(
            pd.concat([one.values for one in parts], ignore_index=True),
            status=stacked(reasons) if len(reasons) == len(parts) else None,
        )

    def _runs(self, names: Sequence[str]) -> list[tuple[Values, int | None, int]]:
        """Find columns that are already adjacent in a block: block, first and last row."""
        runs: list[tuple[Values, int | None, int]] = []
        for name in names:
            block, begin = self._blocks[name]
            if runs and begin is not None and runs[-1][0] is block and runs[-1][2] == begin:
                runs[-1] = (block, runs[-1][1], begin + self._rows)
            else:
                runs.append((block, begin, (begin or 0) + self._rows))
        return runs

    def only(self, names: Sequence[str]) -> ColumnValues:
        """Keep some columns, and release the rest."""
        kept = ColumnValues(self._rows)
        for name in names:
            kept.add(name, self[name])
        return kept


def _alike(column: Column, epoch: int) -> str:
    """Return a key that columns must share to be read together."""
    return repr([*(getattr(column, name) for name in READ_BY), bool(column.identification_system), epoch])


def _read_alike(
    tables: Sequence[pd.DataFrame], column: Column, where: Sequence[tuple[int, str]], epoch: int
) -> tuple[Values, np.ndarray]:
    """Read columns with one declaration as one; also return those with findings."""
    quiet = Findings(None, "")
    cells = stacked([tables[table][name] for table, name in where])
    rows = np.arange(len(cells))
    values = read_column(cells, column, rows, quiet, name=column.name, of_ids=False, epoch=epoch)
    ends = np.cumsum([len(tables[table]) for table, _ in where])
    if column.identification_system and column.type == "string":
        begins = [0, *ends[:-1].tolist()]
        for begin, end in zip(begins, ends.tolist(), strict=True):  # ids are judged by column
            without_odd_ids(values.part(begin, end).values, column, rows[begin:end], quiet)
    return values, np.unique(np.searchsorted(ends, quiet.rows(), side="right"))


def read_columns(files: Sequence[TextColumns]) -> list[ColumnValues]:
    """Read all declared columns of several files of one kind."""
    small: dict[str, list[tuple[int, str]]] = {}
    alike: dict[tuple[int, int], str] = {}  # by identity of the declaration, since many columns share one
    found: list[dict[str, tuple[Values, int | None]]] = [{} for _ in files]
    for place, file in enumerate(files):
        for name, column in file.columns.items():
            if len(file.rows) <= AT_ONCE and "[" not in name:
                asked = (id(column), file.epoch)
                if asked not in alike:
                    alike[asked] = _alike(column, file.epoch)
                small.setdefault(alike[asked], []).append((place, name))
            else:
                found[place][name] = (_alone(file, name), None)
    tables = [file.table for file in files]
    for where in small.values():
        column = files[where[0][0]].columns[where[0][1]]
        if len(where) == 1:
            found[where[0][0]][where[0][1]] = (_alone(files[where[0][0]], where[0][1]), None)
            continue
        block, odd = _read_alike(tables, column, where, files[where[0][0]].epoch)
        begin = 0
        for number, (place, name) in enumerate(where):
            found[place][name] = (block, begin)
            begin += len(files[place].rows)
            if number in odd:
                found[place][name] = (_alone(files[place], name), None)
    values = []
    for file, there in zip(files, found, strict=True):
        one = ColumnValues(len(file.rows))
        for name in file.columns:
            one.add(name, *there[name])
        values.append(one)
    return values


def _alone(file: TextColumns, name: str) -> Values:
    """Read one column of one file."""
    column = file.columns[name]
    if column.required and "[" in name and not name.count("[1]"):
        column = column.model_copy(update={"required": False})  # only the first element is required
    return read_column(file.table[name], column, file.rows, file.findings, name=name, epoch=file.epoch)


@dataclass(frozen=True)
class StructureCells:
    """The cells of a structure row."""

    # Its row number in the file.
    row: int
    # Trimmed text by column name in the file.
    cells: dict[str, str]


def _is(cells: Sequence[str], kind: StructureRow) -> bool:
    """Return whether a row is of a declared structure kind."""
    if kind.first is not None and not shape_of(kind.first).search(cells[0]):
        return False
    filled = [cell.strip() for cell in cells if cell.strip()]
    return kind.cells is None or (bool(filled) and bool(shape_of(kind.cells).found_in(filled).all()))


def _may_be(rows: pd.DataFrame, kind: StructureRow, columns: Mapping[str, Column]) -> np.ndarray:
    """Find candidates for structure rows: rows that lack what each data row has."""
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
    """Drop structure rows, and repeated headers."""
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
            # Totals and page headers may repeat; a row that systems write once may not.
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


class CellRows:
    """Index of a pattern's cells: row by row, from left to right."""

    def __init__(self, names: Sequence[str], rows: int) -> None:
        self.names = list(names)
        self.source = np.repeat(np.arange(rows), len(self.names))
        self.column = np.tile(np.arange(len(self.names)), rows)
        self._positions = self.column * rows + self.source

    def of_rows(self, values: pd.Series) -> pd.Series:
        """Repeat a source row's value for each of its cells."""
        return pd.Series(values.array.take(self.source))

    def of_columns(self, values: pd.Series) -> pd.Series:
        """Repeat a column's value for each of its cells."""
        return pd.Series(values.array.take(self.column))

    def of_cells(self, stacked: pd.Series) -> pd.Series:
        """Reorder cells from column order to row order."""
        return pd.Series(stacked.array.take(self._positions))


def cell_rows(
    file: FileLayout,
    makes: Makes,
    columns: Mapping[str, Column],
    values: ColumnValues,
    text: pd.DataFrame,
    structure: Mapping[str, StructureCells],
    findings: Findings,
) -> tuple[CellRows, dict[str, pd.Series], np.ndarray]:
    """Read the cells of a pattern's columns, one row per cell."""
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
                cell_texts = trimmed(stacked([text[column] for column in cells.names]))
                keep &= cells.of_cells(cell_texts).isin(texts).to_numpy(bool) == there
            elif name is not None:
                of_columns = _of_columns(name, cells.names, pattern, structure).isin(texts).to_numpy(bool)
                keep &= of_columns[cells.column] == there
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
    """Return a group of the pattern, or a structure row's cell, for each column."""
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
    """Parse a structure row's cells as the standard column's type."""
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
