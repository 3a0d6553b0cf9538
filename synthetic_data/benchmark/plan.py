"""Define which sets the benchmark has, with which settings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.standard import BadInput, nearest

__all__ = ["HERE", "PLAN", "Plan", "SetPlan", "Track", "load_plan"]

HERE = Path(__file__).parent
PLAN = HERE / "tracks.toml"
TEST = "test"
CATALOG = "catalog"


@dataclass(frozen=True)
class SetPlan:
    """One set: a district or a region, with the errors of one family."""

    split: str
    family: str
    kind: str
    students: int
    settings: Mapping[str, Any]
    # None for a test set: its seed is no part of the plan.
    seed: int | None

    @property
    def name(self) -> str:
        """Name of the set, and its folder: split/family-kind."""
        return f"{self.split}/{self.family}-{self.kind}"

    @property
    def is_test(self) -> bool:
        """Whether key and seed are kept back."""
        return self.split == TEST

    @property
    def is_region(self) -> bool:
        """Whether it has several districts."""
        return "districts" in self.settings

    def scenario(self, seed: int) -> dict[str, Any]:
        """Give the generator's settings."""
        errors = {} if self.family == CATALOG else {"errors": self.family}
        return {**self.settings, "students": self.students, "seed": seed, **errors}


@dataclass(frozen=True)
class Track:
    """A population of pairs of records that is ranked by itself."""

    name: str
    title: str
    population: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All sets and tracks of a version."""

    version: str
    sets: tuple[SetPlan, ...]
    tracks: tuple[Track, ...]

    def named(self, name: str) -> SetPlan:
        """Give the set of a name."""
        known = {one.name: one for one in self.sets}
        if name not in known:
            raise BadInput(f"There is no set {name!r}.{nearest(name, known)} There are: {', '.join(known)}.")
        return known[name]


def load_plan(path: Path = PLAN) -> Plan:
    """Read a plan.

    Parameters
    ----------
    path
        A file like tracks.toml of this folder, which is the default.

    Returns
    -------
    Plan
        Its sets and tracks.
    """
    plan = tomllib.loads(path.read_text(encoding="utf-8"))
    sets = tuple(
        SetPlan(
            split=split,
            family=family,
            kind=kind,
            students=about["students"][split],
            settings=about["settings"],
            seed=plan["seeds"].get(split, {}).get(f"{family}-{kind}"),
        )
        for split in plan["splits"]
        for family, of in plan["families"].items()
        if split in of["splits"]
        for kind, about in plan["kinds"].items()
    )
    tracks = tuple(
        Track(name, about["title"], about["population"], tuple(about["kinds"]))
        for name, about in plan["tracks"].items()
    )
    return Plan(plan["version"], sets, tracks)
