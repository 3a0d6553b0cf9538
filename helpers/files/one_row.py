"""One row of one file, without reading the rest of the district: its cells as text, by column."""

from __future__ import annotations

import csv
import fnmatch
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from helpers.files.decode import as_utf8
from helpers.files.delimited import DELIMITERS, header_at
from helpers.files.findings import Findings
from helpers.files.folder import WORKBOOKS
from helpers.files.json_lines import paths_of_line
from helpers.files.workbook import rows_of, sheets_in
from helpers.files.xml_records import record_at
from helpers.layouts import BadInput, FileLayout, Layout, folded

__all__ = ["OneRow", "one_row"]

LONGEST_CELL = 1 << 24  # letters; a cell of a broken file may run to its end


@dataclass(frozen=True)
class OneRow:
    """A row as it stands in its file.

    Attributes
    ----------
    kind
        Which file of the layout it is; None where the layout knows none that fits.
    cells
        Name of the column in the file -> text as written, in the file's order; of records what they hold.
    """

    kind: FileLayout | None
    cells: Mapping[str, str]

    def declared(self, name: str) -> str | None:
        """Give the declared name of a column of the file; None where the layout doesn't declare it."""
        if self.kind is None:
            return None
        plain = re.sub(r"\[\d+\]", "[]", name) if self.kind.nested else name
        column = self.kind.by_fold.get(folded(plain)) or self.kind.by_pattern(name)
        return None if column is None else column.name


def one_row(folder: Path, file: str, row: int, layout: Layout | None = None) -> OneRow:
    """Open one row of one file of a district.

    Parameters
    ----------
    folder
        The district's folder, or any folder of exports.
    file
        The path from the folder that holds the silos, as `person_rows` and findings name it; through zips and
        to the sheet of a workbook.
    row
        As a spreadsheet numbers it, the header included; of JSON lines the line, of XML the place below the
        root.
    layout
        Of the file's system: says how cells are parted, and names columns of files that have no header.

    Returns
    -------
    OneRow
        Its cells as text.

    Raises
    ------
    BadInput
        When there is no such file, or no such row in it. Neither names more than the place.
    """
    if row < 1:
        raise _nothing(file, row)
    root = folder / "silos" if (folder / "silos").is_dir() else folder
    data = _bytes_of(root, PurePosixPath(file))
    kinds = [] if layout is None else [one for one in layout.files if _fits(file, one)]
    lower = file.lower()
    if any(f"{ending}/" in lower for ending in WORKBOOKS):
        return _of_sheet(data, file, row, kinds)
    data = as_utf8(data, kinds[0].encoding if kinds else "utf-8", Findings(None, ""))
    if lower.endswith(".xml"):
        found = record_at(data, row)
        if found is None:
            raise _nothing(file, row)
        kinds = [one for one in kinds if one.record == found[0]] or kinds
        return OneRow(kinds[0] if kinds else None, found[1])
    if lower.endswith((".jsonl", ".ndjson")) or (kinds and kinds[0].format == "json_lines"):
        paths = paths_of_line(_line(data, file, row))
        if paths is None:
            raise _nothing(file, row)
        return OneRow(kinds[0] if kinds else None, paths)
    return _of_text(data, file, row, kinds)


def _nothing(file: str, row: int) -> BadInput:
    return BadInput(f"{file} has no row {row}: the files have changed since they were read. Read them again.")


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
    """Say whether a file may be of a kind, by its path: its folder may have any name."""
    parts = PurePosixPath(file).parts
    wanted = PurePosixPath(kind.place).parts
    return len(parts) >= len(wanted) and all(
        fnmatch.fnmatch(part, pattern) for part, pattern in zip(parts[-len(wanted) :], wanted, strict=True)
    )


def _best(kinds: list[FileLayout], header: list[str]) -> FileLayout | None:
    """Choose the kind that declares most of a header's columns."""
    names = {folded(name) for name in header}
    return max(kinds, key=lambda kind: len(names & set(kind.by_fold)), default=None)


def _line(data: bytes, file: str, row: int) -> str:
    """Give a line by its number without splitting the whole file."""
    at = 0
    for _ in range(row - 1):
        at = data.find(b"\n", at) + 1
        if at == 0:
            raise _nothing(file, row)
    end = data.find(b"\n", at)
    if at >= len(data):
        raise _nothing(file, row)
    return data[at : end if end >= 0 else len(data)].decode("utf-8", "replace").rstrip("\r")


def _of_text(data: bytes, file: str, row: int, kinds: list[FileLayout]) -> OneRow:
    head_row = kinds[0].header_row if kinds else 1
    delimiter = _delimiter(data, head_row, kinds)
    if b'"' in data:
        first_rows = enumerate(islice(_records(data, delimiter), max(head_row, row)), start=1)
        kept = {number: cells for number, cells in first_rows if number in (head_row, row)}
        if row not in kept:
            raise _nothing(file, row)
        header, cells = kept.get(head_row, []), kept[row]
    else:
        header = _line(data, file, head_row).split(delimiter) if head_row else []
        cells = _line(data, file, row).split(delimiter)
    header = [name.strip() for name in header]
    kind = _best(kinds, header)
    if kind is not None and not head_row:
        header = [column.name for column in kind.columns]
    return OneRow(kind, _named(header, cells))


def _records(data: bytes, delimiter: str) -> Iterator[list[str]]:
    """Part text in which quoted cells may hold line breaks."""
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        yield from csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
    finally:
        csv.field_size_limit(limit)


def _delimiter(data: bytes, head_row: int, kinds: list[FileLayout]) -> str:
    """Give what parts the cells: by which most declared columns are found in the header."""
    declared = kinds[0].delimiter if kinds else ","
    names = {name for kind in kinds for name in kind.by_fold}
    order = [declared, *(one for one in DELIMITERS if one != declared)]
    heads = {one: header_at(data, one, head_row) for one in order}
    if not names or not head_row:
        return max(order, key=lambda one: len(heads[one]))
    return max(order, key=lambda one: len(names & {folded(head) for head in heads[one]}))


def _of_sheet(data: bytes, file: str, row: int, kinds: list[FileLayout]) -> OneRow:
    rows = rows_of(data)
    if not 1 <= row <= len(rows):
        raise _nothing(file, row)
    head_row = kinds[0].header_row if kinds else 1
    header = [_written(cell) for cell in rows[head_row - 1]] if head_row else []
    return OneRow(_best(kinds, header), _named(header, [_written(cell) for cell in rows[row - 1]]))


def _written(cell: object) -> str:
    """Say what a cell of a sheet holds; a typed one, such as a date, is a pair of kind and text."""
    return "" if cell is None else str(cell[1]) if isinstance(cell, tuple | list) else str(cell)


def _named(header: list[str], cells: list[str]) -> dict[str, str]:
    """Put a row's cells below their heads; two heads of one name are told apart as a reader does."""
    named: dict[str, str] = {}
    for place, cell in enumerate(cells):
        name = header[place] if place < len(header) and header[place] else f"column {place + 1}"
        again = 2
        stem = name
        while name in named:
            name, again = f"{stem}#{again}", again + 1
        named[name] = cell
    return named
