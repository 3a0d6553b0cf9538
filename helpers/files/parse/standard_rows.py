"""Make standard rows from the columns of one kind of file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.files.parse.columns import cell_rows
from helpers.files.parse.file import FilesOfKind, ReadFile
from helpers.files.parse.values import read_column
from helpers.layouts import Column, FileLayout, Layout, Makes, braced, shape_of
from helpers.standard import (
    STRING,
    cast,
    constant,
    missing,
    standard_table,
)

__all__ = ["make_rows"]

COMPARED_WITHOUT_CASE = ("Login", "Email")  # identification systems


def _part(
    read: ReadFile, column: Column, part: str, element: int | None, table: str, target: str
) -> pd.Series:
    """Parse a part of a cell as the standard column's type, cached for further rows."""
    asked = (column.name, part, element, table, target)
    if asked not in read.parts:
        read.parts[asked] = _read_part(read, column, part, element, table, target)
    return read.parts[asked]


def _read_part(
    read: ReadFile, column: Column, part: str, element: int | None, table: str, target: str
) -> pd.Series:
    shape = shape_of(column.parts or column.item or "")
    text = shape.parts_of(read.text(column.name, element))[part]
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
    """Follow a reference to the row of the other file with that key; missing if its rows disagree."""
    start, _, target = source.partition("->")
    found = read.file.find(start)
    references = found[0].references if found else None
    file_name, _, key = str(references).partition(".")
    pairs = _key_columns(read.file, start, key, layout.file_named(file_name))
    keys = _joined_text(read, [mine for mine, _ in pairs])
    others = silo.get(file_name, [])
    if not others:
        return pd.Series(constant(None, len(keys)))
    # Built once, since many files look things up in it.
    theirs = [name for _, name in pairs]
    asked = ("->", *theirs, target)
    if asked not in others[0].parts:
        system = layout.file_named(file_name).column(target).identification_system
        others[0].parts[asked] = _values_by_key(others, theirs, target, system in COMPARED_WITHOUT_CASE)
    values = others[0].parts[asked]
    positions = values.index.get_indexer(pd.Index(keys.fillna("")))
    there = values.reset_index(drop=True)
    taken = there.reindex(np.where(positions < 0, len(there), positions)).reset_index(drop=True)
    column = layout.file_named(file_name).column(target)
    return taken if column.type != "list" else taken.astype(STRING)


def report_out_of_bounds(silo: Mapping[str, list[ReadFile]], layout: Layout) -> None:
    """Report numbers below or above what another column of the row, or of the row it refers to, allows."""
    limited = [(file, column) for file in layout.files for column in file.columns if column.bounds()]
    for file, column in limited:
        for read in (one for one in silo.get(file.name, []) if one.named(column.name) is not None):
            name = str(read.named(column.name))
            own = read.values[name].values
            for word, source in column.bounds().items():
                there = read.named(source)
                if "->" in source:
                    limit = pd.to_numeric(_followed(read, source, silo, layout))
                elif there is not None:
                    limit = read.values[there].values
                else:
                    continue
                out = (own.lt(limit) if word == "at least" else own.gt(limit)).fillna(False).to_numpy(bool)
                read.findings.add_rows(
                    "out_of_range",
                    "nothing",
                    read.parsed.row[out],
                    column=name,
                    value=[f"{one:g}" for one in own[out]],
                    expected=[f"{word} {one:g}, its {source.rpartition('->')[2]}" for one in limit[out]],
                )


def _key_columns(file: FileLayout, start: str, key: str, other: FileLayout) -> list[tuple[str, str]]:
    """Pair a reference with the key of the other file; an object holds all of that key, by its last names."""
    inside = start.rpartition(".")[0]
    whole = [(f"{inside}.{name.rpartition('.')[2]}", name) for name in other.key]
    if inside and key in other.key and all(file.find(mine) is not None for mine, _ in whole):
        return whole
    return [(start, key)]


def _joined_text(read: ReadFile, columns: Sequence[str]) -> pd.Series:
    """Join the text of key columns; missing if one is."""
    text = read.text(columns[0])
    for name in columns[1:]:
        text = text + "\x1f" + read.text(name)
    return text


