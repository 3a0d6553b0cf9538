"""Read delimited text; a row of the wrong length is read only if that loses no cell."""

from __future__ import annotations

import contextlib
import csv
import io
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from helpers.files.findings import Findings
from helpers.files.limits import TooMuch, too_empty
from helpers.files.parse.values import is_blank
from helpers.files.readers.fixed_width import as_delimited
from helpers.files.text_table import Parsed, TextTable, default_settings, join_heads, unique_names
from helpers.layouts import FileLayout
from helpers.standard import from_arrow

__all__ = ["DELIMITERS", "first_rows", "header_at", "parse_delimited"]

BLOCK = 1 << 24  # bytes; no row may be longer
STRAY_QUOTES = 100  # per file: after so many, its writer is at fault
DELIMITERS = (",", ";", "\t", "|")


def header_at(data: bytes, delimiter: str, header_row: int) -> list[str]:
    """Read the cells of the header row, or of the first row without a header."""
    place = max(header_row, 1)
    return next(iter(first_rows(data, delimiter, place)[place - 1 :]), [])


def first_rows(data: bytes, delimiter: str, most: int) -> list[list[str]]:
    """Read the cells of the first rows, as far as they can be read."""
    start = io.StringIO(data[: 1 << 20].decode("utf-8", errors="replace"), newline="")
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        for row in islice(csv.reader(start, delimiter=delimiter), most):
            rows.append([cell.strip() for cell in row])
    return rows


def _count_rows(data: bytes, last: int) -> int:
    """Count rows independently of the parser, if no quoted line break can hide one."""
    if b'"' in data or (b"\r" in data and b"\r\n" not in data):
        return last
    return data.count(b"\n") + (0 if data.endswith(b"\n") or not data else 1)


def _cells(rows: list[str], delimiter: str) -> list[list[str]]:
    """Split rows that are too short or too long; a cell may exceed the csv module's limit."""
    limit = csv.field_size_limit()
    csv.field_size_limit(max([limit, *map(len, rows)]))
    try:
        return [next(csv.reader([text], delimiter=delimiter), []) for text in rows]
    finally:
        csv.field_size_limit(limit)


@dataclass(frozen=True)
class _Rows:
    """Raw rows below the header: those as wide as the header, and the others cell by cell."""

    header: list[str]
    table: pa.Table
    numbers: np.ndarray
    odd: list[tuple[int, list[str]]]


def _rows_of(data: bytes, file: FileLayout, delimiter: str) -> _Rows:
    header = header_at(data, delimiter, file.header_row)
    if file.header_rows == 2:
        header = join_heads(header_at(data, delimiter, file.header_row - 1), header)
    if not file.header_row:  # no header: columns by position
        declared = [column.name for column in file.columns]
        header = [*declared, *[""] * (len(header) - len(declared))]
    odd: list[tuple[int, str]] = []

    def keep(row: Any) -> str:
        odd.append((row.number, row.text))
        return "skip"

    names = [f"c{place}" for place in range(max(len(header), 1))]
    # One thread, because only then does the parser report a rejected row's number.
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(data),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK),
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
    except pa.ArrowInvalid:  # its message quotes the row
        raise TooMuch(
            f"a row of it is longer than {BLOCK >> 20} MiB: is a quotation mark never closed?"
        ) from None
    numbers = np.arange(1, table.num_rows + len(odd) + 1, dtype="int64")
    if odd:
        numbers = np.delete(numbers, np.array([number for number, _ in odd], "int64") - 1)
    if file.header_row:
        first = int(np.searchsorted(numbers, file.header_row, side="right"))
        table, numbers = table.slice(first), numbers[first:]
        odd = [(number, text) for number, text in odd if number > file.header_row]
    cells = _cells([text for _, text in odd], delimiter)
    return _Rows(header, table, numbers, [(number, row) for (number, _), row in zip(odd, cells, strict=True)])


def _readable(rows: _Rows, broken: int | None, findings: Findings) -> list[tuple[int, list[str]]]:
    """Return the odd rows that lose no cell, padded to the header's width; report all.

    A short row is read only if its last cell is empty, a long one only if its surplus is. Empty headers at
    the end of the header row require no cell.
    """
    width = rows.table.num_columns
    named = max((place for place, head in enumerate(rows.header, start=1) if head), default=width)
    read: list[tuple[int, list[str]]] = []
    filled = 0
    repairs: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for number, cells in rows.odd:
        if number == broken:
            continue
        if not any(cell.strip() for cell in cells):
            findings.add("row_blank", "row_set_aside", row=number)
            continue
        if named <= len(cells) < width:
            read.append((number, [*cells, *[""] * (width - len(cells))]))
            continue
        doubtful = cells[-1:] if len(cells) < width else cells[width:]
        lost = any(cell.strip() for cell in doubtful)
        if not lost:
            filled += len(cells)
            if trouble := too_empty(len(read) + 1, width, filled):
                raise TooMuch(trouble)
            read.append((number, [*cells, *[""] * (width - len(cells))][:width]))
        if len(cells) != width:
            kind = "cells_missing" if len(cells) < width else "cells_surplus"
            done = "row_set_aside" if lost else "read_as"
            repairs.setdefault((kind, done), []).append((number, len(cells)))
    for (kind, done), these in repairs.items():
        lenient = "missing cells are empty" if kind == "cells_missing" else "surplus cells are empty"
        findings.add_rows(
            kind,
            done,
            [number for number, _ in these],
            value=[f"cells: {count}" for _, count in these],
            expected=f"cells: {width}",
            read_as=lenient if done == "read_as" else None,
        )
    return read


