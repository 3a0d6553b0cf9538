"""Medians and ranges over districts, and one readable table of what every method found."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from tests.bench.linking_counts import COUNTED

__all__ = ["at", "median", "spread", "table_of_methods"]

Measures = dict[str, Any]


def at(measures: Measures, *path: str) -> float:
    """Give one number of nested measures: ``at(one, "methods", "resolved", "Both dated", "f1")``."""
    found: Any = measures
    for step in path:
        found = found[step]
    return float(found)


def median(measures: Sequence[Measures], *path: str) -> float:
    """Give the median over districts of one number of each."""
    return statistics.median(at(one, *path) for one in measures)


def spread(numbers: Sequence[float]) -> list[float]:
    """Give the least and the most, to four digits."""
    return [round(min(numbers), 4), round(max(numbers), 4)]


def table_of_methods(measures: Sequence[Measures], dials: Sequence[Measures]) -> list[str]:
    """Write a line a method: precision, recall and F1 of each population, median and range over the dial.

    Parameters
    ----------
    measures
        Of the districts as usual.
    dials
        Of districts with the dial of faults at other places.

    Returns
    -------
    list of str
        Lines.
    """
    names = [name for name in measures[0]["methods"] if all(name in one["methods"] for one in measures)]
    width = max(map(len, names)) + 2
    head = "".join(f"{name.lower():<42}" for name in COUNTED)
    below = "".join(f"{'P':>5}{'R':>7}{'F1':>7}{'F1 over the dial':>21}  " for _ in COUNTED)
    lines = ["", " " * width + head, " " * width + below]
    for method in names:
        cells = [_cell(measures, dials, method, population) for population in COUNTED]
        lines.append(f"{method:<{width}}{''.join(cells)}".rstrip())
    lines.append("")
    for method in measures[0]["costs"]:
        seconds, cpu, gib = (
            median(measures, "costs", method, cost) for cost in ("seconds", "cpu_seconds", "gib")
        )
        lines.append(f"{method:<{width}}{seconds:7.1f} s wall, {cpu:7.1f} s of processors, {gib:5.2f} GiB")
    return [*lines, ""]


def _cell(measures: Sequence[Measures], dials: Sequence[Measures], method: str, population: str) -> str:
    path = ("methods", method, population)
    precision, recall, f1 = (median(measures, *path, rate) for rate in ("precision", "recall", "f1"))
    turned = [at(one, *path, "f1") for one in dials if method in one["methods"]]
    dial = "{:.3f} to {:.3f}".format(*spread([f1, *turned])) if turned else "not measured"
    return f"{precision:>5.3f}{recall:>7.3f}{f1:>7.4f}{dial:>21}  "
