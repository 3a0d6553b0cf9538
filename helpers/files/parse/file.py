"""Parse a native file by its layout, with its keys and references."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.parse.columns import (
    ColumnValues,
    StructureCells,
    TextColumns,
    read_columns,
    without_structure,
)
from helpers.files.parse.values import is_blank, trimmed
from helpers.files.text_table import Parsed
from helpers.layouts import Column, FileLayout, Layout, folded, shape_of
from helpers.standard import constant, labeled

__all__ = ["FilesOfKind", "ReadFile", "read_files", "report_dangling", "without_repeated"]


def _codes(columns: list[pd.Series]) -> np.ndarray:
    """Assign an integer to each distinct combination of some columns; -1 if one is empty."""
    whole = np.zeros(len(columns[0]), "int64")
    empty = np.zeros(len(columns[0]), bool)
    for column in columns:
        codes, distinct = pd.factorize(column, use_na_sentinel=True)
        empty |= codes < 0
        if len(columns) == 1:
            return np.asarray(codes)
        whole = whole * (len(distinct) + 1) + codes + 1
        _, whole = np.unique(whole, return_inverse=True)
    return np.where(empty, -1, whole)


def without_repeated(
    parsed: Parsed, file: FileLayout, columns: Mapping[str, Column], findings: Findings
) -> Parsed:
    """Set aside duplicate rows of a keyed file, and report keys shared by different rows."""
    rows = parsed.table.rows
    names = {column.name: name for name, column in columns.items()}
    if not file.key or not len(rows) or any(key not in names for key in file.key):
        return parsed
    keys = [trimmed(rows[names[key]]) for key in file.key]
    codes = _codes(keys)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    again = (codes >= 0) & (counts[codes] > 1)
    if not again.any():
        return parsed
    order = np.argsort(parsed.row[again], kind="stable")
    positions = np.flatnonzero(again)[order]
    twice = rows.iloc[positions].fillna("").duplicated().to_numpy(bool)
    shown = ["; ".join(str(key.iloc[place]) for key in keys) for place in positions]
    key_name = ", ".join(file.key)
    findings.add_rows(
        "row_repeated",
        "row_set_aside",
        parsed.row[positions[twice]],
        column=key_name,
        value=[one for one, gone in zip(shown, twice, strict=True) if gone],
        expected="each row once",
    )
    left = positions[~twice]
    other = pd.Series(codes[left]).duplicated().to_numpy(bool)
    findings.add_rows(
        "key_repeated",
        "nothing",
        parsed.row[left[other]],
        column=key_name,
        value=[one for one, gone in zip(np.array(shown, object)[~twice], other, strict=True) if gone],
        expected="each key once",
    )
    gone = np.zeros(len(rows), bool)
    gone[positions[twice]] = True
    return parsed.without(gone)


@dataclass
class ReadFile:
    """One file, read by its layout."""

    # Its path in findings.
    path: str
    # Its kind.
    file: FileLayout
    # Rows as text, without those set aside.
    parsed: Parsed
    # What was wrong.
    findings: Findings
    # Name in the file -> declaration.
    columns: dict[str, Column]
    # Name in the file -> values.
    values: ColumnValues
    # Structure rows by the name that the layout gives them.
    structure: dict[str, StructureCells]
    # Cache of cell parts.
    parts: dict[Hashable, pd.Series] = field(default_factory=dict)

    def named(self, name: str, element: int | None = None) -> str | None:
        """Return the file's name for a declared column; `element` replaces ``[]``."""
        wanted = name if element is None else name.replace("[]", f"[{element}]", 1)
        if wanted in self.columns:
            return wanted
        return self._heads.get(wanted)

    @cached_property
    def _heads(self) -> dict[str, str]:
        """File's name for each declared column; the first if several match."""
        return {column.name: there for there, column in reversed(self.columns.items())}

    def text(self, name: str, element: int | None = None) -> pd.Series:
        """Return the trimmed text of a declared column; missing if the file lacks it."""
        there = self.named(name, element)
        if there is None:
            return pd.Series(constant(None, len(self.parsed.row)))
        return trimmed(self.parsed.table.rows[there])

    def forget_text(self) -> None:
        """Release the text once standard rows exist; later steps need only ids."""
        ids = [name for name, column in self.columns.items() if column.identification_system]
        self.values = self.values.only(ids)
        self.parts = {}
        self.parsed = self.parsed.bare()

    def elements(self, stem: str) -> list[int]:
        """List the element numbers of a nested path such as ``calendarEvents[]``."""
        pattern = re.compile(re.escape(stem.removesuffix("[]")) + r"\[(\d+)\]")
        return sorted({int(found[1]) for name in self.columns if (found := pattern.match(name))})