def _values_by_key(
    files: Sequence[ReadFile], key: Sequence[str], target: str, without_case: bool = False
) -> pd.Series:
    """Map keys to a column's values; a key whose rows disagree has none."""
    tables = [
        pd.DataFrame({"key": _joined_text(one, key), "value": one.values[there].values})
        for one in files
        if (there := one.named(target)) is not None
    ]
    if not tables:
        return pd.Series(constant(None, 0), index=pd.Index([], dtype=STRING))
    lookup = pd.concat(tables, ignore_index=True).dropna(subset=["key"]).drop_duplicates()
    if without_case:
        lookup = lookup[~lookup.assign(value=lookup["value"].str.casefold()).duplicated()]
    return lookup[~lookup["key"].duplicated(keep=False)].set_index("key")["value"]


def _column_behind(file: FileLayout, makes: Makes, target: str, layout: Layout) -> Column:
    """Return the declaration of a taken column, at the end of a followed reference."""
    source = makes.take[target]
    if braced(source) is not None:
        pattern = file.pattern_of(makes)
        assert pattern is not None  # the layout was checked
        return pattern
    start, arrow, there = source.partition("->")
    found = file.find(start)
    if arrow and found is not None:
        found = layout.file_named(str(found[0].references).split(".", 1)[0]).find(there)
    assert found is not None  # the layout was checked
    return found[0]


def _report_who_is_no_child(kind: FilesOfKind, people: pd.DataFrame) -> pd.DataFrame:
    """Turn rows that the layout declares not to be children into test users, and report them."""
    if not kind.file.not_a_child:
        return people
    nobody = np.zeros(len(kind), bool)
    for who in kind.file.not_a_child:
        texts = {name: pd.concat([read.text(name) for read in kind.reads]) for name in who}
        nobody |= np.all([texts[name].isin(who[name]).to_numpy(bool) for name in who], axis=0)
    here = nobody[people["source"].to_numpy()]
    if not here.any():
        return people
    source = people["source"].to_numpy()[here]
    kind.tell(source, "not_a_child", "nothing", value="a test user", expected="a child")
    role = people["role"] if "role" in people else pd.Series(constant(None, len(people)))
    return people.assign(role=role.mask(here, "Test user"))


def _chosen(read: ReadFile, makes: Makes, element: int | None) -> np.ndarray:
    """Find the source rows that a `makes` applies to."""
    keep = np.ones(len(read.parsed.row), bool)
    if element is not None and makes.each:
        stem = makes.each.replace("[]", f"[{element}]")
        there = [name for name in read.columns if name == stem or name.startswith(f"{stem}.")]
        keep &= read.parsed.table.rows[there].notna().any(axis=1).to_numpy(bool)
    for name, allowed in makes.where.items():
        if braced(name) is not None:
            continue  # about a cell, not a row
        keep &= read.text(name, element).fillna("").isin(allowed).to_numpy(bool)
    for name, refused in makes.unless.items():
        if braced(name) is not None:
            continue
        keep &= ~read.text(name, element).fillna("").isin(refused).to_numpy(bool)
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


def _taken(
    read: ReadFile, makes: Makes, element: int | None, silo: Mapping[str, list[ReadFile]], layout: Layout
) -> dict[str, Any]:
    """Return what a `makes` takes from the columns, one value per source row."""
    dtypes = standard_table(makes.table).dtypes()
    columns: dict[str, Any] = {}
    for target, source in makes.take.items():
        if braced(source) is not None:
            continue
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
            values = read.values[there]
            columns[target] = values.values
            for ending, more in (("other", values.other), ("status", values.status)):
                if more is not None and f"{target}_{ending}" in dtypes:
                    columns[f"{target}_{ending}"] = more
    for target, flags in makes.flags.items():
        columns[target] = _flags(read, flags)
    return columns


@dataclass(frozen=True)
class _Piece:
    """Some standard rows of one file: source row numbers and filled columns."""

    source: np.ndarray
    columns: dict[str, pd.Series]

    @classmethod
    def of(cls, source: np.ndarray, columns: Mapping[str, pd.Series], keep: np.ndarray) -> _Piece:
        """Filter to the rows in `keep`."""
        if keep.all():
            return cls(source, dict(columns))
        kept = {target: values[keep].reset_index(drop=True) for target, values in columns.items()}
        return cls(source[keep], kept)


def _of_rows(
    read: ReadFile, makes: Makes, element: int | None, silo: Mapping[str, list[ReadFile]], layout: Layout
) -> _Piece:
    """Make one standard row per source row."""
    keep = _chosen(read, makes, element)
    return _Piece.of(np.arange(len(keep)), _taken(read, makes, element, silo, layout), keep)


