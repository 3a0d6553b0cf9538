"""A row as it stands in its file: the text that a system wrote, before anybody read meaning into it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpers.files.folder import FoundFile, files_below
from helpers.files.readers.workbook import Cell, rows_of
from helpers.show.blocks import Block, escape

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["as_written"]

_LONGEST = 600  # letters: a test vendor's row of 143 columns is a page of its own
_NOT_SHOWN = "Rows of a real district's files are not shown."


def as_written(district: District, file: str, row: int, caption: str = "", *, fold: bool = False) -> Block:
    """Show one row of a made district's file as text, with its header where the file has one.

    Parameters
    ----------
    district
        A district that was read.
    file, row
        As in ``person_rows``: the path from the folder that holds the silos, and the row as a spreadsheet
        numbers it.
    caption
        What the row is, in a few words; by default file and row.
    fold
        Whether only the caption is seen until somebody opens it.

    Returns
    -------
    Block
        The text, cut where it is very long; for a real folder a sentence, since a row is a child's.
    """
    if not district.synthetic:
        return Block(f'<p class="muted">{_NOT_SHOWN}</p>', _NOT_SHOWN)
    caption = caption or f"{file}, row {row}"
    lines, headed = _lines(district, file)
    header = [lines[0]] if headed and row > 1 else []
    shown = [_cut(line) for line in [*header, *lines[row - 1 : row]]]
    style = "white-space:pre-wrap;overflow-wrap:anywhere"
    text = f'<pre style="{style}">' + "\n".join(escape(line) for line in shown) + "</pre>"
    told = "\n".join([f"{caption}:", *shown])
    if fold:
        # A path is one long word, wider than a telephone.
        head = f'<summary style="overflow-wrap:anywhere">{escape(caption)}</summary>'
        return Block(f"<details>{head}{text}</details>", told)
    return Block(f"<p><strong>{escape(caption)}</strong></p>{text}", told)


def _lines(district: District, file: str) -> tuple[list[str], bool]:
    """Give the rows of a file as text, and say whether the first one is a header."""
    root = district.folder / "silos"
    found, _ = files_below(root if root.is_dir() else district.folder)
    for one in found:
        if one.path == file:
            return _text(one)
    return [], False


def _text(file: FoundFile) -> tuple[list[str], bool]:
    if file.is_sheet:
        return [" | ".join(_shown(cell) for cell in cells) for cells in rows_of(file.read())], True
    if file.path.endswith(".xml"):
        from defusedxml.ElementTree import fromstring, tostring

        elements = fromstring(file.read())
        # A reader of one record needs no address of its vocabulary before each of its names.
        return [
            re.sub(r' xmlns(:\w+)?="[^"]*"|(?<=[</])ns0:', "", tostring(one, "unicode")).strip()
            for one in elements
        ], False
    lines = file.read().decode("utf-8-sig", "replace").splitlines()
    return lines, file.path.endswith(".csv")


def _shown(cell: Cell) -> str:
    """Say what a cell of a sheet holds; a typed one, such as a date, is a pair of kind and text."""
    return "" if cell is None else str(cell[1]) if isinstance(cell, tuple | list) else str(cell)


def _cut(line: str) -> str:
    """Leave out the end of a very long line, and say how much that is."""
    if len(line) <= _LONGEST:
        return line
    return f"{line[:_LONGEST]} … (and {len(line) - _LONGEST:,} more letters)"
