"""Save tables and files: atomically, privately, and safe to open in a spreadsheet."""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd

from helpers.files.findings import Findings
from helpers.files.readers.decode import read_text
from helpers.standard import STRING, BadInput, text_of

__all__ = [
    "OF_WINDOWS",
    "all_or_none",
    "guarded",
    "guarded_cell",
    "is_full",
    "is_ours",
    "is_running",
    "lock_file",
    "make_folder",
    "own_place",
    "private_folder",
    "read_text_table",
    "save_all",
    "save_table",
    "spare_folder",
    "spreadsheet_bytes",
    "sweep",
    "takes",
    "unguarded",
    "without_guard",
    "write_atomically",
]


# Strangers typed the names: opening a table must not run one such as ``=HYPERLINK(…)``.

# Characters that start a formula, by OWASP's "CSV Injection"; East Asian keyboards type the wide forms.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
GUARD = "'"
# A negative balance is no formula.
NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?%?")
SUSPECT = (" ", GUARD, *FORMULA)


def safe_cell(text: str, *, always: bool = False) -> str:
    """Prefix an apostrophe to text that a spreadsheet would run or change; `unguarded` removes it.

    >>> safe_cell("=1+1"), safe_cell("O'Neil"), safe_cell("00123", always=True)
    ("'=1+1", "O'Neil", "'00123")
    """
    # Spreadsheets ignore leading blanks of a formula.
    begins = text.lstrip(" ").startswith(FORMULA) or text.startswith((*FORMULA, GUARD))
    return GUARD + text if begins or (always and text) else text


def unguarded(text: str) -> str:
    """Undo `safe_cell`."""
    return text.removeprefix(GUARD)


def guarded_cell(text: str) -> str:
    """Guard a cell of a table that programs read, too; plain numbers stay unchanged.

    >>> guarded_cell("-12.5"), guarded_cell("-1+1"), guarded_cell("00123")
    ('-12.5', "'-1+1", '00123')
    """
    return text if NUMBER.fullmatch(text) else safe_cell(text)


def _taken_off(text: str) -> str:
    bare = unguarded(text)
    # Other people's tables have no guard: an apostrophe that guards nothing belongs to the text.
    return bare if guarded_cell(bare) == text else text


def _changed(frame: pd.DataFrame, begins: tuple[str, ...], change: Callable[[str], str]) -> pd.DataFrame:
    """Change the texts with certain beginnings; leave other columns untouched."""
    changed = {}
    for name in frame.columns:
        column = frame[name]
        if not pd.api.types.is_string_dtype(column):
            continue
        meant = column.str.startswith(begins).fillna(False).to_numpy(dtype=bool)
        if meant.any():
            changed[name] = column.where(~meant, column.map(change, na_action="ignore").astype(column.dtype))
    return frame.assign(**changed) if changed else frame


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Guard every text of a table that a spreadsheet would run."""
    return _changed(frame, SUSPECT, guarded_cell)


def without_guard(frame: pd.DataFrame) -> pd.DataFrame:
    """Remove the prefixes that `guarded` added."""
    return _changed(frame, (GUARD,), _taken_off)


def is_running(number: int) -> bool:
    """Return whether a process exists, without signaling it."""
    from psutil import pid_exists

    return number > 0 and pid_exists(number)


# Prefix of draft folders, followed by the process id of their writer.
DRAFT = ".draft-"


FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def is_full(error: BaseException) -> bool:
    """Return whether an error says that a disk is full."""
    return isinstance(error, OSError) and error.errno in FULL


# Whatever we write is its owner's alone: files 0600, folders 0700. `private=False` is for what shows invented
# children only: reports of a folder with "synthetic": true, and workshops.
def make_folder(folder: Path, *, private: bool) -> None:
    """Create a folder; an existing one keeps its permissions."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.exists():
            missing.mkdir(mode=0o700 if private else 0o777, exist_ok=True)
    # Raises if a file has this name.
    folder.mkdir(exist_ok=True)


def private_folder(folder: Path) -> None:
    """Create a folder that only its owner can access."""
    make_folder(folder, private=True)


