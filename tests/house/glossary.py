"""Anchors of the glossary, and links to them: in the notebook that a word names, and in each session.

``python -m tests.house.glossary`` writes them where they belong.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from helpers.report.blocks import slug

__all__ = ["FOLDER", "with_anchors", "with_links", "words_by_notebook", "words_by_session"]

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
_ROW = re.compile(r"^\| ([^|]+) \| (?:<a id=\"[^\"]*\"></a>)?(.+) \| \[[^]]+\]\(([\w/]+)\.ipynb\) \|$")
# Words that sessions also use in an everyday sense: "a plan" of a child, "a switch" to move.
_EVERYDAY = (
    "complete exact finding level limit missed pile plan prior refused review".split()
    + "survey switch view wrong".split()
)
# Where a word may not become a link: code, links and their texts, headings, tables, HTML.
_CLOSED = re.compile(
    r"```[\s\S]*?```|`[^`]*`|!?\[[^\]]*\]\([^)]*\)|<[^>]+>|^#[^\n]*$|^\|[^\n]*$", re.MULTILINE
)


def with_anchors(glossary: str) -> str:
    """Give each row of the glossary an anchor, named by its first word."""
    lines = []
    for line in glossary.splitlines():
        row = _ROW.match(line)
        if row:
            anchor = slug(row[1].split(",")[0])
            line = f'| {row[1]} | <a id="{anchor}"></a>{row[2]} | {line.rsplit("| ", 1)[1]}'
        lines.append(line)
    return "\n".join(lines) + "\n"


def words_by_notebook(glossary: str) -> dict[str, list[str]]:
    """List the words that each notebook uses first."""
    found: dict[str, list[str]] = {}
    for line in glossary.splitlines():
        if row := _ROW.match(line):
            found.setdefault(row[3], []).append(row[1].split(",")[0])
    return found


def words_by_session(glossary: str) -> dict[str, list[str]]:
    """List the words that each session of the workshop links where it first uses them."""
    words = [word for words in words_by_notebook(glossary).values() for word in words]
    words = [word for word in words if word not in _EVERYDAY]
    there = sorted((FOLDER / "workshop").glob("[A-Z]_*.ipynb"))
    return {f"workshop/{path.stem}": words for path in there}


def with_links(notebook: dict[str, Any], words: list[str], glossary: str) -> dict[str, Any]:
    """Link the first use of each word in a notebook's text, unless it is linked already."""
    texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    # Longer words first: "answer key" before "key".
    for word in sorted(words, key=len, reverse=True):
        address = f"{glossary}#{slug(word)}"
        if any(f"({address})" in "".join(cell["source"]) for cell in texts):
            continue
        for cell in texts:
            source = "".join(cell["source"])
            longer = [one for one in words if word in one.split() and word != one]
            place = _first_use(source, word, longer)
            if place is not None:
                begin, end = place
                source = f"{source[:begin]}[{source[begin:end]}]({address}){source[end:]}"
                cell["source"] = source.splitlines(keepends=True)
                break
    return notebook


def _first_use(source: str, word: str, longer: list[str]) -> tuple[int, int] | None:
    closed = [found.span() for found in _CLOSED.finditer(source)]
    # The "key" of "answer key" is another word.
    for one in longer:
        closed += [found.span() for found in re.finditer(re.escape(one), source, re.IGNORECASE)]
    for found in re.finditer(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])", source, re.IGNORECASE):
        if not any(begin <= found.start() < end for begin, end in closed):
            return found.span()
    return None


def _write(path: Path, text: str) -> None:
    if path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    words = (FOLDER / "GLOSSARY.md").read_text(encoding="utf-8")
    _write(FOLDER / "GLOSSARY.md", with_anchors(words))
    for name, first in (words_by_notebook(words) | words_by_session(words)).items():
        path = FOLDER / f"{name}.ipynb"
        up = "../" * name.count("/")
        linked = with_links(json.loads(path.read_text(encoding="utf-8")), first, f"{up}GLOSSARY.md")
        _write(path, json.dumps(linked, indent=1, ensure_ascii=False) + "\n")
