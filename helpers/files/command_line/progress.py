"""Progress of a long command: one changing line on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.live import Live
    from rich.spinner import Spinner

__all__ = ["Progress", "StatusLine", "Step"]

# Seconds until a command shows what it is doing.
AFTER = 2.0
# Seconds between two lines about one step in a log.
AGAIN = 30.0
# Seconds between two updates of the line on a terminal.
TICK = 1.0

# Counts one more of a step's parts as done.
Step = Callable[[], None]


class StatusLine:
    """The changing last line of a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._drawn: tuple[Live, Spinner] | None = None

    def show(self, text: str) -> None:
        """Draw the line, or change it."""
        from rich.text import Text

        if self._drawn is None:
            from rich.console import Console
            from rich.live import Live
            from rich.spinner import Spinner

            console = Console(file=self._stream, highlight=False, markup=False)
            spinner = Spinner("line")
            # What others print goes where it went before.
            live = Live(
                spinner, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._drawn = live, spinner
            live.start()
        live, spinner = self._drawn
        spinner.update(text=Text(text))
        live.refresh()

    def above(self, text: str) -> None:
        """Write a line that stays, above the changing one."""
        if self._drawn is None:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        else:
            self._drawn[0].console.print(text, soft_wrap=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn is not None:
            self._drawn[0].stop()
            self._drawn = None


class Progress:
    """Shows which step a command is at, once the command has taken two seconds."""

    def __init__(
        self,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        after: float = AFTER,
        again: float = AGAIN,
    ) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._status = StatusLine(self._stream) if self._stream.isatty() else None
        self._after, self._again = after, again if self._status is None else TICK
        self._name, self._began = "", time.monotonic()
        self._done, self._total = 0, 0
        self._shown = False
        self._lock, self._ended = threading.Lock(), threading.Event()
        if not quiet:
            threading.Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        """Name what is being done; yields a function that counts up to the total."""
        with self._lock:
            self._name, self._began = name, time.monotonic()
            self._done, self._total = 0, total or 0
            if self._shown:
                self._show()
        yield self._advance

    def close(self) -> None:
        """Clear the changing line, and show nothing more."""
        self._ended.set()
        with self._lock:
            self._shown = False
            if self._status is not None:
                self._status.clear()

    def _advance(self) -> None:
        self._done += 1

    def _watch(self) -> None:
        wait = self._after
        while not self._ended.wait(wait):
            with self._lock:
                if self._ended.is_set():
                    return
                self._shown = True
                self._show(repeated=wait == self._again)
            wait = self._again

    def _show(self, repeated: bool = False) -> None:
        if not self._name:
            return
        text = f"{self._name} …"
        if self._total:
            text += f" {self._done:,} of {self._total:,}"
        if repeated:
            text += f" ({time.monotonic() - self._began:,.0f} s)"
        if self._status is None:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        else:
            self._status.show(text)
