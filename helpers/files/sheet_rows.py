"""A sheet of a workbook <-> rows of text: what a typed cell says depends on its column's format."""

from __future__ import annotations

import json
from datetime import datetime, time

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.parsed import Parsed
from helpers.files.render__number import write_number
from helpers.files.text_table import TextTable, default_settings, unique_names
from helpers.files.workbook import Cell, epoch_of, stretched
from helpers.layouts import Column, FileLayout, folded
from helpers.standard import STRING

__all__ = ["parse_sheet"]


def _shown(cell: Cell, column: Column | None) -> str:
    """Say a cell as its column writes it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    kind = column.type if column is not None else "string"
    written = next(iter(column.formats()), None) if column is not None else None
    if isinstance(cell, bool):
        yes, no = (written or "true|false").split("|") if kind == "boolean" else ("TRUE", "FALSE")
        return yes if cell else no
    what, text = cell
    if what == "n":
        return _number(text, written) if kind in ("number", "integer") else text
    if what == "t":
        return time.fromisoformat(text).strftime(written) if kind == "time" and written else text
    moment = datetime.fromisoformat(text)
    if kind in ("date", "datetime") and written:
        return moment.strftime(written)
    return text if what == "d" and kind != "datetime" else moment.strftime("%Y-%m-%d %H:%M:%S")


def _number(text: str, picture: str | None) -> str:
    try:
        as_pictured = write_number(picture)(float(text))
    except ValueError:
        return text
    # A picture that would hide digits says less than the cell does.
    plain = as_pictured.replace("$", "").replace(",", "")
    return as_pictured if float(plain) == float(text) else text


def _match(header: list[str], file: FileLayout) -> list[Column | None]:
    by_name = {column.name: column for column in file.named()}
    return [by_name.get(name, file.by_fold.get(folded(name), file.by_pattern(name))) for name in header]


def parse_sheet(data: bytes, file: FileLayout, findings: Findings) -> Parsed:
    """Read a sheet; typed cells become text by their column's format.

    Parameters
    ----------
    data
        A sheet, as `workbook` gives it.
    file
        The kind of file.
    findings
        Gets row_blank, cells_merged (a cell over several rows says the same in each), record_broken.

    Returns
    -------
    Parsed
        Rows with as many cells as the widest; a row is numbered as the spreadsheet numbers it.
    """
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
    # A column without a head and without a cell is none.
    kept = [head != "" or bool((table[name] != "").any()) for head, name in zip(header, names, strict=True)]
    heads_kept = tuple(head for head, is_kept in zip(header, kept, strict=True) if is_kept)
    settings = default_settings(file)
    if (epoch := epoch_of(data)) != 1900:
        settings["epoch"] = epoch
    text = TextTable(heads_kept, table.loc[:, kept], settings)
    return Parsed(text, numbers, len(rows), min(file.header_row, len(rows))).without(blank)
