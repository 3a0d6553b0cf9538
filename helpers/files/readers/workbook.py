"""Read the rows of a workbook's sheets as displayed."""

from __future__ import annotations

import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
from python_calamine import CalamineWorkbook, SheetTypeEnum

from helpers.files.findings import Findings
from helpers.files.limits import MOST_CELLS, MOST_EMPTY_OF_SHEET, too_empty, too_wide
from helpers.files.text_table import Parsed, TextTable, default_settings, join_heads, unique_names
from helpers.layouts import PICTURE, Column, FileLayout, folded
from helpers.standard import STRING, BadInput

__all__ = [
    "Cell",
    "as_sheet",
    "epoch_of",
    "header_of",
    "is_sheet",
    "parse_sheet",
    "rows_of",
    "sheets_in",
    "stretched",
    "write_number",
]


# A sheet begins with a character that begins no text.
SHEET = b"\x1dsheet "
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3})(\d+):[A-Z]{1,3}(\d+)\"")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>]")
ERROR = re.compile(rb"\st=[\"']e[\"']")
ROW = re.compile(rb"\sr=[\"'][A-Z]*(\d+)[\"']")
COLUMN = re.compile(rb"\sr=[\"']([A-Z]+)\d")
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml$")
SHOWN_OTHERWISE = re.compile(rb"formatCode=[\"']0{2,}[\"']|date1904=[\"'](?:1|true)[\"']")
ABOUT = ("xl/workbook.xml", "xl/styles.xml")
ZEROS = re.compile(r"^0{2,}$")

# None, text, a boolean, or a type and its text: ["n", "3.5"], ["d", "2025-08-31"], ["m",
# "2025-08-31T08:15:00"] (a datetime), ["t", "08:15:00"].
Cell = None | str | bool | list[str]


def is_sheet(data: bytes) -> bool:
    """Return whether bytes are a sheet of a workbook."""
    return data.startswith(SHEET)


def as_sheet(
    rows: Sequence[Sequence[Cell]], down: Sequence[tuple[int, int, int]] = (), epoch: int = 1900
) -> bytes:
    """Serialize a sheet's rows as bytes."""
    counts = {} if epoch == 1900 else {"epoch": epoch}
    lines = [json.dumps({"down": [list(one) for one in down], **counts})]
    write = json.JSONEncoder(separators=(",", ":")).encode
    for row in rows:
        cells = list(row)
        while cells and (cells[-1] is None or cells[-1] == ""):
            cells.pop()
        lines.append(write(cells))
    return SHEET + "\n".join(lines).encode("ascii") + b"\n"


def rows_of(data: bytes, most: int | None = None) -> list[list[Cell]]:
    """Read the rows of a sheet, or its first ones."""
    lines = data.split(b"\n", -1 if most is None else most + 1)[1:]
    if most is not None:
        lines = lines[:most]
    read: list[list[Cell]] = json.loads(b"[" + b",".join(line for line in lines if line) + b"]")
    return read


def header_of(data: bytes, header_row: int) -> list[str]:
    """Read the headers of a sheet, trimmed; empty if there is no such row."""
    rows = rows_of(data, max(header_row, 1))
    if len(rows) < max(header_row, 1):
        return []
    return [
        "" if cell is None else str(cell[1] if isinstance(cell, list) else cell).strip() for cell in rows[-1]
    ]


def epoch_of(data: bytes) -> int:
    """Return a sheet's date system, for dates stored as numbers: 1900 or 1904."""
    return int(json.loads(data[len(SHEET) : data.index(b"\n")]).get("epoch", 1900))


def stretched(data: bytes) -> list[tuple[int, int, int]]:
    """List vertically merged cells: column (from 0), first and last row (from 1)."""
    about = json.loads(data[len(SHEET) : data.index(b"\n")])
    return [tuple(one) for one in about["down"]]


def _number(value: float, picture: str) -> str | list[str]:
    if isinstance(value, int):
        text = str(value)
    else:
        text = f"{value:.15g}"  # as many digits as a spreadsheet stores
        if "e" in text:
            text = f"{value:.15f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.0f}"
        text = text.removesuffix(".0")
    # A number displayed with leading zeros is an id that somebody typed that way.
    if ZEROS.match(picture) and text.isdigit():
        return text.zfill(len(picture))
    return ["n", text]


