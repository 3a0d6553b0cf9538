"""A row as it stands in its file: the text that a system wrote, before anybody read meaning into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.files.folder import files_below
from helpers.show.blocks import Block, escape

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["as_written"]

_LONGEST = 600  # letters: a test vendor's row of 143 columns is a page of its own
_NOT_SHOWN = "Rows of a real district's files are not shown."


def as_written(district: District, file: str, row: int, caption: str = "") -> Block:
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

    Returns
    -------
    Block
        The text, cut where it is very long; for a real folder a sentence, since a row is a child's.
    """
    if not district.synthetic:
        return Block(f'<p class="muted">{_NOT_SHOWN}</p>', _NOT_SHOWN)
    caption = caption or f"{file}, row {row}"
    lines = _lines(district, file)
    header = [lines[0]] if file.endswith(".csv") and row > 1 else []
    shown = [_cut(line) for line in [*header, *lines[row - 1 : row]]]
    style = "white-space:pre-wrap;overflow-wrap:anywhere"
    text = f'<pre style="{style}">' + "\n".join(escape(line) for line in shown) + "</pre>"
    return Block(f"<p><strong>{escape(caption)}</strong></p>{text}", "\n".join([f"{caption}:", *shown]))


def _lines(district: District, file: str) -> list[str]:
    root = district.folder / "silos"
    found, _ = files_below(root if root.is_dir() else district.folder)
    for one in found:
        if one.path == file:
            return one.read().decode("utf-8-sig", "replace").splitlines()
    return []


def _cut(line: str) -> str:
    """Leave out the end of a very long line, and say how much that is."""
    if len(line) <= _LONGEST:
        return line
    return f"{line[:_LONGEST]} … (and {len(line) - _LONGEST:,} more letters)"
