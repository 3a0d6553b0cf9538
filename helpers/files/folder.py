"""List the files of a folder, including those in zips and sheets of workbooks; refuse harmful ones."""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from helpers.files.limits import (
    MOST_FILES,
    WORKBOOKS_UNPACKED,
    ZIPS,
    TooMuch,
    Unpacked,
    no_file,
    shape_trouble,
)
from helpers.files.readers.workbook import sheets_in
from helpers.layouts import ANSWERS
from helpers.standard import BadInput, Measured

__all__ = [
    "CHECK_IN_FILE",
    "FoundFile",
    "Refused",
    "describe_tables",
    "file_of",
    "files_below",
    "files_in",
    "harm_in",
    "must_be_a_folder",
    "opened",
    "paths_below",
]

PASSED_OVER = ("layouts", "__MACOSX")
# Decisions about flagged students, which the team adds to from week to week.
CHECK_IN_FILE = "check_in.csv"
# Files about the whole folder, not exports: its description, answers about its files, the team's trust order
# and its decisions.
OF_THE_FOLDER = ("district.json", ANSWERS, "elements.toml", CHECK_IN_FILE)
# Exceptions from a zip that is damaged, or packed by an unusual method.
DAMAGED = (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error)
WORKBOOKS = (".xlsx", ".xlsm")
PACKED = (*WORKBOOKS, ".zip")  # not text with lines
_IN_PACKED = re.compile(rf"(?i)(?<=[^/])({'|'.join(map(re.escape, PACKED))})/.*")
LOCAL_HEAD = 30  # bytes before the name of an entry of a zip


@dataclass(frozen=True)
class FoundFile:
    """A file, with the path that findings give it."""

    path: str
    size: int
    read: Callable[[], bytes]
    is_sheet: bool = False

    @property
    def name(self) -> str:
        """Last part of its path; with the workbook, if it is a sheet."""
        parts = PurePosixPath(self.path).parts
        return "/".join(parts[-2:] if self.is_sheet else parts[-1:])

    @property
    def folder(self) -> str:
        """The folder or zip that contains it or its workbook; empty at the top."""
        place = PurePosixPath(self.path)
        parent = (place.parent if self.is_sheet else place).parent.as_posix()
        return "" if parent == "." else parent

    def digest(self) -> bytes:
        """Return a digest of its bytes."""
        return hashlib.blake2b(self.read(), digest_size=16).digest()


@dataclass(frozen=True)
class Refused:
    """A zip, file or folder that we don't open: kind of finding, and reason."""

    path: str
    kind: str
    reason: str


def file_of(path: str) -> str:
    """Return the file that contains a table: a zip has many, a workbook has one on each sheet.

    >>> file_of("sis/oneroster.zip/users.csv"), file_of("clubs.xlsx/Members"), file_of("lms/users.csv")
    ('sis/oneroster.zip', 'clubs.xlsx', 'lms/users.csv')
    """
    return _IN_PACKED.sub(r"\1", path)


def describe_tables(paths: Collection[str]) -> str:
    """Count files, and their tables where a zip or a workbook has several.

    >>> from helpers.standard import plain
    >>> plain(describe_tables(["a.zip/b.csv", "a.zip/c.csv", "d.csv"]))
    '3 tables of 2 files'
    >>> plain(describe_tables(["a.xlsx/Members"]))
    '1 file'
    """
    files = Measured("files", len({file_of(path) for path in paths}))
    tables = Measured("tables", len(paths))
    return f"{files:count}" if files.number == tables.number else f"{tables:count} of {files:count}"


