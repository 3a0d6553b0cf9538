"""A dial of ipywidgets leaves its table and its picture in an executed notebook."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.report import run_notebooks

DIAL = """
import matplotlib.pyplot as plt
from IPython.display import HTML, display
from ipywidgets import interact

display(HTML("<p>All positions</p>"))


@interact(line=(1, 3))
def draw(line=2):
    plt.plot([0, line])
    plt.show()
"""


@pytest.mark.full
def test_what_a_dial_draws_stays_below_the_table_of_all_positions(tmp_path: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell(DIAL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "dial.ipynb")
    (run,) = run_notebooks([tmp_path / "dial.ipynb"], {}, tmp_path / "out")
    assert run.failed is None
    (cell,) = nbformat.read(run.notebook, as_version=4).cells
    shown = [set(output.get("data", {})) for output in cell.outputs]
    assert any("text/html" in forms for forms in shown)
    assert any("image/png" in forms for forms in shown)
