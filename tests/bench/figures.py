"""One measured value beside its target, as reports/bench.json keeps it."""

from __future__ import annotations

from typing import Any

from tests.bench.measure import machine

__all__ = ["Figure", "figure"]

Figure = dict[str, Any]
# Of an F1 of .99 the fourth digit tells.
DIGITS = 4


def figure(
    name: str,
    value: float,
    unit: str,
    target: float | None,
    peer: Figure | None = None,
    at_least: bool = False,
    **more: Any,
) -> Figure:
    """Put one measured value beside its target; ``met`` is judged before rounding; more is kept as it is.

    Without a target it is shown and not judged.
    """
    return {
        "name": name,
        "value": round(value, DIGITS),
        "unit": unit,
        "target": target,
        "target_is": "at least" if at_least else "at most",
        "met": None if target is None else value >= target if at_least else value <= target,
        "peer": peer and {**peer, "ratio": round(value / peer["value"], 3)},
        "machine": machine(),
        **more,
    }
