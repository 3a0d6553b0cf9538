"""Read text whose columns begin at fixed positions, by writing it as delimited text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

__all__ = ["as_delimited", "column_starts"]


def as_delimited(data: bytes, starts: Sequence[int]) -> bytes:
    """Write each line as a delimited row; `starts` are its columns' first positions, counted from 1."""
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\n").writerow
    ends = [*(start - 1 for start in starts[1:]), None]
    text = data.decode("utf-8", errors="replace")
    for line in text.removesuffix("\n").split("\n"):
        write([line[start - 1 : end].strip() for start, end in zip(starts, ends, strict=True)])
    return out.getvalue().encode("utf-8")


def column_starts(lines: Sequence[str]) -> list[int]:
    """Find where columns begin: after positions that are blank in every line.

    >>> column_starts(["Ana  Diaz   07", "Bo   Li     11"])
    [1, 6, 13]
    """
    filled = np.zeros(max(map(len, lines), default=0) + 1, dtype=bool)
    for line in lines:
        filled[: len(line)] |= np.array([letter != " " for letter in line], dtype=bool)
    starts = (np.flatnonzero(filled[:-1] & ~np.concatenate([[False], filled[:-2]])) + 1).tolist()
    return [1, *starts[1:]]
