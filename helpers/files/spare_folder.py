"""A private folder in the system's place for temporary files, gone afterwards even if the process is killed.

What a process that is killed leaves may be of real children. So its folder is named by the process, and the
next one that wants such a folder removes those of processes that are no longer there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.files.processes import is_running

__all__ = ["is_ours", "spare_folder", "sweep"]


@contextmanager
def spare_folder(purpose: str) -> Iterator[Path]:
    """Give an empty folder that is this process' alone until the block ends.

    Parameters
    ----------
    purpose
        One word, for its name.

    Yields
    ------
    pathlib.Path
        The folder. Those of this purpose whose processes were killed are removed first.
    """
    prefix = f"kit-{purpose}-"
    sweep(Path(tempfile.gettempdir()), prefix)
    named = f"{prefix}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=named, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep(place: Path, prefix: str) -> None:
    """Remove the folders in a place that processes of this user made and were killed over.

    Parameters
    ----------
    place
        Where to look.
    prefix
        How their names begin; the number of the process follows, and a hyphen.
    """
    for folder in place.iterdir() if place.is_dir() else ():
        if not folder.name.startswith(prefix):
            continue
        number = folder.name.removeprefix(prefix).split("-", 1)[0]
        if is_ours(folder) and number.isdigit() and not is_running(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def is_ours(folder: Path) -> bool:
    """Tell whether a folder is there, and this user's alone."""
    try:
        told = os.lstat(folder)
    except OSError:
        return False
    return not (hasattr(os, "getuid") and (told.st_uid != os.getuid() or told.st_mode & 0o077))
