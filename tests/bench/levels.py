"""Time the study of exchange levels: the first run, the second, its memory, and what it leaves running."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, figure
from tests.bench.measure import run

__all__ = ["bench_levels"]

BIGPICTURE = Path(sys.executable).with_name("bigpicture")
# By this word in its environment a process of the study is known, whoever its parent is now.
MARK = "BENCH_OF_LEVELS"


def _left(mark: str) -> int:
    """Count the processes that still carry a mark in their environment; 0 where there is no /proc.

    Python's own keeper of shared things goes when it hears that its process has gone: a moment later.
    """
    time.sleep(1)
    found = 0
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            carries = f"{MARK}={mark}".encode() in place.read_bytes()
        except OSError:
            continue
        found += carries and int(place.parent.name) != os.getpid()
    return found


def bench_levels(folder: Path) -> Iterator[Figure]:
    """Run 4 levels by 5 seeds of 2,000 children in a new folder, and again; then one seed more."""
    mark = folder.name
    place = {"BIGPICTURE_HOME": str(folder / "home"), MARK: mark}
    command = [BIGPICTURE, "levels", "--students", "2000", "--out", folder / "levels", "--json"]
    first = run([*command, "--seeds", "1,2,3,4,5"], environment=place)
    told = json.loads(first.output)
    yield figure("levels, 4 levels x 5 seeds x 2,000 children, first run", first.seconds, "s", 300)
    yield figure("levels, first run: districts run", told["districts run now"], "districts", 20)
    yield figure("levels, first run: processes left", _left(mark), "processes", 0)
    second = run([*command, "--seeds", "1,2,3,4,5"], environment=place)
    yield figure("levels, the same again", second.seconds, "s", 10)
    more = run([*command, "--levels", "governed", "--seeds", "1,2,3,4,6"], environment=place, tree=True)
    again = json.loads(more.output)
    yield figure("levels, one district changed: districts run", again["districts run now"], "districts", 1)
    yield figure("levels, memory of all processes", more.peak_gib, "GiB", 4)