def _stray_quotes(data: bytes, delimiter: str) -> list[int]:
    """List the first rows with a quotation mark that neither encloses a cell nor is doubled inside one.

    The parser takes such a mark as text; or it begins a cell that swallows what follows.
    """
    found: list[int] = []
    edge = np.zeros(256, bool)
    edge[list(f"{delimiter}\r\n\1".encode())] = True
    row, begin, inside = 1, 0, 0
    while b'"' in data and begin < len(data) and len(found) < STRAY_QUOTES:
        end = data.rfind(b"\n", begin, begin + BLOCK) + 1 if begin + BLOCK < len(data) else len(data)
        end = end or min(begin + BLOCK, len(data))
        # A doubled mark is a mark of the text, or an empty cell.
        text = np.frombuffer(data[begin:end].replace(b'""', b"\1\1"), "uint8")
        marks, ends = np.flatnonzero(text == ord('"')), np.flatnonzero(text == ord("\n"))
        before = (marks == 0) | edge[text[np.maximum(marks - 1, 0)]]
        after = (marks == len(text) - 1) | edge[text[np.minimum(marks + 1, len(text) - 1)]]
        while True:
            opens = np.arange(inside, inside + len(marks)) % 2 == 0
            odd = np.flatnonzero(~np.where(opens, before, after))
            outside = (np.searchsorted(marks, ends) + inside) % 2 == 0
            if not len(odd) or len(found) >= STRAY_QUOTES:
                break
            found.append(row + int(outside[ends < marks[odd[0]]].sum()))
            if opens[odd[0]]:  # it is text, and opens nothing
                marks, before, after = (np.delete(one, odd[0]) for one in (marks, before, after))
            else:
                after[odd[0]] = True
        row, begin, inside = row + int(outside.sum()), end, (inside + len(marks)) % 2
    return list(dict.fromkeys(found))


def parse_delimited(
    data: bytes, file: FileLayout, delimiter: str, findings: Findings, *, may_be_cut: bool = True
) -> Parsed:
    """Read a delimited file; report and set aside what can't be read as a row."""
    if delimiter != file.delimiter:
        findings.add(
            "delimiter_other", "read_as", value=delimiter, expected=file.delimiter, read_as=delimiter
        )
    if file.starts:
        data = as_delimited(data, file.starts)
    rows = _rows_of(data, file, delimiter)
    table, numbers = rows.table, rows.numbers
    every = np.concatenate([numbers, np.array([number for number, _ in rows.odd], "int64")])
    last = int(every.max()) if len(every) else min(file.header_row, 1 if data else 0)
    total = max(_count_rows(data, last), last)
    gone = _blank(table)
    findings.add_rows("row_blank", "row_set_aside", numbers[gone])
    broken = last if len(every) and data.count(b'"') % 2 and _is_swallowed(data, rows, last) else None
    if broken is not None:
        findings.add("record_broken", "row_set_aside", row=last, expected="a closing quote")
        gone[numbers == last] = True
    stray = [row for row in _stray_quotes(data, delimiter) if row != broken]
    findings.add_rows(
        "record_broken", "nothing", stray, expected="a quotation mark doubled, inside two others"
    )
    odd = _readable(rows, broken, findings)
    if gone.any():
        table, numbers = table.filter(pa.array(~gone)), numbers[~gone]
    if odd:
        cells = [pa.array(column, pa.large_string()) for column in zip(*(row for _, row in odd), strict=True)]
        table = pa.concat_tables([table, pa.table(cells, names=table.column_names)])
        numbers = np.concatenate([numbers, np.array([number for number, _ in odd], "int64")])
    if may_be_cut and data and data[-1:] not in b"\r\n" and data.count(b"\n") > 1 and (numbers == last).any():
        # A valid file may end this way, and so does one that was cut in its last cell.
        findings.add("line_end_missing", "nothing", row=last, expected="a line end, if the file wasn't cut")
    text = pd.DataFrame(
        {
            name: from_arrow(table.column(place))
            for place, name in enumerate(unique_names(rows.header or [""]))
        },
        index=pd.RangeIndex(table.num_rows),
        copy=False,
    )
    settings = {**default_settings(file), "delimiter": delimiter}
    header = rows.header
    if any(header):  # drop a column without a header and without a filled cell
        kept = [place for place, head in enumerate(header) if head or not is_blank(text.iloc[:, place]).all()]
        if len(kept) < len(header):
            header, text = [header[place] for place in kept], text.iloc[:, kept]
    return Parsed(TextTable(tuple(header), text, settings), numbers, total, min(file.header_row, total))


def _blank(table: pa.Table) -> np.ndarray:
    """Test in which rows every cell is blank."""
    blank = np.ones(table.num_rows, bool)
    for column in table.columns:
        # Few rows begin with an empty cell: check further cells only in those.
        left = np.flatnonzero(blank)
        if not len(left):
            break
        some = column if len(left) == len(blank) else column.take(pa.array(left))
        blank[left] = np.asarray(pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(some)), 0))
    return blank


def _is_swallowed(data: bytes, rows: _Rows, last: int) -> bool:
    """Return whether an unclosed quote ends in the last row, or swallowed other rows."""
    tail = data.rstrip(b"\r\n").rsplit(b"\n", 1)[-1]
    if tail.count(b'"') % 2:
        return True
    odd = dict(rows.odd)
    if last in odd:
        return any("\n" in cell for cell in odd[last])
    return any("\n" in str(column[-1]) for column in rows.table.columns)
