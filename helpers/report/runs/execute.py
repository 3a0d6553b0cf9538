"""Execute notebooks with papermill, and clean their outputs."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from helpers.files import StatusLine, is_full, make_folder, spare_folder, write_atomically
from helpers.report.pages.page import Failure
from helpers.report.runs.kernels import kernel_server, kernel_settings
from helpers.report.runs.notebooks import Notebook, parameters_for
from helpers.standard import Measured, plain

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["NotebookRun", "Progress", "cleaned", "run_notebooks"]


# What papermill gives an engine, and a client doesn't take.
_ENGINE_ONLY = ("input_path", "execution_timeout", "log_output", "stdout_file", "stderr_file")


@cache
def _engine() -> str:
    """Register how papermill runs a notebook here, and return its name.

    papermill's client plays the front end for output widgets: while a cell runs, it sends the kernel what the
    widget shows. With ipykernel 7, runs have waited forever at such a cell while the kernel was idle;
    we think that the cell's end got lost, and haven't proved it. On paper there is no widget, so we leave
    what `interact` draws below the cell.
    """
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines

    class Client(PapermillNotebookClient):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.comm_open_handlers = {"jupyter.widget": lambda _: None}

        def clear_output(self, *_: Any) -> None:
            """Keep the table above the picture that a dial draws."""

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, *, start_timeout: int = 60, temporary: str, **named: Any
        ) -> Any:
            asked = {name: value for name, value in named.items() if name not in _ENGINE_ONLY}
            client = Client(nb_man, startup_timeout=start_timeout, kernel_name=kernel_name, **asked)
            return client.execute(env={**os.environ, "TMPDIR": temporary})

    papermill_engines.register("bigpicture", Engine)
    return "bigpicture"


# helpers.report marks all its output with this; for a real folder, we keep nothing else.
KIT_MARK = 'data-shown="kit"'
_ERROR_MARKER = "papermill-error-cell-tag"
_NOT_KEPT = "Output not saved, because these are real data."


def _sentence() -> NotebookNode:
    from nbformat.v4 import new_output

    return new_output("display_data", {"text/markdown": _NOT_KEPT, "text/plain": _NOT_KEPT})


def _kept_of_real(output: NotebookNode) -> NotebookNode | None:
    """Keep marked output of helpers.report, and sentences; anything else may contain a child's data."""
    from nbformat.v4 import new_output

    if output.output_type == "error":
        words = f"{output.ename}. Its message is not saved, because these are real data."
        return new_output("error", ename=output.ename, evalue="", traceback=[words])
    if output.output_type == "stream":
        return None if output.name == "stderr" else _sentence()
    data: dict[str, Any] = output.get("data", {})
    if KIT_MARK in data.get("text/html", "")[:200]:
        return new_output("display_data", {"text/html": data["text/html"]})
    if "text/markdown" in data:
        return new_output("display_data", {"text/markdown": data["text/markdown"]})
    return _sentence()


def cleaned(notebook: NotebookNode, *, real: bool) -> NotebookNode:
    """Remove papermill's metadata and, for a real folder, everything that may name a child."""
    notebook.cells = [cell for cell in notebook.cells if _ERROR_MARKER not in cell.metadata.get("tags", [])]
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if cell.cell_type == "code" and real:
            kept = [_kept_of_real(output) for output in cell.outputs]
            cell.outputs = [output for output in kept if output is not None]
    if real:
        # The state of widgets contains whatever they showed.
        notebook.metadata.pop("widgets", None)
    return notebook


class Progress:
    """Shows the progress of a run."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._total = total
        self._done = 0
        self._running: list[str] = []
        self._status = StatusLine(self._stream) if self._stream.isatty() else None
        self._lock = threading.Lock()

    def begin(self, name: str) -> None:
        """Show that a step has started, so that a waiting user knows that it is running."""
        with self._lock:
            self._running.append(name)
            if self._status is None:
                self._line(f"{name}: begun")
            self._update()

    def end(self, name: str, seconds: float, trouble: str = "") -> None:
        """Show that a step has ended, and how."""
        with self._lock:
            self._done += 1
            if name in self._running:
                self._running.remove(name)
            if trouble or self._status is None:
                text = f"{name}: {trouble or 'done'} ({seconds:.1f} s)"
                self._line(f"[{self._done}/{self._total}] {text}")
            self._update()

    def say(self, text: str) -> None:
        """Write a permanent line."""
        with self._lock:
            self._line(text)

    def close(self) -> None:
        """Clear the changing line."""
        with self._lock:
            if self._status is not None:
                self._status.clear()

    def _line(self, text: str) -> None:
        if self._status is None:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        else:
            self._status.above(text)

    def _update(self) -> None:
        if self._status is not None:
            running = ", ".join(self._running) or "writing pages"
            self._status.show(f"[{self._done}/{self._total}] {running}")


_AT_ONCE = 2  # a kernel with pandas and a chart takes 0.3 GB; more than two gain little on a laptop

_WAIT = "the twelve of the workshop took 68 to 82 seconds for 600 children on two idle cores"


@dataclass(frozen=True)
class NotebookRun:
    """Outcome of one notebook.

    Parameters
    ----------
    name, title, minutes
        File name without ending, the question it answers, minutes to read.
    status
        ``done`` or ``failed``.
    seconds
        Run time.
    notebook
        The executed notebook.
    failed
        Where and how it failed.
    """

    name: str
    title: str
    minutes: int | None
    status: Literal["done", "failed"]
    seconds: float
    notebook: Path
    failed: Failure | None = None


def _failure(error: Any, notebook: Notebook, injected: bool, real: bool) -> Failure:
    """Read from papermill's error where a notebook failed."""
    number = getattr(error, "exec_count", None)
    if number is None:
        # The kernel could not start or died: no cell is at fault.
        words = "" if real else " ".join(str(error).split())[:300]
        return Failure(0, type(error).__name__, words)
    # The cell that papermill adds contains the parameters; a reader's own notebook doesn't have it.
    cell = max(int(number) - (1 if injected else 0), 1)
    message = "" if real else str(error.evalue).split("\n")[0][:500]
    return Failure(cell, str(error.ename), message, str(error.source), notebook.section_of(cell))


