"""Share results among the processes of one run: read, link and profile a district once, not per notebook.

A run names a private folder in the environment; outside a run nothing is cached. A cached result equals
what the call would return: its key has the files' paths, sizes and dates and the inputs it was made from.
Each process gets its own copy.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from helpers.files.folder import CHECK_IN_FILE
from helpers.files.save import OF_WINDOWS, is_ours, sweep, takes

__all__ = ["fingerprint", "of_what", "shared", "sharing"]

T = TypeVar("T")

_PLACE = "BIGPICTURE_RUN_SHARES"
_PREFIX = "kit-shares-"
# Seconds to wait for another process that computes the same result.
_WAITS = 300.0
_made_of: dict[int, tuple[weakref.ref[Any], str]] = {}


@contextmanager
def sharing() -> Iterator[Path]:
    """Share results among this process and its children until the block ends."""
    before = os.environ.get(_PLACE)
    sweep(Path(tempfile.gettempdir()), _PREFIX)
    prefix = f"{_PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        os.environ[_PLACE] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                os.environ.pop(_PLACE, None)
            else:
                os.environ[_PLACE] = before


def _place() -> Path | None:
    """Return the folder of this run; None outside a run, or if others can access the folder."""
    named = os.environ.get(_PLACE)
    return Path(named) if named and is_ours(Path(named)) else None


def fingerprint(folder: Path) -> str:
    """Return a fingerprint of a folder's files from paths, sizes and dates, without reading them."""
    parts = [str(folder.resolve())]
    # A new decision changes nothing of what was read: no profile is built again because of it.
    decisions = folder / CHECK_IN_FILE
    for path in sorted(folder.rglob("*")):
        if path != decisions and path.is_file():
            stat = path.stat()
            parts.append(f"{path.relative_to(folder).as_posix()}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def of_what(thing: object) -> str | None:
    """Return the cache key that an object was made from, if this run shares it."""
    known = _made_of.get(id(thing))
    return known[1] if known is not None and known[0]() is thing else None


def shared(what: Callable[[], str | None], make: Callable[[], T]) -> T:
    """Return a cached result of this run, or compute and cache it."""
    place = _place()
    name = what() if place is not None else None
    if place is None or name is None:
        return make()
    kept = place / hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
    lock = kept.with_suffix(".lock")
    until = time.monotonic() + _WAITS
    while not kept.exists() and time.monotonic() < until:
        if not takes(lock):
            time.sleep(0.05)
            continue
        try:
            # Another thread or process may have finished between this one's look and its lock.
            if kept.exists():
                break
            thing = make()
            # If the disk is full, the result just isn't shared.
            with suppress(OSError):
                draft = kept.with_suffix(".draft")
                draft.write_bytes(pickle.dumps(thing, protocol=pickle.HIGHEST_PROTOCOL))
                draft.replace(kept)
        finally:
            with suppress(*OF_WINDOWS):
                lock.unlink(missing_ok=True)
        return _marked(thing, name)
    return _marked(pickle.loads(kept.read_bytes()), name) if kept.exists() else make()


def _marked(thing: T, name: str) -> T:
    """Remember an object's cache key as long as the object lives; no result is made from a tuple."""
    with suppress(TypeError):
        _made_of[id(thing)] = (weakref.ref(thing), name)
    return thing
