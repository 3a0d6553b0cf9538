"""Run a command in a process of its own, as a user does: with its exit status, signals and limits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

BIGPICTURE = [sys.executable, "-c", "from helpers.cli import main; main()"]


def run_command(
    *words: str | Path, before: Callable[[], object] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `bigpicture`; a function may run in the process before it, such as one that limits it."""
    line = [*BIGPICTURE, *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, check=False, preexec_fn=before)
