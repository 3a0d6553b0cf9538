"""Read the analysis plan, fixed before anybody saw answers: groupings, power, smallest group."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

import pandas as pd
from pydantic import Field

from helpers.standard import StrictModel, as_table

__all__ = [
    "detectable_difference",
    "level",
    "lower_bound",
    "margin_of_share",
    "may_split",
    "read_analysis_plan",
    "shown_counts",
    "smallest_difference",
]


DECLARED = Path(__file__).with_name("analysis_plan.toml")


class Grouping(StrictModel):
    """Two groups to compare: systems with a yes in a yes-or-no column, and those with a no."""

    title: str
    yes: str
    no: str


class AnalysisPlan(StrictModel):
    """Contents of ``analysis_plan.toml``."""

    # Confidence level of every interval.
    confidence: float = Field(gt=0.5, lt=1)
    # Power with which the smallest difference is detected.
    power: float = Field(gt=0.5, lt=1)
    # A smaller group is never shown.
    fewest_systems: int = Field(ge=5)
    # Share of a domain's items that a score needs.
    items_answered: float = Field(gt=0, le=1)
    # Band -> number of students at which it starts, in order.
    size_bands: dict[str, int]
    # By column.
    groupings: dict[str, Grouping]


@cache
def read_analysis_plan() -> AnalysisPlan:
    """Return the analysis plan."""
    return AnalysisPlan.model_validate(tomllib.loads(DECLARED.read_text(encoding="utf-8")))


def level() -> float:
    """Return the significance level."""
    return 1 - read_analysis_plan().confidence


def _reach(tests: int) -> float:
    from scipy.stats import norm

    tail = (1 - read_analysis_plan().confidence) / 2 / tests
    return float(norm.isf(tail) + norm.isf(1 - read_analysis_plan().power))


def smallest_difference(first: float, second: float, tests: int = 1) -> float:
    """Return the smallest difference of two groups that a test detects with 80% power.

    >>> round(smallest_difference(93.5, 93.5), 2), round(smallest_difference(93.5, 93.5, tests=6), 2)
    (0.41, 0.51)
    """
    return _reach(tests) * math.sqrt(1 / first + 1 / second)


def margin_of_share(systems: int) -> float:
    """Return the margin of error of a share of one half.

    >>> round(100 * margin_of_share(187), 1)
    7.2
    """
    from scipy.stats import norm

    return float(norm.isf((1 - read_analysis_plan().confidence) / 2)) / (2 * math.sqrt(systems))


def detectable_difference(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Compute the difference that this sample could detect, for each grouping and year."""
    one = comparisons[comparisons["comparison"].eq("unadjusted") & comparisons["year"].notna()]
    tests = int(one["domain"].nunique()) or 1
    one = one.drop_duplicates(["grouping", "year"]).dropna(subset=["systems_yes", "systems_no"])
    power = one[["grouping", "year", "systems_yes", "systems_no"]].reset_index(drop=True)
    sizes = list(zip(power["systems_yes"].tolist(), power["systems_no"].tolist(), strict=True))
    power["one_test"] = [smallest_difference(yes, no) for yes, no in sizes]
    power["all_tests"] = [smallest_difference(yes, no, tests) for yes, no in sizes]
    return as_table("sector_power", power.assign(tests=tests))


K = TypeVar("K")


def shown_counts(parts: Mapping[K, int]) -> dict[K, int | None]:
    """Suppress counts so that nobody can derive a small one from the total.

    We hide a part of one to nine. A reader could derive it from the total, so we also hide the smallest other
    parts, until at least two are hidden and add up to ten or more.

    >>> shown_counts({"City": 40, "Town": 12, "Rural": 7})
    {'City': 40, 'Town': None, 'Rural': None}
    >>> shown_counts({"City": 40, "Town": 12, "Rural": 0})
    {'City': 40, 'Town': 12, 'Rural': 0}
    """
    fewest = read_analysis_plan().fewest_systems
    hidden = [part for part, count in parts.items() if 0 < count < fewest]
    others = sorted((part for part, count in parts.items() if count >= fewest), key=lambda part: parts[part])
    while hidden and others and (len(hidden) < 2 or sum(parts[part] for part in hidden) < fewest):
        hidden.append(others.pop(0))
    return {part: None if part in hidden else count for part, count in parts.items()}


def may_split(*parts: int) -> bool:
    """Check whether a total may be shown in these parts: each has none, or at least ten systems."""
    return not any(0 < part < read_analysis_plan().fewest_systems for part in parts)


def lower_bound(known: int, of: int) -> int:
    """Return a number safe to compute an interval from, if both its ends and the total are shown.

    If the width of an interval depends on the number alone, it discloses the number. To hide it, we use the
    smallest possible number: the interval is a little wide, and the same for one as for nine.

    >>> lower_bound(150, 187), lower_bound(185, 187), lower_bound(180, 187)
    (150, 178, 178)
    """
    return known if may_split(of - known) else of - read_analysis_plan().fewest_systems + 1
