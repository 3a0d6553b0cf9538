"""Detect the delimiter and the header of an unknown file, as csv.Sniffer does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.files.draft.columns import head_words, named_fields, numbered_thing
from helpers.files.findings import Findings
from helpers.files.folder import FoundFile
from helpers.files.limits import TooMuch
from helpers.files.parse.values import trimmed
from helpers.files.readers.decode import read_text
from helpers.files.readers.delimited import DELIMITERS, first_rows, parse_delimited
from helpers.files.readers.fixed_width import as_delimited, column_starts
from helpers.files.readers.json_lines import parse_json_lines
from helpers.files.readers.workbook import is_sheet, parse_sheet, rows_of
from helpers.files.text_table import Parsed, join_heads
from helpers.layouts import Column, FileLayout, by_place, is_data_head
from helpers.standard import STRING

__all__ = ["UnknownFile", "names_columns", "sniff", "speaks_of_persons"]


ALIKE = 0.6  # of the cells below, which a data cell resembles
WORDS_OVER = 0.8  # of the cells below are dates or numbers under a word
FEWEST_DIGITS = 4  # shorter numbers may be lessons or units
RUN = 3  # consecutive numbers or dates in ascending order: headers of a grid
SHAPES = {
    "day": re.compile(r"(?:\d{1,2}[/.-]){2}\d{2,4}( .*)?|\d{4}-\d{2}-\d{2}([T ].*)?|\d{1,2}/\d{1,2}"),
    "address": re.compile(r"\S+@\S+"),
    "telephone": re.compile(r"(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"),
    "number": re.compile(r"-?\$?\d+"),
    "amount": re.compile(r"-?\$?[\d,]*\d\.\d+%?"),
    "id": re.compile(r"(?=\D*\d)[A-Za-z]{0,3}[ -]?[0-9][0-9A-Za-z-]{3,}"),
    "name": re.compile(r"[^\W\d_][^,\d]*, ?[^\W\d_][^,\d]*"),
    "street": re.compile(r"\d+ [^\W\d_].*"),
}
YEAR = re.compile(r"(19|20)\d{2}")


def _shape(cell: str) -> str:
    return next((name for name, shape in SHAPES.items() if shape.fullmatch(cell)), "words")


def speaks_of_persons(cell: str) -> bool:
    """Return whether a cell has the words of a header: a person field or an id."""
    words = head_words(cell)
    return not is_data_head(cell) and (bool(named_fields(words)) or numbered_thing(words) is not None)


def _in_a_run(first: Sequence[str]) -> set[int]:
    """Find the header cells of a grid: consecutive numbers or dates in ascending order."""
    run: list[int] = []
    found: set[int] = set()
    before: tuple[int, ...] = ()
    for place, cell in enumerate(first):
        shape = _shape(cell)
        # In the order year, month, day: 9/30, 10/1.
        key = tuple(map(int, re.findall(r"\d+", cell))) if shape in ("number", "day") else ()
        run = [*run, place] if key and (not run or key > before) else [place] if key else []
        before = key
        if len(run) >= RUN:
            found |= set(run)
    return found


def names_columns(rows: Sequence[Sequence[str]], speaks: Callable[[str], bool] = speaks_of_persons) -> bool:
    """Return whether the first row is a header.

    A data row resembles the rows below it, column by column: a date over dates, a number over numbers, a word
    that occurs again. A header has words over dates and numbers, and typical header words.
    """
    first = rows[0]
    below = [row for row in rows[1:] if list(row) != list(first)]
    data = heads = 0
    grid = _in_a_run(first)
    if not below:
        filled = [cell for cell in first if cell]
        return any(map(speaks, filled)) or not any(map(is_data_head, filled))
    for place, cell in enumerate(first):
        if not cell or place in grid:
            continue
        values = [row[place] for row in below if place < len(row) and row[place]]
        shapes = Counter(map(_shape, values))
        shape = _shape(cell)
        like = shapes[shape] / len(values) if values else 0.0
        small = shape == "number" and (len(cell) < FEWEST_DIGITS or YEAR.fullmatch(cell) is not None)
        if cell in values or (is_data_head(cell) and shape == "words"):
            data += 1
        elif shape != "words" and like >= ALIKE and not small and not speaks(cell):
            data += 1
        elif speaks(cell):
            heads += 1
        elif (
            shape == "words" and values and shapes["words"] + shapes["name"] <= (1 - WORDS_OVER) * len(values)
        ):
            heads += 1
    return data <= heads if heads else not data


GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
AGAIN = 0.1  # of a header's words, may be values below it, too: "White" over a column of races
MOST_LINES = 2_000  # of a fixed-width file: where they all are blank, a column ends
LOOKED_AT = 60  # rows to detect delimiter and header from
TEXTS = (".csv", ".tsv", ".txt", ".text", ".psv", ".tab", ".dat", ".jsonl", ".ndjson", ".json", "")
PRINTED = (".out", ".asc", ".prn", ".rpt", ".lst", ".exp")  # text files with a program's own extension


@dataclass(frozen=True)
class UnknownFile:
    """A table without a layout."""

    # The file.
    found: FoundFile
    # csv, json_lines or xlsx.
    format: str
    # Trimmed text, missing where empty; columns are named as the reader names them.
    rows: pd.DataFrame
    # encoding, delimiter, line_end, header_row, if not the defaults.
    settings: dict[str, str | int | list[int]] = field(default_factory=dict)
    # File position of each row, as findings number them.
    positions: Sequence[int] | np.ndarray = ()

    @property
    def kind(self) -> tuple[object, ...]:
        """What files of one kind share."""
        return (self.format, self.settings.get("header_row", 1), *map(str, self.rows.columns))


def _delimiter(data: bytes) -> tuple[str, list[list[str]]]:
    """Find the delimiter that gives most rows the same number of cells, more than one."""
    best: tuple[float, int] = (-1.0, 0)
    text = data.replace(b"\0", b"")
    chosen = (",", first_rows(text, ",", LOOKED_AT))
    for delimiter in DELIMITERS:
        rows = first_rows(text, delimiter, LOOKED_AT)
        widths = Counter(len(row) for row in rows if row)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        worth = (times / sum(widths.values()) if width > 1 else 0.0, width)
        if worth > best:
            best, chosen = worth, (delimiter, rows)
    return chosen


def _in_fixed_widths(data: bytes, cells: Sequence[Sequence[str]]) -> bool:
    """Return whether most lines separate their cells by blanks, and few by the delimiter."""
    lines = [line for line in data[: 1 << 18].decode("utf-8", errors="replace").splitlines() if line.strip()]
    wide = [len(GAP.findall(line)) for line in lines[:LOOKED_AT]]
    parted = [len(row) for row in cells if any(row)]
    return sum(gaps >= 2 for gaps in wide) > 0.6 * len(wide) and sum(n > 2 for n in parted) < 0.4 * len(
        parted
    )


def _fixed_starts(data: bytes, cells: Sequence[Sequence[str]]) -> list[int] | None:
    """Return where the columns of a fixed-width file begin; None if it isn't one.

    A header of two words over shorter values looks like two columns: the second is empty below its word.
    """
    if not _in_fixed_widths(data, cells):
        return None
    text = data[: 1 << 20].decode("utf-8", errors="replace")
    lines = [line for line in text.split("\n")[:MOST_LINES] if GAP.search(line)]
    starts = column_starts(lines)
    rows = first_rows(as_delimited("\n".join(lines).encode(), starts), ",", len(lines))
    kept = [1]
    for place, start in enumerate(starts[1:], start=1):
        empty = not any(row[place] for row in rows[1:])
        before, head = rows[0][place - 1], rows[0][place]
        if not (empty and not speaks_of_persons(before) and speaks_of_persons(f"{before} {head}")):
            kept.append(start)
    return kept if len(kept) > 2 else None


def _header_row(rows: Sequence[Sequence[str]]) -> int:
    """Find the header row: the first as wide as the rows below it; 0 if there is none."""
    filled = [sum(1 for cell in row if cell) for row in rows]
    if not any(filled):
        return 1
    usual = Counter(count for count in filled if count).most_common(1)[0][0]
    most = max(filled)
    row = next(
        (
            place
            for place, count in enumerate(filled[:12])
            if count >= max(1, 0.6 * max(usual, 1)) and (count > 1 or most == 1)
        ),
        0,
    )
    if row and any(count > max(2, 0.5 * usual) for count in filled[:row]):
        row = 0
    return row + 1 if names_columns(rows[row:]) else 0


def _rows_of_head(rows: Sequence[Sequence[str]], header_row: int) -> tuple[int, int]:
    """Return a header's last row and its number of rows: two, if their words make sense together alone."""
    for last in (header_row, header_row + 1) if header_row else ():
        if not 2 <= last < len(rows):
            continue
        above, below = rows[last - 2], rows[last - 1]
        if any(map(str.isdigit, "".join((*above, *below)))):
            continue
        again = {
            at for row in rows[last:] for at, cell in enumerate(below) if row[at : at + 1] == [cell] != [""]
        }
        if len(again) > AGAIN * len(below):
            continue
        joined, own = join_heads(above, below), [cell for cell in below if cell]
        groups = len(set(own)) < len(own) and len(set(joined)) == len(joined) and sum(map(bool, above)) > 1
        single = sum(map(speaks_of_persons, rows[header_row - 1]))
        if groups or sum(map(speaks_of_persons, joined)) > single:
            return last, 2
    return header_row, 1


