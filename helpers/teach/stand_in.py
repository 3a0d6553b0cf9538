"""Let a session run on before its exercises are solved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.standard import BadInput
from helpers.teach.check import check
from helpers.teach.exercises import exercise

__all__ = ["yours_or_kits"]


def yours_or_kits(number: str, answer: Any) -> Callable[..., Any]:
    """Return a learner's function once its exercise is right, else the kit's own.

    Parameters
    ----------
    number
        Number of an exercise that has a ``stand_in``, such as ``"C.2"``.
    answer
        The learner's function.

    Returns
    -------
    Callable
        The learner's function itself, or the kit's, so that ``is`` tells them apart.

    Raises
    ------
    BadInput
        If no later cell builds on that exercise.

    Examples
    --------
    >>> yours_or_kits("C.5", ...)("004711")
    '4711'
    """
    kits = exercise(number).stand_in
    if kits is None:
        raise BadInput(f"Exercise {number} has no stand-in: no later cell builds on its answer.")
    return answer if check(number, answer).state == "right" else kits
