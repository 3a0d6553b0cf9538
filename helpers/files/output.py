"""What every command says and how it ends: a table or one JSON object, and the exit status."""

from __future__ import annotations

import errno
import functools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import pandas as pd

from helpers.files.guarded_cells import guarded
from helpers.files.printed import printed
from helpers.files.processes import is_running
from helpers.layouts import BadInput

__all__ = [
    "all_or_none",
    "emit",
    "ends_well",
    "json_option",
    "out_option",
    "private_folder",
    "save_all",
    "save_table",
    "write_atomically",
]

# Drafts of files that take their places together; the number of the process that writes them follows.
DRAFT = ".draft-"
FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}

P = ParamSpec("P")
R = TypeVar("R")


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command `--json`: one JSON object on standard output with the figures that its table prints."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")(
        command
    )


def out_option(default: str = "reports") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give a command `--out DIR`, the folder for what it writes."""
    return click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=default,
        show_default=True,
        help="Folder for the files that this command writes.",
    )


def ends_well(command: Callable[P, R]) -> Callable[P, R]:
    """Turn bad input, and a file or folder that can't be used, into one line and exit status 2.

    A full disk is nobody's wrong input: exit status 1.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BadInput as error:
            click.echo(f"bigpicture: {error}", err=True)
            sys.exit(2)
        except OSError as error:
            if error.errno in FULL:
                click.echo(
                    f"bigpicture: there is no room to write ({error.strerror}): nothing half-written is "
                    "left; make room, or name a place on another disk.",
                    err=True,
                )
                sys.exit(1)
            if error.filename is None:
                raise
            click.echo(
                f"bigpicture: {error.filename} can't be used ({error.strerror}): "
                "name another place, or close the file where it is open.",
                err=True,
            )
            sys.exit(2)

    return run


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return json.loads(value.to_json(orient="records", date_format="iso"))
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return value.item() if hasattr(value, "item") else value


def emit(figures: Mapping[str, Any], as_json: bool) -> None:
    """Print a command's figures.

    Parameters
    ----------
    figures
        Name -> number, text or frame. A frame is printed as a table under its name.
    as_json
        One JSON object instead.
    """
    if as_json:
        click.echo(json.dumps(_plain(figures), ensure_ascii=False))
        return
    for name, value in figures.items():
        if isinstance(value, pd.DataFrame):
            click.echo(f"{name}:")
            click.echo(printed(value) if len(value) else "  (none)")
        else:
            told = ", ".join(map(str, value)) or "none" if isinstance(value, list | tuple) else value
            click.echo(f"{name}: {told}")


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


def save_all(
    out: Path,
    tables: Mapping[str, pd.DataFrame],
    also: Mapping[str, Callable[[Path], object]] | None = None,
    instead_of: Collection[str] = (),
) -> list[Path]:
    """Write everything that a command writes into a folder, as a whole or not at all (`all_or_none`).

    Parameters
    ----------
    out
        The folder.
    tables
        File name -> table (`save_table`).
    also
        Name -> what writes that file, or folder, to the path that it is given.
    instead_of
        Names of an earlier run that go even where no new file comes.

    Returns
    -------
    list of Path
        Where each stands, in the order given; then what `also` wrote beside it.
    """
    with all_or_none(out, instead_of) as draft:
        for name, table in tables.items():
            save_table(table, draft / name)
        for name, write in (also or {}).items():
            write(draft / name)
        beside = sorted(path.name for path in draft.iterdir())
    return [out / name for name in dict.fromkeys([*tables, *(also or {}), *beside])]
