"""A CSV that survives a spreadsheet: accents, zeros in front of numbers, cells that look like formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from helpers.files.decode import as_utf8
from helpers.files.findings import Findings
from helpers.files.guarded_cells import guarded_cell, safe_cell
from helpers.standard import STRING, BadInput

__all__ = ["read_text_table", "spreadsheet_bytes"]

DELIMITERS = ",;\t|"


def spreadsheet_bytes(frame: pd.DataFrame, ids: Collection[str] = ()) -> bytes:
    """Write a frame as CSV for a spreadsheet.

    Parameters
    ----------
    frame
        Any table; days are written as YYYY-MM-DD, moments with their time.
    ids
        Columns whose every cell is guarded; of others, cells that a spreadsheet would run.

    Returns
    -------
    bytes
        UTF-8 with a byte order mark, by which Excel knows that it is UTF-8; lines end in CRLF.
    """
    texts = {
        str(name): [_cell(value, always=str(name) in ids) for value in frame.iloc[:, place]]
        for place, name in enumerate(frame.columns)
    }
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(list(texts))
    writer.writerows(zip(*texts.values(), strict=True))
    return written.getvalue().encode("utf-8-sig")


def _cell(value: object, *, always: bool) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value.isoformat()}Z"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if not isinstance(value, str):
        return str(value)
    return safe_cell(value, always=True) if always else guarded_cell(value)


def read_text_table(path: Path) -> pd.DataFrame:
    """Read a CSV that a program or a spreadsheet saved, every cell as text.

    Parameters
    ----------
    path
        UTF-8 with or without a mark, UTF-16 or Windows-1252; commas, semicolons, tabs or bars.

    Returns
    -------
    pandas.DataFrame
        Dtype string; empty cells are NA. The index is the row as a spreadsheet numbers it: 2 is the first
        below the header. Blank rows are left out.

    Raises
    ------
    BadInput
        When there is no such file, or it has no header.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}: name a CSV that the review desk or a spreadsheet saved.")
    text = as_utf8(path.read_bytes(), "utf-8", Findings(None, path.name)).decode("utf-8", "replace")
    header_line = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=header_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadInput(f"{path} can't be read as a CSV ({error}): save it again as CSV UTF-8.") from None
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise BadInput(f"{path} has no header in its first row: take the file as the review desk wrote it.")
    header = [cell.strip() for cell in lines[0]]
    rows = {
        place: dict(zip(header, [*cells, *[""] * len(header)], strict=False))
        for place, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(dict.fromkeys(header)))
    return frame.replace("", None).astype(STRING)
