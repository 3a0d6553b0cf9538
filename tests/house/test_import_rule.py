"""The import rule of pyproject.toml holds, and each of its contracts catches what it is there to catch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

COMMAND = "from importlinter.cli import lint_imports_command as command; command()"
PLANTED = '"""Planted."""\n'
# contract -> the modules that break it
VIOLATIONS = {
    "rooms": {"helpers/link/planted.py": "import helpers.profile\n"},
    "wall": {"helpers/gaps/planted.py": "import synthetic_data\n"},
    "maker": {"synthetic_data/planted.py": "import helpers.link\n"},
    "key": {"helpers/gaps/planted.py": "import helpers.score.answer_key\n"},
    "studies": {
        "synthetic_data/planted.py": "import synthetic_data.studies.planted\n",
        "synthetic_data/studies/planted.py": "",
    },
    "acyclic": {
        "helpers/link/planted.py": "import helpers.link.planted_too\n",
        "helpers/link/planted_too.py": (
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import helpers.link.planted\n"
        ),
    },
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def contracts(project: Path) -> dict[str, str]:
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


@pytest.fixture(scope="module")
def copy(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of both packages in which a violation may be planted."""
    folder = tmp_path_factory.mktemp("house")
    for package in ("helpers", "synthetic_data"):
        for module in (project / package).rglob("*.py"):
            target = folder / module.relative_to(project)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, target)
    shutil.copy(project / "pyproject.toml", folder)
    return folder


def test_the_tree_keeps_the_import_rule(project: Path) -> None:
    run = lint_imports(project)
    assert run.returncode == 0, run.stdout + run.stderr


def test_each_contract_has_a_planted_violation(project: Path) -> None:
    assert set(VIOLATIONS) == set(contracts(project))


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_planted_violation_is_caught(contract: str, project: Path, copy: Path) -> None:
    planted = {copy / place: line for place, line in VIOLATIONS[contract].items()}
    for path, line in planted.items():
        path.parent.mkdir(exist_ok=True)
        path.with_name("__init__.py").touch()
        path.write_text(PLANTED + line, encoding="utf-8")
    try:
        run = lint_imports(copy)
    finally:
        for path in planted:
            path.unlink()
    assert run.returncode == 1, run.stdout + run.stderr
    assert f"{contracts(project)[contract]} BROKEN" in run.stdout
    assert re.search(r"\.planted(_too)? -> ", run.stdout)


def test_only_the_scoring_room_speaks_of_the_answer_key(project: Path) -> None:
    allowed = (project / "helpers" / "score", project / "helpers" / "standard" / "tables")
    speaking = [
        path.relative_to(project).as_posix()
        for path in sorted((project / "helpers").rglob("*"))
        if path.is_file()
        and "__pycache__" not in path.parts
        and not any(path.is_relative_to(folder) for folder in allowed)
        and b"answer_key" in path.read_bytes()
    ]
    assert speaking == []
