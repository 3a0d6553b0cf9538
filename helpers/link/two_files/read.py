"""Read one file of persons as text, with any delimiter and encoding; every row is used or reported.

Rows are counted from 0 below the header, without blank lines, as other programs count them.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from helpers.files import (
    DELIMITERS,
    WORKBOOKS_UNPACKED,
    Findings,
    harm_in,
    head_words,
    is_sheet,
    names_columns,
    no_file,
    read_text,
    rows_of,
    shape_trouble,
    sheets_in,
    speaks_of_persons,
    too_empty,
    too_wide,
    unique_names,
)
from helpers.layouts import by_place, is_data_head
from helpers.link.two_files.mapping import fields
from helpers.standard import STRING, BadInput

__all__ = ["PersonFile", "read_person_file"]

LOOKED_AT = 60  # rows to detect delimiter and header from
MOST_BYTES = 2 << 30
LONGEST_HEAD = 100  # characters of a header to print
SPREADSHEETS_HINT = re.compile(r'"?sep=(.)"?\r?\n')  # a first line that some programs write for spreadsheets
# How other programs write missing values. Null and Na, in title case, are names.
BLANKS = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A")


@dataclass(frozen=True)
class PersonFile:
    """One file, as text.

    Attributes
    ----------
    path
        The file.
    rows
        Trimmed text, missing where empty; index: data row number from 0, without rows set aside.
    total
        Number of data rows.
    set_aside
        ``row``, ``reason``: every row that isn't in `rows`.
    notes
        Assumptions and oddities, in sentences without any cell's value.
    """

    path: Path
    rows: pd.DataFrame
    total: int
    set_aside: pd.DataFrame
    notes: list[str] = field(default_factory=list)

    @property
    def shown(self) -> list[str]:
        """Column names that are safe to print: by position if the header may be data."""
        names = [str(name)[:LONGEST_HEAD] for name in self.rows.columns]
        if any(_speaks(name) for name in names):
            return names
        return [f"column {place}" for place in range(1, len(names) + 1)]


def read_person_file(path: str | Path) -> PersonFile:
    """Read a file of persons: delimited text of any delimiter and encoding, or the first sheet of an xlsx.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    PersonFile
        Its rows as text, and an account of them.

    Raises
    ------
    BadInput
        When the file is missing or empty, is no text, or is broken in a way that would lose rows.
    """
    path = Path(path)
    raw = _bytes_of(path)
    notes: list[str] = []
    if raw[:4] == b"PK\x03\x04":
        rows = _sheet(path, raw, notes)
    else:
        text = _decoded(path, raw, notes)
        hint = SPREADSHEETS_HINT.match(text)
        text = text[hint.end() :] if hint else text
        delimiter = hint[1] if hint else _delimiter(text)
        if delimiter != ",":
            notes.append(f"its cells are taken to be parted by {_delimiter_name(delimiter)}")
        rows = _text_rows(path, text, delimiter)
    listed = [row for row in rows if len(row) > 1 or any(row)]  # a blank line is no row
    while listed and not any(listed[0]):
        listed = listed[1:]
    if not listed:
        raise BadInput(f"{path} is empty: it needs a line of column names and a line for each person.")
    if trouble := too_wide(max(map(len, listed))):
        raise BadInput(f"{path} can't be linked: {trouble}.")
    heads = _heads(listed, notes)
    return _table(path, heads, listed[1:] if heads.there else listed, notes)


def _bytes_of(path: Path) -> bytes:
    if path.is_dir():
        raise BadInput(f"{path} is a folder: --left and --right each take one file, a CSV or an xlsx.")
    if not path.exists():
        raise BadInput(f"There is no file {path}: --left and --right each take one file, a CSV or an xlsx.")
    try:
        trouble = no_file(path)
        if trouble is None and path.suffix.lower() not in (".xlsx", ".xlsm"):
            with path.open("rb") as file:
                trouble = shape_trouble(file)
    except OSError as error:
        trouble = f"it can't be opened ({error.strerror})"
    if trouble:
        raise BadInput(f"{path} can't be linked: {trouble}.")
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{path} is larger than 2 GiB: split it, or link it by parts.")
    raw = path.read_bytes()
    if not raw.strip(b"\xef\xbb\xbf\r\n\t \0"):
        raise BadInput(f"{path} is empty: it needs a line of column names and a line for each person.")
    if raw[:4] in (b"\xd0\xcf\x11\xe0", b"%PDF", b"PAR1") or raw[:2] == b"\x1f\x8b":
        raise BadInput(f"{path} is no delimited text and no xlsx: save it as CSV in UTF-8, and link that.")
    return raw


def _decoded(path: Path, raw: bytes, notes: list[str]) -> str:
    quiet = Findings(None, path.name)
    data, encoding = read_text(raw, "utf-8", quiet)
    text = data.decode("utf-8", errors="replace")
    findings = quiet.frame()
    odd = sum(1 for sign in text[: 1 << 16] if sign == "\ufffd" or (sign < " " and sign not in "\t\r\n\x1d"))
    if odd * 50 > len(text[: 1 << 16]) or "\0" in text:
        raise BadInput(
            f"{path} can't be read as text in UTF-8, UTF-16 or Windows-1252: save it as CSV in UTF-8, and "
            f"link that."
        )
    if encoding is not None:
        row = findings["row"].dropna()
        where = f" (line {int(row.iloc[0])} isn't)" if len(row) else ""
        if encoding == "utf-8":
            notes.append(f"it is not UTF-8 throughout{where}: what could not be read stands as \ufffd")
        else:
            notes.append(f"it is not UTF-8{where}: it was read as {encoding}")
    return text


def _cells(text: str, delimiter: str) -> Iterator[list[str]]:
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True):
        yield [cell.strip() for cell in row]


def _delimiter(text: str) -> str:
    """Find the delimiter that gives the first row several cells, and most rows as many."""
    start = "".join(text[: 1 << 18].splitlines(keepends=True)[:LOOKED_AT])
    best, chosen = (0.0, 0), ","
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in _cells(start, delimiter) if any(row)]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            worth = (widths.count(widths[0]) / len(widths), widths[0])
            if worth > best:
                best, chosen = worth, delimiter
    return chosen


def _delimiter_name(delimiter: str) -> str:
    return {"\t": "tabs", ";": "semicolons", "|": "bars"}.get(delimiter, repr(delimiter))


def _text_rows(path: Path, text: str, delimiter: str) -> list[list[str]]:
    limit = csv.field_size_limit(len(text) + 1)
    try:
        rows = list(_cells(text, delimiter))
    except csv.Error as error:
        raise BadInput(f"{path} can't be read as delimited text ({error}): save it again as CSV.") from None
    finally:
        csv.field_size_limit(limit)
    # An unclosed quote swallows all later rows into one cell.
    if text.count('"') % 2 and rows and any("\n" in cell for cell in rows[-1]):
        raise BadInput(
            f"{path}: a quotation mark that is opened in data row {len(rows) - 2} (counted from 0) is never "
            f"closed, so that the rows below it would be lost: close it, and link again."
        )
    return rows


def _sheet(path: Path, raw: bytes, notes: list[str]) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if harm := harm_in(archive, WORKBOOKS_UNPACKED):
                raise BadInput(f"{path} can't be linked: {harm}. Save the sheet as CSV.")
        sheets = sheets_in(raw)
    except (ValueError, OverflowError, KeyError, zipfile.BadZipFile) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(f"{path} can't be opened as an xlsx ({error}): save it as CSV.") from None
    filled = {name: data for name, data in sheets.items() if is_sheet(data) and any(rows_of(data, 5))}
    if not filled:
        raise BadInput(f"{path} has no sheet with rows in it.")
    name, data = next(iter(filled.items()))
    if len(filled) > 1:
        notes.append(f"the first of its sheets, {name}, was read (sheets: {len(filled)})")
    return [
        ["" if cell is None else str(cell[1] if isinstance(cell, list) else cell).strip() for cell in row]
        for row in rows_of(data)
    ]


@dataclass(frozen=True)
class _Heads:
    names: list[str]
    there: bool


def _heads(rows: Sequence[Sequence[str]], notes: list[str]) -> _Heads:
    first = rows[0]
    if not names_columns(rows[:LOOKED_AT], _speaks):
        width = Counter(len(row) for row in rows[:LOOKED_AT]).most_common(1)[0][0]
        notes.append("it has no line of column names: its columns are called Column 1, Column 2 …")
        return _Heads([by_place(number) for number in range(1, width + 1)], False)
    names = unique_names([head or by_place(place) for place, head in enumerate(first, start=1)])
    twice = [
        name
        for name, head in zip(names, first, strict=True)
        if head and name != head and not is_data_head(head)
    ]
    if twice:
        notes.append(f"a column name stands more than once: the later ones are called {', '.join(twice)}")
    return _Heads(names, True)


def _speaks(cell: str) -> bool:
    words = head_words(cell)
    return speaks_of_persons(cell) or any(" ".join(words) in field.heads for field in fields().values())


def _table(path: Path, heads: _Heads, rows: Sequence[Sequence[str]], notes: list[str]) -> PersonFile:
    width = len(heads.names)
    if trouble := too_empty(len(rows), width, sum(map(len, rows))):
        raise BadInput(f"{path} can't be linked: {trouble}.")
    used: list[int] = []
    cells: list[Sequence[str]] = []
    aside: list[tuple[int, str]] = []
    short = 0
    for number, row in enumerate(rows):
        if not any(row):
            aside.append((number, "all its cells are empty"))
            continue
        if any(row[width:]):
            aside.append((number, "more cells than columns: which cell belongs where can't be told"))
            continue
        if len(row) < width:
            short += 1
            row = [*row, *[""] * (width - len(row))]
        used.append(number)
        cells.append(row[:width])
    if short:
        notes.append(f"its rows with fewer cells than columns: {short}; the missing cells are empty")
    for reason, times in Counter(reason for _, reason in aside).items():
        notes.append(f"its rows set aside: {times}, because {reason}")
    columns = list(zip(*cells, strict=True)) if cells else [()] * width
    table = pd.DataFrame(
        {
            name: pd.Series(list(column), dtype=STRING, index=pd.Index(used, dtype="int64"))
            for name, column in zip(heads.names, columns, strict=True)
        },
        index=pd.Index(used, dtype="int64"),
    )
    table = table.apply(_without_blanks) if len(table) else table
    reasons = pd.DataFrame(aside, columns=["row", "reason"]).astype({"row": "Int64", "reason": STRING})
    return PersonFile(path, table, len(rows), reasons, notes)


def _without_blanks(column: pd.Series) -> pd.Series:
    return column.mask(column.isin(BLANKS))