def _gibibytes(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 29 else f"{size >> 20} MiB"


def harm_in(archive: zipfile.ZipFile, may: Unpacked) -> str | None:
    """Describe harm that a zip could do; None if it is safe."""
    whole = 0
    names = set()
    count = len(archive.infolist())
    if count > MOST_FILES:
        return (
            f"it contains too many files ({count:,}, at most {MOST_FILES:,}): unpack those that are exports"
        )
    for entry in archive.infolist():
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.split("/")[0]:
            return "it contains a file that would be written outside its folder"
        if (entry.external_attr >> 16) & 0o170000 == 0o120000:
            return "it contains a link"
        if entry.flag_bits & 1:
            return "it is locked with a password"
        if name in names:
            return f"it contains two files named {name}, and we would read only one"
        names.add(name)
        whole += entry.file_size
        if entry.file_size > may.ratio_from and entry.file_size > may.ratio * max(entry.compress_size, 1):
            return f"a file in it unpacks to {_gibibytes(entry.file_size)} from almost nothing"
    if whole > may.largest:
        return f"it unpacks to {_gibibytes(whole)}, more than {_gibibytes(may.largest)}"
    return None


def _entry_reader(path: Path, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            with zipfile.ZipFile(path) as archive, archive.open(entry.filename) as file:
                return file.read(entry.file_size)
        # Its position is known: reopening the zip for each file would read the directory each time.
        with path.open("rb") as file:
            file.seek(entry.header_offset)
            head = file.read(LOCAL_HEAD)
            name, extra = (int.from_bytes(head[at : at + 2], "little") for at in (26, 28))
            file.seek(name + extra, os.SEEK_CUR)
            packed = file.read(entry.compress_size)
        # A zip may lie about sizes: never read more than it declares.
        if entry.compress_type == zipfile.ZIP_STORED:
            return packed[: entry.file_size]
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, max(entry.file_size, 1))

    return read


def _in_zip(path: Path, shown: str) -> tuple[list[FoundFile], list[Refused]]:
    try:
        with zipfile.ZipFile(path) as archive:
            harm = harm_in(archive, ZIPS)
            if harm:
                return [], [Refused(shown, "file_unsafe", harm)]
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            odd = {}
            for entry in entries:
                try:
                    with archive.open(entry) as file:
                        odd[entry.filename] = shape_trouble(cast(BinaryIO, file))
                except zipfile.BadZipFile:
                    reason = f"its file {entry.filename} is damaged"
                    return [], [Refused(shown, "file_unreadable", reason)]
    except DAMAGED as error:
        return [], [Refused(shown, "file_unreadable", f"it isn't a zip that we can open ({error})")]
    found: list[FoundFile] = []
    refused: list[Refused] = []
    for entry in entries:
        if _passed_over(PurePosixPath(entry.filename).parts):
            continue
        trouble = odd[entry.filename]
        if trouble and not entry.filename.lower().endswith(PACKED):
            refused.append(Refused(f"{shown}/{entry.filename}", "file_unsafe", trouble))
            continue
        read = _entry_reader(path, entry)
        files, harm_inside = _opened(f"{shown}/{entry.filename}", entry.file_size, read)
        found += files
        refused += harm_inside
    return found, refused


def _opened(shown: str, size: int, read: Callable[[], bytes]) -> tuple[list[FoundFile], list[Refused]]:
    """Return a file, or each sheet of a workbook."""
    if not shown.lower().endswith(WORKBOOKS):
        return [FoundFile(shown, size, read)], []
    data = read()
    if not data:
        return [FoundFile(shown, size, read)], []
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return [], [Refused(shown, "file_unreadable", "it isn't a workbook, or it is locked or damaged")]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            harm = harm_in(archive, WORKBOOKS_UNPACKED)
        if harm:
            return [], [Refused(shown, "file_unsafe", harm)]
        sheets = sheets_in(data)
    except (OverflowError, TooMuch) as error:
        return [], [Refused(shown, "file_unsafe", str(error))]
    except DAMAGED as error:
        return [], [Refused(shown, "file_unreadable", str(error))]
    return [
        FoundFile(f"{shown}/{name}", len(sheet), partial(bytes, sheet), is_sheet=True)
        for name, sheet in sheets.items()
    ], []


def _passed_over(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") or part in PASSED_OVER for part in parts)


def must_be_a_folder(folder: Path) -> None:
    """Refuse a path that can't contain exports."""
    if folder.is_file():
        raise BadInput(f"{folder} is a file: name its folder.")
    if not folder.is_dir():
        raise BadInput(
            f"There is no folder {folder}: name one with exports, or make one with `bigpicture make`."
        )


def files_below(folder: Path) -> tuple[list[FoundFile], list[Refused]]:
    """List the files below a folder, including those in zips."""
    found: list[FoundFile] = []
    paths, refused = _walk(folder)
    for path in paths:
        files, harm = _files_in(path, shown_path(path.relative_to(folder)))
        found += files
        refused += harm
    return found, refused


def paths_below(folder: Path) -> list[Path]:
    """List the files on disk below a folder that can be opened, without looking into zips."""
    return _walk(folder)[0]


def files_in(path: Path) -> list[FoundFile]:
    """List a file, or the files in a zip or workbook, if they can be opened; paths start with its name."""
    return _files_in(path, shown_path(Path(path.name)))[0]


def _files_in(path: Path, shown: str) -> tuple[list[FoundFile], list[Refused]]:
    if path.suffix.lower() == ".zip":
        return _in_zip(path, shown)
    return _plain(path, shown)


def opened(path: Path) -> tuple[list[FoundFile], list[Refused]]:
    """Open one file that the user named; a workbook gives one per sheet."""
    if path.is_dir():
        raise BadInput(f"{path} is a folder: name one file in it, a CSV or an xlsx.")
    if not path.exists():
        raise BadInput(f"There is no file {path}: name a CSV or an xlsx.")
    trouble = _cannot_open(path)
    if trouble:
        return [], [Refused(path.name, "file_unreadable", trouble)]
    return _plain(path, shown_path(Path(path.name)))


def shown_path(path: Path) -> str:
    """Write a path as text: bytes that aren't UTF-8 become backslash escapes."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _plain(path: Path, shown: str) -> tuple[list[FoundFile], list[Refused]]:
    """Return a file on disk, unless it has a shape that no export has."""
    size = path.stat().st_size
    if not shown.lower().endswith(PACKED):
        with path.open("rb") as file:
            trouble = shape_trouble(file)
        if trouble:
            return [], [Refused(shown, "file_unsafe", trouble)]
    return _opened(shown, size, path.read_bytes)


def _cannot_open(path: Path) -> str | None:
    """Explain why a path is no readable file; None if it is one."""
    try:
        if not path.exists():
            return "it is a broken link"
        if trouble := no_file(path):
            return trouble
        with path.open("rb"):
            return None
    except OSError as error:  # on Windows also a workbook that is open elsewhere
        return f"it can't be opened ({error.strerror})"


def _leads_out(path: Path, folder: Path) -> str | None:
    """Explain why a link is refused: it leads outside the folder, or nowhere."""
    try:
        if not path.is_symlink() or path.resolve().is_relative_to(folder.resolve()):
            return None
    except (OSError, RuntimeError):  # circular links
        return "it is a broken link"
    return "it is a link to a file outside the folder, which we don't follow; copy the file"


def _walk(folder: Path) -> tuple[list[Path], list[Refused]]:
    """List the files below a folder sorted by path, and what can't be read there."""
    paths: list[Path] = []
    troubles: dict[Path, str] = {}

    def closed(error: OSError) -> None:
        troubles[Path(error.filename)] = f"the folder can't be opened ({error.strerror})"

    for here, folders, names in os.walk(folder, onerror=closed):
        for name in folders:
            if Path(here, name).is_symlink():
                troubles[Path(here, name)] = (
                    "it is a link to a folder, which we don't follow; copy the folder"
                )
        folders[:] = [name for name in folders if not _passed_over((name,))]
        for path in (Path(here, name) for name in names):
            inside = path.relative_to(folder)
            if _passed_over(inside.parts) or inside.as_posix() in OF_THE_FOLDER:
                continue
            trouble = _leads_out(path, folder) or _cannot_open(path)
            if trouble:
                troubles[path] = trouble
            else:
                paths.append(path)
    refused = [
        Refused(shown_path(path.relative_to(folder)), "file_unreadable", why)
        for path, why in sorted(troubles.items())
        if not _passed_over(path.relative_to(folder).parts)
    ]
    return sorted(paths), refused
