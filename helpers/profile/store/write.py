"""Write a store of profiles next to its place, and move it there once complete."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import private_folder, sweep, write_atomically
from helpers.profile.coverage import Coverage
from helpers.profile.store.facts import part_name, write_parquet
from helpers.standard import BadInput

__all__ = ["ABOUT", "DIGESTS", "VERSION", "StoreDigests", "StoreWriter", "new_store", "write_digests"]


# Parquet's checksums cover its pages but nothing else, and DuckDB doesn't verify them. So compare a file's
# bytes with their digest before the first read.

DIGESTS = "digests.json"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def write_digests(folder: Path) -> None:
    """Record size and digest of every file of a finished store."""
    noted = {
        path.relative_to(folder).as_posix(): [path.stat().st_size, _digest(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    write_atomically(folder / DIGESTS, json.dumps(noted).encode())


class StoreDigests:
    """Digests of a store's files as written; thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Read the digests, and check that every file exists with its size."""
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
        """Compare a file with its digest, unless done before for the same file version."""
        try:
            stat = path.stat()
            version = (stat.st_mtime_ns, stat.st_size)
            with self._lock:
                if self._seen.get(path) == version:
                    return
            if path not in self._noted or _digest(path) != self._noted[path][1]:
                raise self._damaged(path.relative_to(self._folder).as_posix())
        except OSError:
            raise self._damaged(path.relative_to(self._folder).as_posix()) from None
        with self._lock:
            self._seen[path] = version


VERSION = 6
ABOUT = "store.json"


class StoreWriter:
    """Writes the tables of a store into a folder that isn't in its place yet."""

    def __init__(self, folder: Path) -> None:
        """Set the folder to write to."""
        self.folder = folder

    def part(self, name: str, place: int, frame: pd.DataFrame) -> None:
        """Write the rows of one part's children."""
        write_parquet(frame, self.folder / name / f"{part_name(place)}.parquet")

    def whole(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table that isn't partitioned."""
        write_parquet(frame, self.folder / f"{name}.parquet")

    def about(self, coverage: Coverage, firsts: Sequence[str], metadata: Mapping[str, Any]) -> None:
        """Write the metadata that a reader needs."""
        content = {
            "version": VERSION,
            **metadata,
            "firsts": list(firsts),
            "elements": [element.name for element in coverage.elements],
            "trust": [list(element.trust) for element in coverage.elements],
            "years": list(coverage.years),
            "systems": dict(coverage.systems),
            "holders": [[*pair, list(silos)] for pair, silos in coverage.holders.items()],
        }
        write_atomically(self.folder / ABOUT, json.dumps(content, ensure_ascii=False, indent=1).encode())


@contextmanager
def new_store(folder: Path) -> Iterator[StoreWriter]:
    """Yield a writer whose folder replaces an older store once everything is written."""
    if folder.exists() and not (folder / ABOUT).is_file() and any(folder.iterdir()):
        raise BadInput(
            f"{folder} is no store of profiles and isn't empty: name another folder for the store."
        )
    private_folder(folder.parent)
    sweep(folder.parent, f".{folder.name}.")
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.{os.getpid()}-"))
    try:
        yield StoreWriter(made)
        write_digests(made)
        _put_in_place(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _put_in_place(made: Path, folder: Path) -> None:
    """Move a finished folder into place, replacing an older one."""
    if not folder.exists():
        made.rename(folder)
        return
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.{os.getpid()}-"))
    folder.rename(old / folder.name)
    try:
        made.rename(folder)
    except OSError:
        (old / folder.name).rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
