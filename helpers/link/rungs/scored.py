"""Rung on top of the certain ones."""

from __future__ import annotations

from helpers.link.rungs.found import Aids, Found
from helpers.link.students import Students

__all__ = ["STEP", "climb"]

STEP = 4


def climb(students: Students, found: Found, aids: Aids) -> Found:
    """Leave what was found as it is."""
    return found
