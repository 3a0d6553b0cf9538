"""Split off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd

from helpers.files.sheet_rows import _match, _number
from helpers.files.text_table import TextTable
from helpers.files.workbook import Cell, as_sheet
from helpers.layouts import Column, FileLayout

__all__ = ["sheet_of"]


def _typed(text: Any, column: Column | None) -> Cell:
    """Type a cell as a spreadsheet would hold it: a valid date or number; all else is text."""
    if text is pd.NA or text is None or text == "":
        return None
    text = str(text)
    if column is None:
        return text
    written = next(iter(column.formats()), None)
    try:
        if column.type == "date":
            day: date = datetime.strptime(text, written or "%Y-%m-%d").date()
            return ["d", day.isoformat()] if day.year >= 1900 else text
        if column.type == "datetime":
            moment = datetime.strptime(text, written or "%Y-%m-%d %H:%M:%S")
            plain = moment.tzinfo is None and moment.year >= 1900 and not moment.microsecond
            return ["m", moment.isoformat(timespec="seconds")] if plain else text
        if column.type in ("number", "integer"):
            value = float(text.replace("$", "").replace(",", ""))
            number = f"{value:.15g}"
            return ["n", number] if _number(number, written) == text else text
    except ValueError:
        return text
    return text


def _typed_once(texts: list[Any], column: Column | None) -> list[Cell]:
    """Type a column's cells, each distinct text once."""
    known = {text: _typed(text, column) for text in dict.fromkeys(texts)}
    return [known[text] for text in texts]


def sheet_of(table: TextTable, file: FileLayout) -> bytes:
    """Write a sheet: valid dates and numbers typed, all else as text.

    Parameters
    ----------
    table
        Header, rows and settings.
    file
        The kind of file.

    Returns
    -------
    bytes
        A sheet, for `workbook.pack_workbook`.
    """
    titles: list[list[Cell]] = [[str(title)] for title in table.settings.get("title_rows", ())]  # type: ignore[union-attr]
    heads: list[list[Cell]] = [list(table.header)] if table.settings.get("header_row", 1) else []
    declared = _match(list(map(str, table.rows.columns)), file)
    columns = [
        _typed_once(table.rows[name].tolist(), column)
        for name, column in zip(table.rows.columns, declared, strict=True)
    ]
    return as_sheet([*titles, *heads, *(list(row) for row in zip(*columns, strict=True))])
