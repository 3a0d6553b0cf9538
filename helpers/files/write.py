"""Text tables -> bytes on disk; neither the clock nor a compressor is in them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from helpers.files.nested_rows import json_records, xml_records
from helpers.files.packed_workbook import pack_workbook
from helpers.files.row_text import as_arrow, delimited_rows
from helpers.files.sheet_rows__write import sheet_of
from helpers.files.text_table import TextTable
from helpers.files.zip_entry import zip_entry
from helpers.layouts import FileLayout, Layout

__all__ = ["table_pieces", "write_files", "write_table"]

LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}
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
    return b"".join(table_pieces(table, file))


def table_pieces(table: TextTable, file: FileLayout) -> Iterator[bytes]:
    """Write one file as `write_table` does, piece by piece: a large one is never in memory as a whole."""
    encoding = str(table.settings.get("encoding", "utf-8"))
    if file.format == "xlsx":
        yield sheet_of(table, file)
    elif file.format == "csv" or encoding != "utf-8":
        write = {"csv": _delimited, "json_lines": _json_lines, "xml": _xml}[file.format]
        text = write(table, file)
        yield text if encoding == "utf-8" else text.decode("utf-8").encode(encoding)
    elif file.format == "json_lines":
        yield from _json_pieces(table, file)
    else:
        yield from _xml_pieces(table, file)


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


def _json_lines(table: TextTable, file: FileLayout) -> bytes:
    return b"".join(_json_pieces(table, file))


def _json_pieces(table: TextTable, file: FileLayout) -> Iterator[bytes]:
    return json_records(table.rows, file, LINE_ENDS[str(table.settings.get("line_end", "lf"))])


def _xml(table: TextTable, file: FileLayout) -> bytes:
    return b"".join(_xml_pieces(table, file))


def _xml_pieces(table: TextTable, file: FileLayout) -> Iterator[bytes]:
    root = file.root or "<Interchange>"
    name = re.match(r"<\s*([^\s>/]+)", root)
    closing = name[1] if name else "Interchange"
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()
    yield from xml_records(table.rows, file)
    yield f"</{closing}>\n".encode()


def write_files(folder: Path, layout: Layout, contents: Mapping[str, bytes | Iterable[bytes]]) -> None:
    """Write a silo's files, inside a zip where the layout has a container.

    Parameters
    ----------
    folder
        The silo's folder; made when it isn't there.
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
            with target.open("wb") as written:
                written.writelines([data] if isinstance(data, bytes) else data)
    order = [file.path for file in layout.files]
    for container, entries in inside.items():
        if container.endswith(".xlsx"):
            (folder / container).write_bytes(pack_workbook(entries))
            continue
        with zipfile.ZipFile(folder / container, "w", zipfile.ZIP_STORED) as archive:
            for entry in sorted(entries, key=lambda e: (order.index(e) if e in order else len(order), e)):
                archive.writestr(zip_entry(entry), entries[entry])
