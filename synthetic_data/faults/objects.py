"""Objects that name each other by an id of their own, and lose one another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic_data.faults.pieces import chosen_children, chosen_pieces
from synthetic_data.scene import Scene
from synthetic_data.silos.observation import guids

__all__ = ["activity_renewed", "refid_not_shared"]


def refid_not_shared(scene: Scene) -> None:
    """Name a child by a RefId of the system's own, in all her rows: no other export has it."""
    places, groups = chosen_children(scene)
    scene.write(places, _new(scene, groups), groups=groups)


def activity_renewed(scene: Scene) -> None:
    """List an activity anew under another RefId: those who take part still name the old one."""
    for group, (_, places) in enumerate(chosen_pieces(scene)):
        groups = np.full(len(places), group)
        scene.write(places, _new(scene, groups - group), groups=groups)


def _new(scene: Scene, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Give each group an id that nothing else has."""
    count = int(np.max(groups)) + 1 if len(groups) else 0
    return np.asarray(guids(scene.rng, count), dtype=object)[groups]
