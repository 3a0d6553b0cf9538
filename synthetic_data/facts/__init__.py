"""Published figures, word lists, and what simulated effects are: one CSV each, read here."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

__all__ = ["figures", "rows"]

FACTS = Path(__file__).parent


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Read one file of facts."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def figures(topic: str, period: str | None = None) -> dict[str, float]:
    """Return the published figures of a topic, by group."""
    return {
        row["group"]: float(row["value"])
        for row in rows("published")
        if row["topic"] == topic and period in (None, row["period"])
    }
