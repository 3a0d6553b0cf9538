"""Copy a few systems of a synthetic district, so that a session reads only what it needs."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from helpers.score import can_be_judged
from helpers.standard import BadInput, nearest

__all__ = ["few_systems"]


def few_systems(folder: str | Path, *systems: str) -> Path:
    """Copy some systems of a synthetic district, with its answer key, into a folder for this session.

    Parameters
    ----------
    folder
        A synthetic district. We don't copy real exports: they stay where they are.
    *systems
        Names of systems, such as ``"sis"`` and ``"meals"``.

    Returns
    -------
    Path
        The copy, in this machine's folder for temporary files.

    Raises
    ------
    BadInput
        If the district has no answer key, or lacks a system.
    """
    place = Path(folder)
    if not can_be_judged(place):
        raise BadInput(f"{place} has no answer key, so it may be real, and we copy no real exports.")
    there = sorted(path.name for path in (place / "silos").iterdir())
    for name in systems:
        if name not in there:
            raise BadInput(
                f"{place} has no system {name!r}.{nearest(name, there)} It has: {', '.join(there)}."
            )
    copy = Path(tempfile.mkdtemp(prefix="few_systems_"))
    shutil.copy(place / "district.json", copy)
    for part in ("answer_key", *(f"silos/{name}" for name in systems)):
        shutil.copytree(place / part, copy / part)
    return copy
