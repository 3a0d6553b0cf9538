"""Read one row of one file as text by column, without reading the rest of the district."""

from __future__ import annotations

import csv
import fnmatch
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from helpers.files.findings import Findings
from helpers.files.folder import WORKBOOKS
from helpers.files.readers.decode import as_utf8
from helpers.files.readers.delimited import DELIMITERS, header_at
from helpers.files.readers.json_lines import paths_of_line
from helpers.files.readers.workbook import rows_of, sheets_in
from helpers.files.readers.xml import records_at
from helpers.files.text_table import unique_names
from helpers.layouts import FileLayout, Layout, folded, named_by_place
from helpers.standard import BadInput

__all__ = ["OneRow", "some_rows"]

LONGEST_CELL = 1 << 24  # characters; a cell of a broken file may run to its end


@dataclass(frozen=True)
class OneRow:
    """A row as written in its file."""

    # Its kind of file in the layout; None if none fits.
    kind: FileLayout | None
    # Column name in the file -> text as written, in the file's order; scalar paths for records.
    cells: Mapping[str, str]

    def declared(self, name: str) -> str | None:
        """Return the declared name of a column of the file; None if the layout doesn't declare it."""
        if self.kind is None:
            return None
        plain = re.sub(r"\[\d+\]", "[]", name) if self.kind.nested else name
        column = self.kind.by_fold.get(folded(plain)) or self.kind.by_pattern(name)
        return None if column is None else column.name


def some_rows(folder: Path, file: str, rows: Sequence[int], layout: Layout | None = None) -> list[OneRow]:
    """Read several rows of one file in a single pass."""
    if any(row < 1 for row in rows):
        raise _nothing(file, min(rows))
    root = folder / "silos" if (folder / "silos").is_dir() else folder
    data = _bytes_of(root, PurePosixPath(file))
    kinds = [] if layout is None else [one for one in layout.files if _fits(file, one)]
    lower = file.lower()
    if any(f"{ending}/" in lower for ending in WORKBOOKS):
        return _of_sheet(data, file, rows, kinds)
    data = as_utf8(data, kinds[0].encoding if kinds else "utf-8", Findings(None, ""))
    if lower.endswith(".xml"):
        return _of_xml(data, file, rows, kinds)
    if lower.endswith((".jsonl", ".ndjson")) or data.lstrip()[:1] == b"{":
        return _of_json(data, file, rows, kinds)
    return _of_text(data, file, rows, kinds)


def _nothing(file: str, row: int) -> BadInput:
    return BadInput(f"{file} has no row {row}: the files have changed since we read them. Read them again.")


def _bytes_of(root: Path, file: PurePosixPath) -> bytes:
    """Follow a path through folders, zips and workbooks; never out of the folder."""
    gone = BadInput(f"{file} is no longer there: the files have changed since they were read.")
    if file.is_absolute() or ".." in file.parts:
        raise gone
    place = root
    for depth, part in enumerate(file.parts, start=1):
        place = place / part
        if place.is_file():
            inside = "/".join(file.parts[depth:])
            try:
                return _inside(place.read_bytes() if not inside else place, inside)
            except (KeyError, OSError, zipfile.BadZipFile):
                raise gone from None
    raise gone


def _inside(source: bytes | Path, inside: str) -> bytes:
    if not inside:
        assert isinstance(source, bytes)
        return source
    if str(source).lower().endswith(WORKBOOKS):
        assert isinstance(source, Path)
        return sheets_in(source.read_bytes())[inside]
    with zipfile.ZipFile(source if isinstance(source, Path) else io.BytesIO(source)) as archive:
        parts = PurePosixPath(inside)
        names = set(archive.namelist())
        if inside in names:
            return archive.read(inside)
        book = parts.parent.as_posix()  # a workbook in a zip: its last part is the sheet
        return sheets_in(archive.read(book))[parts.name]


def _fits(file: str, kind: FileLayout) -> bool:
    """Return whether a file may be of a kind, by its path; its folder may have any name."""
    if kind.format == "json_lines" and file.lower().endswith(".json"):
        file = file[: -len("json")] + PurePosixPath(kind.place).suffix[1:]  # a JSON array
    parts = PurePosixPath(file).parts
    wanted = PurePosixPath(kind.place).parts
    return len(parts) >= len(wanted) and all(
        fnmatch.fnmatch(part, pattern) for part, pattern in zip(parts[-len(wanted) :], wanted, strict=True)
    )


