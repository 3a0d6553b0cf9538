"""What an executed notebook keeps: its results, but no row, name or word of real children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["KIT_MARK", "cleaned"]

# What helpers.show puts around all it shows; in a real folder nothing else is let through.
KIT_MARK = 'data-shown="kit"'
_ERROR_MARKER = "papermill-error-cell-tag"
_NOT_KEPT = "Something was shown here that is not kept, since these are real data."


def _sentence() -> NotebookNode:
    from nbformat.v4 import new_output

    return new_output("display_data", {"text/markdown": _NOT_KEPT, "text/plain": _NOT_KEPT})


def _kept_of_real(output: NotebookNode) -> NotebookNode | None:
    """Let through what went through the doors of helpers.show, and sentences; the rest may hold a child."""
    from nbformat.v4 import new_output

    if output.output_type == "error":
        words = f"{output.ename}. Its words are not kept, since these are real data."
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
    """Take out what a run leaves behind: papermill's marks and, of a real folder, all that may name a child.

    Parameters
    ----------
    notebook
        The executed notebook; it is changed and given back.
    real
        Whether the folder that it read is a real one.

    Returns
    -------
    NotebookNode
        The same notebook. Of a real folder only results of ``helpers.show`` and Markdown sentences are left.
    """
    notebook.cells = [cell for cell in notebook.cells if _ERROR_MARKER not in cell.metadata.get("tags", [])]
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if cell.cell_type == "code" and real:
            kept = [_kept_of_real(output) for output in cell.outputs]
            cell.outputs = [output for output in kept if output is not None]
    if real:
        # The state of widgets holds whatever they showed.
        notebook.metadata.pop("widgets", None)
    return notebook
