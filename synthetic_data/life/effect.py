"""How a module of life says what it puts in: a tuple ``EFFECTS``, which `effects_frame` gathers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from synthetic_data.scenario import Scenario

__all__ = ["CORRELATION", "OWN", "VARIANCE", "Effect"]

OWN = "the kit's own assumption; no published figure"
CORRELATION, VARIANCE = "correlation", "share of variance"


class Effect(NamedTuple):
    """One thing that the maker puts in.

    Examples
    --------
    >>> Effect(
    ...     "support_in_visits", "support", "visits to the nurse", -0.2, "log rate a standard deviation"
    ... ).source
    "the kit's own assumption; no published figure"
    """

    name: str
    """Unique, such as ``engagement_in_absence``: what is driven stands last."""
    begins: str
    """Where it comes from: a trait, a season, a grade."""
    ends: str
    """What it changes."""
    size: float | Callable[[Scenario], float]
    """How much, in ``unit``; a function where a scenario sets it."""
    unit: str
    source: str = OWN
