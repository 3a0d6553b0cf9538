"""Notebooks run in the process of the tests: no kernel is started, and all share what was imported."""

from __future__ import annotations

import io
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
from nbformat.v4 import new_output
from PIL import Image

__all__ = ["notebooks_here"]

_ONE_AT_A_TIME = threading.Lock()


def _outputs(
    shell: Any, captured: Any, result: Any, warned: list[warnings.WarningMessage]
) -> list[nbformat.NotebookNode]:
    if result.error_in_exec or result.error_before_exec:
        raise result.error_in_exec or result.error_before_exec
    shown = [
        new_output("display_data", data=dict(one.data), metadata=dict(one.metadata))
        for one in captured.outputs
    ]
    if said := captured.stderr + "".join(f"{one.category.__name__}: {one.message}\n" for one in warned):
        shown.append(new_output("stream", name="stderr", text=said))
    if result.result is None:
        return shown
    # What is printed is kept of no real folder.
    data, metadata = shell.display_formatter.format(result.result)
    return [*shown, new_output("display_data", data=data, metadata=metadata)]


@contextmanager
def _as_a_kernel_warns() -> Iterator[list[warnings.WarningMessage]]:
    """Record the warnings that a kernel would print."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("default")
        for kept_quiet in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", kept_quiet)
        yield warned


def _execute(path: str, out: str, parameters: Mapping[str, object], **_: object) -> None:
    """Do what papermill does, as far as a page shows it."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from matplotlib import pyplot

    notebook = nbformat.read(path, as_version=4)
    with _ONE_AT_A_TIME:
        # A shell puts a module of its own in this place, where what other tests start looks.
        main = sys.modules["__main__"]
        InteractiveShell.clear_instance()
        shell = InteractiveShell.instance()
        try:
            for cell in notebook.cells:
                if cell.cell_type != "code":
                    continue
                with capture_output() as captured, _as_a_kernel_warns() as warned:
                    result = shell.run_cell(cell.source)
                cell.outputs = _outputs(shell, captured, result, warned)
                if "parameters" in cell.metadata.get("tags", []):
                    shell.user_ns.update(parameters)
        finally:
            # A kernel closes what it has shown; more than twenty open figures warn.
            pyplot.close("all")
            shell.reset()
            InteractiveShell.clear_instance()
            sys.modules["__main__"] = main
    nbformat.write(notebook, Path(out))


def _blank(*_: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, format="PNG")
    return out.getvalue()


@contextmanager
def notebooks_here() -> Iterator[None]:
    """Let a report run its notebooks in this process, and draw nothing: a picture is its words and table."""
    with (
        mock.patch("papermill.execute_notebook", _execute),
        mock.patch("helpers.report.charts.picture.Picture.png", _blank),
    ):
        yield
