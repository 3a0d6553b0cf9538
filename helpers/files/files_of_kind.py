"""All files of one kind in a silo, one after the other: what they make is made at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.files.read_file import ReadFile
from helpers.layouts import FileLayout
from helpers.standard import constant, labelled

__all__ = ["FilesOfKind"]


class FilesOfKind:
    """Files of one kind; a source row is known by its place among the rows of all of them.

    Parameters
    ----------
    reads
        At least one file.
    """

    def __init__(self, reads: Sequence[ReadFile]) -> None:
        self.reads = list(reads)
        self.lacking: dict[str, np.ndarray] = {}
        sizes = [len(read.parsed.row) for read in self.reads]
        self.ends = np.cumsum(sizes)
        self.begins = self.ends - sizes
        self.row = np.concatenate([read.parsed.row for read in self.reads])
        self.part = np.repeat(np.arange(len(sizes)), sizes)

    @property
    def file(self) -> FileLayout:
        """The kind."""
        return self.reads[0].file

    def __len__(self) -> int:
        return len(self.row)

    def file_of(self, source: np.ndarray) -> Any:
        """Give the path of each row's file, as a text column."""
        if len(self.reads) == 1:
            return constant(self.reads[0].path, len(source))
        return labelled(self.part[source], [read.path for read in self.reads])

    def row_of(self, source: np.ndarray) -> Any:
        """Give each row's number in its file."""
        return pd.array(self.row[source], dtype="Int64")

    def tell(
        self, source: np.ndarray, kind: str, done: str, *, value: Any = None, **said: str | None
    ) -> None:
        """Add one finding a row to those of its file; `value` is one text for all, or one a row."""
        if not len(source):
            return
        part = self.part[source]
        for number in np.unique(part):
            here = np.flatnonzero(part == number)
            mine = value if value is None or isinstance(value, str) else [value[place] for place in here]
            self.reads[number].findings.add_rows(kind, done, self.row[source[here]], value=mine, **said)

    def by_file(self, marked: np.ndarray) -> list[np.ndarray]:
        """Part what is said of each row by file."""
        return [marked[begin:end] for begin, end in zip(self.begins, self.ends, strict=True)]
