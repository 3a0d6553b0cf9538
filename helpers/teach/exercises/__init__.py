"""The exercises, one module per subject; each module defines ``EXERCISES``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from helpers.standard import BadInput, nearest
from helpers.teach.exercise import Exercise

__all__ = ["exercise", "exercises"]


@cache
def exercises() -> dict[str, Exercise]:
    """Collect all exercises, in order of their numbers."""
    found: dict[str, Exercise] = {}
    for module in pkgutil.iter_modules(__path__):
        for one in importlib.import_module(f"{__name__}.{module.name}").EXERCISES:
            if one.number in found:
                raise ValueError(
                    f"Exercise {one.number} is declared twice, the second time in {module.name}."
                )
            found[one.number] = one
    return dict(sorted(found.items(), key=lambda pair: _place(pair[0])))


def _place(number: str) -> tuple[str, int]:
    """Sort C.10 after C.9."""
    session, _, place = number.partition(".")
    return session.zfill(2), int(place)


def exercise(number: str) -> Exercise:
    """Find an exercise by its number."""
    known = exercises()
    if number not in known:
        raise BadInput(
            f"There is no exercise {number!r}.{nearest(str(number), known)} There are: {', '.join(known)}."
        )
    return known[number]