def _by_place(width: int) -> list[Column]:
    return [Column(name=by_place(number)) for number in range(1, width + 1)]


def _head_settings(header_row: int, of: int) -> dict[str, str | int | list[int]]:
    settings: dict[str, str | int | list[int]] = {"header_row": header_row, "header_rows": of}
    return {name: value for name, value in settings.items() if value != 1}


def _plain(
    shape: str, header_row: int, delimiter: str, columns: Sequence[Column], header_rows: int = 1
) -> FileLayout:
    return FileLayout.model_validate(
        {
            "name": "undeclared",
            "path": "*",
            "format": shape,
            "row_is": "?",
            "delimiter": delimiter,
            "header_row": header_row,
            "header_rows": header_rows,
            "columns": list(columns),
        }
    )


def _text(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: trimmed(rows[name].astype(STRING)) for name in rows.columns}, index=rows.index)


def _json_names(rows: pd.DataFrame) -> pd.DataFrame:
    """Name the elements of a list alike: ``events[1].day`` is ``events[].day``."""
    names = [re.sub(r"\[\d+\]", "[]", str(name)) for name in rows.columns]
    parts: dict[str, list[pd.Series]] = {}
    for place, name in enumerate(names):
        parts.setdefault(name, []).append(rows.iloc[:, place])
    # The first element shows what a list is like; a row needs one value only.
    return pd.DataFrame(
        {
            name: columns[0] if len(columns) == 1 else _first_filled(columns)
            for name, columns in parts.items()
        },
        index=rows.index,
    )


