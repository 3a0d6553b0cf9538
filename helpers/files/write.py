"""Text tables -> bytes on disk; neither the clock nor a compressor is in them."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from helpers.files.row_text import as_arrow, delimited_rows, joined, text_of
from helpers.files.sheet_rows import sheet_of
from helpers.files.text_table import TextTable, split_path
from helpers.files.workbook import pack_workbook
from helpers.layouts import FileLayout, Layout

__all__ = ["write_files", "write_table"]

LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}
CANONICAL_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")
EPOCH = (1980, 1, 1, 0, 0, 0)
AT_ONCE = 200_000
FEW_CELLS = 5_000  # up to so many, the csv writer is faster than columns


def write_table(table: TextTable, file: FileLayout) -> bytes:
    """Write one file.

    Parameters
    ----------
    table
        Header, rows and settings.
    file
        The kind of file that it is.

    Returns
    -------
    bytes
        The file; of a workbook one sheet, which `write_files` puts into it.
    """
    if file.format == "xlsx":
        return sheet_of(table, file)
    write = {"csv": _delimited, "json_lines": _json_lines, "xml": _xml}[file.format]
    encoding = str(table.settings.get("encoding", "utf-8"))
    text = write(table, file)
    return text if encoding == "utf-8" else text.decode("utf-8").encode(encoding)


def _cells(columns: list[pa.Array]) -> list[list[str]]:
    """Rows as lists; a missing cell at the end of a row isn't written."""
    rows = [list(row) for row in zip(*(column.to_pylist() for column in columns), strict=True)]
    if any(column.null_count for column in columns):
        for row in rows:
            while row and row[-1] is None:
                row.pop()
            row[:] = ["" if cell is None else cell for cell in row]
    return rows


def _delimited(table: TextTable, file: FileLayout) -> bytes:
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
    # Through Arrow: a district has many small files, and pandas takes its time with each of their columns.
    columns = [as_arrow(column) for _, column in table.rows.items()]
    if len(columns) > 1 and table.rows.size > FEW_CELLS:
        rows = delimited_rows(columns, style["delimiter"], end, quote != "needed")
        return out.getvalue().encode("utf-8") + rows
    values = csv.writer(out, quoting=csv.QUOTE_MINIMAL if quote == "needed" else csv.QUOTE_ALL, **style)
    values.writerows(_cells(columns))
    return out.getvalue().encode("utf-8")


def _json_value(text: str, number: bool, boolean: bool) -> str | int | float | bool:
    if boolean and text in ("true", "false"):
        return text == "true"
    if number and CANONICAL_NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


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


def _json_lines(table: TextTable, file: FileLayout) -> bytes:
    """Write rows that have the same elements at once: the text between their values is the same."""
    rows = table.rows
    if rows.empty:
        return b""
    end = LINE_ENDS[str(table.settings.get("line_end", "lf"))]
    fragments = {name: _fragments(rows[name], name, file) for name in rows.columns}
    there = np.column_stack([rows[name].notna().to_numpy(bool) for name in rows.columns])
    shapes, shape = np.unique(there, axis=0, return_inverse=True)
    shape = shape.reshape(-1)
    # A few rows at a time: a large file is in memory once, not once a step.
    return b"".join(
        _lines(
            range(start, min(start + AT_ONCE, len(rows))), list(rows.columns), fragments, shapes, shape, end
        )
        for start in range(0, len(rows), AT_ONCE)
    )


