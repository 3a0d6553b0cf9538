"""The digests of a store's files: one that was changed or cut after it was written is never read as whole.

Parquet's own checksums cover its pages and not what stands around them, and DuckDB doesn't look at them. So
the bytes of a file are compared with their digest before the first read.
"""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

from helpers.files.save import write_atomically
from helpers.standard import BadInput

__all__ = ["DIGESTS", "StoreDigests", "write_digests"]

DIGESTS = "digests.json"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def write_digests(folder: Path) -> None:
    """Note size and digest of every file of a store that is written."""
    noted = {
        path.relative_to(folder).as_posix(): [path.stat().st_size, _digest(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    write_atomically(folder / DIGESTS, json.dumps(noted).encode())


class StoreDigests:
    """What the files of a store were when they were written; safe to be asked from several threads."""

    def __init__(self, folder: Path) -> None:
        """Read what was noted, and see that every file is there with its size.

        Parameters
        ----------
        folder
            A store.

        Raises
        ------
        BadInput
            When a file is missing or cut, or nothing was noted.
        """
        self._folder = folder
        self._seen: dict[Path, tuple[int, int]] = {}
        self._lock = threading.Lock()
        try:
            noted = json.loads((folder / DIGESTS).read_text(encoding="utf-8"))
            self._noted = {folder / name: (int(size), str(digest)) for name, (size, digest) in noted.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            raise self._damaged(DIGESTS) from None
        for path, (size, _) in self._noted.items():
            if not path.is_file() or path.stat().st_size != size:
                raise self._damaged(path.relative_to(folder).as_posix())

    def _damaged(self, name: str) -> BadInput:
        return BadInput(
            f"The store {self._folder} is damaged ({name} is not as it was written): write it again with "
            "`bigpicture profile`."
        )

    def check(self, path: Path) -> None:
        """Compare a file with its digest, unless that was done and it hasn't changed since.

        Parameters
        ----------
        path
            A file that is to be read.

        Raises
        ------
        BadInput
            When it isn't as it was written.
        """
        try:
            told = path.stat()
            written = (told.st_mtime_ns, told.st_size)
            with self._lock:
                if self._seen.get(path) == written:
                    return
            if path not in self._noted or _digest(path) != self._noted[path][1]:
                raise self._damaged(path.relative_to(self._folder).as_posix())
        except OSError:
            raise self._damaged(path.relative_to(self._folder).as_posix()) from None
        with self._lock:
            self._seen[path] = written
