"""Code, lessons and documents are spelled as Americans spell, and lessons read at grade 9 or lower."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import nbformat
import pytest
import textstat

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
SPELLING = tomllib.loads(Path(__file__).with_name("spelling.toml").read_text(encoding="utf-8"))["excepted"]
ROOTS = ("helpers", "synthetic_data", "tests", "notebooks", "docs")
ENDINGS = {".py", ".toml", ".md", ".j2", ".ipynb", ".js", ".css", ".txt"}
DICTIONARIES = "clear,rare,en-GB_to_en-US"
# `helpers/cli/link.py:57: wrd ==> word`
HIT = re.compile(r"^(?P<file>.+?):(?P<line>\d+): (?P<word>\S+) ==> (?P<right>.+)$", re.MULTILINE)
HIGHEST_GRADE = 9
FENCE = re.compile(r"^```.*?^```[^\n]*$", re.DOTALL | re.MULTILINE)


def misspelled(paths: list[Path]) -> list[tuple[str, str, str]]:
    """Give the file and line, the word and its correction of each misspelling in these files."""
    command = [sys.executable, "-m", "codespell_lib", "--builtin", DICTIONARIES, "--quiet-level", "3"]
    told = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, encoding="utf-8")
    # codespell ends with 0 when it finds nothing, and with 65 when it finds something.
    assert told.returncode in (0, 65), told.stderr
    return [(f"{hit['file']}:{hit['line']}", hit["word"], hit["right"]) for hit in HIT.finditer(told.stdout)]


def exceptions_for(where: str, word: str) -> list[int]:
    """Give the places of the exceptions by which a word may be in a file."""
    file = Path(where.rsplit(":", 1)[0]).resolve().relative_to(PROJECT).as_posix()
    return [
        place
        for place, one in enumerate(SPELLING)
        if any(fnmatch(file, pattern) for pattern in one["files"])
        and ({"*", word.casefold()} & {each.casefold() for each in one["words"]})
    ]


def prose_of(markdown: str) -> str:
    """Give the sentences of a Markdown text: no code, table, picture, HTML or address."""
    text = FENCE.sub("", markdown)
    text = re.sub(r"<!--.*?-->|<[^>\n]+>", " ", text, flags=re.DOTALL)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    blocks: list[str] = []
    for line in text.splitlines():
        line = line.strip()
        begins = not line or re.match(r"[#>|*+-]|\d+\.\s", line)
        if line.startswith(("|", "#")):
            line = ""
        if begins or not blocks:
            blocks.append("")
        # What a list item or a quotation begins with is no word.
        blocks[-1] += " " + re.sub(r"^(?:[>*+-]|\d+\.)\s+", "", line)
    words = (re.sub(r"[*_`]", "", block).strip() for block in blocks)
    # A list's item needs no period, and is a sentence nonetheless.
    return "\n".join(block if block[-1] in ".!?:" else f"{block}." for block in words if block)


def grade_of(text: str) -> float:
    """Give the school grade at which a text can be read, by Flesch and Kincaid."""
    textstat.set_lang("en")
    return textstat.flesch_kincaid_grade(text)


def test_prose_leaves_out_code_tables_and_marks() -> None:
    markdown = (
        "# A head\n\nRead **this** [page](https://nowhere.example).\nThen\ngo on.\n\n- an item\n- two\n\n"
        "| a | table |\n|---|---|\n\n```python\nno = 'sentence'\n```\n\n<b>Bold</b>\n"
    )
    assert prose_of(markdown) == "Read this page. Then go on.\nan item.\ntwo.\nBold."


def test_hard_prose_gets_a_higher_grade() -> None:
    easy = "We read the file. We count the rows. Each row is one child."
    hard = (
        "Notwithstanding considerable methodological heterogeneity, longitudinal administrative information "
        "facilitates retrospective identification of institutional interoperability deficiencies."
    )
    assert grade_of(easy) < 3
    assert grade_of(hard) > HIGHEST_GRADE


def test_every_exception_of_the_speller_has_a_reason() -> None:
    assert all(one["reason"].strip() and one["words"] and one["files"] for one in SPELLING)


@pytest.mark.full
def test_lessons_read_at_grade_9_or_lower() -> None:
    assert len(NOTEBOOKS) >= 12
    grades = {}
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        grades[path.name] = round(grade_of(prose_of(text)), 1)
    too_hard = {name for name, grade in grades.items() if grade > HIGHEST_GRADE}
    assert not too_hard, f"above grade {HIGHEST_GRADE}: {sorted(too_hard)} of {grades}"


@pytest.mark.full
def test_the_speller_finds_british_and_wrong_words(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("Their behavior.\nTheir behaviour.\nThe recieved colour.\n", "utf-8")
    found = [(place.rsplit(":", 1)[1], word) for place, word, _ in misspelled([tmp_path / "page.md"])]
    assert found == [("2", "behaviour"), ("3", "recieved"), ("3", "colour")]


@pytest.mark.full
def test_everything_is_spelled_as_americans_spell() -> None:
    paths = [path for root in ROOTS for path in (PROJECT / root).rglob("*") if path.suffix in ENDINGS]
    paths += [path for path in PROJECT.iterdir() if path.is_file() and path.suffix in ENDINGS]
    # The Spanish of pages is no English, and published heads are written as others wrote them.
    paths = [
        path
        for path in paths
        if path.name != "es.toml" and not {".ipynb_checkpoints", "heads"} & {*path.parts}
    ]
    wrong: list[str] = []
    needed: set[int] = set()
    for where, word, right in misspelled(paths):
        by = exceptions_for(where, word)
        needed |= set(by)
        if not by:
            wrong.append(f"{where}: {word}, not {right}")
    assert not wrong, "\n".join(wrong)
    needless = [SPELLING[place]["words"] for place in range(len(SPELLING)) if place not in needed]
    assert not needless, needless
