"""Progress of a long command: nothing at first, then plain lines in a log and one line on a terminal."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable

from helpers.files.command_line.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def wait_for(stream: io.StringIO, seen: Callable[[str], bool]) -> str:
    """Wait until a stream shows something, at most ten seconds."""
    end = time.monotonic() + 10
    while not seen(stream.getvalue()) and time.monotonic() < end:
        time.sleep(0.005)
    return stream.getvalue()


def test_a_command_that_ends_soon_shows_nothing() -> None:
    log = io.StringIO()
    progress = Progress(stream=log, after=60)
    with progress.step("Reading the files"):
        pass
    progress.close()
    assert log.getvalue() == ""


def test_a_log_gets_one_line_a_step_and_one_more_now_and_then() -> None:
    log = io.StringIO()
    progress = Progress(stream=log, after=0.01, again=0.02)
    with progress.step("Reading the files"):
        wait_for(log, lambda text: text.count("\n") >= 2)
    with progress.step("Writing pages", total=1200) as done:
        done()
        text = wait_for(log, lambda text: "1 of 1,200" in text)
    progress.close()
    lines = text.splitlines()
    assert lines[0] == "Reading the files …"
    assert re.fullmatch(r"Reading the files … \(\d+ s\)", lines[1])
    assert "Writing pages … 0 of 1,200" in lines
    assert any(re.fullmatch(r"Writing pages … 1 of 1,200 \(\d+ s\)", line) for line in lines)
    assert "\x1b" not in text
    assert "\r" not in text


def test_a_terminal_gets_one_line_that_is_cleared() -> None:
    terminal = Terminal()
    progress = Progress(stream=terminal, after=0.01)
    with progress.step("Reading the files"):
        wait_for(terminal, lambda text: "Reading the files …" in text)
    progress.close()
    assert "\x1b[2K" in terminal.getvalue().rpartition("Reading the files …")[2]


def test_nothing_is_shown_once_it_is_closed_or_if_it_is_quiet() -> None:
    log = io.StringIO()
    closed, quiet = Progress(stream=log, after=0.02), Progress(stream=log, after=0.0, quiet=True)
    for progress in (closed, quiet):
        with progress.step("Reading the files"):
            progress.close()
    time.sleep(0.1)
    assert log.getvalue() == ""
