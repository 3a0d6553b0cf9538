"""Every notebook that reads a district runs on each system alone, of real folders and of unmarked ones."""

from __future__ import annotations

import ast
import linecache
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.report.runs.notebooks import Notebook, choose
from tests.tiers import sampled

PROJECT = Path(__file__).resolve().parent.parent
READING = [one for one in choose(PROJECT / "notebooks") if one.reads]

pytestmark = pytest.mark.notebooks


def run_here(notebook: Notebook, folder: Path) -> None:
    """Run the cells of a notebook in this process, and draw what each shows, as a kernel does."""
    names: dict[str, Any] = {"__name__": "__main__", "display": shown}
    for number, cell in enumerate(notebook.content.cells):
        if cell.cell_type != "code":
            continue
        file = f"<{notebook.name}, cell {number}>"
        linecache.cache[file] = (len(cell.source), None, cell.source.splitlines(keepends=True), file)
        tree = ast.parse(cell.source, file)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, file, "exec"), names)
        if isinstance(last, ast.Expr):
            shown(eval(compile(ast.Expression(last.value), file, "eval"), names))
        if "parameters" in cell.metadata.get("tags", []):
            names["district_folder"] = str(folder)


def shown(*values: object) -> None:
    """Draw what a cell shows."""
    for value in values:
        draw = getattr(value, "_repr_html_", None)
        assert draw is None or draw() is not None


def systems_alone(folder: Path, out: Path) -> Iterator[Path]:
    """Give a folder of each system of a folder: its files alone, without a mark that they are invented."""
    systems = sorted(path for path in folder.iterdir() if path.is_dir() and any(path.iterdir()))
    for system in systems:
        yield Path(shutil.copytree(system, out / system.name / system.name)).parent
    if not systems:
        yield folder


def troubles(notebook: Notebook, folders: Iterator[Path]) -> list[str]:
    """Say on which folders a notebook fails, and with what."""
    found = []
    for folder in folders:
        try:
            run_here(notebook, folder)
        except Exception as error:
            found.append(f"{folder.name}: {type(error).__name__}: {error}")
    return found


@pytest.mark.full
@pytest.mark.parametrize("notebook", sampled(READING, 9, first=2), ids=lambda one: one.name)
def test_a_notebook_runs_on_each_made_system_alone(
    notebook: Notebook, exports_by_hand: Path, tmp_path: Path
) -> None:
    assert troubles(notebook, systems_alone(exports_by_hand, tmp_path)) == []


@pytest.mark.one_in(9)
@pytest.mark.parametrize("notebook", READING, ids=lambda one: one.name)
def test_a_notebook_runs_on_a_folder_of_which_no_layout_knows_a_file(
    notebook: Notebook, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "minutes.csv").write_text("room,minutes\nB12,40\nB13,55\n", encoding="utf-8")
    assert troubles(notebook, iter([tmp_path])) == []


@pytest.mark.weekly
@pytest.mark.parametrize(
    "name", ["grand_bend_joinable", "grand_bend_oneroster_1p1", "grand_bend_assessments"]
)
@pytest.mark.parametrize("notebook", READING, ids=lambda one: one.name)
def test_a_notebook_runs_on_each_real_system_alone(
    notebook: Notebook, name: str, real_files: Path, tmp_path: Path
) -> None:
    assert troubles(notebook, systems_alone(real_files / name, tmp_path)) == []
