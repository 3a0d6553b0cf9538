"""Published figures and word lists that the maker is built on, read from facts/*.csv."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

__all__ = ["figures", "rows"]

FACTS = Path(__file__).parent / "facts"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Read one file of facts.

    Parameters
    ----------
    name
        Its file name without ``.csv``.

    Returns
    -------
    tuple of dict
        One dict a row, all text.
    """
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def figures(topic: str, period: str | None = None) -> dict[str, float]:
    """Give the published figures of a topic, by group.

    Parameters
    ----------
    topic
        A value of the column ``topic`` of facts/published.csv.
    period
        Only figures of this period.

    Returns
    -------
    dict of str to float
        The value of each group, in the unit that the file gives.
    """
    return {
        row["group"]: float(row["value"])
        for row in rows("published")
        if row["topic"] == topic and period in (None, row["period"])
    }