def _match_columns(parsed: Parsed, file: FileLayout, findings: Findings) -> dict[str, Column]:
    """Match each column of a file to its declaration; report missing, unknown and renamed ones."""
    by_name = {column.name: column for column in file.named()}
    by_fold = file.by_fold
    heads = list(parsed.table.rows.columns)
    beyond = file.are_beyond(heads)
    by_shape = file.by_patterns(heads)
    first = {head: place for place, head in reversed(list(enumerate(parsed.table.header)))}
    nested = file.nested
    names = set(parsed.table.rows.columns)
    matched: dict[str, Column] = {}
    taken: set[str] = set()
    by_pattern: dict[str, Column] = {}
    unknown: dict[str, None] = {}
    for place, name in enumerate(heads):
        collapsed = re.sub(r"\[\d+\]", "[]", name) if nested else name
        alike = by_fold.get(folded(collapsed))
        if collapsed in by_name:
            matched[name] = by_name[collapsed]
        elif alike is not None and alike.name not in taken and alike.name not in names:
            matched[name] = alike
            taken.add(alike.name)
            findings.add(
                "column_renamed",
                "read_as",
                column=name,
                expected=matched[name].name,
                read_as=matched[name].name,
            )
        elif not nested and not parsed.table.header[place]:
            _tell_cells_without_head(parsed, place, findings)
        elif not nested and first.get(re.sub(r"#\d+$", "", name), place) < place:
            findings.add("column_repeated", "quarantined", column=name)
        elif column := by_shape[place]:
            by_pattern[name] = column
        elif not beyond[place]:
            unknown[collapsed] = None
    for name in unknown:
        findings.add("column_unknown", "quarantined", column=name)
    found = {column.name for column in matched.values()}
    for column in file.named():
        # A nested file omits missing values: only a required path is missed.
        if column.name not in found and not column.optional and (column.required or not nested):
            findings.add("column_missing", "nothing", column=column.name, expected=column.name)
    order = [column.name for column in file.named() if column.name in found]
    if file.header == "exact" and not nested and [column.name for column in matched.values()] != order:
        findings.add("header_out_of_order", "read_as", expected=", ".join(order), read_as="by name")
    last = max((place for place, name in enumerate(heads) if name in matched), default=0)
    for name in [heads[place] for place in np.flatnonzero(beyond[:last])] if file.header == "exact" else []:
        findings.add(
            "header_out_of_order",
            "read_as",
            column=name,
            expected=f"it follows {order[-1]}",
            read_as="by name",
        )
    return matched | by_pattern


def _tell_cells_without_head(parsed: Parsed, place: int, findings: Findings) -> None:
    """Report the filled cells of a column without a header, one by one; their rows are still used."""
    cells = parsed.table.rows.iloc[:, place]
    filled = ~is_blank(cells)
    findings.add_rows(
        "cells_surplus",
        "quarantined",
        parsed.row[filled],
        column=f"column {place + 1}",
        value=cells[filled].tolist(),
        expected="a head above it",
    )