def _cell(value: Any, picture: str = "") -> Cell:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return ["d", value.date().isoformat()] if midnight else ["m", value.isoformat(timespec="seconds")]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time):
        return ["t", value.isoformat(timespec="seconds")]
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return ["t", f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"]
    if isinstance(value, int | float):
        return _number(value, picture)
    return str(value)


def _cells_with_formats(sheet: Any, formulas: Any) -> Iterator[list[Cell]]:
    """Read each cell with its format; a formula without a stored result becomes its own text."""
    from openpyxl.utils.escape import unescape

    # A sheet may declare any size for itself.
    sheet.reset_dimensions()
    if formulas is not None:
        formulas.reset_dimensions()
    behind = iter(formulas.iter_rows()) if formulas is not None else None
    for row in sheet.iter_rows():
        read = [
            unescape(cell.value)
            if isinstance(cell.value, str)
            else _cell(cell.value, str(cell.number_format))
            for cell in row
        ]
        for place, stored in enumerate(next(behind, ()) if behind is not None else ()):
            if place < len(read) and read[place] is None and stored.value is not None:
                read[place] = str(getattr(stored.value, "text", stored.value))
        yield read


def _rows(title: str, sheet: Iterable[list[Cell]]) -> list[list[Cell]]:
    """Keep a sheet's rows as far as they are filled; refuse one that is too large or nearly empty."""
    rows: list[list[Cell]] = []
    cells = filled = width = 0
    for read in sheet:
        cells += len(read) + 1
        if cells > MOST_CELLS:
            raise OverflowError(f"sheet {title} has too many cells (at most {MOST_CELLS:,})")
        while read and (read[-1] is None or (isinstance(read[-1], str) and not read[-1].strip())):
            read.pop()  # formatted cells without content
        rows.append(read)
        width = max(width, len(read))
        filled += len(read) - read.count(None)
        if cells - filled > MOST_EMPTY_OF_SHEET and filled * 4 < cells:
            raise OverflowError(
                f"sheet {title} is nearly empty (empty cells: more than {MOST_EMPTY_OF_SHEET:,})"
            )
    while rows and not rows[-1]:
        rows.pop()
    if trouble := too_wide(width) or too_empty(len(rows), width, filled):
        raise OverflowError(f"sheet {title}: {trouble}")
    return rows


def _has_values_alone(xml: bytes) -> bool:
    """Return whether a sheet has no formula, error or merged rows, and all cells near its corner."""
    merged = any(int(last) > int(first) for _, first, last in MERGED.findall(xml))
    if merged or FORMULA.search(xml) or ERROR.search(xml):
        return False
    rows = set(map(int, ROW.findall(xml)))
    width = max(map(_column, set(COLUMN.findall(xml))), default=0) + 1
    # The fast library makes room for every cell up to the last one.
    deep = max(rows, default=0)
    return deep <= 2 * len(rows) + 100 and deep * width <= MOST_CELLS


def _sheets_of_values(data: bytes) -> dict[str, bytes] | None:
    """Read a workbook of values alone, many times faster; None if cells need their formats."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if SHEET_PART.match(name)]
        about = [archive.read(name) for name in archive.namelist() if name in ABOUT]
    if any(SHOWN_OTHERWISE.search(xml) for xml in about) or not all(map(_has_values_alone, parts)):
        return None
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    if len(names) != len(parts):
        return None
    found = {}
    for name in names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        # A float holds no more digits.
        if any(type(one) is float and abs(one) >= 10**15 for row in rows for one in row):
            return None
        cells = ([(one or None) if type(one) is str else _cell(one) for one in row] for row in rows)
        found[name] = as_sheet(_rows(name, cells))
    return found


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _sheets_with_formats(data: bytes) -> dict[str, bytes]:
    from openpyxl import load_workbook  # takes a quarter of a second

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    found = {}
    epoch = 1904 if book.epoch.year == 1904 else 1900
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {sheet.title: archive.read(sheet._worksheet_path) for sheet in book.worksheets}
    computed = [name for name, xml in parts.items() if FORMULA.search(xml)]
    formulas = load_workbook(io.BytesIO(data), read_only=True, keep_links=False) if computed else None
    for sheet in book.worksheets:
        name = sheet.title
        behind = formulas[name] if formulas is not None and name in computed else None
        rows = _rows(name, _cells_with_formats(sheet, behind))
        down = [
            (_column(column), int(first), min(int(last), len(rows)))
            for column, first, last in MERGED.findall(parts[name])
            if int(last) > int(first)
        ]
        found[name] = as_sheet(rows, down, epoch)
    return found


def sheets_in(data: bytes) -> dict[str, bytes]:
    """Split a workbook into its sheets."""
    try:
        with warnings.catch_warnings():  # about drawings, validations and styles, which we don't read
            warnings.simplefilter("ignore")
            found = _sheets_of_values(data)
            return _sheets_with_formats(data) if found is None else found
    except OverflowError:
        raise
    except Exception as error:  # the libraries raise some twenty kinds of error on a damaged workbook
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"it isn't a workbook that we can read ({reason[:120]})") from None


def write_number(picture: str | None) -> Callable[[Any], str]:
    """Return a function that formats a number by its pattern, such as ``$#,##0.00``."""
    if picture is None:
        return lambda value: repr(int(value)) if float(value).is_integer() else repr(float(value))
    shape = PICTURE.match(picture)
    if shape is None:
        raise BadInput(f"A number's picture is like 0.00 or $#,##0.00, not {picture!r}.")
    decimals = len(shape["decimals"] or "")
    comma = "," if shape["group"] else ""

    def write(value: Any) -> str:
        sign = "-" if round(float(value), decimals) < 0 else ""
        return f"{sign}{shape['currency']}{abs(float(value)):{comma}.{decimals}f}"

    return write


def _shown(cell: Cell, column: Column | None) -> str:
    """Format a cell as its column does."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    kind = column.type if column is not None else "string"
    cell_format = next(iter(column.formats()), None) if column is not None else None
    if isinstance(cell, bool):
        yes, no = (cell_format or "true|false").split("|") if kind == "boolean" else ("TRUE", "FALSE")
        return yes if cell else no
    what, text = cell
    if what == "n":
        return _pictured(text, cell_format) if kind in ("number", "integer") else text
    if what == "t":
        return time.fromisoformat(text).strftime(cell_format) if kind == "time" and cell_format else text
    moment = datetime.fromisoformat(text)
    if kind in ("date", "datetime") and cell_format:
        return moment.strftime(cell_format)
    return text if what == "d" and kind != "datetime" else moment.strftime("%Y-%m-%d %H:%M:%S")


def _pictured(text: str, picture: str | None) -> str:
    try:
        as_pictured = write_number(picture)(float(text))
    except ValueError:
        return text
    # Don't apply a pattern that would hide digits.
    plain = as_pictured.replace("$", "").replace(",", "")
    return as_pictured if float(plain) == float(text) else text


def _match(header: list[str], file: FileLayout) -> list[Column | None]:
    by_name = {column.name: column for column in file.named()}
    return [by_name.get(name, file.by_fold.get(folded(name), file.by_pattern(name))) for name in header]


def parse_sheet(data: bytes, file: FileLayout, findings: Findings) -> Parsed:
    """Read a sheet; typed cells become text in their column's format."""
    lines = data.split(b"\n")[1:]
    if lines and not lines[-1]:
        lines.pop()
    rows: list[list[Cell]] = []
    broken = []
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(json.loads(line))
        except ValueError:
            rows.append([])
            broken.append(number)
    findings.add_rows("record_broken", "row_set_aside", broken, expected="a row of a sheet")
    for place, first, last in stretched(data):
        above = rows[first - 1][place] if first <= len(rows) and place < len(rows[first - 1]) else None
        if above is None or first <= file.header_row:
            continue
        filled = []
        for number in range(first + 1, min(last, len(rows)) + 1):
            row = rows[number - 1]
            row.extend([None] * (place + 1 - len(row)))
            if row[place] is None:
                row[place] = above
                filled.append(number)
        findings.add_rows(
            "cells_merged",
            "read_as",
            filled,
            expected=f"a value in column {place + 1} of each row",
            read_as="the value of the cell that reaches down",
        )
    heads = rows[file.header_row - 1] if 0 < file.header_row <= len(rows) else []
    header = [_shown(cell, None).strip() for cell in heads]
    if file.header_rows == 2 and header:
        header = join_heads([_shown(cell, None).strip() for cell in rows[file.header_row - 2]], header)
    if not file.header_row:
        header = [column.name for column in file.named()]
    width = max([len(header), 1, *map(len, rows[file.header_row :])])
    header += [""] * (width - len(header))
    names = unique_names(header)
    columns = _match(names, file)
    numbers = np.array(
        [
            number
            for number, row in enumerate(rows, start=1)
            if number > file.header_row and number not in broken
        ],
        "int64",
    )
    body = [rows[number - 1] for number in numbers]
    blank = np.array(
        [all(cell is None or _shown(cell, None).strip() == "" for cell in row) for row in body], bool
    )
    findings.add_rows("row_blank", "row_set_aside", numbers[blank])
    table = pd.DataFrame(
        {
            name: pd.array(
                [_shown(row[place], columns[place]) if place < len(row) else "" for row in body], dtype=STRING
            )
            for place, name in enumerate(names)
        },
        index=pd.RangeIndex(len(body)),
    )
    # Drop a column without a header and without a filled cell.
    kept = [head != "" or bool((table[name] != "").any()) for head, name in zip(header, names, strict=True)]
    heads_kept = tuple(head for head, is_kept in zip(header, kept, strict=True) if is_kept)
    settings = default_settings(file)
    if (epoch := epoch_of(data)) != 1900:
        settings["epoch"] = epoch
    text = TextTable(heads_kept, table.loc[:, kept], settings)
    return Parsed(text, numbers, len(rows), min(file.header_row, len(rows))).without(blank)
