"""Rows of text, each with its row number in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from helpers.layouts import FileLayout, named_by_place

__all__ = [
    "Parsed",
    "TextTable",
    "join_heads",
    "split_path",
    "unique_names",
]


@dataclass(frozen=True)
class TextTable:
    """Header, rows of text and settings of one file.

    Attributes
    ----------
    header
        Column headers as written, in order; a header may occur twice. Empty for nested files.
    rows
        One row per record, dtype string. Columns are the headers made unique (``Name``, ``Name#2``); cells
        beyond the header are in ``+1``, ``+2``. In delimited files an empty cell is ``""``, and `NA` means
        that the row has no such cell. In nested files a column is a scalar path (``calendarEvents[1].…``),
        and `NA` means that there is no such element.
    settings
        encoding, delimiter, line_end, header_row, quote, title_rows.
    """

    header: tuple[str, ...]
    rows: pd.DataFrame
    settings: dict[str, str | int | tuple[str, ...]] = field(default_factory=dict)


def default_settings(file: FileLayout) -> dict[str, str | int | tuple[str, ...]]:
    """Return the settings that a layout declares."""
    return {
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "line_end": file.line_end,
        "header_row": file.header_row,
        "quote": file.quote,
        "title_rows": (),
    }


def unique_names(header: Sequence[str]) -> list[str]:
    """Make headers unique: the second `Name` becomes ``Name#2``; a header that is data is named by position.

    >>> unique_names(["Name", "Grade", "Name"])
    ['Name', 'Grade', 'Name#2']
    >>> unique_names(["Name", "08/09/2014"])
    ['Name', 'Column 2']
    """
    seen: dict[str, int] = {}
    names: dict[str, None] = {}
    for name in named_by_place(header):
        times = seen.get(name, 0) + 1
        unique = name if times == 1 else f"{name}#{times}"
        while unique in names:  # a file may have a header "Name#2" of its own
            times += 1
            unique = f"{name}#{times}"
        seen[name] = times
        names[unique] = None
    return list(names)


def split_path(path: str) -> list[str | int]:
    """Split a scalar path of a nested file into its steps; elements are numbered from 1.

    >>> split_path("calendarEvents[2].calendarEventDescriptor")
    ['calendarEvents', 2, 'calendarEventDescriptor']
    """
    steps: list[str | int] = []
    for part in path.split("."):
        name, bracket, number = part.partition("[")
        steps.append(name)
        if bracket:
            steps.append(int(number.rstrip("]")))
    return steps


@dataclass(frozen=True)
class Parsed:
    """Rows of one file."""

    # The raw text, without rows that could not be parsed; those are in the findings.
    table: TextTable
    # File row number of each row of `table`, int64, as a spreadsheet numbers it.
    row: np.ndarray
    # Number of rows in the file, with header, counted independently of the parsed rows.
    rows: int
    # How many of them are header and title rows.
    structure: int

    def bare(self) -> Parsed:
        """Keep the row numbers and drop the text."""
        return replace(self, table=replace(self.table, rows=self.table.rows.iloc[:, :0]))

    def without(self, gone: np.ndarray) -> Parsed:
        """Drop rows that were set aside."""
        if not gone.any():
            return self
        first = int(np.argmin(gone)) if not gone.all() else len(gone)
        if not gone[first:].any():  # only leading rows, such as structure: no copy
            rows = self.table.rows.iloc[first:].set_axis(pd.RangeIndex(len(gone) - first))
        else:
            rows = self.table.rows.loc[~gone].reset_index(drop=True)
        return Parsed(
            TextTable(self.table.header, rows, self.table.settings),
            self.row[~gone],
            self.rows,
            self.structure,
        )


def join_heads(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Join the two rows of a header; a word over several columns counts for each, if their own aren't unique.

    >>> join_heads(["Last", "", "Reading", "", ""], ["Name", "ID", "Score", "Score", "Level"])
    ['Last Name', 'Last ID', 'Reading Score', 'Reading Score', 'Reading Level']
    >>> join_heads(["Last", ""], ["Name", "ID"])
    ['Last Name', 'ID']
    """
    width = max(len(above), len(below))
    over, own = ([*row, *[""] * (width - len(row))] for row in (above, below))
    named = [head for head in own if head]
    if len(set(named)) < len(named):
        for place in range(1, width):
            over[place] = over[place] or over[place - 1]
    return [" ".join(filter(None, heads)) for heads in zip(over, own, strict=True)]
