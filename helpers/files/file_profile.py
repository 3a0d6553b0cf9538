"""Profile files as written: headers, codes, date formats and text encoding.

Reading converts all of this to standard values, which every later room uses. Only the measure of how far
two systems share a vocabulary needs the original text. Each distinct text is examined once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.files.parse.file import ReadFile
from helpers.files.parse.types import READERS
from helpers.files.parse.values import NULL_AS_TEXT, trimmed
from helpers.layouts import Column, FileLayout
from helpers.standard import as_table, empty_table

__all__ = ["WORDS", "FileProfile", "line_end_of", "profile_of"]

# Standard columns of people that some systems fill with codes and others with their own words.
WORDS = ("race", "home_language", "sex", "grade_level")
DATES = ("date", "datetime")
# In this order, so that nothing is replaced twice; the last ones put the digits back.
SHAPES = (
    (r"\.[0-9]+", ""),
    (r"[A-Za-z]{3,}", "Mon"),
    (r"[0-9]{5,}", "\x03"),
    (r"[0-9]{3,4}", "\x02"),
    (r"[0-9]{1,2}", "9"),
    ("\x02", "9999"),
    ("\x03", "99999999"),
)
# Enough of a file to see how its lines end.
HEAD = 1 << 16


Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class FileProfile:
    """Texts as written in files: rows of ``written_files``, ``written_columns`` and ``written_values``.

    They become tables on request, since most rooms never need them.
    """

    file_rows: Rows = field(default_factory=list)
    column_rows: Rows = field(default_factory=list)
    value_rows: Rows = field(default_factory=list)

    @cached_property
    def files(self) -> pd.DataFrame:
        """Table ``written_files``."""
        return _table("written_files", self.file_rows)

    @cached_property
    def columns(self) -> pd.DataFrame:
        """Table ``written_columns``."""
        return _table("written_columns", self.column_rows)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Table ``written_values``."""
        return _table("written_values", self.value_rows)

    @classmethod
    def of(cls, several: Iterable[FileProfile]) -> FileProfile:
        """Combine the profiles of several silos."""
        each = list(several)
        return cls(
            [row for one in each for row in one.file_rows],
            [row for one in each for row in one.column_rows],
            [row for one in each for row in one.value_rows],
        )


def _table(name: str, rows: Rows) -> pd.DataFrame:
    return as_table(name, pd.DataFrame(rows)) if rows else empty_table(name)


def line_end_of(data: bytes) -> str | None:
    """Detect a file's line ending from its beginning; None if it has no line break."""
    start = data[:HEAD]
    if b"\r\n" in start or b"\r\0\n" in start:
        return "crlf"
    return "lf" if b"\n" in start else None


def date_shapes(texts: pa.Array) -> pa.Array:
    """Return date shapes: digits as 9, month names as Mon, without fractions of a second.

    >>> date_shapes(pa.array(["2026-04-03", "4/13/2026", "13-Apr-2026", "20260403"])).to_pylist()
    ['9999-9-9', '9/9/9999', '9-Mon-9999', '99999999']
    """
    for pattern, by in SHAPES:
        texts = pc.replace_substring_regex(texts, pattern, by)
    return texts


def profile_of(silo: str, reads: Sequence[ReadFile], stored: Mapping[str, Mapping[str, Any]]) -> FileProfile:
    """Profile the files of a silo before their text is released."""
    columns: Rows = []
    values: Rows = []
    asked: dict[str, frozenset[str]] = {}
    for read in reads:
        kind = read.file.name
        if kind not in asked:
            asked[kind] = _asked(read.file)
        columns += _columns(silo, read)
        for name, column in read.columns.items():
            if column.type in DATES or column.name in asked[kind]:
                values += _counted(silo, read, name, column)
    return FileProfile([{"silo": silo, "file": file, **how} for file, how in stored.items()], columns, values)


def _asked(file: FileLayout) -> frozenset[str]:
    """List the columns to profile by value: those with codes, and descriptions of people."""
    coded = {column.name for column in file.columns if column.codes is not None}
    described = {
        found[0].name
        for makes in file.makes
        if makes.table == "people"
        for target, source in makes.take.items()
        if target in WORDS and (found := file.find(source)) is not None and found[1] is None
    }
    return frozenset(coded | described)


def _columns(silo: str, read: ReadFile) -> Rows:
    """List the columns of a file; columns of a pattern, named for assignments, count as one."""
    rows = read.parsed.table.rows
    found: dict[tuple[str, str | None], int] = {}
    for label in rows.columns:
        name = str(label)
        column = read.columns.get(name)
        by_pattern = column is not None and column.pattern is not None
        head = re.sub(r"\[\d+\]", "[]", name) if "[" in name else name
        key = (column.name if by_pattern and column else head, column.name if column else None)
        if by_pattern:
            found[key] = -1
        elif found.get(key, 0) >= 0:
            found[key] = max(found.get(key, 0), _filled(rows[label]))
    return [
        {
            "silo": silo,
            "file": read.path,
            "kind": read.file.name,
            "head": head or " ",
            "column": column,
            "rows": len(rows),
            "filled": None if count < 0 else count,
        }
        for (head, column), count in found.items()
    ]


def _filled(cells: pd.Series) -> int:
    text = pa.chunked_array(pa.array(cells, from_pandas=True))
    return int(pc.sum(pc.not_equal(text, "")).as_py() or 0)


def _counted(silo: str, read: ReadFile, name: str, column: Column) -> Rows:
    """Count each distinct text of a column, with its meaning and the first row that has it."""
    codes, distinct = pd.factorize(trimmed(read.parsed.table.rows[name]), use_na_sentinel=True)
    if not len(distinct):
        return []
    known = np.flatnonzero(codes >= 0)
    times = np.bincount(codes[known], minlength=len(distinct)).tolist()
    first = np.zeros(len(distinct), dtype="int64")
    first[codes[known[::-1]]] = known[::-1]
    rows = read.parsed.row[first].tolist()
    is_date = column.type in DATES
    about = {
        "silo": silo,
        "file": read.path,
        "kind": read.file.name,
        "column": column.name,
        "is_date": is_date,
    }
    if is_date:
        shapes = date_shapes(pa.array(distinct, pa.large_string())).to_pylist()
        found: dict[str, tuple[int, int]] = {}
        for shape, count, row in zip(shapes, times, rows, strict=True):
            before = found.get(shape, (0, row))
            found[shape] = (before[0] + count, min(before[1], row))
        return [
            {**about, "as_written": shape, "standard": None, "times": count, "row": row}
            for shape, (count, row) in found.items()
        ]
    make = READERS.get(column.type)
    reader = make(column) if make is not None and column.codes is not None else None
    return [
        {**about, "as_written": word, "standard": word if reader is None else reader(word).value,
         "times": count, "row": row}
        for word, count, row in zip(map(str, distinct), times, rows, strict=True)
        if word != NULL_AS_TEXT
    ]  # fmt: skip
