"""Start programs that end with this one, however it ends, also by KILL: their standard input ends with it.

Python runs this file in the started program, without our packages, so that a server needs no memory for them.
"""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

__all__ = ["end_tied", "ended_by_signals", "tied_command", "when_parent_ends"]

# Seconds in which a program may end by itself.
PATIENCE = 15.0


def tied_command(module: str) -> list[str]:
    """Return the words of a command that runs a module until its standard input, a pipe of ours, ends."""
    return [sys.executable, "-P", __file__, module]


def when_parent_ends(stop: Callable[[], object]) -> None:
    """Call a function once the parent, which has the other end of standard input, has ended or closed it."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        stop()

    threading.Thread(target=wait, daemon=True).start()


def end_tied(programs: Sequence[subprocess.Popen[bytes]], patience: float = PATIENCE) -> None:
    """End programs: each exits when its standard input closes."""
    for program in programs:
        if program.stdin is not None:
            with contextlib.suppress(OSError):
                program.stdin.close()
    until = time.monotonic() + patience + 5
    for program in programs:
        for end in (program.terminate, program.kill):
            try:
                program.wait(max(until - time.monotonic(), 1))
                break
            except subprocess.TimeoutExpired:
                end()
        program.wait()


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let a signal leave the block first, so that it cleans up; the process ends with 128 + its number."""

    def leave(number: int, _: object) -> None:
        sys.exit(128 + number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # those that the system has
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    when_parent_ends(_leave)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
