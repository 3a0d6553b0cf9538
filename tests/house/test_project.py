"""The project stands alone: dependencies that will install, modules that fit a head, a map that is true."""

from __future__ import annotations

import ast
import os
import re
import stat
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("helpers", "synthetic_data")
MODULES = sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("*.py"))
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOW = yaml.safe_load((PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
RANGE = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)>=(?P<low>[0-9.]+),<(?P<ceiling>[0-9]+)$")
# Held below their next major, each for the reason beside it in pyproject.toml.
HELD_BELOW = {"textstat": "0.7.9"}


def requirements() -> list[tuple[str, str]]:
    """Requirement and its reason, line by line."""
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    parts = [line.partition("#") for line in lines if line.strip() and not line.startswith("#")]
    return [(requirement.strip(), reason.strip()) for requirement, _, reason in parts]


def place(module: Path) -> str:
    return module.relative_to(PROJECT).as_posix()


@cache
def parsed(module: Path) -> ast.Module:
    """Read a module once for all tests."""
    return ast.parse(module.read_text(encoding="utf-8"))


def test_requirements_end_in_the_kit_itself() -> None:
    assert requirements()[-1] == ("-e .", "")


@pytest.mark.parametrize(("requirement", "reason"), requirements()[:-1], ids=lambda text: text.split(">")[0])
def test_every_dependency_has_a_range_and_a_reason(requirement: str, reason: str) -> None:
    assert RANGE.match(requirement), "name>=oldest,<next major"
    assert len(reason.split()) >= 2


@pytest.mark.parametrize(
    "requirement",
    [text for extra in SETTINGS["project"]["optional-dependencies"].values() for text in extra],
)
def test_every_optional_dependency_has_a_range(requirement: str) -> None:
    name, _, ceiling = requirement.partition(">=")
    if name in HELD_BELOW:
        assert ceiling.endswith(f",<{HELD_BELOW[name]}")
        return
    assert RANGE.match(requirement), "name>=oldest,<next major"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("hypothesis", "6.131"),  # has is_hypothesis_test, which tests/conftest.py imports
        ("jinja2", "3.1.5"),  # pandas 3 styles tables by it alone
        ("pandas", "3.0"),  # earlier ones warn of tables without values, and can't factor an empty index
        ("textstat", "0.7.8"),  # earlier ones import pkg_resources, or fail at a word that they don't know
    ],
)
def test_no_lower_bound_is_one_that_failed(name: str, first: str) -> None:
    extras = [text for extra in SETTINGS["project"]["optional-dependencies"].values() for text in extra]
    (low,) = (
        re.split("[>=<,]+", text)[1]
        for text in [*(one for one, _ in requirements()[:-1]), *extras]
        if text.startswith(f"{name}>=")
    )
    assert [int(part) for part in low.split(".")] >= [int(part) for part in first.split(".")]


def test_the_weekly_run_upgrades_all_that_the_kit_and_its_tests_need() -> None:
    run = subprocess.run(
        [sys.executable, PROJECT / ".ci" / "newest"], capture_output=True, text=True, check=True
    )
    extras = [text for extra in SETTINGS["project"]["optional-dependencies"].values() for text in extra]
    needed = {text.partition(">=")[0] for text in [*(one for one, _ in requirements()[:-1]), *extras]}
    assert sorted(run.stdout.split()) == sorted(needed - HELD_BELOW.keys())
    assert "python .ci/newest | xargs" in (PROJECT / "Makefile").read_text(encoding="utf-8")
    weekly = WORKFLOW["jobs"]["newest"]
    assert "schedule" in WORKFLOW[True]  # YAML 1.1 reads the key `on` as true
    assert "'schedule'" in weekly["if"]
    (run_all,) = (step for step in weekly["steps"] if step.get("run") == ".ci/run")
    assert run_all["env"]["NEWEST"] == "1"


def test_lower_bounds_and_other_machines_run_what_runs_every_day_in_parallel() -> None:
    for name in ("lowest", "elsewhere"):
        runs = [step["run"] for step in WORKFLOW["jobs"][name]["steps"] if "run" in step]
        assert runs[-1] == 'python -m pytest -q -n auto --dist worksteal -m "not full"', name
    lowest = " ".join(step.get("run", "") for step in WORKFLOW["jobs"]["lowest"]["steps"])
    assert '--resolution lowest-direct -r requirements.txt -e ".[test]"' in lowest


