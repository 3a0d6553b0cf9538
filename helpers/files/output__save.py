"""Split off."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd

from helpers.files.guarded_cells import guarded
from helpers.files.processes import is_running

__all__ = ["all_or_none", "private_folder", "save_table", "write_atomically"]


# Drafts of files that take their places together; the number of the process that writes them follows.
DRAFT = ".draft-"


FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def private_folder(folder: Path) -> None:
    """Make a folder that is its maker's alone; one that is there already keeps its rights.

    Parameters
    ----------
    folder
        Where; folders above it that are missing are made alike.
    """
    for missing in reversed([folder, *folder.parents]):
        if not missing.exists():
            missing.mkdir(mode=0o700, exist_ok=True)
    # Says that something else stands there.
    folder.mkdir(exist_ok=True)


@contextmanager
def _drafted(path: Path, private: bool) -> Iterator[Path]:
    """Give a file to write that takes its place once it is whole."""
    if private:
        private_folder(path.parent)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
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
    """Write a file so that nobody ever sees half of it, and no other user of the machine sees any.

    Parameters
    ----------
    path
        Where; its folder is made when it isn't there.
    data
        The whole file.
    private
        Only its writer may read it (mode 0600, and 0700 for folders that are made). False for what holds
        nothing of a child, or only what the guard of real folders lets through: report pages, layouts.
    """
    with _drafted(path, private) as draft:
        draft.write_bytes(data)


def save_table(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV (UTF-8, dates as YYYY-MM-DD) or, by the path's ending, as Parquet.

    This is the door of every table that a command writes. Only its writer may read the file. In a CSV, text
    that a spreadsheet would run stands behind an apostrophe (`guarded`); whoever reads such a file back takes
    that off (`without_guard`). Parquet is for programs and has none.

    Parameters
    ----------
    frame
        Any table.
    path
        Ends in ``.csv`` or ``.parquet``.

    Returns
    -------
    Path
        The same path.
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
    """Give a folder for files that take their places in another one together, once all of them are whole.

    All old files go before the first new one comes, so that this week's table never stands beside last
    week's. Where something fails, the old ones come back. What a killed command had begun to put in place is
    put in place by the next one that writes there, and what it hadn't finished writing goes.

    Parameters
    ----------
    out
        The folder in which the files belong; it is made where it isn't there, for its maker alone.
    instead_of
        Names of files or folders of an earlier run that go even where no new one comes.

    Yields
    ------
    pathlib.Path
        An empty folder on the same disk. What lies in it at the end, files and folders, takes its place.
    """
    private_folder(out)
    _finish_what_was_killed(out)
    draft = Path(tempfile.mkdtemp(dir=out, prefix=f"{DRAFT}{os.getpid()}-"))
    try:
        for name in ("new", "old"):
            (draft / name).mkdir(mode=0o700)
        yield draft / "new"
        write_atomically(draft / "gone.json", json.dumps(list(instead_of)).encode("utf-8"))
        _take_places(draft, out)
    except BaseException:
        # Something old that couldn't be put back stays for the next command: it would be lost.
        if not any((draft / "old").glob("*")):
            shutil.rmtree(draft, ignore_errors=True)
        raise
    shutil.rmtree(draft, ignore_errors=True)


def _finish_what_was_killed(out: Path) -> None:
    """Put in place what was whole when its command was killed, and take away what wasn't."""
    for draft in out.glob(f"{DRAFT}*"):
        number = draft.name.removeprefix(DRAFT).partition("-")[0]
        if not number.isdigit() or is_running(int(number)):
            continue
        if (draft / "gone.json").is_file():
            _take_places(draft, out)
        shutil.rmtree(draft, ignore_errors=True)


def _take_places(draft: Path, out: Path) -> None:
    """Move all that is old away, and then all that is new in; on any failure, everything back."""
    new, old = draft / "new", draft / "old"
    gone: list[str] = json.loads((draft / "gone.json").read_text(encoding="utf-8"))
    # What goes first comes last.
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
