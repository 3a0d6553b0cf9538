"""Rows of text, written column by column: the bytes of a large file without a Python string a cell.

What comes out is what the standard library's csv writer would write row by row; a test compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["as_arrow", "delimited_rows", "holds_any", "joined", "text_of"]

TEXT = pa.large_string()


def as_arrow(cells: pd.Series) -> pa.Array:
    """Give a column of text as one Arrow array."""
    array = pa.array(cells.array, TEXT, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def joined(pieces: Sequence[Any]) -> pa.Array:
    """Join columns of text, and text that stands in every row, without anything between them."""
    every = [pa.scalar(piece, TEXT) if isinstance(piece, str) else piece for piece in pieces]
    return pc.binary_join_element_wise(*every, pa.scalar("", TEXT))


def text_of(rows: pa.Array) -> bytes:
    """Give the text of rows, one behind the other, as UTF-8."""
    if not len(rows):
        return b""
    _, offsets, text = rows.buffers()
    bounds = np.frombuffer(offsets, dtype="int64")
    first, last = int(bounds[rows.offset]), int(bounds[rows.offset + len(rows)])
    return bytes(memoryview(text)[first:last]) if text is not None else b""


def holds_any(rows: pa.Array, letters: str) -> bool:
    """Say whether any of some letters stands in any row: looked for in all of the text at once."""
    held = text_of(rows)
    return any(letter.encode("utf-8") in held for letter in letters)


def delimited_rows(columns: Sequence[pa.Array], delimiter: str, end: str, quote_all: bool) -> bytes:
    """Write rows as a csv writer does.

    Parameters
    ----------
    columns
        Text; missing cells at the end of a row aren't written, others are empty.
    delimiter, end
        What stands between cells, and behind a row.
    quote_all
        Whether every cell is quoted, or only those that need it.

    Returns
    -------
    bytes
        UTF-8.
    """
    # From the first column with a missing cell on, the end of a row may be missing.
    whole = next((at for at, column in enumerate(columns) if column.null_count), len(columns))
    cells = [_quoted(column, delimiter, quote_all) for column in columns]
    if cells and whole < 2 and not quote_all:
        cells[0] = _alone(cells[0], columns[1:])
    tail: pa.Array | None = None
    for cell in reversed(cells[whole:]):
        if tail is None:
            tail = cell
            continue
        longer = joined([pc.coalesce(cell, _quoted_empty(quote_all)), delimiter, tail])
        tail = pc.if_else(pc.is_null(tail), cell, longer)
    pieces: list[Any] = []
    for cell in cells[:whole]:
        pieces += [delimiter, cell] if pieces else [cell]
    if tail is not None:
        before = delimiter if pieces else ""
        pieces.append(pc.coalesce(joined([before, tail]), pa.scalar("", TEXT)))
    return text_of(joined([*pieces, end])) if pieces else b""


def _alone(first: pa.Array, others: Sequence[pa.Array]) -> pa.Array:
    """Quote an empty cell that is its row's only one: the row isn't blank."""
    alone = pc.equal(first, "")
    for other in others:
        alone = pc.and_(alone, pc.is_null(other))
    return pc.if_else(alone, '""', first)


def _quoted_empty(quote_all: bool) -> pa.Scalar:
    return pa.scalar('""' if quote_all else "", TEXT)


def _quoted(column: pa.Array, delimiter: str, quote_all: bool) -> pa.Array:
    if quote_all:
        return joined(['"', pc.replace_substring(column, '"', '""'), '"'])
    held = text_of(column)
    there = [mark for mark in ('"', delimiter, "\n", "\r") if mark.encode("utf-8") in held]
    if not there:
        return column
    needs = pc.match_substring(column, there[0])
    for mark in there[1:]:
        needs = pc.or_(needs, pc.match_substring(column, mark))
    return pc.if_else(needs, joined(['"', pc.replace_substring(column, '"', '""'), '"']), column)
