"""Progress: one line that changes on a terminal, plain lines everywhere else."""

from __future__ import annotations

import shutil
import sys
import threading
from typing import TextIO

__all__ = ["Progress"]


class Progress:
    """Say how far a run is.

    Parameters
    ----------
    total
        How many steps there are.
    stream
        Where to; by default standard error, so that standard output stays free for results.
    """

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._total = total
        self._done = 0
        self._running: list[str] = []
        self._changes = bool(getattr(self._stream, "isatty", lambda: False)())
        self._lock = threading.Lock()

    def begin(self, name: str) -> None:
        """Say that a step has begun, so that nobody who waits for its end thinks that all stands still."""
        with self._lock:
            self._running.append(name)
            if not self._changes:
                self._line(f"{name}: begun")
            self._update()

    def end(self, name: str, seconds: float, trouble: str = "") -> None:
        """Say that a step has ended, and how.

        Parameters
        ----------
        name
            The step.
        seconds
            How long it took.
        trouble
            What went wrong; empty when nothing did.
        """
        with self._lock:
            self._done += 1
            if name in self._running:
                self._running.remove(name)
            if trouble or not self._changes:
                said = f"{name}: {trouble or 'done'} ({seconds:.1f} s)"
                self._line(f"[{self._done}/{self._total}] {said}")
            self._update()

    def say(self, text: str) -> None:
        """Write a line that stays.

        Parameters
        ----------
        text
            One line.
        """
        with self._lock:
            self._line(text)

    def close(self) -> None:
        """Clear the line that changes."""
        with self._lock:
            if self._changes:
                self._write("\r\x1b[2K")

    def _line(self, text: str) -> None:
        self._write(("\r\x1b[2K" if self._changes else "") + text + "\n")

    def _update(self) -> None:
        if not self._changes:
            return
        width = shutil.get_terminal_size().columns
        text = f"[{self._done}/{self._total}] {', '.join(self._running) or 'writing pages'}"
        self._write("\r\x1b[2K" + text[: width - 1])

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