def test_actions_are_pinned_by_commit_with_their_version() -> None:
    pages = [*(PROJECT / ".github" / "workflows").glob("*.yml"), *(PROJECT / "docs").glob("*.md")]
    used = [one for page in pages for one in re.findall(r"- uses: (.+)", page.read_text(encoding="utf-8"))]
    assert used
    pinned = re.compile(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [one for one in used if not pinned.fullmatch(one)] == []
    versions = {one.partition("@")[0]: one for one in used}
    assert set(used) == set(versions.values()), "one version of each"


def test_every_third_party_import_is_a_requirement() -> None:
    imported = {
        name.split(".")[0]
        for module in MODULES
        for node in ast.walk(parsed(module))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    ours = {*PACKAGES, ""}
    # imported by another name than installed, or always brought along by what is named here
    brought_by = {
        "IPython": "ipykernel",
        "PIL": "matplotlib",
        "markupsafe": "jinja2",
        "nbclient": "nbconvert",
        "nbformat": "nbconvert",
        "packaging": "jupyterlab",
        "python_calamine": "python-calamine",
        "traitlets": "nbconvert",
        "zmq": "ipykernel",
    }
    named = {RANGE.match(requirement)["name"].lower() for requirement, _ in requirements()[:-1]}
    needed = {brought_by.get(name, name).lower() for name in imported - ours - sys.stdlib_module_names}
    assert needed - named == set()


def test_no_module_has_a_name_that_says_nothing() -> None:
    """Such a module collects whatever nobody found a place for."""
    vague = {"utils", "util", "common", "misc", "core"}
    named = [place(path) for path in MODULES if vague & set(path.relative_to(PROJECT).with_suffix("").parts)]
    assert named == []


def test_every_module_says_what_it_offers() -> None:
    undocumented, offers_nothing = [], []
    for path in MODULES:
        tree = parsed(path)
        if not ast.get_docstring(tree):
            undocumented.append(place(path))
        offered = [
            node
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and "__all__" in ast.unparse(node).split("=")[0]
        ]
        defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body)
        if defines and not offered and path.name != "__main__.py":
            offers_nothing.append(place(path))
    assert (undocumented, offers_nothing) == ([], [])


def says_on_what_and_how(merge: ast.Call) -> bool:
    said = {keyword.arg: ast.unparse(keyword.value) for keyword in merge.keywords}
    if said.get("how") == "'cross'":  # every row with every row: there is no key
        return True
    return {"how", "validate"} <= set(said) and bool({"on", "left_on", "left_index"} & set(said))


def test_every_merge_says_on_what_and_how() -> None:
    merges = [
        (path, node)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "merge"
    ]
    assert merges
    assert [f"{place(path)}:{call.lineno}" for path, call in merges if not says_on_what_and_how(call)] == []


def test_the_map_names_every_room() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = [path.parent.name for package in PACKAGES for path in (PROJECT / package).glob("*/__init__.py")]
    assert rooms
    assert [name for name in sorted(rooms) if not re.search(rf"\b{name}\b", text)] == []


def test_paths_that_pages_name_are_there() -> None:
    """`helpers/systems/<name>/` is there if one such folder is."""
    pages = [PROJECT / "CONTRIBUTING.md", PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]
    named = {
        (page.name, path)
        for page in pages
        for path in re.findall(
            r"`((?:docs|helpers|notebooks|synthetic_data|tests)/[\w./<>*-]+)`",
            page.read_text(encoding="utf-8"),
        )
    }
    assert named
    gone = [
        (page, path) for page, path in sorted(named) if not any(PROJECT.glob(re.sub(r"<\w+>", "*", path)))
    ]
    assert gone == []


def test_names_that_pages_place_in_a_file_are_in_it() -> None:
    """So that a recipe names nothing that was renamed since: `NAME` in `helpers/room/module.py`."""
    pages = [PROJECT / "CONTRIBUTING.md", *(PROJECT / "docs").rglob("*.md")]
    placed = [
        (page.name, name, path)
        for page in pages
        for name, path in re.findall(
            r"`(\w+)`\s+(?:in|of)\s+`((?:helpers|synthetic_data|tests)/[\w./]+\.(?:py|toml))`",
            page.read_text(encoding="utf-8"),
        )
    ]
    assert len(placed) >= 2
    gone = [one for one in placed if one[1] not in (PROJECT / one[2]).read_text(encoding="utf-8")]
    assert gone == []


@pytest.fixture
def fake_pythons(tmp_path: Path) -> Path:
    """A folder of commands that answer like Pythons of which make may not use one."""
    answers = {
        "old": "echo 3.10; exit 3",
        "without_pip": "echo 3.12; exit 4",
        "shim": "exit 127",
        "good": "echo 3.12",
    }
    for name, answer in answers.items():
        command = tmp_path / name
        command.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return tmp_path


@pytest.mark.skipif(os.name == "nt", reason="make and sh are not how Windows does it: README has plain lines")
@pytest.mark.parametrize(
    ("pythons", "status", "says"),
    [
        ("shim old without_pip good", 0, "good"),
        ("old without_pip", 2, "python3.12-venv"),
        ("shim old", 2, "old is 3.10"),
        ("shim", 2, "no Python was found"),
    ],
)
def test_make_finds_a_python_or_says_what_to_install(
    fake_pythons: Path, pythons: str, status: int, says: str
) -> None:
    run = subprocess.run(
        [PROJECT / ".ci" / "find-python", *pythons.split()],
        env={"PATH": f"{fake_pythons}{os.pathsep}/usr/bin{os.pathsep}/bin"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == status
    assert says in run.stdout + run.stderr
    assert len((run.stdout + run.stderr).strip().splitlines()) == 1