def read_files(files: Sequence[tuple[str, FileLayout, Parsed, Findings]]) -> list[ReadFile]:
    """Read every declared column of several files."""
    reads = []
    for path, file, parsed, findings in files:
        columns = _match_columns(parsed, file, findings)
        data, structure = without_structure(parsed, file, columns, findings)
        data = without_repeated(data, file, columns, findings)
        reads.append(ReadFile(path, file, data, findings, columns, ColumnValues(0), structure))
    by_kind: dict[str, list[ReadFile]] = {}
    for read in reads:
        by_kind.setdefault(read.file.name, []).append(read)
    for alike in by_kind.values():
        texts = [
            TextColumns(
                one.parsed.table.rows,
                one.columns,
                one.parsed.row,
                one.findings,
                int(one.parsed.table.settings.get("epoch", 1900)),  # type: ignore[arg-type]
            )
            for one in alike
        ]
        for read, values in zip(alike, read_columns(texts), strict=True):
            read.values = values
            _tell_odd_parts(read)
    return reads


def _tell_odd_parts(read: ReadFile) -> None:
    """Report cells, and items of lists, that lack the parts their column declares."""
    for name, column in read.columns.items():
        # Items that are ids are told when they become identifiers.
        pattern = column.parts or (None if column.identification_system else column.item)
        if not pattern:
            continue
        text = read.values[name].values.reset_index(drop=True)
        for other, words in column.parts_where.items():
            text = text.where(read.text(other).isin(words).to_numpy(bool))
        if column.item:
            text = text.str.split(",").explode().str.strip()
        odd = (text.notna() & ~shape_of(pattern).found_in(text, at_start=True)).to_numpy(bool)
        read.findings.add_rows(
            "not_in_pattern",
            "value_set_aside",
            read.parsed.row[text.index[odd]],
            column=name,
            value=text[odd].tolist(),
            expected=pattern,
        )


class FilesOfKind:
    """Files of one kind; a source row is identified by its position among the rows of all of them."""

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
        """The layout of this kind of file."""
        return self.reads[0].file

    def __len__(self) -> int:
        return len(self.row)

    def file_of(self, source: np.ndarray) -> Any:
        """Return the path of each row's file, as a text column."""
        if len(self.reads) == 1:
            return constant(self.reads[0].path, len(source))
        return labeled(self.part[source], [read.path for read in self.reads])

    def row_of(self, source: np.ndarray) -> Any:
        """Return each row's number in its file."""
        return pd.array(self.row[source], dtype="Int64")

    def tell(
        self, source: np.ndarray, kind: str, action_taken: str, *, value: Any = None, **texts: str | None
    ) -> None:
        """Add one finding per row to the row's file; `value` is one text for all, or one per row."""
        if not len(source):
            return
        part = self.part[source]
        for number in np.unique(part):
            here = np.flatnonzero(part == number)
            mine = value if value is None or isinstance(value, str) else [value[place] for place in here]
            self.reads[number].findings.add_rows(
                kind, action_taken, self.row[source[here]], value=mine, **texts
            )

    def by_file(self, marked: np.ndarray) -> list[np.ndarray]:
        """Split a mask of rows by file."""
        return [marked[begin:end] for begin, end in zip(self.begins, self.ends, strict=True)]


def report_dangling(silo: Mapping[str, list[ReadFile]], layout: Layout) -> None:
    """Report references that match no row of the silo."""
    for file in layout.files:
        for column in file.columns:
            if not column.references:
                continue
            target, _, key = column.references.partition(".")
            there = [other.text(key) for other in silo.get(target, [])]
            if not there:
                continue
            known = pd.concat(there, ignore_index=True).dropna().unique()
            for read in silo.get(file.name, []):
                text = read.text(column.name)
                if column.type == "list":  # an empty item is a finding of its own
                    text = text.str.split(",").explode().str.strip().replace("", None)
                lost = text.notna() & ~text.isin(known)
                if not lost.any():
                    continue
                positions = text.index[lost]
                read.findings.add_rows(
                    "reference_dangling",
                    "nothing",
                    read.parsed.row[positions],
                    column=column.name,
                    value=text[lost].tolist(),
                    expected=f"a row of {target} with that {key}",
                )
