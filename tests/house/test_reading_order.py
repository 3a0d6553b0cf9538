"""The notebooks have one order, and links, docs/lessons.md and the facilitator's guide follow it."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import nbformat
import pytest

from helpers.report.runs.notebooks import choose
from helpers.standard import BadInput
from tests.house.reading_order import drawn

NEEDS = re.compile(r"needs (?:.*?\]\()?([\w]+)\.ipynb\)")


def test_what_follows_from_the_order_is_drawn_from_it(project: Path) -> None:
    other = [path.name for path, text in drawn(project).items() if path.read_text(encoding="utf-8") != text]
    assert other == [], "run python -m tests.house.reading_order"


def test_whoever_follows_the_links_reads_every_notebook_in_the_order_of_a_run(project: Path) -> None:
    folder = project / "notebooks"
    declared = tomllib.loads((folder / "order.toml").read_text(encoding="utf-8"))["notebooks"]
    assert sorted(declared) == sorted(path.stem for path in folder.glob("*.ipynb"))
    read, name = [], declared[0]
    while name:
        assert name not in read
        read.append(name)
        prose = nbformat.read(folder / f"{name}.ipynb", as_version=4).cells[-1].source
        found = re.search(r"^Next: \[[^]]+\]\((\w+)\.ipynb\)$", prose, re.MULTILINE)
        name = found[1] if found else ""
    assert read == declared == [one.name for one in choose(folder)]


def test_a_notebook_needs_only_what_comes_before_it(project: Path) -> None:
    before: list[str] = []
    for one in choose(project / "notebooks"):
        first = one.content.cells[0].source
        assert [name for name in NEEDS.findall(first) if name not in before] == []
        before.append(one.name)


def test_another_order_draws_other_links_and_another_table(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "notebooks", tmp_path / "notebooks")
    (tmp_path / "docs").mkdir()
    shutil.copy2(project / "docs" / "lessons.md", tmp_path / "docs")
    order = tmp_path / "notebooks" / "order.toml"
    names = tomllib.loads(order.read_text(encoding="utf-8"))["notebooks"]
    names[-2:] = reversed(names[-2:])
    order.write_text(f"notebooks = {names!r}\n", encoding="utf-8")
    files = {path.name: text for path, text in drawn(tmp_path).items()}
    assert f"]({names[-2]}.ipynb)" in files[f"{names[-3]}.ipynb"]
    assert "Next: " not in files[f"{names[-1]}.ipynb"]
    for page, begins in {"lessons.md": "| notebook |", "FACILITATOR.md": "**In this order**"}.items():
        listed = files[page][files[page].index(begins) :]
        places = [listed.index(f"{name}.ipynb)") for name in names]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ('notebooks = ["00_a"]', "doesn't list 01_b"),
        ('notebooks = ["00_a", "01_b", "02_c"]', "lists 02_c"),
        ('notebooks = ["00_a", "01_b", "00_a"]', "lists 00_a twice"),
        ("notebooks = [", "can't be read"),
        ("notebook = []", "doesn't list 00_a"),
    ],
)
def test_an_order_that_does_not_fit_the_notebooks_is_refused(listed: str, words: str, tmp_path: Path) -> None:
    for name in ("00_a", "01_b"):
        (tmp_path / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "order.toml").write_text(listed, encoding="utf-8")
    with pytest.raises(BadInput, match=words):
        choose(tmp_path)
