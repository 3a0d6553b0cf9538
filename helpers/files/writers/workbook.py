"""Write sheets as a workbook, or files as a zip, with reproducible bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from helpers.files.readers.workbook import Cell, _match, as_sheet, rows_of
from helpers.files.readers.workbook import _pictured as _number
from helpers.files.text_table import TextTable
from helpers.layouts import Column, FileLayout
from helpers.standard import BadInput

__all__ = ["pack_workbook", "sheet_of", "zip_entry"]


EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def zip_entry(name: str) -> zipfile.ZipInfo:
    """Create a zip entry; Python's default records the operating system, so bytes would differ."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = UNIX
    return entry


LONGEST_TEXT = 32_767  # the library omits longer texts


def pack_workbook(sheets: Mapping[str, bytes]) -> bytes:
    """Build a workbook; equal sheets give equal bytes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(*EPOCH)})
    styles = {
        "d": book.add_format({"num_format": "yyyy-mm-dd"}),
        "m": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "t": book.add_format({"num_format": "hh:mm:ss"}),
    }
    for name, data in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows_of(data)):
            for column, cell in enumerate(cells):
                _put(sheet, row, column, cell, styles)
    book.close()
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(out) as unpacked,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive,
    ):
        for entry in unpacked.namelist():
            archive.writestr(zip_entry(entry), unpacked.read(entry))
    return packed.getvalue()


def _put(sheet: Any, row: int, column: int, cell: Cell, styles: Mapping[str, Any]) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, str):
        if len(cell) > LONGEST_TEXT:
            raise BadInput(f"A workbook's cell takes at most {LONGEST_TEXT:,} characters, not {len(cell):,}.")
        sheet.write_string(row, column, cell)
    elif cell[0] == "n":
        sheet.write_number(row, column, float(cell[1]))
    elif cell[0] == "t":
        sheet.write_datetime(row, column, time.fromisoformat(cell[1]), styles["t"])
    else:
        sheet.write_datetime(row, column, datetime.fromisoformat(cell[1]), styles[cell[0]])


def _typed(text: Any, column: Column | None) -> Cell:
    """Type a cell as a spreadsheet stores it: a valid date or number; anything else is text."""
    if text is pd.NA or text is None or text == "":
        return None
    text = str(text)
    if column is None:
        return text
    cell_format = next(iter(column.formats()), None)
    try:
        if column.type == "date":
            day: date = datetime.strptime(text, cell_format or "%Y-%m-%d").date()
            return ["d", day.isoformat()] if day.year >= 1900 else text
        if column.type == "datetime":
            moment = datetime.strptime(text, cell_format or "%Y-%m-%d %H:%M:%S")
            plain = moment.tzinfo is None and moment.year >= 1900 and not moment.microsecond
            return ["m", moment.isoformat(timespec="seconds")] if plain else text
        if column.type in ("number", "integer"):
            value = float(text.replace("$", "").replace(",", ""))
            number = f"{value:.15g}"
            return ["n", number] if _number(number, cell_format) == text else text
    except ValueError:
        return text
    return text


def _typed_once(texts: list[Any], column: Column | None) -> list[Cell]:
    """Type a column's cells, each distinct text once."""
    known = {text: _typed(text, column) for text in dict.fromkeys(texts)}
    return [known[text] for text in texts]


def sheet_of(table: TextTable, file: FileLayout) -> bytes:
    """Write a sheet: valid dates and numbers typed, anything else as text."""
    titles: list[list[Cell]] = [[str(title)] for title in table.settings.get("title_rows", ())]  # type: ignore[union-attr]
    heads: list[list[Cell]] = [list(table.header)] if table.settings.get("header_row", 1) else []
    declared = _match(list(map(str, table.rows.columns)), file)
    columns = [
        _typed_once(table.rows[name].tolist(), column)
        for name, column in zip(table.rows.columns, declared, strict=True)
    ]
    return as_sheet([*titles, *heads, *(list(row) for row in zip(*columns, strict=True))])
