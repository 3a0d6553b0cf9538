"""What follows from the order of the notebooks, drawn from `notebooks/order.toml`: links, a table and a line.

``python -m tests.house.reading_order`` writes them where they belong.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from helpers.report.runs.notebooks import Notebook, choose

__all__ = ["drawn"]

PROJECT = Path(__file__).resolve().parents[2]
TABLE = re.compile(r"(?<=^\| notebook \| minutes \|\n\|---\|---\|\n)(?:\|.*\n)*", re.MULTILINE)
LINE = re.compile(r"^\*\*In this order\*\*: .*$", re.MULTILINE)
NEXT = re.compile(r"\n+(Next|Back to the beginning): .*$", re.MULTILINE)


def drawn(project: Path) -> dict[Path, str]:
    """Draw each file that says what comes after what, from the order and the notebooks' own titles."""
    folder = project / "notebooks"
    road = choose(folder)
    lessons, guide = project / "docs" / "lessons.md", folder / "FACILITATOR.md"
    rows = "".join(f"| {_row(one)} |\n" for one in road)
    line = "**In this order**: " + " · ".join(f"[{one.name[:2]}]({one.path.name})" for one in road)
    files = {
        lessons: TABLE.sub(lambda _: rows, lessons.read_text(encoding="utf-8")),
        guide: LINE.sub(lambda _: line, guide.read_text(encoding="utf-8")),
    }
    for one, after in zip(road, [*road[1:], road[0]], strict=True):
        files[one.path] = _with_next(one, "Back to the beginning" if after is road[0] else "Next", after)
    return files


def _row(one: Notebook) -> str:
    minutes = re.search(r"\*\*(\d+) minutes\*\*", one.content.cells[0].source)
    return f"{one.name[:2]} · [{one.title}](../notebooks/{one.path.name}) | {minutes[1] if minutes else ''}"


def _with_next(one: Notebook, way: str, after: Notebook) -> str:
    last = one.content.cells[-1]
    source = NEXT.sub("", last.source)
    wanted = f"{source}\n\n{way}: [{after.title}]({after.path.name})"
    if wanted == last.source:
        return one.path.read_text(encoding="utf-8")
    # Not through nbformat, which would put the keys of every cell into another order.
    content = json.loads(one.path.read_text(encoding="utf-8"))
    content["cells"][-1]["source"] = wanted.splitlines(keepends=True)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, text in drawn(PROJECT).items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path}\n")
