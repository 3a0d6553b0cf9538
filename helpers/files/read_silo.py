"""Read one system by its layout, or one table, and account for every row."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.files.file_profile import FileProfile, line_end_of, profile_of
from helpers.files.findings import Findings, findings_of
from helpers.files.folder import FoundFile, opened
from helpers.files.limits import TooMuch
from helpers.files.parse.bundle import BundlePart, as_the_manifest_says
from helpers.files.parse.file import FilesOfKind, ReadFile, read_files, report_dangling
from helpers.files.parse.silo_tables import Assembled, Made, assemble
from helpers.files.parse.standard_rows import make_rows, report_out_of_bounds
from helpers.files.readers.decode import as_utf8, read_text
from helpers.files.readers.delimited import parse_delimited
from helpers.files.readers.json_lines import array_as_lines, parse_json_lines
from helpers.files.readers.workbook import is_sheet, parse_sheet
from helpers.files.readers.xml import parse_xml, read_xml_records
from helpers.files.recognize import Recognized, below, look_at, records_in
from helpers.files.text_table import Parsed
from helpers.layouts import Layout
from helpers.standard import as_table, empty_table

__all__ = ["OneFile", "OneTable", "Silo", "account", "read_ones", "read_silo", "set_file_aside"]


def _joined(name: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty_table(name)
    return as_table(name, pd.concat(filled, ignore_index=True)) if len(filled) > 1 else filled[0]


@dataclass(frozen=True)
class Silo:
    """One system with one id space, as its files record it.

    Attributes
    ----------
    name, layout
        Name of the silo, and its layout.
    people, person_rows, identifiers, findings, accounts
        Standard tables.
    facts
        Standard table by name; only those that the silo has rows of.
    kinds
        File -> the layout's kinds of file or record it was read as.
    filled_cells
        Standard table: the source of each value of people that comes from an earlier row, because the
        record's last row leaves it empty. Every other value comes from that last row.
    written
        Headers, codes and date formats as written in the files; None if not requested.
    """

    name: str
    layout: Layout
    people: pd.DataFrame
    person_rows: pd.DataFrame
    identifiers: pd.DataFrame
    facts: dict[str, pd.DataFrame]
    findings: pd.DataFrame
    accounts: pd.DataFrame
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filled_cells: pd.DataFrame = field(default_factory=lambda: empty_table("filled_cells"))
    written: FileProfile | None = field(default_factory=FileProfile)

    @property
    def has_possible_ids(self) -> bool:
        """Whether its layout marks columns whose values may be ids, without saying that they are."""
        files = self.layout.file
        return any(column.identification_system == "Possible" for file in files for column in file.columns)

    def fact(self, table: str) -> pd.DataFrame:
        """Return a fact table; empty, with its columns, if the silo has none."""
        return self.facts.get(table, empty_table(table))


@dataclass
class OneFile:
    """A file while it is being read: its findings, and counts for its account."""

    path: str
    findings: Findings
    rows: int = 0
    structure: int = 0
    apart: int = 0
    aside: int | None = None  # all rows, if the whole file was set aside
    encoding: str | None = None  # if it differs from the declared one
    line_end: str | None = None
    delimiter: str | None = None
    reads: list[ReadFile] = field(default_factory=list)
    used: list[np.ndarray] = field(default_factory=list)


def count_rows(data: bytes) -> int:
    """Count the rows of an unread file: lines, or children of the root; 0 if it isn't text."""
    if is_sheet(data):
        return data.count(b"\n") - 1
    data = data.removeprefix(BOM_UTF8)
    if b"\0" in data[:4096]:
        return 0
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        try:
            return read_xml_records(data, Findings(None, ""))[1]
        except ValueError:
            return 0
    return data.count(b"\n") + (1 if data and not data.endswith(b"\n") else 0)


def _is_empty(data: bytes) -> bool:
    if is_sheet(data):
        return count_rows(data) == 0
    return not array_as_lines(data.strip(b"\xef\xbb\xbf\r\n\t \0"))


