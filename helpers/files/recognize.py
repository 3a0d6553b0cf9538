"""Recognize files: first by their column names, then by their own name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch

from helpers.files.readers.delimited import DELIMITERS, first_rows, header_at
from helpers.files.readers.fixed_width import as_delimited
from helpers.files.readers.json_lines import paths_in_json_lines
from helpers.files.readers.workbook import header_of, is_sheet
from helpers.files.readers.xml import XmlRecords, paths_in_xml
from helpers.files.text_table import join_heads, unique_names
from helpers.layouts import FileLayout, Layout, folded

__all__ = ["DeclaredNames", "Recognized", "below", "look_at", "records_in"]

ENOUGH = 0.5
# A draft knows one folder's files. One of another name may only have the same names and numbers in front.
ENOUGH_OF_A_DRAFT = 0.8
TITLE_ROWS = 10  # how far below its declared row we look for a header
HEAD = 1 << 16  # bytes of a fixed-width file
TOP_ROWS = 20  # read at once; a declared header row further down is read by itself


@dataclass
class Look:
    """Visible features of a file before it is recognized."""

    data: bytes
    name: str
    shape: str  # csv, json_lines, xml or xlsx
    records: XmlRecords = field(default_factory=dict)
    rows: int = 0
    json_paths: list[str] = field(default_factory=list)
    heads: dict[tuple[str, int, int], list[str]] = field(default_factory=dict)
    tops: dict[str, list[list[str]]] = field(default_factory=dict)
    above: int = 0  # title rows above the declared header row

    def names(self, file: FileLayout, delimiter: str) -> list[str]:
        """List the names that this file would have, read as `file`."""
        if self.shape != file.format:
            return []
        if self.shape == "xml":
            return paths_in_xml(self.records, str(file.record))
        if self.shape == "json_lines":
            return self.json_paths
        if file.starts:
            return replace(self, data=as_delimited(self.data[:HEAD], file.starts), heads={}, tops={}).names(
                file.model_copy(update={"starts": []}), ","
            )
        if not file.header_row:
            return self._by_place(file, delimiter) or self._heads(delimiter, 0)
        return self._heads(delimiter, file.header_row + self.above, file.header_rows)

    def names_at(self, positions: Iterable[tuple[str, int, int]]) -> set[str]:
        """Return every name that any layout could find: by delimiter, header row (0: none) and its rows."""
        rows = (self._heads(delimiter, row and row + self.above, of) for delimiter, row, of in positions)
        return {name for row in rows for name in row} | set(self.json_paths)

    def _heads(self, delimiter: str, header_row: int, of: int = 1) -> list[str]:
        """Return the headers of a table, cached since many layouts need them."""
        asked = (delimiter, header_row, of)
        if asked not in self.heads:
            if self.shape == "xlsx":
                heads = header_of(self.data, header_row)
                heads = join_heads(header_of(self.data, header_row - 1), heads) if of == 2 else heads
                found = unique_names([name for name in heads if name])
            else:
                heads = self._row(delimiter, max(header_row, 1))
                heads = join_heads(self._row(delimiter, header_row - 1), heads) if of == 2 else heads
                found = unique_names([name for name in heads if name] if header_row else heads)
            self.heads[asked] = found
        return self.heads[asked]

    def _row(self, delimiter: str, number: int) -> list[str]:
        """Return the cells of a row near the top, all read at once."""
        if delimiter not in self.tops:
            self.tops[delimiter] = first_rows(self.data, delimiter, TOP_ROWS)
        top = self.tops[delimiter]
        if number > TOP_ROWS:
            return header_at(self.data, delimiter, number)
        return top[number - 1] if number <= len(top) else []

    def titles(self, known: Recognized) -> str:
        """Return the text above the header."""
        rows = [self._heads(known.delimiter, number) for number in range(1, known.above + 1)]
        return " / ".join(" ".join(filter(None, row)) for row in rows).strip()

    def _by_place(self, file: FileLayout, delimiter: str) -> list[str]:
        """List the columns of a file without a header, if its own name and its width match."""
        if not self.lies_at(file):
            return []
        # Titles may precede the first data row, which may have empty cells.
        cells = self._heads if self.shape == "xlsx" else self._row
        rows = (cells(delimiter, number) for number in range(1, TITLE_ROWS + 2))
        known = any(len(row) == len(file.columns) for row in rows)
        return [column.name for column in file.columns] if known else []

    def lies_at(self, file: FileLayout) -> bool:
        """Return whether this file's name matches a layout's pattern."""
        return fnmatch(self.name.lower(), file.place.lower())


@dataclass(frozen=True)
class Recognized:
    """A file layout that matches a file, with the score and the delimiter."""

    file: FileLayout
    share: float
    delimiter: str
    by_name: bool
    above: int = 0


def look_at(data: bytes, name: str, records: XmlRecords | None = None, rows: int = 0) -> Look:
    """Inspect a file: its shape and the names in it."""
    if records is not None:
        return Look(data, name, "xml", records, rows)
    if is_sheet(data):
        return Look(data, name, "xlsx")
    if data[:200].lstrip()[:1] == b"{":
        return Look(data, name, "json_lines", json_paths=paths_in_json_lines(data))
    return Look(data, name, "csv")


class DeclaredNames:
    """Layouts by the names that they declare: most files match none, so that no layout is tried in vain."""

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self._layouts = layouts
        self._of_fold: dict[str, set[str]] = {}
        self._heads: dict[str, set[tuple[str, int, int]]] = {"csv": set(), "xlsx": set()}
        # A file without a header, or with fixed positions, shows none of its names.
        self._by_own_name: list[tuple[str, FileLayout]] = []
        for name, layout in layouts.items():
            for file in layout.files:
                for fold in file.by_fold:
                    self._of_fold.setdefault(fold, set()).add(name)
                if file.format in self._heads:
                    delimiters = [file.delimiter, *(DELIMITERS if file.format == "csv" else ())]
                    self._heads[file.format] |= {
                        (each, file.header_row, file.header_rows) for each in delimiters
                    }
                    self._by_own_name += [(name, file)] * (not file.header_row or bool(file.starts))

    def layouts_for(self, look: Look) -> Iterator[tuple[str, Layout]]:
        """Yield the layouts that declare a name of this file, in their order; of XML, all."""
        if look.shape == "xml":
            yield from self._layouts.items()
            return
        found = {name for name, file in self._by_own_name if look.lies_at(file)}
        for head in look.names_at(self._heads.get(look.shape, ())):
            found |= self._of_fold.get(folded(head), set())
        yield from ((name, layout) for name, layout in self._layouts.items() if name in found)


def share(names: Iterable[str], file: FileLayout) -> float:
    """Return the share of names that a file and its declaration have in common."""
    folds = {name: folded(name) for name in names}
    declared = {name: file.by_fold[fold].name for name, fold in folds.items() if fold in file.by_fold}
    if not declared:  # so it is for most files and layouts: no pattern is looked for
        return 0.0
    # Two headers may differ in their case or signs alone: each is its own column.
    exact = {column.name for column in file.named()}
    known = {name if name in exact else alike for name, alike in declared.items()}
    others = [name for name in folds if name not in declared]
    others = [name for name, out in zip(others, file.are_beyond(others), strict=True) if not out]
    taken = file.by_patterns(others)
    unknown = {folds[name] for name, column in zip(others, taken, strict=True) if column is None}
    every = {column.name for column in file.named() if not column.optional or column.name in known}
    # The columns of list elements are no evidence if all lists are empty.
    needed = {column.name for column in file.columns if column.required and "[]" not in column.name}
    if file.nested:
        # A nested file omits missing values: only required paths are missed.
        every = known | needed
    if not every:
        return 0.0
    twice = len(declared) - len(known)
    found = len(known) / (len(every) + len(unknown) + twice)
    lacks = bool(needed - known)
    return found / 2 if lacks else found


def _are_titles(look: Look, file: FileLayout, delimiter: str) -> bool:
    """Return whether the rows above a header are titles: at most half as wide, so that no data is lost."""
    width = len(look.names(file, delimiter))
    above = [replace(look, above=number).names(file, delimiter) for number in range(look.above)]
    return all(len([head for head in heads if head]) <= width / 2 for heads in above)


def below(look: Look) -> Iterator[Look]:
    """Look for the header further down, below a report's title or ``sep=;``."""
    if look.shape in ("csv", "xlsx"):
        yield from (replace(look, above=number) for number in range(1, TITLE_ROWS + 1))