def _best(kinds: list[FileLayout], header: list[str]) -> FileLayout | None:
    """Choose the kind that declares most of a header's columns."""
    names = {folded(name) for name in header}
    return max(kinds, key=lambda kind: len(names & set(kind.by_fold)), default=None)


def _of_xml(data: bytes, file: str, rows: Sequence[int], kinds: list[FileLayout]) -> list[OneRow]:
    found = records_at(data, rows)
    opened = []
    for row in rows:
        if row not in found:
            raise _nothing(file, row)
        name, cells = found[row]
        own = [one for one in kinds if one.record == name] or kinds
        opened.append(OneRow(own[0] if own else None, cells))
    return opened


def _of_json(data: bytes, file: str, rows: Sequence[int], kinds: list[FileLayout]) -> list[OneRow]:
    lines = _records(data, file, rows, quoted=False)
    opened = []
    for row in rows:
        cells = paths_of_line(lines[row])
        if cells is None:
            raise _nothing(file, row)
        opened.append(OneRow(kinds[0] if kinds else None, cells))
    return opened


def _of_text(data: bytes, file: str, rows: Sequence[int], kinds: list[FileLayout]) -> list[OneRow]:
    head_row = kinds[0].header_row if kinds else 1
    delimiter = _delimiter(data, head_row, kinds)
    wanted = [*rows, head_row] if head_row else rows
    records = _records(data, file, wanted, quoted=b'"' in data)
    header = (
        named_by_place([name.strip() for name in _cells(records[head_row], delimiter)]) if head_row else []
    )
    kind = _best(kinds, header)
    if kind is not None and not head_row:
        header = [column.name for column in kind.columns]
    return [OneRow(kind, _named(header, _cells(records[row], delimiter))) for row in rows]


def _records(data: bytes, file: str, rows: Sequence[int], *, quoted: bool) -> dict[int, str]:
    """Return records by number: lines, or several lines if quoted cells contain line breaks."""
    wanted, found = set(rows), {}
    last, at, number = max(wanted), 0, 1
    while at < len(data) and number <= last:
        if quoted:
            end = _end_of_record(data, at)
        else:
            end = data.find(b"\n", at) + 1 or len(data)
        if number in wanted:
            found[number] = data[at:end].decode("utf-8", "replace").rstrip("\r\n")
        at, number = end, number + 1
    for row in rows:
        if row not in found:
            raise _nothing(file, row)
    return found


def _end_of_record(data: bytes, at: int) -> int:
    """Return where the record ends that begins at `at`: the first line break outside quotes."""
    start, quotes = at, 0
    while True:
        found = data.find(b"\n", start)
        end = len(data) if found < 0 else found + 1
        quotes += data.count(b'"', start, end)
        if quotes % 2 == 0 or end == len(data):
            return end
        start = end


def _cells(record: str, delimiter: str) -> list[str]:
    """Split a record into its cells."""
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        return next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter), [])
    finally:
        csv.field_size_limit(limit)


def _delimiter(data: bytes, head_row: int, kinds: list[FileLayout]) -> str:
    """Choose the delimiter that finds most declared columns in the header."""
    declared = kinds[0].delimiter if kinds else ","
    names = {name for kind in kinds for name in kind.by_fold}
    order = [declared, *(one for one in DELIMITERS if one != declared)]
    heads = {one: header_at(data, one, head_row) for one in order}
    if not names or not head_row:
        return max(order, key=lambda one: len(heads[one]))
    return max(order, key=lambda one: len(names & {folded(head) for head in heads[one]}))


def _of_sheet(data: bytes, file: str, rows: Sequence[int], kinds: list[FileLayout]) -> list[OneRow]:
    every = rows_of(data)
    head_row = kinds[0].header_row if kinds else 1
    header = named_by_place(list(map(_cell_text, every[head_row - 1]))) if 0 < head_row <= len(every) else []
    kind = _best(kinds, header)
    for row in rows:
        if row > len(every):
            raise _nothing(file, row)
    return [OneRow(kind, _named(header, [_cell_text(cell) for cell in every[row - 1]])) for row in rows]


def _cell_text(cell: object) -> str:
    """Return the text of a sheet's cell; a typed cell, such as a date, is a pair of type and text."""
    return "" if cell is None else str(cell[1]) if isinstance(cell, tuple | list) else str(cell)


def _named(header: list[str], cells: list[str]) -> dict[str, str]:
    """Label a row's cells with their headers; repeated headers get numbers as in the reader."""
    heads = [head or f"column {place}" for place, (head, _) in enumerate(zip_longest(header, cells), start=1)]
    return dict(zip(unique_names(heads), cells, strict=False))