def account(silo: str | None, one: OneFile) -> dict[str, object]:
    """Account for one file: every row is used, structure, set aside or kept apart."""
    aside = len(one.findings.rows_set_aside()) if one.aside is None else one.aside
    used = sum(int(mask.sum()) for mask in one.used)
    apart = one.apart + sum(int((~mask).sum()) for mask in one.used)
    return {
        "silo": silo,
        "file": one.path,
        "rows": one.rows,
        "rows_used": used,
        "rows_structure": one.structure,
        "rows_set_aside": aside,
        "rows_quarantined": apart,
    }


def set_file_aside(silo: str | None, found: FoundFile, kind: str, *, expected: str | None = None) -> OneFile:
    """Report an unused file; all its rows are set aside, 0 if they can't be counted."""
    one = OneFile(found.path, Findings(silo, found.path))
    data = found.read()
    one.rows = one.aside = count_rows(as_utf8(data, "utf-8", Findings(silo, found.path)))
    value = found.name
    if kind == "file_unknown" and _is_empty(data):
        kind, expected = "file_empty", "rows"
    elif kind == "file_unknown" and (reason := _unreadable(data)):
        kind, value, expected = "file_unreadable", reason, "well-formed XML"
    one.findings.add(kind, "file_set_aside", value=value, expected=expected)
    return one


def _unreadable(data: bytes) -> str | None:
    """Explain why an unknown XML file can't be read: it is refused, or breaks in its first record."""
    if data.removeprefix(BOM_UTF8).lstrip()[:1] != b"<":
        return None
    findings = Findings(None, "")
    try:
        records, _ = read_xml_records(data, findings)
    except ValueError as error:
        return str(error)
    broken = findings.frame()
    return None if records or broken.empty else str(broken["value"].iloc[0])


def _parse(one: OneFile, data: bytes, name: str, layout: Layout) -> list[tuple[Recognized, Parsed]] | None:
    """Recognize a file within its layout and read its rows; None if the layout doesn't match."""
    if data.lstrip()[:1] == b"<":
        try:
            records, total = read_xml_records(data, one.findings)
        except ValueError as error:
            one.findings.add("file_unreadable", "file_set_aside", value=str(error))
            one.aside = 0
            return []
        known = records_in(look_at(data, name, records, total), layout)
        if not known:
            return None
        one.rows = total
        claimed = {recognized.file.record for recognized in known}
        for record, rows in records.items():
            if record not in claimed:
                one.findings.add("record_unknown", "quarantined", value=record, row=rows[0][0])
                one.apart += len(rows)
        return [(each, parse_xml(records, each.file, total)) for each in known]
    look = look_at(data, name)
    best = next((one for each in chain([look], below(look)) for one in records_in(each, layout)), None)
    if best is None:
        return None
    if best.above:
        header_row = best.file.header_row + best.above
        titles = look.titles(best)
        one.findings.add(
            "title_rows",
            "read_as",
            value=titles,
            expected=f"the header in row {best.file.header_row}",
            read_as=f"the header in row {header_row}",
        )
        best = replace(best, file=best.file.model_copy(update={"header_row": header_row}))
    if best.file.format == "json_lines":
        parsed = parse_json_lines(data, best.file, one.findings)
    elif best.file.format == "xlsx":
        parsed = parse_sheet(data, best.file, one.findings)
    else:
        # The binding of a bundle lets a file end without a line end; elsewhere it may have been cut.
        cut = layout.manifest is None
        parsed = parse_delimited(data, best.file, best.delimiter, one.findings, may_be_cut=cut)
    one.rows = parsed.rows
    one.delimiter = best.delimiter if best.file.format == "csv" else None
    return [(best, parsed)]