@contextmanager
def _drafted(path: Path, private: bool) -> Iterator[Path]:
    """Yield a draft path that replaces the target once it is complete."""
    make_folder(path.parent, private=private)
    # A list of runs that names one of a real district stays its owner's after a run of an invented one.
    private = private or is_ours(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        if not private:
            draft.chmod(0o644)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, data: bytes, *, private: bool = True) -> None:
    """Write a file atomically, and by default readable for its owner only."""
    with _drafted(path, private) as draft:
        draft.write_bytes(data)


def save_table(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV (UTF-8, dates as YYYY-MM-DD) or, by the path's extension, as Parquet.

    Every table that a command writes goes through here. Only its owner may read the file. In a CSV, text that
    a spreadsheet would run gets an apostrophe (`guarded`); reading such a file back removes it
    (`without_guard`). Parquet is for programs and needs none.
    """
    if path.suffix == ".parquet":
        with _drafted(path, private=True) as draft:
            frame.to_parquet(draft, index=False)
    else:
        text = guarded(frame).to_csv(index=False, date_format="%Y-%m-%d")
        write_atomically(path, text.encode("utf-8"))
    return path


@contextmanager
def all_or_none(out: Path, instead_of: Collection[str] = ()) -> Iterator[Path]:
    """Yield a folder for files that replace those in another folder together, once all are complete.

    All old files go before the first new one arrives, so that tables of two runs are never mixed. On failure
    the old files come back. If a command was killed while moving files into place, the next command that
    writes there finishes the move; unfinished drafts are removed.
    """
    private_folder(out)
    _finish_what_was_killed(out)
    draft = Path(tempfile.mkdtemp(dir=out, prefix=f"{DRAFT}{os.getpid()}-"))
    try:
        for name in ("new", "old"):
            (draft / name).mkdir(mode=0o700)
        yield draft / "new"
        write_atomically(draft / "gone.json", json.dumps(list(instead_of)).encode("utf-8"))
        _replace_files(draft, out)
    except BaseException:
        # Keep an old file that couldn't be restored for the next command; otherwise it would be lost.
        if not any((draft / "old").glob("*")):
            shutil.rmtree(draft, ignore_errors=True)
        raise
    shutil.rmtree(draft, ignore_errors=True)


def _finish_what_was_killed(out: Path) -> None:
    """Finish the moves of killed commands, and remove their incomplete drafts."""
    for draft in out.glob(f"{DRAFT}*"):
        number = draft.name.removeprefix(DRAFT).partition("-")[0]
        if not number.isdigit() or is_running(int(number)):
            continue
        if (draft / "gone.json").is_file():
            _replace_files(draft, out)
        shutil.rmtree(draft, ignore_errors=True)


def _replace_files(draft: Path, out: Path) -> None:
    """Move all old files out, then all new files in; undo everything on failure."""
    new, old = draft / "new", draft / "old"
    gone: list[str] = json.loads((draft / "gone.json").read_text(encoding="utf-8"))
    # The first to go is the last to come.
    last = {name: -place for place, name in enumerate(gone)}
    coming = sorted(
        (path.name for path in new.iterdir()), key=lambda name: (last.get(name, -len(gone)), name)
    )
    moves = [(out / name, old / name) for name in dict.fromkeys([*gone, *coming])]
    moves = [move for move in moves if os.path.lexists(move[0])]
    moves += [(new / name, out / name) for name in coming]
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            source.replace(target)
            done.append((source, target))
    except BaseException:
        for source, target in reversed(done):
            with suppress(OSError):
                target.replace(source)
        raise


WAITS, GIVEN_UP = 5.0, 30.0  # seconds
# Windows raises this instead of FileExistsError for a file that another program is deleting. Untested: we
# have no Windows.
OF_WINDOWS: tuple[type[OSError], ...] = (PermissionError,) if sys.platform == "win32" else ()


@contextlib.contextmanager
def lock_file(path: Path) -> Iterator[None]:
    """Let one program at a time change a file, so that none overwrites another's line."""
    private_folder(path.parent)
    lock = path.with_name(f".{path.name}.lock")
    until = time.monotonic() + WAITS
    while not takes(lock):
        with contextlib.suppress(FileNotFoundError, *OF_WINDOWS):
            # Left by a program that was stopped while holding the lock; its clock may have been ahead.
            age = time.time() - lock.stat().st_mtime
            if age > GIVEN_UP or (age < 0 and time.monotonic() > until):
                lock.unlink()
                continue
        if time.monotonic() > until:
            raise BadInput(
                f"{path} is being written by another program (there is {lock}): try again; if nothing "
                "else writes to it, delete that file."
            )
        time.sleep(0.02)
    try:
        yield
    finally:
        with contextlib.suppress(*OF_WINDOWS):  # if another program has it open, it expires
            lock.unlink(missing_ok=True)


def takes(lock: Path) -> bool:
    """Acquire a lock, if it is free."""
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    except OF_WINDOWS:
        return False
    return True


DELIMITERS = ",;\t|"


def spreadsheet_bytes(frame: pd.DataFrame, ids: Collection[str] = ()) -> bytes:
    """Write a frame as CSV for a spreadsheet."""
    texts = {
        str(name): [_cell(value, always=str(name) in ids) for value in frame.iloc[:, place]]
        for place, name in enumerate(frame.columns)
    }
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(list(texts))
    writer.writerows(zip(*texts.values(), strict=True))
    return buffer.getvalue().encode("utf-8-sig")


def _cell(value: object, *, always: bool) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value.isoformat()}Z"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if not isinstance(value, str):
        return str(value)
    return safe_cell(value, always=True) if always else guarded_cell(value)


