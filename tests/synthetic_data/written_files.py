"""Read a made district's files as text, without the kit's own reader: a second opinion on what is in them."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from helpers.files.readers.workbook import rows_of, sheets_in
from helpers.files.text_table import TextTable, default_settings, unique_names
from helpers.layouts import Column, FileLayout, Layout, load_layout
from helpers.standard import STRING

__all__ = ["bytes_of", "read_text", "silo_files", "table_of"]


def silo_files(folder: Path) -> dict[str, bytes]:
    """Give every file of a district's silos by its path, what is in zips and workbooks one by one."""
    silos = folder / "silos"
    found: dict[str, bytes] = {}
    for path in sorted(silos.rglob("*")):
        name = path.relative_to(silos).as_posix()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                found |= {f"{name}/{entry}": archive.read(entry) for entry in archive.namelist()}
        elif path.suffix == ".xlsx":
            found |= {f"{name}/{sheet}": rows for sheet, rows in sheets_in(path.read_bytes()).items()}
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Give the bytes of every file of a folder, as it lies there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def layout_of(folder: Path, silo: str) -> Layout:
    about = json.loads((folder / "district.json").read_text(encoding="utf-8"))
    return load_layout(about["silos"][silo])


def file_layout(layout: Layout, path: str) -> FileLayout:
    name = path.rpartition("/")[2]
    for file in layout.files:
        if file.format == "xlsx" and file.sheet == name:
            return file
        if re.fullmatch(re.escape(file.path).replace(r"\*", ".*"), name):
            return file
    raise AssertionError(f"{path}: no such file in {layout.layout}")


def table_of(folder: Path, path: str) -> TextTable:
    """Read one file of a district as text."""
    return read_text(silo_files(folder)[path], file_layout(layout_of(folder, path.split("/")[0]), path))


def read_text(data: bytes, file: FileLayout) -> TextTable:
    """Read bytes as a text table; delimiter and byte order mark as they are."""
    settings = default_settings(file)
    if file.format == "json_lines":
        lines = data.decode("utf-8").split("\n")[:-1]
        return TextTable((), _flat([dict(_scalars(json.loads(line), "")) for line in lines], file), settings)
    if file.format == "xml":
        records = [dict(_elements(one, "", file)) for one in ElementTree.fromstring(data)]
        return TextTable((), _flat(records, file), settings)
    if file.format == "xlsx":
        first_row, *rows_below = rows_of(data)
        heads = [str(head) for head in first_row]
        columns = [next((one for one in file.columns if one.name == head), None) for head in heads]
        shown = [
            [_shown(row[place] if place < len(row) else None, column) for place, column in enumerate(columns)]
            for row in rows_below
        ]
        return TextTable(tuple(heads), pd.DataFrame(shown, columns=heads).astype(STRING), settings)
    text = data.decode("utf-8")
    if text.startswith("\ufeff"):
        text, settings["encoding"] = text[1:], "utf-8-sig"
    first = text.split("\n", 1)[0]
    settings["delimiter"] = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=str(settings["delimiter"])))
    header = tuple(rows[0])
    width = max(map(len, rows))
    names = [*unique_names(header), *(f"+{n + 1}" for n in range(width - len(header)))]
    cells = [[*row, *[None] * (width - len(row))] for row in rows[1:]]
    return TextTable(header, pd.DataFrame(cells, columns=names).astype(STRING), settings)


def _flat(records: list[dict[str, str]], file: FileLayout) -> pd.DataFrame:
    order = [column.name for column in file.columns]
    found = {name for record in records for name in record}
    names = sorted(found, key=lambda name: order.index(re.sub(r"\[\d+\]", "[]", name)))
    columns = {name: [record.get(name) for record in records] for name in names}
    return pd.DataFrame(columns).astype(STRING)


def _scalars(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _scalars(inside, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inside in enumerate(value, 1):
            yield from _scalars(inside, f"{path}[{number}]")
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def _elements(element: ElementTree.Element, path: str, file: FileLayout) -> Iterator[tuple[str, str]]:
    """Walk the attributes and elements of a record; those that the layout numbers are numbered."""
    for name, value in element.attrib.items():
        yield f"{path}.@{name}" if path else f"@{name}", value
    if not len(element) and path:
        yield path, element.text or ""
    seen: dict[str, int] = {}
    for inside in element:
        name = inside.tag.rpartition("}")[2]
        there = f"{path}.{name}" if path else name
        seen[name] = seen.get(name, 0) + 1
        if any(re.sub(r"\[\d+\]", "[]", there) + "[]" in column.name for column in file.columns):
            there += f"[{seen[name]}]"
        yield from _elements(inside, there, file)


def _shown(cell: Any, column: Column | None) -> str:
    """Write a typed cell of a sheet as its column's format says."""
    if not isinstance(cell, list) or column is None:
        return "" if cell is None else str(cell)
    kind, text = cell
    if kind == "n" and column.type == "number":
        return f"{float(text):.{len(str(column.format).partition('.')[2])}f}"
    return datetime.fromisoformat(text).strftime(str(column.format)) if kind == "d" else text
