"""Run a command as a process of its own, and say how long it took and how much memory it held at most."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CORES", "Measured", "machine", "median_of", "run", "use_two_cores"]

CORES = 2  # the laptop in a workshop that the targets were set for


@dataclass(frozen=True)
class Measured:
    """What one process cost."""

    seconds: float
    peak_gib: float
    """Of the process alone; where `tree` was asked for, of all its processes together, shared pages once."""
    output: str


def use_two_cores() -> None:
    """Bind this process, and so every process that it starts, to two cores."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def machine() -> str:
    """Name processor, cores in use, memory, system and Python.

    Returns
    -------
    str
        One line, to be read beside a figure.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    model, memory = platform.processor() or platform.machine(), ""
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():  # Linux, where platform says no more than x86_64
        lines = [line.partition(":") for line in cpu.read_text(encoding="utf-8").splitlines()]
        model = next((value.strip() for name, _, value in lines if name.strip() == "model name"), model)
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{model}, {cores} of {os.cpu_count()} cores{memory}, {platform.platform()}, {python}"


def run(
    command: Sequence[str | Path], *, environment: dict[str, str] | None = None, tree: bool = False
) -> Measured:
    """Run a command to its end, whatever it starts included.

    Parameters
    ----------
    command
        Program and arguments.
    environment
        Variables to set beside those of this process.
    tree
        Whether memory is that of the process and of those that it starts (looked up ten times a second; only
        on Linux).

    Returns
    -------
    Measured
        Wall-clock seconds, largest resident set of the process, standard output.

    Raises
    ------
    subprocess.CalledProcessError
        The command failed; its own words are in the error.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=errors,
            env={**os.environ, **(environment or {})},
        )
        peak = _PeakOfTree(process.pid) if tree and Path("/proc/self/smaps_rollup").exists() else None
        # Not getrusage(RUSAGE_CHILDREN): that would hand every run the peak of the largest before it.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        together = peak.end() if peak is not None else 0.0
        output.seek(0)
        errors.seek(0)
        said = output.read().decode("utf-8", "replace")
        if process.returncode:
            complaint = errors.read().decode("utf-8", "replace")
            raise subprocess.CalledProcessError(process.returncode, process.args, said, complaint)
    kib = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss  # macOS counts bytes
    return Measured(seconds, max(kib / 2**20, together), said)


class _PeakOfTree:
    """Watch how much memory a process and all its descendants hold, each shared page counted once."""

    def __init__(self, root: int) -> None:
        self._root, self._peak, self._over = root, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            held = sum(map(_held, _descendants(self._root)))
            self._peak = max(self._peak, held / 2**20)

    def end(self) -> float:
        """Give the peak in GiB."""
        self._over.set()
        self._thread.join()
        return self._peak


def _descendants(root: int) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
        except OSError:  # it has ended
            continue
    return found


def _held(process: int) -> float:
    """Give KiB; of a page that n processes share, its n-th part."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0.0)


def median_of(times: int, measure: Callable[[], Measured]) -> Measured:
    """Measure several times and keep the run of median duration.

    Parameters
    ----------
    times
        How often.
    measure
        Does it once.

    Returns
    -------
    Measured
        One of the runs, but with the largest peak of all.
    """
    runs = [measure() for _ in range(times)]
    middle = statistics.median_high(run.seconds for run in runs)
    kept = next(run for run in runs if run.seconds == middle)
    return Measured(kept.seconds, max(run.peak_gib for run in runs), kept.output)
