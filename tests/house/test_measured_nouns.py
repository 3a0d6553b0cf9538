"""What a number counts comes from its measure: nobody writes a noun after a number."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from helpers.standard import definitions

# Last words of declared counts that are no nouns themselves: "rows late", "3 times as likely", "who counts".
NO_NOUNS = frozenset("(assumed) answered counts found late linked lunch more old public seen times".split())
# What ends the noun itself: record *of a child*, pages *that show it*.
REST = re.compile(r" (?:of|that|at|for|with|in|from|to|by|on|about)\b.*")
# One and several of each noun. After a value, a literal noun is one of several: a single one follows a name.
NOUNS = {tuple(REST.sub("", noun).split()[-1] for noun in one.counts) for one in definitions().values()}
SEVERAL = sorted({several for one, several in NOUNS if one != several} - NO_NOUNS)
AFTER_A_NUMBER = re.compile(rf"^\*{{0,2}} (?:more |other )?(?:{'|'.join(map(re.escape, SEVERAL))})\b")
# Formats of a measure that don't end with its noun; after all others a word is part of the sentence.
BARE = ("", "bold", "of", "bold of", "share")
# By file and words: what reads like a count and its noun, and why it is none.
EXCEPTIONS: Mapping[tuple[str, str], str] = {}


def counted_nouns(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give the nouns that an f-string writes after a value, or a conditional picks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for value, text in zip(node.values, node.values[1:], strict=False):
                if not isinstance(value, ast.FormattedValue) or not isinstance(text, ast.Constant):
                    continue
                spec = ast.unparse(value.format_spec)[2:-1] if value.format_spec else ""
                found = AFTER_A_NUMBER.match(str(text.value))
                if found and (
                    spec in BARE or not spec.replace("bold ", "").startswith(("count", "share of"))
                ):
                    yield node.lineno, f"{{{ast.unparse(value.value)}}}{found.group()}"
        elif isinstance(node, ast.IfExp) and isinstance(node.test, ast.Compare):
            words = [str(one.value) for one in (node.body, node.orelse) if isinstance(one, ast.Constant)]
            ends = tuple(word.split()[-1] for word in words if word.split())
            if {ends, ends[::-1]} & NOUNS and len({*ends}) == 2:
                yield node.lineno, f"{words[0]} or {words[1]}"


def sources(project: Path) -> Iterator[tuple[str, ast.AST]]:
    """Give the code of both houses, and of each notebook's cells."""
    for house in ("helpers", "synthetic_data"):
        for path in sorted((project / house).rglob("*.py")):
            yield path.relative_to(project).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((project / "notebooks").rglob("*.ipynb")):
        for place, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            text = "".join(cell["source"])
            if cell["cell_type"] == "code" and not text.startswith(("%", "!")):
                yield f"{path.relative_to(project).as_posix()}:{place}", ast.parse(text)


def test_no_number_is_followed_by_a_noun_that_its_measure_did_not_write(project: Path) -> None:
    found = {
        (place.split(":")[0], words): f"{place}:{line}: {words}"
        for place, tree in sources(project)
        for line, words in counted_nouns(tree)
    }
    assert [text for key, text in found.items() if key not in EXCEPTIONS] == []
    assert EXCEPTIONS.keys() <= found.keys()
    assert len(EXCEPTIONS) <= 10


@pytest.mark.parametrize(
    ("code", "many"),
    [
        ('f"{n} children"', 1),
        ('f"{n:,} more records of meals"', 1),
        ('f"**{n}** pairs"', 1),
        ('f"{found:count} children"', 0),
        ('f"{found} of them"', 0),
        ('f"{found:bold} children"', 1),
        ('"child" if n == 1 else "children"', 1),
        ('"does" if n == 1 else "do"', 0),
    ],
)
def test_a_noun_after_a_number_is_found(code: str, many: int) -> None:
    assert len([*counted_nouns(ast.parse(code))]) == many
