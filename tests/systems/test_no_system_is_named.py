"""No code and no declaration outside a system's own folders names a system without a listed reason.

Whole strings and keys are held against the names of all systems, and any part of them against products:
of i-Ready, neither an element `iready_math_score` nor a sentence about it belongs outside its folder.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.systems import systems

PROJECT = Path(__file__).resolve().parents[2]
EXCEPTIONS = Path(__file__).with_name("named_systems.toml")
PACKAGES = ("helpers", "synthetic_data")
OWN = ("helpers/systems/", "synthetic_data/systems/")


def literals_in(path: Path) -> set[str]:
    """Give every string and key of a Python or TOML file; a name inside a longer text is none."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return set(_of_toml(tomllib.loads(text)))
    nodes = ast.walk(ast.parse(text))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def products() -> list[str]:
    """Give the names of products: those listed, and display names of systems that are no ordinary words."""
    listed = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))["products"]
    shown = [one.display_name for one in systems().values() if one.display_name]
    return [*listed["names"], *(name for name in shown if name not in listed["ordinary"])]


def products_in(root: Path) -> dict[str, list[str]]:
    """List the names of products inside the strings and keys of each file outside the folders of systems."""
    names = "|".join(re.escape(name) for name in sorted(products(), key=len, reverse=True))
    pattern = re.compile(rf"(?<![A-Za-z])(?:{names})(?![a-z])", re.IGNORECASE)
    return {
        place: found
        for place, path in _files(root)
        if (found := sorted({hit.lower() for text in literals_in(path) for hit in pattern.findall(text)}))
    }


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*")):
        place = path.relative_to(root).as_posix()
        # Published heads are those of products, and each says whose it is.
        if path.suffix in (".py", ".toml") and not place.startswith((*OWN, "synthetic_data/desk/heads/")):
            yield place, path


def _of_toml(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _of_toml(one)
    elif isinstance(value, list):
        for one in value:
            yield from _of_toml(one)
    elif isinstance(value, str):
        yield value


def named_in(root: Path) -> dict[str, list[str]]:
    """List the systems that each file outside their folders names."""
    found = {place: sorted(literals_in(path) & systems().keys()) for place, path in _files(root)}
    return {place: names for place, names in found.items() if names}


def excepted(table: str = "exception") -> dict[str, set[str]]:
    """Give the exceptions: file -> names."""
    places: dict[str, set[str]] = {}
    for one in tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))[table]:
        for file in one["files"]:
            places.setdefault(file, set()).update(one["names"])
    return places


def test_no_file_names_a_system_without_a_reason() -> None:
    allowed = excepted()
    found = {
        place: sorted(set(names) - allowed.get(place, set())) for place, names in named_in(PROJECT).items()
    }
    assert {place: names for place, names in found.items() if names} == {}


def test_no_exception_outlives_its_literal() -> None:
    found = named_in(PROJECT)
    spare = {file: sorted(names - set(found.get(file, ()))) for file, names in excepted().items()}
    assert {file: names for file, names in spare.items() if names} == {}


def test_no_name_of_a_product_stands_inside_a_longer_text_without_a_reason() -> None:
    found, allowed = products_in(PROJECT), excepted("product_exception")
    named = {place: sorted(set(names) - allowed.get(place, set())) for place, names in found.items()}
    assert {place: names for place, names in named.items() if names} == {}
    spare = {file: sorted(names - set(found.get(file, ()))) for file, names in allowed.items()}
    assert {file: names for file, names in spare.items() if names} == {}


def test_every_exception_has_a_reason() -> None:
    listed = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))
    for one in [*listed["exception"], *listed["product_exception"]]:
        assert one["kind"] in ("word", "stream", "source"), one
        assert len(one["reason"]) > 20, one


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('when = "iready_math_percentile >= 75"\n', ["iready"]),
        ('see = "The i-Ready test shows less."\n', ["i-ready"]),
        ('elements = ["map_reading_rit", "sat_total"]\n', ["map_reading", "sat_total"]),
        ('title = "NWEA MAP Growth"\n', ["map growth", "nwea"]),
        ("[map_growth]\nnorms = 2025\n", ["map_growth"]),
        ('see = "A heat map of sat, satisfied and rituals."\n', []),
    ],
)
def test_a_product_inside_a_longer_name_is_found(text: str, names: list[str], tmp_path: Path) -> None:
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "planted.toml").write_text(text, encoding="utf-8")
    assert products_in(tmp_path).get("helpers/planted.toml", []) == names


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("planted.py", 'ROSTERS = ("sis", "meals")\n'),
        ("planted.toml", '[owners]\nmeals = "somebody"\nall = ["sis"]\n'),
    ],
)
def test_a_planted_name_is_found(file: str, text: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        (tmp_path / package / "systems" / "sis").mkdir(parents=True)
        (tmp_path / package / "systems" / "sis" / file).write_text(text, encoding="utf-8")
    (tmp_path / "helpers" / file).write_text(text, encoding="utf-8")
    assert named_in(tmp_path) == {f"helpers/{file}": ["meals", "sis"]}