def _lines(
    some: range,
    columns: list[str],
    fragments: dict[str, tuple[pa.Array, npt.NDArray[np.int64]]],
    shapes: npt.NDArray[np.bool_],
    shape: npt.NDArray[np.intp],
    end: str,
) -> bytes:
    lines, places = [], []
    here = shape[some.start : some.stop]
    for number in np.unique(here).tolist():
        place = np.flatnonzero(here == number) + some.start
        names = [name for name, is_there in zip(columns, shapes[number], strict=True) if is_there]
        whole: dict[str, Any] = {}
        for column, name in enumerate(names):
            _nest(split_path(name), f"@@{column}@@", whole)
        around = re.split(r'"@@(\d+)@@"', json.dumps(whole, ensure_ascii=False, separators=(",", ":")))
        around[-1] += end
        pieces: list[Any] = [around[0]]
        for at, after in zip(around[1::2], around[2::2], strict=True):
            texts, codes = fragments[names[int(at)]]
            pieces += [texts.take(pa.array(codes[place])), after]
        # Without a single value there is nothing to join element by element.
        lines.append(joined(pieces) if names else pa.array(around * len(place), pa.large_string()))
        places.append(place)
    if len(lines) == 1:
        return text_of(lines[0])
    order = np.argsort(np.concatenate(places), kind="stable")
    return text_of(pa.concat_arrays(lines).take(pa.array(order)))


def _fragments(cells: pd.Series, name: str, file: FileLayout) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Write each distinct cell of a column as JSON once, and say which of them stands in which row."""
    declared = next((c for c in file.columns if c.name == re.sub(r"\[\d+\]", "[]", name)), None)
    number = declared is not None and (declared.json_number or declared.type in ("number", "integer"))
    boolean = declared is not None and declared.type == "boolean"
    codes, distinct = pd.factorize(cells, use_na_sentinel=True)
    texts = [json.dumps(_json_value(str(text), number, boolean), ensure_ascii=False) for text in distinct]
    return pa.array(texts, pa.large_string()), codes.astype("int64")


def _element(name: str, content: Any, depth: int) -> str:
    indent = "\t" * depth
    if isinstance(content, list):
        return "".join(_element(name, one, depth) for one in content)
    if not isinstance(content, dict):
        return f"{indent}<{name}>{escape(str(content))}</{name}>\n"
    attributes = "".join(f" {key[1:]}={quoteattr(str(v))}" for key, v in content.items() if key[0] == "@")
    inside = "".join(_element(key, value, depth + 1) for key, value in content.items() if key[0] != "@")
    return f"{indent}<{name}{attributes}>\n{inside}{indent}</{name}>\n"


def _xml(table: TextTable, file: FileLayout) -> bytes:
    root = file.root or "<Interchange>"
    name = re.match(r"<\s*([^\s>/]+)", root)
    paths = [(split_path(column), table.rows[column].tolist()) for column in table.rows.columns]
    records = []
    for row in range(len(table.rows)):
        whole: dict[str, Any] = {}
        for steps, cells in paths:
            if cells[row] is not pd.NA:
                _nest(steps, cells[row], whole)
        records.append(_element(str(file.record), whole, 1))
    closing = name[1] if name else "Interchange"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n{"".join(records)}</{closing}>\n'
    return text.encode("utf-8")


def write_files(folder: Path, layout: Layout, contents: Mapping[str, bytes]) -> None:
    """Write a silo's files, inside a zip where the layout has a container.

    Parameters
    ----------
    folder
        The silo's folder; made when it isn't there.
    layout
        The silo's layout; its order of files is the order of a zip's entries.
    contents
        Bytes by path inside the folder, such as ``oneroster.zip/users.csv``, ``students.jsonl`` or
        ``clubs.xlsx/Sheet1``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    inside: dict[str, dict[str, bytes]] = {}
    for path, data in contents.items():
        container, slash, entry = path.partition("/")
        if slash and container.endswith((".zip", ".xlsx")):
            inside.setdefault(container, {})[entry] = data
        else:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    order = [file.path for file in layout.files]
    for container, entries in inside.items():
        if container.endswith(".xlsx"):
            (folder / container).write_bytes(pack_workbook(entries))
            continue
        with zipfile.ZipFile(folder / container, "w", zipfile.ZIP_STORED) as archive:
            for entry in sorted(entries, key=lambda e: (order.index(e) if e in order else len(order), e)):
                archive.writestr(zipfile.ZipInfo(entry, EPOCH), entries[entry])