def read_text_table(path: Path) -> pd.DataFrame:
    """Read a CSV from a program or a spreadsheet, every cell as text."""
    if not path.is_file():
        raise BadInput(f"There is no file {path}: name a CSV that the review desk or a spreadsheet saved.")
    raw = path.read_bytes()
    data, encoding = read_text(raw, "utf-8", Findings(None, path.name))
    # A spreadsheet may save as windows-1252, which leaves some bytes undefined. Nobody's name has a ÿ (0xFF).
    if encoding == "utf-8" or (encoding == "windows-1252" and re.search(rb"[\x81\x8d\x8f\x90\x9d\xff]", raw)):
        text_of(path)  # names the byte
    text = data.decode("utf-8", "replace")
    header_line = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=header_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadInput(f"{path} can't be read as a CSV ({error}): save it again as CSV UTF-8.") from None
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise BadInput(f"{path} has no header in its first row: take the file as the review desk wrote it.")
    header = [cell.strip() for cell in lines[0]]
    rows = {
        place: dict(zip(header, [*cells, *[""] * len(header)], strict=False))
        for place, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(dict.fromkeys(header)))
    return frame.replace("", None).astype(STRING)


def own_place(name: str) -> Path:
    """Return a private folder of this user; the variable BIGPICTURE_HOME relocates it."""
    if own := os.environ.get("BIGPICTURE_HOME"):
        return Path(own).expanduser().absolute() / name
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "see-the-big-picture" / name


# A killed process may leave data of real children. So its folder has the process id in its name, and the next
# process that needs such a folder removes those of dead processes.


@contextmanager
def spare_folder(purpose: str) -> Iterator[Path]:
    """Yield an empty folder that is private to this process until the block ends."""
    prefix = f"kit-{purpose}-"
    sweep(Path(tempfile.gettempdir()), prefix)
    named = f"{prefix}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=named, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep(place: Path, prefix: str) -> None:
    """Remove the folders that this user's killed processes left in a place."""
    for folder in place.iterdir() if place.is_dir() else ():
        if not folder.name.startswith(prefix):
            continue
        number = folder.name.removeprefix(prefix).split("-", 1)[0]
        if is_ours(folder) and number.isdigit() and not is_running(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def is_ours(path: Path) -> bool:
    """Return whether a file or folder exists and only this user can access it."""
    try:
        stats = os.lstat(path)
    except OSError:
        return False
    return not (hasattr(os, "getuid") and (stats.st_uid != os.getuid() or stats.st_mode & 0o077))


def save_all(
    out: Path,
    tables: Mapping[str, pd.DataFrame],
    also: Mapping[str, Callable[[Path], object]] | None = None,
    instead_of: Collection[str] = (),
) -> list[Path]:
    """Write all files of a command into a folder, all or none (`all_or_none`)."""
    with all_or_none(out, instead_of) as draft:
        for name, table in tables.items():
            save_table(table, draft / name)
        for name, write in (also or {}).items():
            write(draft / name)
        beside = sorted(path.name for path in draft.iterdir())
    return [out / name for name in dict.fromkeys([*tables, *(also or {}), *beside])]
