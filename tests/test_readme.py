"""README's Python example prints what README shows, and commands of README and docs are known."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from click.testing import CliRunner

from helpers.cli import main

PROJECT = Path(__file__).resolve().parent.parent
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
CALL = re.compile(r"bigpicture ((?:[\w.-]+)(?: (?:--?[\w-]+|[A-Z][A-Z_.]*|\[[A-Z]+\]|[\w.,=-]+))*)")


def test_the_example_prints_what_readme_shows() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    example, shown = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL).groups()  # type: ignore[union-attr]
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})
    assert printed.getvalue() == shown


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_command_and_option_that_a_page_names_is_known(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    called = [
        one.split() for block in re.findall(r"`([^`]+)`", text, re.DOTALL) for one in CALL.findall(block)
    ]
    for words in called:
        if words[0] in ("COMMAND", "--help"):
            continue
        command = main.commands.get(words[0])  # type: ignore[attr-defined]
        shown = CliRunner().invoke(main, [words[0], "--help"])
        assert shown.exit_code == 0, (page.name, words, command)
        lines = shown.output
        if words[0] == "benchmark" and len(words) > 1 and not words[1].startswith("-"):
            lines += CliRunner().invoke(main, [words[0], words[1], "--help"]).output
        options = [word for word in words if word.startswith("--")]
        assert [word for word in options if word not in lines] == [], (page.name, words)


def test_readme_fits_on_two_screens() -> None:
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 100
