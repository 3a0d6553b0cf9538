"""Rows of a native file -> standard rows, by what its layout says that they make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.keys import without_repeated
from helpers.files.parsed import Parsed
from helpers.files.recognise import folded
from helpers.files.values import Values, read_column, trimmed
from helpers.layouts import STRING, Column, FileLayout, Layout, Makes, cast, constant, standard_table

__all__ = ["ReadFile", "make_rows", "read_file"]


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
    lacking
        Column -> places of source rows that could not become a standard row without it.
    """

    path: str
    file: FileLayout
    parsed: Parsed
    findings: Findings
    columns: dict[str, Column] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)
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
    nested = file.format != "csv"
    matched: dict[str, Column] = {}
    by_pattern: dict[str, Column] = {}
    unknown: dict[str, None] = {}
    for name in parsed.table.rows.columns:
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
        elif column := file.by_pattern(name):
            by_pattern[name] = column
        elif not (extension and extension.search(name)):
            unknown[collapsed] = None
    for name in unknown:
        again = not nested and re.sub(r"#\d+$", "", name) in by_name
        findings.add("column_repeated" if again else "column_unknown", "kept_apart", column=name)
    found = {column.name for column in matched.values()}
    for column in file.named():
        # A nested file leaves out what it has no value for: only a required path is missed.
        if column.name not in found and (column.required or not nested):
            findings.add("column_missing", "nothing", column=column.name, expected=column.name)
    order = [column.name for column in file.named() if column.name in found]
    if file.header == "exact" and not nested and [column.name for column in matched.values()] != order:
        findings.add("header_out_of_order", "read_as", expected=", ".join(order), read_as="by name")
    return matched | by_pattern


def _without_structure(parsed: Parsed, file: FileLayout, findings: Findings) -> Parsed:
    """Take out marker rows, and a header that stands in the file again."""
    rows = parsed.table.rows
    if file.format != "csv" or not len(rows):
        return parsed
    first = rows.iloc[:, 0].fillna("")
    structure = np.zeros(len(rows), bool)
    for pattern in file.not_data:
        structure |= first.str.match(pattern).to_numpy(bool)
    again = np.zeros(len(rows), bool)
    head = parsed.table.header[0] if file.header_row else None
    candidates = np.flatnonzero((first == head).to_numpy(bool)) if head else np.empty(0, int)
    for place in candidates:
        again[place] = [str(cell).strip() for cell in rows.iloc[place]] == list(parsed.table.header)
    findings.add_rows(
        "row_repeated", "row_set_aside", parsed.row[again], expected="data, not the header again"
    )
    left = parsed.without(structure | again)
    return Parsed(left.table, left.row, left.rows, left.structure + int(structure.sum()))


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
    parsed = _without_structure(parsed, file, findings)
    columns = _match_columns(parsed, file, findings)
    parsed = without_repeated(parsed, file, columns, findings)
    read = ReadFile(path, file, parsed, findings, columns)
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


_NO_ROWS = pd.DataFrame({"source": np.empty(0, int), "row": pd.array([], dtype="Int64")})


def _part(
    read: ReadFile, column: Column, part: str, element: int | None, table: str, target: str
) -> pd.Series:
    """Read a part of a cell as the standard column's type."""
    pattern = column.parts or column.item or ""
    text = read.text(column.name, element).str.extract(pattern)[part].astype(STRING)
    standard = next((one.type for one in standard_table(table).columns if one.name == target), "string")
    if standard == "string":
        return text
    wanted = {"name": column.name, "type": standard}
    if target == "school_year":
        wanted |= {"type": "school_year", "format": "YYYY-YYYY"}
    as_declared = Column.model_validate(wanted)
    name = read.named(column.name, element) or column.name
    return read_column(text, as_declared, read.parsed.row, read.findings, name=name).values


def _followed(read: ReadFile, source: str, silo: Mapping[str, list[ReadFile]], layout: Layout) -> pd.Series:
    """Follow a reference to the row of the other file with that key; rows that disagree say nothing."""
    start, _, target = source.partition("->")
    found = read.file.find(start)
    references = found[0].references if found else None
    file_name, _, key = str(references).partition(".")
    keys = read.text(start)
    tables = []
    for other in silo.get(file_name, []):
        there = other.named(target)
        if there is not None:
            tables.append(pd.DataFrame({"key": other.text(key), "value": other.values[there].values}))
    column = layout.file_named(file_name).column(target)
    if not tables:
        return pd.Series(constant(None, len(keys)))
    lookup = pd.concat(tables, ignore_index=True).dropna(subset=["key"]).drop_duplicates()
    lookup = lookup[~lookup["key"].duplicated(keep=False)]
    places = pd.Index(lookup["key"]).get_indexer(pd.Index(keys.fillna("")))
    values = lookup["value"].reset_index(drop=True)
    taken = values.reindex(np.where(places < 0, len(values), places)).reset_index(drop=True)
    return taken if column.type != "list" else taken.astype(STRING)