def _first_filled(columns: Sequence[pd.Series]) -> pd.Series:
    whole = columns[0]
    for column in columns[1:]:
        whole = whole.fillna(column)
    return whole


def sniff(found: FoundFile) -> UnknownFile | str:
    """Inspect a file that matches no layout; return the table, or why there is none."""
    try:
        return _look_into(found, found.read())
    except TooMuch as trouble:
        return str(trouble)


def _no_text(raw: bytes, ending: str) -> str | None:
    """Return why a file is no text; None if it may be."""
    if not raw.strip(b"\xef\xbb\xbf\r\n\t \0"):
        return "it is empty"
    if ending not in (*TEXTS, *PRINTED) or raw[:4] in (b"\xd0\xcf\x11\xe0", b"%PDF", b"PK\x03\x04"):
        return "start reads delimited text, JSON lines and xlsx: save it in one of these formats"
    top = raw[:4096]
    marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    return "it isn't text" if b"\0" in top and not marked and top.count(0) * 4 < len(top) else None


def _look_into(found: FoundFile, raw: bytes) -> UnknownFile | str:
    quiet = Findings(None, found.path)
    if is_sheet(raw):
        return _sheet(found, raw, quiet)
    ending = f".{found.name.rpartition('.')[2].lower()}" if "." in found.name else ""
    if (trouble := _no_text(raw, ending)) is not None:
        return trouble
    data, encoding = read_text(raw, "utf-8", quiet)
    settings: dict[str, str | int | list[int]] = {}
    if raw.startswith(b"\xef\xbb\xbf"):
        settings["encoding"] = "utf-8-sig"
    elif encoding not in (None, "utf-8"):
        settings["encoding"] = encoding
    if b"\r\n" in data[: 1 << 18]:
        settings["line_end"] = "crlf"
    first = data.lstrip()[:1]
    if not first:
        return "it is empty"
    if first == b"<":
        return "start drafts no layout for XML"
    if first == b"[" and ending == ".json":
        return "it is a JSON array, but not of records: write one record per line (JSON lines)"
    if first == b"{":
        return _records(found, data, settings, quiet)
    delimiter, cells = _delimiter(data)
    if (starts := _fixed_starts(data, cells)) is not None:
        settings["starts"] = starts
        data = as_delimited(data, starts)
        delimiter, cells = ",", first_rows(data, ",", LOOKED_AT)
    if delimiter != ",":
        settings["delimiter"] = delimiter
    width = Counter(len(row) for row in cells if row).most_common(1)[0][0] if any(cells) else 0
    if width < 2 and ending not in (".csv", ".tsv", ".tab", ".psv"):
        return "it is text without columns"
    header_row = _header_row(cells)
    header_row, of = _rows_of_head(cells, header_row)
    settings |= _head_settings(header_row, of)
    columns = _by_place(width) if not header_row and cells else []
    parsed = parse_delimited(data, _plain("csv", header_row, delimiter, columns, of), delimiter, quiet)
    return _table(found, "csv", parsed, parsed.table.rows, settings)


