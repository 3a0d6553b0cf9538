"""Execute a notebook in this process, without a kernel."""

from __future__ import annotations

import contextlib
import io
import linecache
import traceback
from typing import Any

import nbformat
from papermill.engines import Engine, papermill_engines

__all__ = ["HERE"]


# papermill finds the engine by this name.
HERE = "in-this-process"


class InThisProcess(Engine):
    """Runs code cells in order in one namespace, like a kernel; shows no charts."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> None:
        """Execute the cells of a notebook until one fails; store printed text and errors as outputs."""
        names: dict[str, Any] = {"__name__": "__main__"}
        number = 0
        for place, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code":
                continue
            number += 1
            nb_man.cell_start(cell, place)
            cell.execution_count = number
            failed = _executed(cell, number, names)
            if failed:
                nb_man.cell_exception(cell, place)
            nb_man.cell_complete(cell, place)
            if failed:
                return


def _executed(cell: Any, number: int, names: dict[str, Any]) -> bool:
    """Execute one cell, store its output, and return whether it failed."""
    file = f"<code cell {number}>"
    # With this, a traceback shows the cell's own lines.
    linecache.cache[file] = (len(cell.source), None, cell.source.splitlines(keepends=True), file)
    printed = io.StringIO()
    failed = False
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(cell.source, file, "exec"), names)
    except Exception as error:
        failed = True
        output = nbformat.v4.new_output(
            "error",
            ename=type(error).__name__,
            evalue=str(error),
            traceback=traceback.format_exception(error),
        )
        cell.outputs.append(output)
    if printed.getvalue():
        cell.outputs.insert(0, nbformat.v4.new_output("stream", name="stdout", text=printed.getvalue()))
    return failed


papermill_engines.register(HERE, InThisProcess)
