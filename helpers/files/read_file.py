"""One native file, read by its layout: its columns matched, its cells as standard values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.keys import without_repeated
from helpers.files.parsed import Parsed
from helpers.files.recognise import folded
from helpers.files.structure_rows import StructureCells, without_structure
from helpers.files.values import Values, read_column, trimmed
from helpers.layouts import Column, FileLayout, constant

__all__ = ["ReadFile", "read_file"]


@dataclass
class ReadFile:
    """One file, read by its layout.

    Attributes
    ----------
    path
        By which findings name it.
    file
        Its kind.
    parsed
        Rows as text, without those set aside.
    columns
        Name in the file -> declaration.
    values
        Name in the file -> what was read.
    findings
        What was wrong.
    structure
        Rows of structure by the name that the layout gives them.
    lacking
        Column -> places of source rows that could not become a standard row without it.
    """

    path: str
    file: FileLayout
    parsed: Parsed
    findings: Findings
    columns: dict[str, Column] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)
    structure: dict[str, StructureCells] = field(default_factory=dict)
    lacking: dict[str, np.ndarray] = field(default_factory=dict)

    def named(self, name: str, element: int | None = None) -> str | None:
        """Find the name in the file of a declared column; `element` is put in for ``[]``."""
        wanted = name if element is None else name.replace("[]", f"[{element}]", 1)
        if wanted in self.values:
            return wanted
        for there, column in self.columns.items():
            if column.name == wanted:
                return there
        return None

    def text(self, name: str, element: int | None = None) -> pd.Series:
        """Give the trimmed text of a declared column; missing where the file has no such column."""
        there = self.named(name, element)
        if there is None:
            return pd.Series(constant(None, len(self.parsed.row)))
        return trimmed(self.parsed.table.rows[there])

    def forget_text(self) -> None:
        """Let go of what was written, once the standard rows are made: only ids are looked at again."""
        ids = [name for name, column in self.columns.items() if column.identification_system]
        self.values = {name: self.values[name] for name in ids if name in self.values}
        self.parsed = self.parsed.bare()

    def elements(self, stem: str) -> list[int]:
        """List the numbers of a nested file's elements of a path such as ``calendarEvents[]``."""
        pattern = re.compile(re.escape(stem.removesuffix("[]")) + r"\[(\d+)\]")
        return sorted({int(found[1]) for name in self.columns if (found := pattern.match(name))})


def _match_columns(parsed: Parsed, file: FileLayout, findings: Findings) -> dict[str, Column]:
    """Find the declaration of each column of a file; tell what is missing, unknown or renamed."""
    by_name = {column.name: column for column in file.named()}
    by_fold = {folded(alias): c for c in file.named() for alias in [c.name, *c.aliases]}
    extension = re.compile(file.extension_columns) if file.extension_columns else None
    nested = file.nested
    matched: dict[str, Column] = {}
    by_pattern: dict[str, Column] = {}
    unknown: dict[str, None] = {}
    for place, name in enumerate(parsed.table.rows.columns):
        collapsed = re.sub(r"\[\d+\]", "[]", name) if nested else name
        if collapsed in by_name:
            matched[name] = by_name[collapsed]
        elif folded(collapsed) in by_fold and by_fold[folded(collapsed)] not in matched.values():
            matched[name] = by_fold[folded(collapsed)]
            findings.add(
                "column_renamed",
                "read_as",
                column=name,
                expected=matched[name].name,
                read_as=matched[name].name,
            )
        elif not nested and re.sub(r"#\d+$", "", name) in parsed.table.header[:place]:
            findings.add("column_repeated", "kept_apart", column=name)
        elif column := file.by_pattern(name):
            by_pattern[name] = column
        elif not (extension and extension.search(name)):
            unknown[collapsed] = None
    for name in unknown:
        findings.add("column_unknown", "kept_apart", column=name)
    found = {column.name for column in matched.values()}
    for column in file.named():
        # A nested file leaves out what it has no value for: only a required path is missed.
        if column.name not in found and not column.optional and (column.required or not nested):
            findings.add("column_missing", "nothing", column=column.name, expected=column.name)
    order = [column.name for column in file.named() if column.name in found]
    if file.header == "exact" and not nested and [column.name for column in matched.values()] != order:
        findings.add("header_out_of_order", "read_as", expected=", ".join(order), read_as="by name")
    return matched | by_pattern


def read_file(path: str, file: FileLayout, parsed: Parsed, findings: Findings) -> ReadFile:
    """Read every declared column of a file.

    Parameters
    ----------
    path
        By which findings name the file.
    file
        Its kind.
    parsed
        Its rows as text.
    findings
        Gets what is wrong with columns and cells.

    Returns
    -------
    ReadFile
        Text and values, one a row.
    """
    columns = _match_columns(parsed, file, findings)
    parsed, structure = without_structure(parsed, file, columns, findings)
    parsed = without_repeated(parsed, file, columns, findings)
    read = ReadFile(path, file, parsed, findings, columns, structure=structure)
    for name, column in read.columns.items():
        rows, cells = parsed.row, parsed.table.rows[name]
        if column.required and "[" in name and not name.count("[1]"):
            column = column.model_copy(update={"required": False})  # only the first element is asked for
        read.values[name] = read_column(cells, column, rows, findings, name=name)
        if column.parts:
            text = read.values[name].values
            odd = (text.notna() & ~text.str.match(column.parts).fillna(False)).to_numpy(bool)
            findings.add_rows(
                "not_in_pattern",
                "value_set_aside",
                rows[odd],
                column=name,
                value=text[odd].tolist(),
                expected=column.parts,
            )
    return read
