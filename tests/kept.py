"""What several tests read is made once a run: who asks first makes it, the others find it on the disk."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

__all__ = ["Kept", "sharing_in"]

# Seconds that one worker waits for what another makes: far more than anything here takes.
WAITS = 900
Thing = TypeVar("Thing")


@contextmanager
def sharing_in(folder: Path) -> Iterator[None]:
    """Take what is read, linked and profiled from a folder that all workers and their kernels share."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIGPICTURE_RUN_SHARES", str(folder))
        yield


@dataclass(frozen=True)
class Kept:
    """A folder that all workers of a run share, and what is kept in it by name."""

    folder: Path

    @property
    def shares(self) -> Path:
        """The folder of what is read, linked and profiled."""
        return self.folder / "shares"

    def __call__(self, name: str, make: Callable[[], Thing]) -> Thing:
        """Give what has this name, and make it where nobody has; read it, never write into it."""
        path = self.folder / f"{name}.pickle"
        if not path.exists():
            with self._alone(name):
                if not path.exists():
                    made = make()
                    draft = path.with_suffix(".draft")
                    draft.write_bytes(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
                    draft.replace(path)
                    return made
        kept: Thing = pickle.loads(path.read_bytes())
        return kept

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Let one worker at a time make what has this name."""
        lock = self.folder / f"{name}.lock"
        end = time.monotonic() + WAITS
        while True:
            try:
                lock.mkdir()  # only one can
                break
            except FileExistsError:
                assert time.monotonic() < end, f"who makes {name!r} never ended; did a worker die?"
                time.sleep(0.05)
        try:
            yield
        finally:
            lock.rmdir()
