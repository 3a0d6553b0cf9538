"""Readers meet no word of `words.toml` in a page, a lesson, a message, a TOML file or a command's help."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import nbformat
import pytest

from helpers.cli import main

PROJECT = Path(__file__).resolve().parents[2]
LIST = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
INSTEAD: dict[str, str] = LIST["british"] | LIST["translated"]
EXCEPTED: dict[str, set[str]] = {one["file"]: set(one["words"]) for one in LIST["excepted"]}
FOLDERS = ("docs", "helpers", "notebooks", "synthetic_data")
# Readers meet what these contain as strings: pages, messages, replies of exercises, reasons of solutions.
MODULES = ("helpers", "synthetic_data", "notebooks/workshop/solutions")


def pattern(words: list[str]) -> re.Pattern[str]:
    """Match any of the words, whole, in any capitals, over ends of lines and with either apostrophe."""
    each = (re.escape(word).replace(r"\ ", r"(?: |\s*\n\s*)").replace("'", "['’]") for word in words)
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(sorted(each, key=len, reverse=True))})(?![\w-])", re.IGNORECASE
    )


EVERY = pattern(list(INSTEAD))


def found_in(text: str) -> list[str]:
    """Give the words of the list that occur in a text, in lower case."""
    return [re.sub(r"\s+", " ", hit[0]).replace("’", "'").lower() for hit in EVERY.finditer(text)]


def files() -> Iterator[str]:
    """Give each file that readers see, by its path in the project; published heads are others' words."""
    paths = list(PROJECT.glob("*.md"))
    for folder in FOLDERS:
        for ending in ("*.md", "*.toml", "*.j2", "*.ipynb"):
            paths += (PROJECT / folder).rglob(ending)
    for folder in MODULES:
        paths += (PROJECT / folder).rglob("*.py")
    names = (path.relative_to(PROJECT).as_posix() for path in sorted(paths))
    yield from (name for name in names if not name.startswith("synthetic_data/desk/heads/"))


def text_of(file: str) -> str:
    """Read what readers meet of a file."""
    text = (PROJECT / file).read_text(encoding="utf-8")
    if file.endswith(".ipynb"):
        return "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)
    # Two strings side by side are no phrase.
    return "\n|\n".join(strings_of(text)) if file.endswith(".py") else text


def strings_of(code: str) -> Iterator[str]:
    """Give each string of a module; what an f-string fills in is a mark."""
    tree = ast.parse(code)
    pieces = {id(piece) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for piece in one.values}
    for one in ast.walk(tree):
        if isinstance(one, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in one.values)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in pieces:
            yield one.value


def help_of(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    """Give the help of a command and of all below it."""
    # As the command line calls it: a command keeps the help option of its first call.
    with click.Context(command, info_name=name, help_option_names=["-h", "--help"]) as context:
        yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for below, one in command.commands.items():
            yield from help_of(one, f"{name} {below}")


SHOWN = tuple(files())
HELP = dict(help_of(main, "bigpicture"))


def test_files_of_every_kind_and_commands_are_read() -> None:
    kinds = {Path(file).suffix for file in SHOWN}
    assert kinds == {".md", ".toml", ".j2", ".ipynb", ".py"}
    assert {"README.md", "notebooks/GLOSSARY.md", "helpers/gaps/measures/measures.toml"} <= set(SHOWN)
    assert {"helpers/report/pages/gaps.py", "synthetic_data/cli.py"} <= set(SHOWN)
    assert "bigpicture link" in HELP


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Behaviour, and no misbehaviours", ["behaviour"]),
        ("They have Fallen\n  apart.", ["fallen apart"]),
        ("mixed with another’s record", ["with another's record"]),
        ("a self-made district and handwork", []),
        ("two made districts", ["made districts"]),
        ("  people       Plan who is trained", []),
    ],
)
def test_a_word_is_found_whole_in_any_capitals_and_over_lines(text: str, words: list[str]) -> None:
    assert found_in(text) == words


def test_strings_of_python_are_read_whole() -> None:
    code = "x = f'They have {n} fallen' ' apart.'\ny = {'a key': '{m} whole'}\n"
    assert list(strings_of(code)) == ["They have … fallen apart.", "a key", "{m} whole"]


@pytest.mark.parametrize("where", [*SHOWN, *HELP])
def test_readers_meet_no_word_of_the_list(where: str) -> None:
    text = HELP[where] if where in HELP else text_of(where)
    wrong = sorted(set(found_in(text)) - EXCEPTED.get(where, set()))
    assert {word: INSTEAD[word] for word in wrong} == {}


def test_every_exception_is_needed_and_has_a_reason() -> None:
    needless = {file: words - set(found_in(text_of(file))) for file, words in EXCEPTED.items()}
    assert {file: words for file, words in needless.items() if words} == {}
    assert all(one["reason"].strip() for one in LIST["excepted"])


def test_every_word_has_another_instead() -> None:
    assert [word for word, other in INSTEAD.items() if not other.strip() or found_in(other)] == []