def _execute(
    notebook: Notebook,
    parameters: Mapping[str, object],
    out: Path,
    real: bool,
    progress: Progress,
    kernels: Mapping[str, Any],
) -> NotebookRun:
    import nbformat
    import papermill

    progress.begin(notebook.name)
    started = time.perf_counter()
    failed: Failure | None = None
    target = out / notebook.path.name
    # Not directly to `out`: papermill's file still has the message of an error, which may name a child.
    with spare_folder("run") as folder, kernel_settings() as settings:
        raw = folder / notebook.path.name
        try:
            papermill.execute_notebook(
                str(notebook.path.resolve()),
                str(raw),
                engine_name=_engine(),
                temporary=str(folder),  # for a notebook's temporary files, which end with its run
                parameters=dict(parameters),
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                **settings,
                **kernels,
            )
        except Exception as error:
            if is_full(error):
                raise
            # Whatever else it was, the other notebooks still run, and the index names this one.
            failed = _failure(error, notebook, bool(parameters), real)
        executed = nbformat.read(raw if raw.exists() else notebook.path, as_version=4)
    write_atomically(
        target, (nbformat.writes(cleaned(executed, real=real)) + "\n").encode("utf-8"), private=real
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
    kernels: Mapping[str, Any] | None = None,
) -> list[NotebookRun]:
    """Run notebooks; a failed one doesn't stop the others.

    Parameters
    ----------
    notebooks
        The files.
    parameters
        Name -> value; text is converted to the declared type. A notebook gets those that it declares.
    out
        Folder for the executed notebooks, under their own names; never the source's.
    real
        Whether they read a real folder: then we keep nothing that may name a child.
    at_once
        Number of parallel runs; default is two, or one with a single core.
    progress
        Progress display; default is on standard error.
    when_done
        Called after each notebook, in the thread that ran it.
    kernels
        What `kernel_server` yields, if it was started earlier; a server of its own when not given.

    Returns
    -------
    list of NotebookRun
        In the order of ``notebooks``.

    Raises
    ------
    BadInput
        Before anything runs, if no notebook declares a parameter, or a value has the wrong type.
    """
    from papermill.iorw import local_file_io_cwd

    chosen = [Notebook(path) for path in notebooks]
    given = parameters_for(chosen, parameters or {})
    progress = progress or Progress(len(chosen))
    # papermill logs each cell's error with its message to this logger; it belongs in no log.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    workers = max(at_once or min(_AT_ONCE, os.cpu_count() or 1), 1)
    if len(chosen) > 1:
        together = "one after the other" if workers == 1 else f"{workers} at a time"
        progress.say(plain(f"{Measured('notebooks', len(chosen)):count}, {together}; {_WAIT}"))

    make_folder(out, private=real)
    # Threads, not processes: the kernels do the work, and are processes already, and papermill is imported
    # only once.
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="notebook")
    # Notebooks that read no district come first: while one process reads it, others would only wait. Then the
    # long ones, so that none runs alone at the end: those that read two districts, then by minutes to read.
    order = sorted(chosen, key=lambda one: (one.reads > 0, -one.reads, -(one.minutes or 0)))
    try:
        # papermill keeps the folder it was called in for the whole process, and two runs that overlap may
        # leave the one of an earlier call, which may be gone. Around all of them, it is this call's.
        server = kernel_server(len(chosen)) if kernels is None else nullcontext(kernels)
        with local_file_io_cwd(), server as started:

            def one(notebook: Notebook) -> NotebookRun:
                done = _execute(notebook, given[notebook.name], out, real, progress, started)
                if when_done is not None:
                    when_done(done)
                return done

            begun = {notebook.name: pool.submit(one, notebook) for notebook in order}
            return [begun[notebook.name].result() for notebook in chosen]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        progress.close()
