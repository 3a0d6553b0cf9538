"""A file that one program at a time may change."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from helpers.files.output__save import private_folder
from helpers.standard import BadInput

__all__ = ["OF_WINDOWS", "held", "takes"]

WAITS, GIVEN_UP = 5.0, 30.0  # seconds
# Windows says this, and not that the file is there, of one that another program is just taking away. Read,
# never run: we have no Windows.
OF_WINDOWS: tuple[type[OSError], ...] = (PermissionError,) if sys.platform == "win32" else ()


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Let one program at a time change a file: who comes second would write over the first one's line.

    Parameters
    ----------
    path
        The file; it need not be there yet, and a folder of its own is made where there is none.

    Raises
    ------
    BadInput
        When another program holds it for longer than a few seconds.
    """
    private_folder(path.parent)
    lock = path.with_name(f".{path.name}.lock")
    until = time.monotonic() + WAITS
    while not takes(lock):
        with contextlib.suppress(FileNotFoundError, *OF_WINDOWS):
            # Left behind by a program that was stopped in between.
            if time.time() - lock.stat().st_mtime > GIVEN_UP:
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
        with contextlib.suppress(*OF_WINDOWS):  # where another looks at it just now, it expires
            lock.unlink(missing_ok=True)


def takes(lock: Path) -> bool:
    """Take a lock, if nobody has it.

    Parameters
    ----------
    lock
        The file that stands for it.

    Returns
    -------
    bool
        False where another program has it.
    """
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    except OF_WINDOWS:
        return False
    return True
