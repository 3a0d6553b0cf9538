"""No code and no declaration outside a system's own folders names a system, but for the reasons listed here."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.systems import systems

PROJECT = Path(__file__).resolve().parents[2]
EXCEPTIONS = Path(__file__).with_name("named_systems.toml")
OWN = ("helpers/systems/", "synthetic_data/systems/")


def names_in(path: Path) -> set[str]:
    """Give the names of systems that a file has as a whole literal: a string or a key, no word in a text."""
    text = path.read_text(encoding="utf-8")
    literals = _of_python(text) if path.suffix == ".py" else _of_toml(tomllib.loads(text))
    return set(literals) & systems().keys()


def _of_python(text: str) -> Iterator[str]:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


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


def named(root: Path) -> dict[tuple[str, str], None]:
    """List file and system of each literal outside the folders of systems."""
    found = {}
    for package in ("helpers", "synthetic_data"):
        for path in sorted((root / package).rglob("*")):
            place = path.relative_to(root).as_posix()
            if path.suffix in (".py", ".toml") and not place.startswith(OWN):
                found.update({(place, name): None for name in sorted(names_in(path))})
    return found
