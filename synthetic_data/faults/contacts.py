"""Families on record in another way than they live."""

from __future__ import annotations

import numpy as np

from synthetic_data.faults.pieces import chosen_children
from synthetic_data.scene import Scene

__all__ = ["missing_primary_flag", "two_homes_duplicate"]


def two_homes_duplicate(scene: Scene) -> None:
    """C104211 -> C733208: the other home of a child signed up by itself, and the child is there twice."""
    text = scene.text()
    chosen = scene.choose(np.flatnonzero((scene.text("Lives With") == "No").to_numpy(dtype=bool)))
    width = int(text.str.len().max()) if len(text) else 2
    drawn = scene.rng.integers(10 ** (width - 2), 10 ** (width - 1), size=4 * len(chosen) + 8).tolist()
    taken = set(text.tolist())
    free = [one for one in dict.fromkeys(f"C{number}" for number in drawn) if one not in taken]
    scene.write(chosen, free[: len(chosen)], groups=np.arange(len(chosen)))


def missing_primary_flag(scene: Scene) -> None:
    """1 -> nothing: nobody says whom of a child's family to call first."""
    places, groups = chosen_children(scene)
    scene.write(places, [""] * len(places), groups=groups)
