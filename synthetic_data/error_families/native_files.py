"""Change cells of a system's native files, and leave every other byte as it is."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from helpers.files import as_sheet, is_sheet, rows_of, sheets_in, unique_names, write_files
from helpers.layouts import FileLayout, Layout
from helpers.standard import BadInput

__all__ = ["NativeFile", "SiloFiles", "open_native"]

CONTAINERS = (".zip", ".xlsx")
MARK = b"\xef\xbb\xbf"


class NativeFile(Protocol):
    """One file of rows; row numbers are those of the answer key."""

    def row(self, number: int) -> Mapping[str, str]:
        """Return the text of a row by column, as the file names it."""

    def change(self, number: int, column: str, after: str) -> None:
        """Replace the text of one cell."""

    def to_bytes(self) -> bytes:
        """Return the file with its changes."""


def open_native(data: bytes, file: FileLayout) -> NativeFile:
    """Open a file by its layout."""
    if is_sheet(data):
        return _Sheet(data, file)
    if file.format == "json_lines":
        return _JsonLines(data, file)
    if file.format == "csv":
        return _Delimited(data, file)
    raise BadInput(f"Errors can't be put into {file.name!r}: it names children in {file.format}.")


class _Delimited:
    """Delimited text; a changed cell is quoted if it was, or if it must be."""

    def __init__(self, data: bytes, file: FileLayout) -> None:
        self._mark = MARK if data.startswith(MARK) else b""
        body = data[len(self._mark) :]
        self._encoding = "utf-8" if _is_utf8(body) else "latin-1"  # which loses no byte
        self._records = _records(body.decode(self._encoding))
        self._delimiter = max(",;\t|", key=self._records[0].count) if self._records else ","
        self._rows = list(csv.reader(self._records, delimiter=self._delimiter))
        if len(self._rows) != len(self._records):
            raise BadInput(f"A file of {file.name!r} has a quotation mark that is never closed.")
        head = self._rows[file.header_row - 1] if file.header_row else [one.name for one in file.columns]
        self._names = unique_names(head)
        self._place = {name: at for at, name in enumerate(self._names)}
        sign = re.escape(self._delimiter)
        self._cell = re.compile(rf'"(?:[^"]|"")*"[^{sign}\r\n]*|[^{sign}\r\n]*')

    def row(self, number: int) -> Mapping[str, str]:
        return dict(zip(self._names, self._rows[number - 1], strict=False))

    def change(self, number: int, column: str, after: str) -> None:
        record, at = self._records[number - 1], self._place[column]
        start, end = self._spans(record)[at]
        special = record[start : start + 1] == '"' or any(sign in after for sign in f'"\r\n{self._delimiter}')
        cell = '"' + after.replace('"', '""') + '"' if special else after
        self._records[number - 1] = record[:start] + cell + record[end:]
        self._rows[number - 1][at] = after

    def _spans(self, record: str) -> list[tuple[int, int]]:
        spans, at = [], 0
        while found := self._cell.match(record, at):
            spans.append(found.span())
            at = found.end() + 1
            if record[found.end() : at] != self._delimiter:
                break
        return spans

    def to_bytes(self) -> bytes:
        return self._mark + "".join(self._records).encode(self._encoding)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _records(text: str) -> list[str]:
    """Split text into records with their line ends; a line end between quotes ends none."""
    records: list[str] = []
    begun: list[str] = []
    quotes = 0
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        begun.append(line)
        quotes += line.count('"')
        if quotes % 2 == 0:
            records.append("".join(begun))
            begun, quotes = [], 0
    return [*records, "".join(begun)] if begun else records


class _JsonLines:
    """A record a line; only text that is in no list has a name of its own."""

    def __init__(self, data: bytes, file: FileLayout) -> None:
        self._lines = data.decode("utf-8").split("\n")
        self._paths = {
            column.name: column.name.split(".") for column in file.columns if "[" not in column.name
        }

    def row(self, number: int) -> Mapping[str, str]:
        record = json.loads(self._lines[number - 1])
        found = {name: _value_at(record, path) for name, path in self._paths.items()}
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def change(self, number: int, column: str, after: str) -> None:
        line = self._lines[number - 1]
        record = json.loads(line)
        if _as_line(record) != line.rstrip("\r"):
            raise BadInput(f"Line {number} isn't as the generator writes JSON, so one cell can't be changed.")
        *above, last = self._paths[column]
        _value_at(record, above)[last] = after
        self._lines[number - 1] = _as_line(record) + line[len(line.rstrip("\r")) :]

    def to_bytes(self) -> bytes:
        return "\n".join(self._lines).encode("utf-8")


def _value_at(record: Any, path: list[str]) -> Any:
    for step in path:
        record = record.get(step) if isinstance(record, dict) else None
    return record


def _as_line(record: Any) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


class _Sheet:
    """A sheet of a workbook; only its text can change, no typed date or number."""

    def __init__(self, data: bytes, file: FileLayout) -> None:
        self._rows = [list(row) for row in rows_of(data)]
        names = unique_names([str(cell or "") for cell in self._rows[max(file.header_row, 1) - 1]])
        self._place = {name: at for at, name in enumerate(names)}

    def row(self, number: int) -> Mapping[str, str]:
        cells = dict(zip(self._place, self._rows[number - 1], strict=False))
        return {name: cell for name, cell in cells.items() if isinstance(cell, str)}

    def change(self, number: int, column: str, after: str) -> None:
        self._rows[number - 1][self._place[column]] = after

    def to_bytes(self) -> bytes:
        return as_sheet(self._rows)


class SiloFiles:
    """The files of one silo by their paths in the answer key; containers are opened once."""

    def __init__(self, silos: Path, silo: str) -> None:
        self._silo, self._folder = silo, silos / silo
        self._inside: dict[str, dict[str, bytes]] = {}

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, or of an entry of a container."""
        within = path.removeprefix(f"{self._silo}/")
        container, slash, entry = within.partition("/")
        if slash and container.endswith(CONTAINERS):
            return self._opened(container)[entry]
        return (self._folder / within).read_bytes()

    def _opened(self, container: str) -> dict[str, bytes]:
        if container not in self._inside:
            place = self._folder / container
            if container.endswith(".xlsx"):
                self._inside[container] = sheets_in(place.read_bytes())
            else:
                with zipfile.ZipFile(place) as archive:
                    self._inside[container] = {name: archive.read(name) for name in archive.namelist()}
        return self._inside[container]

    def write(self, layout: Layout, changed: Mapping[str, bytes]) -> None:
        """Write changed files; a container with one of them is replaced as a whole."""
        contents: dict[str, bytes] = {}
        for path, data in changed.items():
            within = path.removeprefix(f"{self._silo}/")
            container, slash, _ = within.partition("/")
            if slash and container.endswith(CONTAINERS):
                for entry, bytes_there in self._opened(container).items():
                    contents.setdefault(f"{container}/{entry}", bytes_there)
            contents[within] = data
        write_files(self._folder, layout, contents)
