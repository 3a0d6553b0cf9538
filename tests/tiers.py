"""Which tests run after every change, and which in the full tier only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

__all__ = ["FULL", "sampled"]

FULL = pytest.mark.full


def sampled(values: Iterable[Any], one_in: int, first: int = 0) -> list[Any]:
    """Give parameters of a test: one in so many runs after every change, all of them in the full tier."""
    given = [value if isinstance(value, tuple) else (value,) for value in values]
    return [
        pytest.param(*value, marks=() if place % one_in == first else FULL)
        for place, value in enumerate(given)
    ]
