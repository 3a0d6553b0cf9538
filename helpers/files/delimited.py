"""Delimited text -> rows; a row of the wrong length is read only where no cell can be lost."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from helpers.files.findings import Findings
from helpers.files.parsed import Parsed
from helpers.files.text_table import TextTable, default_settings, unique_names
from helpers.files.values import is_blank
from helpers.layouts import STRING, FileLayout, from_arrow

__all__ = ["DELIMITERS", "header_at", "parse_delimited", "raw_delimited"]

DELIMITERS = (",", ";", "\t", "|")


def header_at(data: bytes, delimiter: str, header_row: int) -> list[str]:
    """Read the cells of the header row, or of the first row where there is no header.

    Parameters
    ----------
    data
        UTF-8 text.
    delimiter
        One character.
    header_row
        1 for the first row; 0: no header.

    Returns
    -------
    list of str
        Heads, trimmed; empty when the file has no such row.
    """
    start = io.StringIO(data[: 1 << 20].decode("utf-8", errors="replace"), newline="")
    reader = csv.reader(start, delimiter=delimiter)
    try:
        for _ in range(max(header_row, 1) - 1):
            next(reader)
        return [cell.strip() for cell in next(reader)]
    except (StopIteration, csv.Error):
        return []


def _count_rows(data: bytes, last: int) -> int:
    """Count rows apart from the parser where no quoted line break can hide one."""
    if b'"' in data or (b"\r" in data and b"\r\n" not in data):
        return last
    return data.count(b"\n") + (0 if data.endswith(b"\n") or not data else 1)


def _cells(rows: list[str], delimiter: str) -> list[list[str]]:
    """Split rows that are too short or too long; a cell may be longer than the csv module expects."""
    limit = csv.field_size_limit()
    csv.field_size_limit(max([limit, *map(len, rows)]))
    try:
        return [next(csv.reader([text], delimiter=delimiter), []) for text in rows]
    finally:
        csv.field_size_limit(limit)


def raw_delimited(data: bytes, file: FileLayout, delimiter: str) -> tuple[TextTable, np.ndarray, bool]:
    """Read every row as it stands, short and long ones included.

    Parameters
    ----------
    data
        UTF-8 text.
    file
        The kind of file.
    delimiter
        The delimiter that it really has.

    Returns
    -------
    TextTable
        Cells; `NA` where a row has no such cell, ``+1`` … for cells beyond the header. Odd rows come last.
    numpy.ndarray
        Row numbers, int64.
    bool
        Whether a quote stays open at the end.
    """
    header = header_at(data, delimiter, file.header_row)
    if not file.header_row:  # no header: columns by position
        declared = [column.name for column in file.columns]
        header = [*declared, *[""] * (len(header) - len(declared))]
    width = max(len(header), 1)
    odd: list[tuple[int, str]] = []

    def keep(row: Any) -> str:
        odd.append((row.number, row.text))
        return "skip"

    names = [f"c{place}" for place in range(width)]
    # One thread: only then does the parser tell the number of a row that it rejects.
    table = arrow_csv.read_csv(
        pa.py_buffer(data),
        read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=1 << 24),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=b'"' in data,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()),
            strings_can_be_null=False,
            quoted_strings_can_be_null=False,
        ),
    )
    odd_rows = np.array([number for number, _ in odd], "int64")
    numbers = np.arange(1, table.num_rows + len(odd) + 1, dtype="int64")
    if len(odd):
        is_odd = np.zeros(len(numbers), bool)
        is_odd[odd_rows - 1] = True
        numbers = numbers[~is_odd]
    unique = unique_names(header or [""])
    rows = pd.DataFrame(
        {name: from_arrow(table.column(place)) for place, name in enumerate(unique)},
        index=pd.RangeIndex(table.num_rows),
        copy=False,
    )
    if file.header_row:
        data_rows = numbers > file.header_row
        first = int((~data_rows).sum())
        rows = rows.iloc[first:].set_axis(pd.RangeIndex(len(rows) - first))
        numbers = numbers[data_rows]
        odd = [(number, text) for number, text in odd if number > file.header_row]
    if odd:
        cells = _cells([text for _, text in odd], delimiter)
        longest = max([width, *map(len, cells)])
        extra = [f"+{n}" for n in range(1, longest - width + 1)]
        padded = [[*row, *[None] * (longest - len(row))] for row in cells]
        more = pd.DataFrame(
            {
                name: pd.array([row[place] for row in padded], dtype=STRING)
                for place, name in enumerate([*unique, *extra])
            }
        )
        rows = pd.concat([rows.reindex(columns=[*unique, *extra]).astype(STRING), more], ignore_index=True)
        numbers = np.concatenate([numbers, np.array([number for number, _ in odd], "int64")])
    settings = {**default_settings(file), "delimiter": delimiter}
    return TextTable(tuple(header), rows, settings), numbers, data.count(b'"') % 2 == 1


def _tell_odd_rows(
    rows: pd.DataFrame,
    numbers: np.ndarray,
    odd: np.ndarray,
    width: int,
    kind: str,
    lenient: str,
    findings: Findings,
) -> np.ndarray:
    """Tell rows that are too short or too long; give those in which a cell may be lost.

    A short row is read only if its last cell is empty, a long one only if its surplus is.
    """
    unread = np.zeros(len(rows), bool)
    places = np.flatnonzero(odd)
    if not len(places):
        return unread
    cells = rows.iloc[places].astype(object)
    counts = cells.notna().to_numpy().sum(axis=1)
    text = cells.fillna("").to_numpy()
    # Cells that must be empty: from the last one of a short row, from the first surplus one of a long one.
    first = np.minimum(counts - 1, width)
    must = np.arange(text.shape[1])[None, :] >= first[:, None]
    filled = np.array([[str(cell).strip() != "" for cell in row] for row in text])
    unread[places] = (must & filled).any(axis=1)
    for done, here in (("row_set_aside", unread[places]), ("read_as", ~unread[places])):
        findings.add_rows(
            kind,
            done,
            numbers[places[here]],
            value=[f"{count} cells" for count in counts[here]],
            expected=f"{width} cells",
            read_as=lenient if done == "read_as" else None,
        )
    return unread


def parse_delimited(data: bytes, file: FileLayout, delimiter: str, findings: Findings) -> Parsed:
    """Read a delimited file; what can't be read as a row is set aside and told.

    Parameters
    ----------
    data
        UTF-8 text.
    file
        The kind of file.
    delimiter
        The delimiter that it really has.
    findings
        Gets cells_missing, cells_surplus, row_blank, record_broken, delimiter_other.

    Returns
    -------
    Parsed
        Rows with as many cells as the header.
    """
    if delimiter != file.delimiter:
        findings.add(
            "delimiter_other", "read_as", value=delimiter, expected=file.delimiter, read_as=delimiter
        )
    table, numbers, open_quote = raw_delimited(data, file, delimiter)
    width = len(unique_names(table.header or [""]))
    rows = table.rows
    last = int(numbers.max()) if len(numbers) else min(file.header_row, 1 if data else 0)
    total = max(_count_rows(data, last), last)
    gone = np.zeros(len(rows), bool)
    declared = list(rows.columns[:width])
    surplus = list(rows.columns[width:])

    if open_quote and len(rows):
        tail = data.rstrip(b"\r\n").rsplit(b"\n", 1)[-1]
        end = int(np.argmax(numbers))
        swallowed = any("\n" in str(cell) for cell in rows.iloc[end] if cell is not pd.NA)
        if tail.count(b'"') % 2 or swallowed:
            findings.add("record_broken", "row_set_aside", row=last, expected="a closing quote")
            gone[end] = True
    blank = ~gone
    for name in rows.columns:
        # Few rows begin with an empty cell: only those are looked at further.
        left = np.flatnonzero(blank)
        if not len(left):
            break
        blank[left] = is_blank(rows[name].iloc[left])
    findings.add_rows("row_blank", "row_set_aside", numbers[blank])
    gone |= blank
    # Only rows that the parser rejected can be short or long, and they come last.
    short = rows[declared[-1]].isna().to_numpy() & ~gone
    long = rows[surplus].notna().any(axis=1).to_numpy() & ~gone if surplus else np.zeros(len(rows), bool)
    for kind, odd, lenient in (
        ("cells_missing", short, "missing cells are empty"),
        ("cells_surplus", long, "surplus cells are empty"),
    ):
        gone |= _tell_odd_rows(rows, numbers, odd, width, kind, lenient, findings)
    if data and data[-1:] not in b"\r\n" and len(rows) and not gone[int(np.argmax(numbers))]:
        ended = data.count(b"\n") > 1
        if ended:
            findings.add("record_broken", "nothing", row=last, expected="a line end after the last row")
    if short.any() or surplus:
        rows = rows[declared].fillna("")
        table = TextTable(table.header, rows, table.settings)
    return Parsed(table, numbers, total, min(file.header_row, total)).without(gone)