def _parse_one(
    silo: str, layout: Layout, found: FoundFile
) -> tuple[OneFile, list[tuple[Recognized, Parsed]]]:
    """Read the rows of a file as text, by kind of record."""
    one = OneFile(found.path, Findings(silo, found.path))
    raw = found.read()
    if _is_empty(raw):
        one.findings.add("file_empty", "file_set_aside", expected="rows")
        one.rows = one.aside = count_rows(array_as_lines(raw))
        return one, []
    declared = {file.path: file.encoding for file in layout.files}
    data, one.encoding = read_text(raw, declared.get(found.name, layout.files[0].encoding), one.findings)
    one.line_end = None if is_sheet(raw) else line_end_of(raw)
    del raw
    try:
        parsed = _parse(one, data, found.name, layout)
    except TooMuch as trouble:
        one = OneFile(found.path, Findings(silo, found.path))
        one.findings.add("file_unsafe", "file_set_aside", value=str(trouble))
        one.rows = one.aside = count_rows(data)
        return one, []
    if parsed is None:
        one.findings.add(
            "file_unknown", "file_set_aside", value=found.name, expected=f"a file of {layout.layout}"
        )
        one.rows = one.aside = count_rows(data)
        return one, []
    return one, parsed


def read_ones(silo: str, layout: Layout, files: Sequence[FoundFile]) -> list[OneFile]:
    """Read the columns of several files of one silo, without making standard rows."""
    parsed = [_parse_one(silo, layout, found) for found in files]
    kinds = [
        (one, BundlePart(one.path, recognized.file, rows, one.findings))
        for one, tables in parsed
        for recognized, rows in tables
    ]
    stands = as_the_manifest_says(layout, [part for _, part in kinds], [found.path for found in files])
    given = [(one.path, one.file, rows, one.findings) for (_, one), rows in zip(kinds, stands, strict=True)]
    for (one, _), read in zip(kinds, read_files(given), strict=True):
        one.structure += read.parsed.structure
        one.reads.append(read)
    return [one for one, _ in parsed]


def _tell_lacking(kind: FilesOfKind, used: np.ndarray) -> np.ndarray:
    """Report rows that lack required values; return those that gave nothing else."""
    nothing = np.zeros(len(kind), bool)
    for column, source in kind.lacking.items():
        for done, here in (
            ("row_set_aside", source[~used[source]]),
            ("value_set_aside", source[used[source]]),
        ):
            kind.tell(here, "required_empty", done, column=column, expected="a value")
        nothing[source[~used[source]]] = True
    return nothing


def _as_of(layout: Layout, path: str) -> pd.Timestamp | None:
    """Read an export's date from its file name, if the layout declares one there."""
    if layout.as_of_in_name is None:
        return None
    digits = {"%Y": r"\d{4}", "%m": r"\d{2}", "%d": r"\d{2}"}
    pattern = re.escape(layout.as_of_in_name)
    for token, shape in digits.items():
        pattern = pattern.replace(token, shape)
    for found in re.findall(rf"(?<!\d){pattern}(?!\d)", path):
        try:
            return pd.Timestamp(datetime.strptime(found, layout.as_of_in_name))
        except ValueError:
            continue
    return None


