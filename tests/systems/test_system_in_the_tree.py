"""A system whose two folders somebody adds to the tree itself, as CONTRIBUTING says, and takes out again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.standard import BadInput
from synthetic_data import scenario
from synthetic_data.faults.scene import declared_faults
from synthetic_data.system_folders import SystemFolder
from synthetic_data.systems import maker_of
from tests.share.small_source import domain_of

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
CARD, DICTIONARY = "synthetic_data/DATA_CARD.md", "synthetic_data/DATA_DICTIONARY.md"
RATES = "tests/synthetic_data/frozen_rates.csv"
# The recipe's two commands, then what six modules of tests do while they are collected, and the domain of the
# system's own element.
COMMANDS = """
import runpy, sys
sys.argv[1:] = {removed}
for module in ("tests.synthetic_data.freeze_rates", "synthetic_data.data_card"):
    runpy.run_module(module, run_name="__main__")
from tests.share.small_source import SmallSource
SmallSource()
from helpers.share.policy import read_policy
print([name for name, one in read_policy().domains.items() if "library_books" in one.elements])
"""


def run_in(tree: Path, removed: list[str]) -> str:
    """Run the commands on another tree, and give what they print last."""
    run = subprocess.run(
        [sys.executable, "-c", COMMANDS.format(removed=removed)],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout.splitlines()[-1]


def printed(tree: Path) -> dict[str, str]:
    return {name: (tree / name).read_text(encoding="utf-8") for name in (CARD, DICTIONARY, RATES)}


def test_a_system_is_added_to_the_tree_and_removed(tmp_path: Path) -> None:
    for name in ("helpers", "synthetic_data", "tests"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy2(PROJECT / name, tmp_path)
    before = printed(tmp_path)
    sides = {"reader": tmp_path / "helpers" / "systems", "generator": tmp_path / "synthetic_data" / "systems"}
    for side, systems in sides.items():
        shutil.copytree(HERE / "library_loans" / side / "library", systems / "library")

    assert run_in(tmp_path, removed=[]) == "['activities']"
    with_it = printed(tmp_path)
    assert "| library | names_swapped |" in with_it[CARD]
    assert "## library: Loans of a school library" in with_it[DICTIONARY]
    assert "library,names_swapped,0.02\n" in with_it[RATES]

    for systems in sides.values():
        shutil.rmtree(systems / "library")
    assert run_in(tmp_path, removed=["library.names_swapped"]) == "[]"
    assert printed(tmp_path) == before


def test_an_element_without_a_domain_is_named_with_the_places_for_it() -> None:
    with pytest.raises(
        AssertionError, match=r"'library_books' is in 0 domains: .*policy\.toml.*system\.toml"
    ):
        domain_of("elements", "library_books")


@pytest.mark.parametrize(
    ("file", "old", "new", "read", "said"),
    [
        (
            "faults.toml",
            "0.02",
            '"2%"',
            declared_faults,
            r"faults\.toml, names_swapped .*\n  rate \(is '2%'\)",
        ),
        ("faults.toml", "rate =", "rate", declared_faults, r"faults\.toml isn't valid TOML"),
        (
            "levels.toml",
            "District = 1.0",
            'District = "all"',
            lambda: scenario.exchange(scenario.load_scenario(), "library"),
            r"levels\.toml can't be used:\n  rostered\.ids\.District \(is 'all'\)(.|\n)*Give a line such as",
        ),
        (
            "maker.py",
            "columns_not_held",
            "LEFT_OUT",
            lambda: maker_of("library"),
            r"maker\.py has no columns_not_held: add it",
        ),
    ],
)
def test_what_is_wrong_on_the_generator_s_side_is_named(
    file: str,
    old: str,
    new: str,
    read: Callable[[], object],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    shutil.copytree(HERE / "library_loans" / "generator" / "library", tmp_path / "library_in_test")
    path = tmp_path / "library_in_test" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    folders = {"library": SystemFolder("library_in_test.maker", path.parent)}
    for module in ("faults.scene", "scenario", "systems"):
        monkeypatch.setattr(f"synthetic_data.{module}.system_folders", lambda: folders)
    monkeypatch.syspath_prepend(tmp_path)
    declared_faults.cache_clear()
    try:
        with pytest.raises(BadInput, match=said):
            read()
    finally:
        declared_faults.cache_clear()