def _column_behind(read: ReadFile, source: str, layout: Layout) -> Column:
    """Give the declaration of what a `take` names, at the end of the reference where it follows one."""
    start, arrow, target = source.partition("->")
    found = read.file.find(start)
    if arrow and found is not None:
        found = layout.file_named(str(found[0].references).split(".", 1)[0]).find(target)
    assert found is not None  # the layout was checked
    return found[0]


def _chosen(read: ReadFile, makes: Makes, element: int | None) -> np.ndarray:
    """Find the source rows that a `makes` is about."""
    keep = np.ones(len(read.parsed.row), bool)
    if element is not None and makes.each:
        stem = makes.each.replace("[]", f"[{element}]")
        there = [name for name in read.columns if name == stem or name.startswith(f"{stem}.")]
        keep &= read.parsed.table.rows[there].notna().any(axis=1).to_numpy(bool)
    for name, allowed in makes.where.items():
        keep &= read.text(name, element).isin(allowed).to_numpy(bool)
    for name, refused in makes.unless.items():
        keep &= ~read.text(name, element).isin(refused).to_numpy(bool)
    return keep


def _flags(read: ReadFile, flags: Mapping[str, str]) -> pd.Series:
    """Join the names of the columns that are true."""
    joined = pd.Series([""] * len(read.parsed.row), dtype=STRING)
    known = np.zeros(len(joined), bool)
    for column, name in sorted(flags.items(), key=lambda item: item[1]):
        there = read.named(column)
        if there is None:
            continue
        values = read.values[there].values
        yes = values.fillna(False).to_numpy(bool)
        known |= values.notna().to_numpy()
        joined = joined.mask(yes, joined + ";" + name)
    joined = joined.str.removeprefix(";")
    return joined.mask(joined == "")


def make_rows(
    read: ReadFile, makes: Makes, silo: Mapping[str, list[ReadFile]], layout: Layout
) -> pd.DataFrame:
    """Make the standard rows that one `makes` of a file gives.

    Parameters
    ----------
    read
        The file.
    makes
        Table, and what is taken from where.
    silo
        Every file of the silo by kind, for references that are followed.
    layout
        The silo's layout.

    Returns
    -------
    pandas.DataFrame
        Columns of the standard table that are filled, with `local_id`, `file`, `row` and `source` (place
        of the source row in the file's rows); no silo and no record yet.
    """
    dtypes = standard_table(makes.table).dtypes()
    frames = []
    for element in read.elements(makes.each) if makes.each else [None]:
        keep = _chosen(read, makes, element)
        columns: dict[str, Any] = {}
        for target, source in makes.take.items():
            if "->" in source:
                columns[target] = _followed(read, source, silo, layout)
                continue
            found = read.file.find(source)
            assert found is not None  # the layout was checked
            column, part = found
            there = read.named(column.name, element)
            if part is not None:
                columns[target] = _part(read, column, part, element, makes.table, target)
            elif there is not None:
                columns[target] = read.values[there].values
                other = read.values[there].other
                if other is not None and f"{target}_other" in dtypes:
                    columns[f"{target}_other"] = other
        for target, flags in makes.flags.items():
            columns[target] = _flags(read, flags)
        frame = pd.DataFrame(columns, index=pd.RangeIndex(len(keep)), copy=False)
        frame["source"] = np.arange(len(keep))
        frame["row"] = pd.array(read.parsed.row, dtype="Int64")
        if not keep.all():
            frame = frame[keep].reset_index(drop=True)
        for target, value in makes.set.items():
            frame[target] = value
        frames.append(frame)
    whole = frames[0] if len(frames) == 1 else pd.concat(frames or [_NO_ROWS], ignore_index=True)
    whole["file"] = constant(read.path, len(whole))
    if makes.unless_empty:
        # A column that the file doesn't have at all is empty in every row.
        filled = whole[makes.unless_empty].notna() if makes.unless_empty in whole else slice(0)
        whole = whole[filled].reset_index(drop=True)
    days = {column.name for column in standard_table(makes.table).columns if column.type == "date"}
    for name in whole.columns:
        if name in dtypes:
            whole[name] = cast(whole[name], dtypes[name])
        if name in days and _column_behind(read, makes.take[name], layout).type == "datetime":
            whole[name] = whole[name].dt.normalize()
    if makes.table == "people":
        return whole
    return _without_lacking(read, makes, whole)


def _without_lacking(read: ReadFile, makes: Makes, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows that lack what the standard table cannot be without, and remember them."""
    for needed in standard_table(makes.table).columns:
        if not needed.required or needed.name not in makes.take:
            continue
        gone = np.ones(len(rows), bool)
        if needed.name in rows:
            gone = rows[needed.name].isna().to_numpy(bool)
        if gone.any():
            read.lacking[makes.take[needed.name]] = rows["source"].to_numpy()[gone]
            rows = rows[~gone].reset_index(drop=True)
    return rows
