"""Run a command in a process of its own, as a user does: with its exit status, signals and limits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

BIGPICTURE = [sys.executable, "-c", "from helpers.cli import main; main()"]
# Imports the kit once; each command then runs in a fork, which ends as any Python does.
FORKS = """
import json, os, signal, sys
import helpers.link, helpers.profile, helpers.report, helpers.share
from helpers.cli import main

# A test run in the background may have been told to ignore these, and its children with it.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
for line in sys.stdin:
    words, before, out, err = json.loads(line)
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), stream)
    exec(before)
    main(words)
"""


def run_command(
    *words: str | Path, before: Callable[[], object] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `bigpicture`; a function may run in the process before it, such as one that limits it."""
    line = [*BIGPICTURE, *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, check=False, preexec_fn=before)


class Forks:
    """Processes of many commands, all of one program that has imported the kit: each takes no second."""

    def __init__(self, folder: Path) -> None:
        self.printed = folder / "stdout", folder / "stderr"
        self.program = subprocess.Popen(
            [sys.executable, "-c", FORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, *words: str | Path, before: str = "") -> subprocess.CompletedProcess[str]:
        """Run `bigpicture`, in its process after a text of Python."""
        assert self.program.stdin
        assert self.program.stdout
        given = [[*map(str, words)], before, *map(str, self.printed)]
        self.program.stdin.write(json.dumps(given) + "\n")
        self.program.stdin.flush()
        status = int(self.program.stdout.readline())
        out, err = (path.read_text("utf-8") for path in self.printed)
        return subprocess.CompletedProcess(given[0], status, out, err)

    def end(self) -> None:
        """Let the program end: it has no more to read."""
        self.program.communicate()
