"""Counts of school systems that may be shown: no group of fewer than ten, and none that can be worked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from helpers.gaps.sector.settled import settled

__all__ = ["known_at_least", "may_part", "shown_counts"]

K = TypeVar("K")


def shown_counts(parts: Mapping[K, int]) -> dict[K, int | None]:
    """Say which counts of a whole may stand beside it.

    A part of one to nine is hidden. What is hidden could be worked out from the whole, so that the smallest
    of the others go too, until at least two are hidden that make ten together.

    Parameters
    ----------
    parts
        Counts that add up to a whole that is shown.

    Returns
    -------
    dict
        The count, or None where it is hidden. A part of zero is no group, and stands.

    Examples
    --------
    >>> shown_counts({"City": 40, "Town": 12, "Rural": 7})
    {'City': 40, 'Town': None, 'Rural': None}
    >>> shown_counts({"City": 40, "Town": 12, "Rural": 0})
    {'City': 40, 'Town': 12, 'Rural': 0}
    """
    fewest = settled().fewest_systems
    hidden = [part for part, count in parts.items() if 0 < count < fewest]
    others = sorted((part for part, count in parts.items() if count >= fewest), key=lambda part: parts[part])
    while hidden and others and (len(hidden) < 2 or sum(parts[part] for part in hidden) < fewest):
        hidden.append(others.pop(0))
    return {part: None if part in hidden else count for part, count in parts.items()}


def may_part(*parts: int) -> bool:
    """Say whether a whole may be told in these parts: each is nobody, or at least ten systems.

    Parameters
    ----------
    *parts
        Counts of systems.

    Returns
    -------
    bool
        False where one of them is a small group.
    """
    return not any(0 < part < settled().fewest_systems for part in parts)


def known_at_least(known: int, of: int) -> int:
    """Give the number that an interval may be worked out from, where both its ends and the whole are shown.

    An interval whose width follows from the number alone would tell it. Where it mustn't be told, the
    interval is that of the fewest that it can be: a little wide, and the same for one as for nine.

    Parameters
    ----------
    known
        Systems of which it is known.
    of
        Systems of the whole.

    Returns
    -------
    int
        `known` itself where that may be told.

    Examples
    --------
    >>> known_at_least(150, 187), known_at_least(185, 187), known_at_least(180, 187)
    (150, 178, 178)
    """
    return known if may_part(of - known) else of - settled().fewest_systems + 1
