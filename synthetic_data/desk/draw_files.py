"""Draw the exports of a district's folder from heads that vendors and districts published."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from synthetic_data.streams import rng_for

__all__ = ["HALVES", "ODD_FORMS", "Export", "draw_exports", "published"]

HEADS = Path(__file__).parent / "heads"
HALVES = ("first", "second")
# One file of each of these forms is in every folder; the others are delimited text or workbooks.
ODD_FORMS = ("fixed", "two_row_head", "merged_xlsx", "utf-16", "semicolon", "no_header")
PLAIN_FORMS = ("comma", "comma", "comma", "comma", "tab", "xlsx")
# What a district's folder has, by what its files are about; others fill it up.
USUAL = {
    "students": 3, "attendance": 2, "grades": 2, "sections": 1, "contacts": 1, "staff": 1, "calendar": 1,
    "assessments": 6, "incidents": 1, "programs": 1, "meals": 1, "library": 1, "lms": 1, "visits": 1,
    "survey": 1, "college": 1,
}  # fmt: skip
WITHOUT_STUDENTS = ("staff", "schools", "calendar")
# Concepts by which a row about a student can be joined with those of other systems. Lists of names alone
# aren't drawn: who is meant, only a person can say.
BRIDGES = (
    {"student_id"}, {"state_id"}, {"student_email"}, {"name_last_first", "birth_date"},
    {"name_first_last", "birth_date"}, {"first_name", "last_name", "birth_date"},
)  # fmt: skip


@dataclass(frozen=True)
class Export:
    """One file of a folder: its place, what it is about, its columns (head, concept) and its form."""

    path: str
    system: str
    about: str
    columns: tuple[tuple[str, str], ...]
    form: str = "comma"
    source: str = ""


@cache
def published(half: str) -> tuple[Export, ...]:
    """Read the published heads of one half; a system is in one half only."""
    files = tomllib.loads((HEADS / f"{half}.toml").read_text(encoding="utf-8"))["file"]
    return tuple(
        Export(
            one["name"],
            one["system"],
            one["about"],
            tuple((head, concept) for head, concept in one["columns"]),
            source=one["source"],
        )
        for one in files
    )


def draw_exports(seed: int, half: str, count: int = 25) -> list[Export]:
    """Draw exports of many systems, with forms and places as in a folder that several people fill."""
    rng = rng_for(seed, "desk", "draw")
    left: dict[str, list[Export]] = {}
    for at in rng.permutation(len(published(half))):
        one = published(half)[at]
        if one.about in WITHOUT_STUDENTS or can_be_joined(one):
            left.setdefault(one.about, []).append(one)
    chosen: list[Export] = []
    for about, wanted in USUAL.items():
        for _ in range(wanted):
            _take(left.get(about, []), chosen)
    others = [one for about in sorted(left) for one in left[about]]
    while len(chosen) < count and others:
        _take(others, chosen)
    return _placed(chosen[:count], rng)


def can_be_joined(export: Export) -> bool:
    """Test whether a row says whose it is, by a number that systems share or a name."""
    concepts = {concept for _, concept in export.columns}
    return any(bridge <= concepts for bridge in BRIDGES)


def _take(left: list[Export], chosen: list[Export]) -> None:
    """Move one export from those left to those chosen, of a system that isn't there yet if there is one."""
    there = {one.system for one in chosen}
    one = next((one for one in left if one.system not in there), left[0] if left else None)
    if one is not None:
        left.remove(one)
        chosen.append(one)


def _placed(chosen: Sequence[Export], rng: np.random.Generator) -> list[Export]:
    """Give each export a form and a place: its system's folder, a folder of many systems, or none."""
    forms = [str(PLAIN_FORMS[int(rng.integers(len(PLAIN_FORMS)))]) for _ in chosen]
    # The first roster stays plain: a folder has at least one file that is as a program writes it.
    for form, at in zip(ODD_FORMS, 1 + rng.permutation(len(chosen) - 1), strict=False):
        forms[at] = form
    placed: list[Export] = []
    paths: set[str] = set()
    for one, form in zip(chosen, forms, strict=True):
        stem = Path(one.path).stem or "export"
        end = {"xlsx": "xlsx", "merged_xlsx": "xlsx", "tab": "txt", "fixed": "txt"}.get(form, "csv")
        folder = (f"{one.system.replace('/', ' ')}/", "from the departments/", "")[int(rng.integers(3))]
        path = f"{folder}{stem.replace('/', ' ')}.{end}"
        while path in paths:
            path = path.replace(f".{end}", f" 2.{end}")
        paths.add(path)
        placed.append(replace(one, path=path, form=form))
    return placed