def _of_cells(
    read: ReadFile, makes: Makes, silo: Mapping[str, list[ReadFile]], layout: Layout
) -> list[_Piece]:
    """Make one standard row per cell of a pattern's columns."""
    rows = read.parsed.table.rows
    cells, inside, keep = cell_rows(
        read.file, makes, read.columns, read.values, rows, read.structure, read.findings
    )
    if not cells.names:
        return []
    keep &= _chosen(read, makes, None)[cells.source]
    outside = {
        target: cells.of_rows(values) for target, values in _taken(read, makes, None, silo, layout).items()
    }
    return [_Piece.of(cells.source, outside | inside, keep)]


def _one_below_the_other(pieces: Sequence[_Piece], dtypes: Mapping[str, Any]) -> pd.DataFrame:
    """Concatenate rows of several files; a column that one of them lacks is missing there."""
    if len(pieces) == 1:
        rows = pd.RangeIndex(len(pieces[0].source))
        return pd.DataFrame(pieces[0].columns, index=rows, copy=False)
    columns = {}
    for target in dict.fromkeys(target for piece in pieces for target in piece.columns):
        parts = [
            piece.columns[target]
            if target in piece.columns
            else pd.Series(missing(len(piece.source), dtypes.get(target, STRING)))
            for piece in pieces
        ]
        columns[target] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns, index=pd.RangeIndex(sum(len(piece.source) for piece in pieces)), copy=False)


def make_rows(
    kind: FilesOfKind, makes: Makes, silo: Mapping[str, list[ReadFile]], layout: Layout
) -> pd.DataFrame:
    """Make the standard rows of one `makes` of a kind of file."""
    standard = standard_table(makes.table)
    dtypes = standard.dtypes()
    pieces: list[_Piece] = []
    for begin, read in zip(kind.begins, kind.reads, strict=True):
        if makes.of_cells():
            made = _of_cells(read, makes, silo, layout)
        else:
            elements = read.elements(makes.each) if makes.each else [None]
            made = [_of_rows(read, makes, element, silo, layout) for element in elements]
        pieces += [_Piece(piece.source + begin, piece.columns) for piece in made]
    whole = _one_below_the_other(pieces, dtypes)
    source = np.concatenate([piece.source for piece in pieces] or [np.empty(0, "int64")])
    for target, value in makes.set.items():
        whole[target] = constant(value, len(whole)) if isinstance(value, str) else value
    whole["source"] = source
    whole["row"] = kind.row_of(source)
    whole["file"] = kind.file_of(source)
    if makes.unless_empty:
        # A column that no file has is empty in every row.
        filled = np.zeros(len(whole), bool)
        for name in (makes.unless_empty, f"{makes.unless_empty}_status"):  # a reason counts as filled
            if name in whole:
                filled |= whole[name].notna().to_numpy(bool)
        whole = whole[filled].reset_index(drop=True)
    days = {column.name for column in standard.columns if column.type == "date"}
    for name in whole.columns:
        if name in dtypes and (as_declared := cast(whole[name], dtypes[name])) is not whole[name]:
            whole[name] = as_declared
        target = name if name in makes.take else name.removesuffix("_other")  # the second reading of a date
        taken = name in days and target in makes.take  # a date that is set is valid already
        if taken and _column_behind(kind.file, makes, target, layout).type == "datetime":
            whole[name] = whole[name].dt.normalize()
    if makes.table == "people":
        return _report_who_is_no_child(kind, whole)
    return _without_lacking(kind, makes, whole)


def _without_lacking(kind: FilesOfKind, makes: Makes, rows: pd.DataFrame) -> pd.DataFrame:
    """Drop rows that lack a required value, and remember them for findings."""
    for needed in standard_table(makes.table).columns:
        if not needed.required or needed.name not in makes.take:
            continue
        gone = np.ones(len(rows), bool)
        if needed.name in rows:
            gone = rows[needed.name].isna().to_numpy(bool)
        if gone.any():
            before = kind.lacking.get(makes.take[needed.name], np.empty(0, "int64"))
            kind.lacking[makes.take[needed.name]] = np.union1d(before, rows["source"].to_numpy()[gone])
            rows = rows[~gone].reset_index(drop=True)
    return rows
