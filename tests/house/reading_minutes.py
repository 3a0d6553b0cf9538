"""How long it takes to read a notebook, by one rule: its words, its code cells, its tables and pictures.

``python -m tests.house.reading_minutes`` writes the minutes into the notebooks' first cells.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat

__all__ = ["MINUTES", "MOST_CELLS", "MOST_MINUTES", "MOST_MINUTES_IN_ALL", "reading_minutes", "shown_results"]

PROJECT = Path(__file__).resolve().parents[2]

# All of it is our own judgment: nobody has measured readers of these notebooks. Adults read English
# non-fiction at 238 words a minute (M. Brysbaert, "How many words do we read per minute?", Journal of Memory
# and Language 109, 2019). For a text full of new terms, we allow for less.
WORDS_PER_MINUTE = 160
SECONDS_PER_CODE_CELL = 20
SECONDS_PER_RESULT = 40
SECONDS_PER_FOLDED_RESULT = 10
# What the notebooks promise: each fits into a lesson, and all of them into one day.
MOST_CELLS, MOST_MINUTES, MOST_MINUTES_IN_ALL = 45, 45, 360

MINUTES = re.compile(r"^\*\*(\d+) minutes\*\*", re.MULTILINE)
_SAID = re.compile(r"^\*\*\d+ minutes\*\*(?: \([^)]*\))?", re.MULTILINE)
# Functions that show a table, a picture, a page or a form are called so.
_SHOWS = re.compile(
    r"(?:^|_)(?:table|chart|picture|plot|bars|map|timeline|weights|waterfall|steps|slider|desk|form|dashboard"
    r"|still|page|row|contract|check_in|outcomes|roadmap|levels)$"
)
# Of a text in code, what has fewer words is a name or a head of a table.
_FEWEST_WORDS = 4


def reading_minutes(notebook: nbformat.NotebookNode) -> int:
    """Return the minutes that reading a notebook and its results takes, rounded to 5."""
    seconds = 0.0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            seconds += 60 * _words(_as_read(cell.source)) / WORDS_PER_MINUTE
        elif cell.cell_type == "code":
            code = ast.parse(cell.source)
            seconds += SECONDS_PER_CODE_CELL
            seconds += 60 * sum(_words(text) for text in _texts(code)) / WORDS_PER_MINUTE
            for folded in shown_results(code):
                seconds += SECONDS_PER_FOLDED_RESULT if folded else SECONDS_PER_RESULT
    return max(5, 5 * round(seconds / 300))


def shown_results(code: ast.AST) -> Iterator[bool]:
    """Find the calls that show a table or a picture; of each, say whether it is folded."""
    for node in ast.walk(code):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if _SHOWS.search(name):
                yield any(argument.arg == "fold" for argument in node.keywords)


def _as_read(markdown: str) -> str:
    return re.sub(r"\]\([^)]*\)", "]", markdown)


def _words(text: str) -> int:
    return len(re.findall(r"\w[\w'’-]*", text))


def _texts(code: ast.AST) -> Iterator[str]:
    """Find the sentences in a cell's code, which its results show."""
    for node in ast.walk(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _words(node.value) >= _FEWEST_WORDS:
                yield node.value


def main() -> None:
    """Write the minutes of each notebook into its first cell."""
    for path in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        minutes = reading_minutes(nbformat.read(path, as_version=4))
        content = json.loads(path.read_text(encoding="utf-8"))
        before = "".join(content["cells"][0]["source"])
        after = _SAID.sub(f"**{minutes} minutes**", before)
        if after != before:
            content["cells"][0]["source"] = after.splitlines(keepends=True)
            path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            sys.stdout.write(f"{path.name}: {minutes} minutes\n")


if __name__ == "__main__":
    main()
