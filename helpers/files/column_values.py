"""The columns of files, read: of small files those of one declaration at once, which is quicker by far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.odd_ids import without_odd_ids
from helpers.files.values import Values, read_column
from helpers.layouts import Column
from helpers.standard import stacked

__all__ = ["ColumnValues", "TextColumns", "read_columns"]

# Up to so many rows the columns of one declaration are read together: beyond, it gains nothing.
AT_ONCE = 2000
READ_BY = (
    *("type", "format", "codes", "markers", "required", "max_length"),
    *("minimum", "maximum", "exclusive", "item", "parts"),
)


@dataclass(frozen=True)
class TextColumns:
    """The text of a file, how each of its columns is declared, its row numbers and its findings."""

    table: pd.DataFrame
    columns: Mapping[str, Column]
    rows: np.ndarray
    findings: Findings
    epoch: int = 1900  # from when its spreadsheet counts days


class ColumnValues(Mapping[str, Values]):
    """Values by name of the column in the file; those that were read together are parted when asked for.

    Parameters
    ----------
    rows
        How many rows each column has.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._blocks: dict[str, tuple[Values, int | None]] = {}

    def add(self, name: str, values: Values, begin: int | None = None) -> None:
        """Add a column; `begin` says where in a block it begins, None that it stands alone."""
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
        """Give some columns one below the other."""
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
        """Find columns that stand one below the other in a block already: block, first and last row."""
        runs: list[tuple[Values, int | None, int]] = []
        for name in names:
            block, begin = self._blocks[name]
            if runs and begin is not None and runs[-1][0] is block and runs[-1][2] == begin:
                runs[-1] = (block, runs[-1][1], begin + self._rows)
            else:
                runs.append((block, begin, (begin or 0) + self._rows))
        return runs

    def only(self, names: Sequence[str]) -> ColumnValues:
        """Keep some columns, and let go of the rest."""
        kept = ColumnValues(self._rows)
        for name in names:
            kept.add(name, self[name])
        return kept


def _alike(column: Column, epoch: int) -> str:
    """Give what two columns must have in common to be read as one."""
    return repr([*(getattr(column, name) for name in READ_BY), bool(column.identification_system), epoch])


def _read_alike(
    tables: Sequence[pd.DataFrame], column: Column, where: Sequence[tuple[int, str]], epoch: int
) -> tuple[Values, np.ndarray]:
    """Read columns of one declaration one below the other; say of which there is something to tell."""
    quiet = Findings(None, "")
    cells = stacked([tables[table][name] for table, name in where])
    rows = np.arange(len(cells))
    values = read_column(cells, column, rows, quiet, name=column.name, of_ids=False, epoch=epoch)
    ends = np.cumsum([len(tables[table]) for table, _ in where])
    if column.identification_system and column.type == "string":
        begins = [0, *ends[:-1].tolist()]
        for begin, end in zip(begins, ends.tolist(), strict=True):  # what ids look like, a column shows alone
            without_odd_ids(values.part(begin, end).values, column, rows[begin:end], quiet)
    return values, np.unique(np.searchsorted(ends, quiet.rows(), side="right"))


def read_columns(files: Sequence[TextColumns]) -> list[ColumnValues]:
    """Read all declared columns of some files of one kind.

    Parameters
    ----------
    files
        Their text and declarations. Of small files, columns of one declaration are read at once. Those in
        which anything is worth a finding are read again one by one, so that it names file and column.

    Returns
    -------
    list of ColumnValues
        One a file, columns in the order of its declarations.
    """
    small: dict[str, list[tuple[int, str]]] = {}
    alike: dict[tuple[int, int], str] = {}  # by the declaration itself: many columns have the same one
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
        column = column.model_copy(update={"required": False})  # only the first element is asked for
    return read_column(file.table[name], column, file.rows, file.findings, name=name, epoch=file.epoch)
