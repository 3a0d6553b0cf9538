"""Which tests run after every change, and which in the full tier or the weekly run only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings

__all__ = ["FULL", "WEEKLY", "examples", "sampled"]

FULL = pytest.mark.full
# Neither every day nor in the full tier: a study over many seeds or whole districts.
WEEKLY = pytest.mark.weekly
# How long an example takes says how busy the machine is: speed is measured by `make bench`.
settings.register_profile("every day", deadline=None, max_examples=20)
settings.register_profile("full", deadline=None, max_examples=100)


def sampled(values: Iterable[Any], one_in: int, first: int = 0) -> list[Any]:
    """Give parameters of a test: one in so many runs after every change, all of them in the full tier."""
    given = [value if isinstance(value, tuple) else (value,) for value in values]
    return [
        pytest.param(*value, marks=() if place % one_in == first else FULL)
        for place, value in enumerate(given)
    ]


def examples(number: int) -> int:
    """Give how many examples a property is tried on: a fifth after every change, all in the full tier."""
    return max(3, number * settings().max_examples // 100)