def read_silo(name: str, layout: Layout, files: Sequence[FoundFile], *, written: bool = True) -> Silo:
    """Read the files of one silo."""
    ones = read_ones(name, layout, files)
    order = [file.name for file in layout.files]
    by_kind: dict[str, list[ReadFile]] = {}
    for read in sorted(
        (r for one in ones for r in one.reads), key=lambda r: (order.index(r.file.name), r.path)
    ):
        by_kind.setdefault(read.file.name, []).append(read)
    absent = []
    for file in layout.files:
        if file.required and file.name not in by_kind:
            missing = Findings(name, f"{name}/{file.path}")
            missing.add("file_missing", "nothing", expected=file.row_is)
            absent.append(missing)
    report_dangling(by_kind, layout)
    report_out_of_bounds(by_kind, layout)

    kinds = [FilesOfKind(reads) for reads in by_kind.values()]
    made: list[Made] = []
    for kind in kinds:
        days = pd.Series([_as_of(layout, read.path) for read in kind.reads], dtype="datetime64[us]")
        for makes in kind.file.makes:
            rows = make_rows(kind, makes, by_kind, layout)
            if days.notna().any() and makes.table in ("people", "meal_account"):
                rows["as_of"] = days.to_numpy()[kind.part[rows["source"].to_numpy()]]
            made.append((kind, makes, rows))
    words = None
    if written:
        words = profile_of(name, [read for kind in kinds for read in kind.reads], _stored(ones))
    for kind in kinds:
        for read in kind.reads:
            read.forget_text()
    built: Assembled = assemble(name, layout, made)
    owners = {id(read): one for one in ones for read in one.reads}
    for kind in kinds:
        used = np.zeros(len(kind), bool)
        for other, _, rows in made:
            if other is kind:
                used[rows["source"].to_numpy()] = True
        nothing = _tell_lacking(kind, used)
        for read, mine, lost in zip(kind.reads, kind.by_file(used), kind.by_file(nothing), strict=True):
            owners[id(read)].used.append(mine)
            owners[id(read)].apart -= int(lost.sum())
    accounts = [account(name, one) for one in ones]
    found = [findings_of([*(one.findings for one in ones), *absent]), built.findings]
    found = [frame for frame in found if len(frame)]
    return Silo(
        name,
        layout,
        built.people,
        built.person_rows,
        built.identifiers,
        built.facts,
        as_table("findings", pd.concat(found, ignore_index=True)) if found else empty_table("findings"),
        as_table("accounts", pd.DataFrame(accounts)) if accounts else empty_table("accounts"),
        {one.path: tuple(read.file.name for read in one.reads) for one in ones if one.reads},
        built.filled_cells,
        words,
    )


def _stored(ones: Sequence[OneFile]) -> dict[str, dict[str, str | None]]:
    """Return encoding, line ending and delimiter of each file that was read."""
    return {
        one.path: {
            "encoding": one.encoding or one.reads[0].file.encoding,
            "line_end": one.line_end,
            "delimiter": one.delimiter,
        }
        for one in ones
        if one.reads
    }


class OneTable:
    """A file without person records, read by its layout.

    Its caller reports which rows it used and why it dropped others; `findings` and `accounts` then add up as
    those of a district do.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self._name = layout.silo
        found, refused = opened(path)
        self._ones = read_ones(self._name, layout, found)
        for refusal in refused:
            one = OneFile(refusal.path, Findings(self._name, refusal.path))
            one.aside = 0
            one.findings.add(refusal.kind, "file_set_aside", value=refusal.reason)
            self._ones.append(one)

    @property
    def reads(self) -> list[ReadFile]:
        """The tables that match the layout: one, or one per sheet of a workbook."""
        return [read for one in self._ones for read in one.reads]

    def use(self, read: ReadFile, used: np.ndarray) -> None:
        """Record which rows of a table were used; the caller must have reported the others as set aside."""
        one = next(one for one in self._ones if any(read is each for each in one.reads))
        one.used.append(used)
        one.apart -= int((~used).sum())

    def set_aside(self, read: ReadFile, kind: str, *, value: str | None, expected: str | None) -> None:
        """Set a whole table aside that seemed to match the layout."""
        one = next(one for one in self._ones if any(read is each for each in one.reads))
        one.findings.add(kind, "file_set_aside", value=value, expected=expected)
        one.reads, one.structure, one.apart, one.aside = [], 0, 0, one.rows

    def findings(self) -> pd.DataFrame:
        """Return table ``findings``: what was wrong or odd."""
        return findings_of([one.findings for one in self._ones])

    def accounts(self) -> pd.DataFrame:
        """Return table ``accounts``: every row is used, structure, set aside or kept apart."""
        rows = [account(self._name, one) for one in self._ones]
        return as_table("accounts", pd.DataFrame(rows)) if rows else empty_table("accounts")
