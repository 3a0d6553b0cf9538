"""The import rule of pyproject.toml holds, and each of its contracts catches what it is there to catch."""

from __future__ import annotations

import ast
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


def room_of(module: str) -> str:
    """The room of a module of the user's house; the whole maker is one."""
    house, _, rest = module.partition(".")
    return f"{house}.{rest.partition('.')[0]}" if house == "helpers" and rest else house


def given_by(face: Path) -> set[str]:
    """The names that a face imports."""
    tree = ast.parse(face.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {one.asname or one.name for node in imports for one in node.names}


def imports_past_a_face(project: Path) -> list[str]:
    """Every import of a module, or from one, inside another room than the importer's."""
    files = {
        ".".join(path.relative_to(project).with_suffix("").parts).removesuffix(".__init__"): path
        for package in ("helpers", "synthetic_data")
        for path in sorted((project / package).rglob("*.py"))
    }
    offered = {module: given_by(path) for module, path in files.items()}
    found = []
    for module, path in files.items():
        if module == "helpers":  # the kit's own face offers what rooms offer
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            taken = []
            if isinstance(node, ast.Import):
                taken = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                given = offered.get(node.module, set())
                modules = [f"{node.module}.{one.name}" for one in node.names if one.name not in given]
                taken = [node.module, *modules]
            found += [
                f"{module} -> {one}"
                for one in taken
                if one in files and one.startswith("helpers.") and room_of(one) not in (one, room_of(module))
            ]
    return found


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


def test_a_room_is_entered_by_its_face(project: Path) -> None:
    assert imports_past_a_face(project) == []


@pytest.mark.full
def test_an_import_past_a_face_is_seen(copy: Path) -> None:
    planted = copy / "helpers" / "gaps" / "planted.py"
    planted.write_text(
        PLANTED + "from helpers.link.crosswalk import Links\nfrom helpers.link import pipeline, Links\n",
        encoding="utf-8",
    )
    try:
        found = imports_past_a_face(copy)
    finally:
        planted.unlink()
    assert found == [
        "helpers.gaps.planted -> helpers.link.crosswalk",
        "helpers.gaps.planted -> helpers.link.pipeline",
    ]
