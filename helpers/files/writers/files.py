"""Write text tables as delimited text, JSON or XML."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.files.text_table import TextTable, split_path
from helpers.files.writers.workbook import pack_workbook, sheet_of, zip_entry
from helpers.layouts import Column, FileLayout, Layout

__all__ = ["delimited_rows", "table_pieces", "text_of", "write_files", "write_table"]


# The output equals that of the standard library's csv writer; a test compares them.

TEXT = pa.large_string()


def as_arrow(cells: pd.Series) -> pa.Array:
    """Return a text column as one Arrow array."""
    array = pa.array(cells.array, TEXT, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def joined(pieces: Sequence[Any]) -> pa.Array:
    """Join text columns and constant texts without a separator."""
    every = [pa.scalar(piece, TEXT) if isinstance(piece, str) else piece for piece in pieces]
    return pc.binary_join_element_wise(*every, pa.scalar("", TEXT))


def text_of(rows: pa.Array) -> bytes:
    """Return the text of all rows, concatenated, as UTF-8."""
    if not len(rows):
        return b""
    _, offsets, text = rows.buffers()
    bounds = np.frombuffer(offsets, dtype="int64")
    first, last = int(bounds[rows.offset]), int(bounds[rows.offset + len(rows)])
    return bytes(memoryview(text)[first:last]) if text is not None else b""


def holds_any(rows: pa.Array, letters: str) -> bool:
    """Return whether any of some characters occurs in any row, by searching all text at once."""
    held = text_of(rows)
    return any(letter.encode("utf-8") in held for letter in letters)


def delimited_rows(columns: Sequence[pa.Array], delimiter: str, end: str, quote_all: bool) -> bytes:
    """Write rows as a csv writer does."""
    # From the first column with a missing cell on, rows may be shorter.
    whole = next((at for at, column in enumerate(columns) if column.null_count), len(columns))
    cells = [_quoted(column, delimiter, quote_all) for column in columns]
    if cells and whole < 2 and not quote_all:
        cells[0] = _alone(cells[0], columns[1:])
    empty = pa.scalar('""' if quote_all else "", TEXT)
    tail: pa.Array | None = None
    for cell in reversed(cells[whole:]):
        if tail is None:
            tail = cell
            continue
        longer = joined([pc.coalesce(cell, empty), delimiter, tail])
        tail = pc.if_else(pc.is_null(tail), cell, longer)
    pieces: list[Any] = []
    for cell in cells[:whole]:
        pieces += [delimiter, cell] if pieces else [cell]
    if tail is not None:
        before = delimiter if pieces else ""
        pieces.append(pc.coalesce(joined([before, tail]), pa.scalar("", TEXT)))
    return text_of(joined([*pieces, end])) if pieces else b""


def _alone(first: pa.Array, others: Sequence[pa.Array]) -> pa.Array:
    """Quote an empty cell that is the only one in its row: otherwise the row would be blank."""
    alone = pc.equal(first, "")
    for other in others:
        alone = pc.and_(alone, pc.is_null(other))
    return pc.if_else(alone, '""', first)


def _quoted(column: pa.Array, delimiter: str, quote_all: bool) -> pa.Array:
    if quote_all:
        return joined(['"', pc.replace_substring(column, '"', '""'), '"'])
    held = text_of(column)
    there = [mark for mark in ('"', delimiter, "\n", "\r") if mark.encode("utf-8") in held]
    if not there:
        return column
    needs = pc.match_substring(column, there[0])
    for mark in there[1:]:
        needs = pc.or_(needs, pc.match_substring(column, mark))
    return pc.if_else(needs, joined(['"', pc.replace_substring(column, '"', '""'), '"']), column)


CANONICAL_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")
PLACE = re.compile(r'"?@@(\d+)@@"?')
AT_ONCE = 50_000
SPECIAL_IN_JSON = '"\\' + "".join(map(chr, range(32)))

Cells = tuple[pa.Array, npt.NDArray[np.int64] | None, str]
"""Texts, which of them stands in which row (without places, one a row), and what stands around each."""


def json_records(rows: pd.DataFrame, file: FileLayout, end: str) -> Iterator[bytes]:
    """Write each row as one line of JSON, in batches."""
    cells = {name: _json_cells(rows[name], _declared(name, file)) for name in rows.columns}

    def around(whole: dict[str, Any]) -> str:
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + end

    return _records(rows, cells, around)


def xml_records(rows: pd.DataFrame, file: FileLayout) -> Iterator[bytes]:
    """Write each row as one element, indented below its root, in batches."""
    cells = {name: _xml_cells(rows[name], "@" in name.rpartition(".")[2]) for name in rows.columns}
    return _records(rows, cells, lambda whole: _element(str(file.record), whole, 1))


def _records(
    rows: pd.DataFrame, cells: dict[str, Cells], around: Callable[[dict[str, Any]], str]
) -> Iterator[bytes]:
    if rows.empty:
        return
    columns = list(map(str, rows.columns))
    there = [rows[name].notna().to_numpy(bool) for name in columns]
    shape = _shapes(there, len(rows))
    # In batches: a large file is in memory once, not once per step.
    for start in range(0, len(rows), AT_ONCE):
        here = shape[start : start + AT_ONCE]
        lines, positions = [], []
        for number in np.unique(here).tolist():
            place = np.flatnonzero(here == number) + start
            names = [name for name, is_there in zip(columns, there, strict=True) if is_there[place[0]]]
            lines.append(_alike(names, place, cells, around))
            positions.append(place)
        if len(lines) > 1:
            order = np.argsort(np.concatenate(positions), kind="stable")
            lines = [pa.concat_arrays(lines).take(pa.array(order))]
        yield text_of(lines[0])


def _shapes(there: list[npt.NDArray[np.bool_]], count: int) -> npt.NDArray[np.int64]:
    """Give rows with the same elements the same number."""
    shape = np.zeros(count, dtype="int64")
    doubled = 0
    for column in there:
        if column.all() or not column.any():
            continue
        if doubled == 40:  # keeps numbers within 64 bits
            shape, doubled = pd.factorize(shape)[0].astype("int64"), 20
        shape, doubled = 2 * shape + column, doubled + 1
    return shape


def _alike(
    names: list[str],
    place: npt.NDArray[np.intp],
    cells: dict[str, Cells],
    around: Callable[[dict[str, Any]], str],
) -> pa.Array:
    """Write rows with the same elements: only their values differ."""
    whole: dict[str, Any] = {}
    for column, name in enumerate(names):
        _nest(split_path(name), f"@@{column}@@", whole)
    first, *rest = PLACE.split(around(whole))
    if not names:
        return pa.array([first] * len(place), pa.large_string())
    pieces: list[Any] = [first]
    for at, after in zip(rest[::2], rest[1::2], strict=True):
        texts, codes, mark = cells[names[int(at)]]
        whole_part = codes is None and place[-1] - place[0] + 1 == len(place)
        own = texts.slice(place[0], len(place)) if whole_part else texts.take(pa.array(_of(codes, place)))
        pieces[-1] += mark
        pieces += [own, mark + after]
    return joined(pieces)


def _of(codes: npt.NDArray[np.int64] | None, place: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    return place if codes is None else codes[place]


def _nest(steps: list[str | int], value: Any, whole: dict[str, Any]) -> None:
    """Put a value into nested dicts and lists; elements are numbered from 1 and come in order."""
    place: Any = whole
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        fresh: Any = value if following is None else ([] if isinstance(following, int) else {})
        if isinstance(step, int):
            while len(place) < step:
                place.append(fresh)
            place = place[step - 1]
        elif following is None:
            place[step] = value
        else:
            place = place.setdefault(step, fresh)


def _declared(name: str, file: FileLayout) -> Column | None:
    general = re.sub(r"\[\d+\]", "[]", name)
    return next((column for column in file.columns if column.name == general), None)


def _json_cells(cells: pd.Series, declared: Column | None) -> Cells:
    number = declared is not None and (declared.json_number or declared.type in ("number", "integer"))
    boolean = declared is not None and declared.type == "boolean"
    if not number and not boolean:
        return _json_quoted(cells, SPECIAL_IN_JSON, lambda text: json.dumps(text, ensure_ascii=False))
    return _each(cells, lambda text: json.dumps(_json_value(text, number, boolean)))


def _json_value(text: str, number: bool, boolean: bool) -> str | int | float | bool:
    if boolean and text in ("true", "false"):
        return text == "true"
    if number and CANONICAL_NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def _xml_cells(cells: pd.Series, attribute: bool) -> Cells:
    if attribute:
        return _json_quoted(cells, '&<>"\n\r\t', quoteattr)
    plain = as_arrow(cells)
    if not holds_any(plain, "&<>"):
        return plain, None, ""
    return _each(cells, escape)


def _json_quoted(cells: pd.Series, special: str, write: Callable[[str], str]) -> Cells:
    """Quote cells; if one has a special character, write each distinct cell separately."""
    plain = as_arrow(cells)
    if holds_any(plain, special):
        return _each(cells, write)
    return plain, None, '"'


def _each(cells: pd.Series, write: Callable[[str], str]) -> Cells:
    """Write each distinct cell once."""
    codes, distinct = pd.factorize(cells, use_na_sentinel=True)
    return pa.array([write(str(text)) for text in distinct], pa.large_string()), codes.astype("int64"), ""


def _element(name: str, content: Any, depth: int) -> str:
    indent = "\t" * depth
    if isinstance(content, list):
        return "".join(_element(name, one, depth) for one in content)
    if not isinstance(content, dict):
        return f"{indent}<{name}>{content}</{name}>\n"
    attributes = "".join(f' {key[1:]}="{value}"' for key, value in content.items() if key[0] == "@")
    inside = "".join(_element(key, value, depth + 1) for key, value in content.items() if key[0] != "@")
    return f"{indent}<{name}{attributes}>\n{inside}{indent}</{name}>\n"


LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}
FEW_CELLS = 5_000  # up to this many, the csv writer is faster than columns


def write_table(table: TextTable, file: FileLayout) -> bytes:
    """Write one file.

    Parameters
    ----------
    table
        Header, rows and settings.
    file
        Its kind of file.

    Returns
    -------
    bytes
        The file; for a workbook one sheet, which `write_files` adds to it.
    """
    return b"".join(table_pieces(table, file))


def table_pieces(table: TextTable, file: FileLayout) -> Iterator[bytes]:
    """Write one file like `write_table`, piece by piece, so that a large one is never in memory whole."""
    encoding = str(table.settings.get("encoding", "utf-8"))
    if file.format == "xlsx":
        yield sheet_of(table, file)
        return
    pieces = {"csv": _delimited, "json_lines": _json_lines, "xml": _xml}[file.format](table, file)
    if encoding == "utf-8":
        yield from pieces
    else:
        yield b"".join(pieces).decode("utf-8").encode(encoding)


def _cells(columns: list[pa.Array]) -> list[list[str]]:
    """Return rows as lists; omit missing cells at the end of a row."""
    rows = [list(row) for row in zip(*(column.to_pylist() for column in columns), strict=True)]
    if any(column.null_count for column in columns):
        for row in rows:
            while row and row[-1] is None:
                row.pop()
            row[:] = ["" if cell is None else cell for cell in row]
    return rows


def _delimited(table: TextTable, file: FileLayout) -> Iterator[bytes]:
    settings = table.settings
    out = io.StringIO()
    end = LINE_ENDS[str(settings.get("line_end", "lf"))]
    style: dict[str, Any] = {"delimiter": str(settings.get("delimiter", ",")), "lineterminator": end}
    quote = settings.get("quote", "needed")
    for title in settings.get("title_rows", ()):  # type: ignore[union-attr]
        out.write(f"{title}{end}")
    heads = csv.writer(out, quoting=csv.QUOTE_ALL if quote == "all" else csv.QUOTE_MINIMAL, **style)
    if settings.get("header_row", 1):
        heads.writerow(table.header)
    # Through Arrow: a district has many small files, and pandas is slow with each of their columns.
    columns = [as_arrow(column) for _, column in table.rows.items()]
    if len(columns) > 1 and table.rows.size > FEW_CELLS:
        yield out.getvalue().encode("utf-8")
        yield delimited_rows(columns, style["delimiter"], end, quote != "needed")
        return
    values = csv.writer(out, quoting=csv.QUOTE_MINIMAL if quote == "needed" else csv.QUOTE_ALL, **style)
    values.writerows(_cells(columns))
    yield out.getvalue().encode("utf-8")


def _json_lines(table: TextTable, file: FileLayout) -> Iterator[bytes]:
    return json_records(table.rows, file, LINE_ENDS[str(table.settings.get("line_end", "lf"))])


def _xml(table: TextTable, file: FileLayout) -> Iterator[bytes]:
    root = file.root or "<Interchange>"
    name = re.match(r"<\s*([^\s>/]+)", root)
    closing = name[1] if name else "Interchange"
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()
    yield from xml_records(table.rows, file)
    yield f"</{closing}>\n".encode()


def write_files(folder: Path, layout: Layout, contents: Mapping[str, bytes | Iterable[bytes]]) -> None:
    """Write a silo's files, inside a zip if the layout has a container.

    Parameters
    ----------
    folder
        The silo's folder; created if missing.
    layout
        The silo's layout; its order of files is the order of a zip's entries.
    contents
        Bytes, or pieces of them, by path inside the folder, such as ``oneroster.zip/users.csv``,
        ``students.jsonl`` or ``clubs.xlsx/Sheet1``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    inside: dict[str, dict[str, bytes]] = {}
    for path, data in contents.items():
        container, slash, entry = path.partition("/")
        if slash and container.endswith((".zip", ".xlsx")):
            inside.setdefault(container, {})[entry] = data if isinstance(data, bytes) else b"".join(data)
        else:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as output:
                output.writelines([data] if isinstance(data, bytes) else data)
    order = [file.path for file in layout.files]
    for container, entries in inside.items():
        if container.endswith(".xlsx"):
            (folder / container).write_bytes(pack_workbook(entries))
            continue
        with zipfile.ZipFile(folder / container, "w", zipfile.ZIP_STORED) as archive:
            for entry in sorted(entries, key=lambda e: (order.index(e) if e in order else len(order), e)):
                archive.writestr(zip_entry(entry), entries[entry])
