"""Run each session in a real kernel, its exercises missed and solved, and note what every cell took."""

from __future__ import annotations

import ast
import csv
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.bench.measure import run
from tests.teach.sessions import SESSIONS, book_of, split

__all__ = ["CELLS", "measured_cells", "write_cells"]

CELLS = Path(__file__).with_name("room_cells.csv")
BIGPICTURE = Path(sys.executable).with_name("bigpicture")
Row = tuple[str, int, int, float, int]
COMMANDS = ("read", "link")
HEAD = ("session", "cell", "tried", "seconds", "words")


def measured_cells(path: Path, folder: Path) -> Iterator[Row]:
    """Execute a session's cells one after another; of an exercise, each mistake and then the solution.

    Gives the session, the cell's place, which try it was (from 1; 0 is the cell as it stands), seconds, and
    words of the check's reply.
    """
    notebook, book = nbformat.read(path, as_version=4), book_of(path)
    cells: list[tuple[int, int, nbformat.NotebookNode]] = []
    for place, cell in enumerate(notebook.cells):
        number = exercise_of(cell)
        if cell.cell_type != "code":
            continue
        cells.append((place, 0, cell))
        if not number:
            continue
        call = ast.unparse(split(cell.source)[1])
        for turn, code in enumerate(tries_of(number, book), start=1):
            cells.append((place, turn, nbformat.v4.new_code_cell(f"{code}\n\n{call}")))
    for _, _, cell in cells:
        # The answer to a guess is computed as soon as somebody guessed.
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += "\nanswers = True"
    notebook.cells = [cell for _, _, cell in cells]
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}})
    with client.setup_kernel():
        for index, (place, turn, cell) in enumerate(cells):
            began = time.perf_counter()
            client.execute_cell(cell, index)
            seconds = time.perf_counter() - began
            yield path.stem, place, turn, round(seconds, 2), _words(cell) if turn else 0


def exercise_of(cell: nbformat.NotebookNode) -> str:
    """Return the number of a cell's exercise, or nothing."""
    tags = [tag for tag in cell.metadata.get("tags", []) if tag.startswith("exercise-")]
    return tags[0].removeprefix("exercise-") if tags else ""


def tries_of(number: str, book: dict[str, dict[str, Any]]) -> list[str]:
    """Return the mistakes of an exercise, then its first solution."""
    mistakes = [code.strip() for code, _ in book["MISTAKES"].get(number, ())]
    return [*mistakes, book["SOLUTIONS"][number][0].strip()]


def _words(cell: nbformat.NotebookNode) -> int:
    """Count the words of a check's reply."""
    text = cell.outputs[-1].get("data", {}).get("text/plain", "") if cell.outputs else ""
    return len(re.findall(r"\w[\w'’-]*", text))


def write_cells(folder: Path) -> None:
    """Run all sessions and commands, and write how long each cell and command took."""
    rows: list[Row] = [row for path in SESSIONS for row in measured_cells(path, folder)]
    # The afternoon's commands, on the exports that a room takes if nobody brought files.
    run([BIGPICTURE, "make", folder / "practice", "--seed", "11"])
    for name in COMMANDS:
        took = run([BIGPICTURE, name, folder / "practice" / "silos", "--out", folder / name])
        rows.append((name, 0, 0, round(took.seconds, 2), 0))
    with CELLS.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])
