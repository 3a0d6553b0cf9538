"""Walk through a session: each exercise unanswered, missed, solved, tried, and answered with nonsense."""

from __future__ import annotations

import ast
import json
import re
import runpy
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import papermill

from helpers.teach.exercises import exercises
from tests.notebooks_here import notebooks_here

__all__ = ["FOLDER", "NONSENSE", "SESSIONS", "Walk", "book_of", "exercise_cells", "split", "walk"]

FOLDER = Path(__file__).resolve().parents[2] / "notebooks" / "workshop"
SESSIONS = sorted(FOLDER.glob("[A-Z]_*.ipynb"))
# Answers that no exercise may accept and no check may stumble over.
NONSENSE = "[object(), [], {}, float('nan'), b'x', lambda *_: 'x', lambda *_: 1 / 0, type]"
TRIED = "tried"
_TRIALS = "tests.teach.trials"


@dataclass
class Walk:
    """What checks replied, by exercise: (what was tried, state, reply)."""

    notebook: nbformat.NotebookNode
    replies: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    nonsense: dict[str, set[str]] = field(default_factory=dict)
    # Answers with another reply than theirs: (what it is, code, state, reply).
    off: dict[str, list[list[str]]] = field(default_factory=dict)


def book_of(path: Path) -> dict[str, dict[str, Any]]:
    """Read the solutions of a session: SOLUTIONS, MISTAKES and WHY by number."""
    book = runpy.run_path(str(FOLDER / "solutions" / f"{path.stem}.py"))
    return {name: book[name] for name in ("SOLUTIONS", "MISTAKES", "WHY")}


def exercise_cells(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    """Give the cell of each exercise by its number, in order."""
    return {
        tag.removeprefix("exercise-"): cell
        for cell in notebook.cells
        for tag in cell.metadata.get("tags", [])
        if tag.startswith("exercise-")
    }


def split(source: str) -> tuple[str, ast.Call]:
    """Split the cell of an exercise into the answer's place and the call of ``check`` in its last line."""
    last = ast.parse(source).body[-1]
    assert isinstance(last, ast.Expr), source
    assert isinstance(last.value, ast.Call), source
    assert ast.unparse(last.value.func) == "check", source
    return "\n".join(source.splitlines()[: last.lineno - 1]), last.value


def walk(path: Path, folder: Path, parameters: dict[str, Any], *, only_mistakes: bool = False) -> Walk:
    """Execute a session in this process, trying several answers at each exercise; the last one is right."""
    notebook, book = nbformat.read(path, as_version=4), book_of(path)
    cells = []
    for cell in notebook.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag.startswith("exercise-")]
        if not tags:
            cells.append(cell)
            continue
        number = tags[0].removeprefix("exercise-")
        _, call = split(cell.source)
        again = ast.unparse(call)
        cells.append(_trial(cell.source, number, "unanswered"))
        for mistake, _ in book["MISTAKES"].get(number, ()):
            cells.append(_trial(f"{mistake.strip()}\n\n{again}", number, "mistake"))
        if not exercises()[number].points and not only_mistakes:
            tried = f"__import__({_TRIALS!r}, fromlist=['x']).accepted_and_refused"
            cells.append(_trial(f"{tried}({number!r}, {again!r}, globals())", number, "tried"))
        call.args[1] = ast.Name("one", ast.Load())
        judged = f'" ".join({ast.unparse(call)}.state for one in {NONSENSE})'
        cells.append(_trial(judged, number, "nonsense"))
        for right in reversed(book["SOLUTIONS"][number]):
            cells.append(_trial(f"{right.strip()}\n\n{again}", number, "right"))
    notebook.cells = cells
    copy, out = folder / path.name, folder / f"done_{path.name}"
    nbformat.write(notebook, copy)
    with notebooks_here(), chdir(folder):
        papermill.execute_notebook(str(copy), str(out), parameters=parameters)
    return _replies(nbformat.read(out, as_version=4))


def _trial(source: str, number: str, kind: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={TRIED: [number, kind]})


def _replies(notebook: nbformat.NotebookNode) -> Walk:
    done = Walk(notebook, {number: [] for number in exercises()})
    for cell in notebook.cells:
        number, kind = cell.metadata.get(TRIED, ["", ""])
        if not number:
            continue
        data = cell.outputs[-1].get("data", {})
        if kind == "nonsense":
            done.nonsense[number] = set(data["text/plain"].strip("'").split())
            continue
        if kind == "tried":
            done.off[number] = json.loads(ast.literal_eval(data["text/plain"]))
            continue
        state = re.search(r'data-state="(\w+)"', data["text/html"])
        assert state is not None, f"{number}, {kind}: the check must be the cell's result"
        done.replies[number].append((kind, state[1], data["text/plain"]))
    return done