def _table(
    found: FoundFile,
    shape: str,
    parsed: Parsed,
    rows: pd.DataFrame,
    settings: dict[str, str | int | list[int]],
) -> UnknownFile | str:
    if not rows.columns.size or (len(rows.columns) == 1 and not str(rows.columns[0]).strip()):
        return "it has no columns"
    if rows.empty:
        return "it has a header but no rows"
    return UnknownFile(found, shape, _text(rows.reset_index(drop=True)), settings, parsed.row)


def _records(
    found: FoundFile, data: bytes, settings: dict[str, str | int | list[int]], quiet: Findings
) -> UnknownFile | str:
    parsed = parse_json_lines(data, _plain("json_lines", 1, ",", []), quiet)
    if not len(parsed.row):
        return "no line of it is a JSON record: write one record per line (JSON lines), and run start again"
    settings.pop("delimiter", None)
    return _table(found, "json_lines", parsed, _json_names(parsed.table.rows), settings)


def _sheet(found: FoundFile, raw: bytes, quiet: Findings) -> UnknownFile | str:
    cells = [
        ["" if cell is None else str(cell[1] if isinstance(cell, list) else cell).strip() for cell in row]
        for row in rows_of(raw, LOOKED_AT)
    ]
    if not any(any(row) for row in cells):
        return "the sheet is empty"
    header_row = _header_row(cells)
    header_row, of = _rows_of_head(cells, header_row)
    settings = _head_settings(header_row, of)
    columns = _by_place(max(map(len, cells))) if not header_row else []
    parsed = parse_sheet(raw, _plain("xlsx", header_row, ",", columns, of), quiet)
    return _table(found, "xlsx", parsed, parsed.table.rows, settings)
