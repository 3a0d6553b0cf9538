"""Run notebooks through papermill: side by side, one's failure no other's, results cleaned first."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from helpers.files.save import spare_folder, write_atomically
from helpers.run.kernels import kernel_settings
from helpers.run.notebooks import Notebook
from helpers.run.outputs import cleaned
from helpers.run.parameters import parameters_for
from helpers.run.progress import Progress
from helpers.show.pages import Failure

__all__ = ["NotebookRun", "run_notebooks"]

_AT_ONCE = 2  # a kernel with pandas and a chart is 0.3 GB; more than two gain little on a laptop

_WAIT = "the twelve of the workshop took 76 seconds for 600 children on two idle cores"


@dataclass(frozen=True)
class NotebookRun:
    """What became of one notebook.

    Parameters
    ----------
    name, title, minutes
        File name without ending, the question it answers, minutes to read.
    status
        ``done`` or ``failed``.
    seconds
        How long it ran.
    notebook
        The executed notebook.
    failed
        Where and how it stopped.
    """

    name: str
    title: str
    minutes: int | None
    status: Literal["done", "failed"]
    seconds: float
    notebook: Path
    failed: Failure | None = None


def _failure(error: Any, notebook: Notebook, injected: bool, real: bool) -> Failure:
    """Read where a notebook stopped from papermill's error."""
    number = getattr(error, "exec_count", None)
    if number is None:
        # The kernel could not start or died: no cell's fault.
        words = "" if real else " ".join(str(error).split())[:300]
        return Failure(0, type(error).__name__, words)
    # The cell that papermill puts in holds the parameters; a reader's own notebook doesn't have it.
    cell = max(int(number) - (1 if injected else 0), 1)
    message = "" if real else str(error.evalue).split("\n")[0][:500]
    return Failure(cell, str(error.ename), message, str(error.source), notebook.section_of(cell))


def _execute(
    notebook: Notebook, parameters: Mapping[str, object], out: Path, real: bool, progress: Progress
) -> NotebookRun:
    import nbformat
    import papermill

    progress.begin(notebook.name)
    started = time.perf_counter()
    failed: Failure | None = None
    target = out / notebook.path.name
    # Not straight into out: what papermill writes still holds the words of an error, which may name a child.
    with spare_folder("run") as folder, kernel_settings() as settings:
        raw = folder / notebook.path.name
        try:
            papermill.execute_notebook(
                str(notebook.path.resolve()),
                str(raw),
                parameters=dict(parameters),
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                **settings,
            )
        except Exception as error:
            # Whatever it was, the other notebooks still run, and the index names it.
            failed = _failure(error, notebook, bool(parameters), real)
        executed = nbformat.read(raw if raw.exists() else notebook.path, as_version=4)
    write_atomically(
        target, (nbformat.writes(cleaned(executed, real=real)) + "\n").encode("utf-8"), private=False
    )
    seconds = time.perf_counter() - started
    trouble = f"FAILED at {failed.place} with {failed.name}" if failed else ""
    progress.end(notebook.name, seconds, trouble)
    return NotebookRun(
        notebook.name,
        notebook.title,
        notebook.minutes,
        "failed" if failed else "done",
        seconds,
        target,
        failed,
    )


def run_notebooks(
    notebooks: Sequence[Path],
    parameters: Mapping[str, object] | None = None,
    out: Path = Path("reports") / "notebooks",
    *,
    real: bool = False,
    at_once: int | None = None,
    progress: Progress | None = None,
    when_done: Callable[[NotebookRun], None] | None = None,
) -> list[NotebookRun]:
    """Run notebooks; a failed one stops none of the others.

    Parameters
    ----------
    notebooks
        The files.
    parameters
        Name -> value, text being read as the type that is declared. A notebook gets those that it declares.
    out
        Folder for the executed notebooks, under their own names; never the source's.
    real
        Whether the folder they read is a real one: then nothing that may name a child is kept.
    at_once
        How many run side by side; by default two, or one on a machine with one core.
    progress
        Where progress is said; by default on standard error.
    when_done
        Called after each notebook, in the thread that ran it.

    Returns
    -------
    list of NotebookRun
        In the order of ``notebooks``.

    Raises
    ------
    BadInput
        Before anything runs: a parameter that no notebook declares, or a value of another type.
    """
    chosen = [Notebook(path) for path in notebooks]
    given = parameters_for(chosen, parameters or {})
    progress = progress or Progress(len(chosen))
    # papermill logs each cell's trouble through this logger, with its words; they belong into no log.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    workers = max(at_once or min(_AT_ONCE, os.cpu_count() or 1), 1)
    if len(chosen) > 1:
        together = "one after the other" if workers == 1 else f"{workers} at a time"
        progress.say(f"{len(chosen)} notebooks, {together}; {_WAIT}")

    def one(notebook: Notebook) -> NotebookRun:
        done = _execute(notebook, given[notebook.name], out, real, progress)
        if when_done is not None:
            when_done(done)
        return done

    out.mkdir(parents=True, exist_ok=True)
    # Threads, not processes: the work is done in the kernels, which are processes already, and papermill is
    # imported once.
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="notebook")
    # Those that read no district first: while one process reads it, the others would only wait. Then the long
    # ones, so that none is left to run alone at the end.
    order = sorted(chosen, key=lambda notebook: (notebook.reads_district, -(notebook.minutes or 0)))
    try:
        begun = {notebook.name: pool.submit(one, notebook) for notebook in order}
        return [begun[notebook.name].result() for notebook in chosen]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        progress.close()