def best_in(look: Look, layout: Layout) -> Recognized | None:
    """Find a layout's best matching kind of file."""
    best: Recognized | None = None
    for file in layout.files:
        delimiters = (
            dict.fromkeys([file.delimiter, *DELIMITERS])
            if file.format == "csv" and not file.starts
            else [file.delimiter]
        )
        for delimiter in delimiters:
            names = look.names(file, delimiter)
            if look.above and len(names) < 2:
                continue  # a title, or cells with another delimiter
            found, by_name = share(names, file), look.lies_at(file)
            if found < (ENOUGH_OF_A_DRAFT if layout.is_draft and not by_name else ENOUGH):
                continue
            if look.above and not _are_titles(look, file, delimiter):
                continue
            candidate = Recognized(file, found, delimiter, by_name, look.above)
            if best is None or (candidate.share, candidate.by_name) > (best.share, best.by_name):
                best = candidate
    return best


def records_in(look: Look, layout: Layout) -> list[Recognized]:
    """List every kind of record in an XML file that a layout knows; other files have one kind."""
    if look.shape != "xml":
        best = best_in(look, layout)
        return [best] if best else []
    found = []
    for file in layout.files:
        names = look.names(file, "")
        if names and share(names, file) >= ENOUGH:
            by_name = look.lies_at(file)
            found.append(Recognized(file, share(names, file), "", by_name))
    return found
