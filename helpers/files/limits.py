"""Limits of the reader: beyond them we refuse a file in one sentence, before it fills the memory.

Every limit is well above what any export that we have seen needs, and low enough that a laptop can read a
file just below it. Size alone is limited only by the disk: we refuse files that are small outside and large
inside, or have a shape that no export has.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

__all__ = [
    "LONGEST_LINE",
    "MOST_CELLS",
    "MOST_COLUMNS",
    "MOST_EMPTY",
    "MOST_EMPTY_OF_SHEET",
    "MOST_FILES",
    "WORKBOOKS_UNPACKED",
    "ZIPS",
    "TooMuch",
    "Unpacked",
    "no_file",
    "shape_trouble",
    "too_empty",
    "too_wide",
]

MOST_FILES = 10_000  # in one zip; one gradebook per section makes a few thousand
MOST_COLUMNS = 5_000  # of a table, or distinct paths of nested records; the widest export seen has 1,800
MOST_CELLS = 40_000_000  # of a sheet: above every list that a school has, below what fits on a laptop
MOST_EMPTY_OF_SHEET = 4_000_000  # each takes as long as a filled cell
MOST_EMPTY = 20_000_000  # cells that a file implies without writing, if it writes fewer than a quarter
LONGEST_LINE = 8 << 20  # bytes; a document in one line (XML, a JSON array) may be longer
LONGEST_DOCUMENT = 256 << 20
HEAD = 1 << 20  # bytes in which we look for a table's header
HEAD_ROWS = 12
CHUNK = 1 << 20


@dataclass(frozen=True)
class Unpacked:
    """Limits for unpacking: total bytes, and a ratio for files larger than `ratio_from`."""

    largest: int
    ratio: int
    ratio_from: int


# Text packs at about 10 to 1, a bomb of zeros at about 1000 to 1.
ZIPS = Unpacked(4 << 30, 200, 64 << 20)
# Their XML packs at about 15 to 1, and parsing visits every cell.
WORKBOOKS_UNPACKED = Unpacked(1 << 29, 60, 8 << 20)
MARKS = b"\xef\xbb\xbf\xff\xfe\0 \r\n\t"


class TooMuch(ValueError):
    """A file with a shape that no export has; the message gives sizes, never content."""


def no_file(path: Path) -> str | None:
    """Explain why a path can't be read from; None for a file. A pipe or a device may never end."""
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return None
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder"}
    return f"it is {kinds.get(stat.S_IFMT(mode), 'a device')}, not a file"


def too_wide(columns: int, what: str = "columns") -> str | None:
    """Describe a table with more columns than any export."""
    if columns <= MOST_COLUMNS:
        return None
    return f"it has {columns:,} {what}, more than {MOST_COLUMNS:,}: export only those that are needed"


def too_empty(rows: int, columns: int, filled: int) -> str | None:
    """Describe a file that implies many more cells than it writes."""
    cells = rows * columns
    if cells - filled <= MOST_EMPTY or filled * 4 >= cells:
        return None
    return (
        f"it is nearly empty (rows: {rows:,}, columns: {columns:,}, empty cells: more than {MOST_EMPTY:,}): "
        "export each kind of record separately"
    )


def _longest(first: bytes, rest: BinaryIO, most: int) -> int:
    """Measure the longest line, chunk by chunk, up to `most`."""
    run, longest, chunk = 0, 0, first
    while chunk and longest <= most:
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        if last < 0:
            run += len(chunk)
            longest = max(longest, run)
        else:
            ends = [place for place in (chunk.find(b"\n"), chunk.find(b"\r")) if place >= 0]
            longest = max(longest, run + min(ends))
            run = len(chunk) - last - 1
        chunk = rest.read(CHUNK)
    while rest.read(CHUNK):
        pass  # so that a zip verifies its checksums
    return longest


def shape_trouble(file: BinaryIO) -> str | None:
    """Describe a shape that no export has; None if the file looks normal."""
    first = file.read(HEAD)
    begins = first[: 1 << 12].lstrip(MARKS)[:1]
    document = begins in (b"<", b"[")
    longest = _longest(first, file, LONGEST_DOCUMENT if document else LONGEST_LINE)
    if longest > (LONGEST_DOCUMENT if document else LONGEST_LINE):
        most = (LONGEST_DOCUMENT if document else LONGEST_LINE) >> 20
        return f"it has a line of more than {most} MiB: export it with one record per line"
    if document or not begins:
        return None
    if begins == b"{":
        return too_wide(first.partition(b"\n")[0].count(b'":'), "names or more in its first record")
    if longest > HEAD and b"\n" not in first and b"\r" not in first:
        return f"its first line is longer than {HEAD >> 20} MiB, so we can't read a header"
    widest = max((_width(line) for line in first.splitlines()[:HEAD_ROWS]), default=0)
    return too_wide(widest)


def _width(line: bytes) -> int:
    return max(line.count(mark) for mark in (b",", b";", b"\t", b"|")) + 1
