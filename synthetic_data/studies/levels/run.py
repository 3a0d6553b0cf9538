"""Run the cells of a study in parallel."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import is_running
from helpers.report import Progress
from synthetic_data.studies.levels.cells import (
    TABLES,
    Cell,
    find,
    headless_notebook,
    keep,
    results_folder,
    sources,
)
from synthetic_data.workers import context, follow

__all__ = ["CellFailed", "Ran", "run_cells"]


AT_ONCE = 2  # a district of 2,000 children takes 1 GB in memory


class CellFailed(RuntimeError):
    """Raised if cells of a plan failed; names each, and where its notebook stopped."""


@dataclass
class Ran:
    """Results of a plan."""

    # ``level_figures``, ``question_answers`` and ``families_informed`` of all cells, in the plan's order; the
    # latter two with ``scenario``, ``level`` and ``method``, for cells without changed switches.
    tables: dict[str, pd.DataFrame]
    # Numbers of cells found in the cache, and run now.
    kept: int = 0
    run: int = 0


@dataclass(frozen=True)
class _Given:
    """Input of a process at its start."""

    drafts: Path
    notebook: Path | None
    of_sources: str
    parent: int


@dataclass
class _Worker:
    process: Any
    pipe: Any
    cell: Cell | None = None
    since: float = field(default_factory=time.perf_counter)


def run_cells(
    cells: Sequence[Cell],
    *,
    processes: int = AT_ONCE,
    progress: Progress | None = None,
    notebook: Path | None = None,
) -> Ran:
    """Run the cells without cached results, and return the figures of all."""
    there = {cell: found for cell in cells if (found := find(cell, notebook)) is not None}
    waiting = deque(cell for cell in cells if cell not in there)
    run = len(waiting)
    if waiting:
        troubles = _run_all(waiting, max(1, processes), progress, notebook)
        if troubles:
            raise CellFailed("; ".join(f"{cell.name}: {trouble}" for cell, trouble in troubles.items()))
        there |= {
            cell: found for cell in cells if cell not in there and (found := find(cell, notebook)) is not None
        }
    return Ran(_together([(cell, there[cell]) for cell in cells]), len(cells) - run, run)


def _together(found: Sequence[tuple[Cell, dict[str, pd.DataFrame]]]) -> dict[str, pd.DataFrame]:
    tables = {}
    for name in TABLES:
        if name == "level_figures":
            parts = [one[name] for _, one in found]
        else:
            parts = [
                one[name].assign(scenario=cell.scenario, level=cell.level, method=cell.method)
                for cell, one in found
                if not cell.moved
            ]
        tables[name] = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return tables


def _run_all(
    waiting: deque[Cell], processes: int, progress: Progress | None, notebook: Path | None
) -> dict[Cell, str]:
    """Distribute cells to processes until none is left; return those that failed, and why."""
    results_folder().mkdir(parents=True, exist_ok=True)
    troubles: dict[Cell, str] = {}
    with _drafts() as drafts, _ends_with_its_processes() as workers:
        started = context()
        while waiting or any(worker.cell for worker in workers):
            while waiting and len(workers) < processes:
                workers.append(_begin(started, _Given(drafts, notebook, sources(notebook), os.getpid())))
            for worker in workers:
                if worker.cell is None and waiting:
                    worker.cell, worker.since = waiting.popleft(), time.perf_counter()
                    worker.pipe.send(worker.cell)
                    if progress:
                        progress.begin(worker.cell.name)
            busy = {worker.pipe: worker for worker in workers if worker.cell}
            for ready in wait(list(busy)):
                worker = busy[ready]
                trouble = _outcome(worker)
                cell, worker.cell = worker.cell, None
                assert cell is not None
                if trouble:
                    troubles[cell] = trouble
                if progress:
                    progress.end(cell.name, time.perf_counter() - worker.since, trouble)
                if not worker.process.is_alive():
                    workers.remove(worker)
    return troubles


def _outcome(worker: _Worker) -> str:
    """Return a process's message about its cell; empty if it succeeded."""
    try:
        return str(worker.pipe.recv())
    except EOFError:
        worker.process.join()
        return f"its process was ended from outside (exit status {worker.process.exitcode})"


def _begin(started: Any, given: _Given) -> _Worker:
    ours, theirs = started.Pipe()
    process = started.Process(target=_work, args=(theirs, given), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


@contextlib.contextmanager
def _ends_with_its_processes() -> Iterator[list[_Worker]]:
    """Yield a list of processes, and end all of them on exit, also after a signal."""
    workers: list[_Worker] = []
    before = None
    if threading.current_thread() is threading.main_thread():
        # Without this, a terminated run would leave its drafts; with it, the block ends as after Ctrl-C.
        before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield workers
    finally:
        for worker in workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in workers:
            worker.process.join()
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _stop(number: int, _: Any) -> None:
    raise SystemExit(128 + number)


@contextlib.contextmanager
def _drafts() -> Iterator[Path]:
    """Yield a folder for unfinished work; delete those of killed runs."""
    place = results_folder()
    for old in place.glob(".run-*"):
        if not _alive(old):
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".run-{os.getpid()}-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _alive(draft: Path) -> bool:
    """Check whether the run of a draft may still be active."""
    number = draft.name.split("-")[1]
    return number.isdigit() and is_running(int(number))


# ------------------------------------------------------------------------------------ in the other process


def _work(pipe: Any, given: _Given) -> None:
    """Run the cells received through the pipe, one by one, and report the outcome of each."""
    # Ctrl-C reaches all processes of a terminal: the parent ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=follow, args=(given.parent,), daemon=True).start()
    while True:
        try:
            cell = pipe.recv()
        except EOFError:
            return
        pipe.send(_run_one(cell, given))


def _run_one(cell: Cell, given: _Given) -> str:
    """Run one cell's notebook and cache its results; return what went wrong."""
    import papermill

    # Who only reads a study waits for no papermill.
    from synthetic_data.studies.levels.in_this_process import HERE

    draft = Path(tempfile.mkdtemp(prefix="cell-", dir=given.drafts))
    # Garbage collection among millions of short-lived objects takes a tenth of a cell's time: once is enough.
    gc.disable()
    try:
        papermill.execute_notebook(
            str(given.notebook or headless_notebook()),
            str(draft / "one_district.ipynb"),
            parameters={**cell.parameters(), "out": str(draft)},
            engine_name=HERE,
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
        )
        # We check once, after importing everything that a cell needs: this code is what the process runs.
        if sources(given.notebook) != given.of_sources:
            return "the kit's sources were changed while it ran; run it again"
        keep(cell, draft, given.of_sources)
    except papermill.PapermillExecutionError as error:
        words = str(error.evalue).split("\n")[0][:300]
        # The first code cell is papermill's, with the parameters.
        return f"its notebook stopped at code cell {int(error.exec_count) - 1} with {error.ename}: {words}"
    except Exception as error:  # whatever it is, we report the cell and continue
        return f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        gc.enable()
        gc.collect()
    return ""
