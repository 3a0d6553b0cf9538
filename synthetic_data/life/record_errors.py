"""How much more often people write a child's name or birth date wrong: by name origin and income."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic_data.facts import rows
from synthetic_data.life.effects import OWN, Effect
from synthetic_data.life.wellbeing.meal_eligibility import FREE_TO, income_ratios
from synthetic_data.population import Population
from synthetic_data.scenario import Scenario

__all__ = ["EFFECTS", "ERROR_FIELDS", "REFERENCE", "group_of_origin", "rates_of", "record_errors"]

Numbers = npt.NDArray[np.float64]

ERROR_FIELDS = ("surname", "forename", "birth date")
REFERENCE = "White"
# Odds of an error in a family below 130 percent of the poverty threshold, against all others. Pupils of
# deprived areas link less often (Libuy et al. 2021), and so do people of low income (Bond et al. 2014). By
# how much their records go wrong more often was not seen, so these are ours.
LOW_INCOME = {"surname": 1.4, "forename": 1.2, "birth date": 1.3}


def group_of_origin() -> dict[str, str]:
    """Return the group of each name origin in the published figures."""
    return {row["name_origin"]: row["group"] for row in rows("record_error_groups")}


def _published(what: str) -> dict[str, dict[str, str]]:
    topic = f"{what}_error_ratio"
    return {row["group"]: row for row in rows("published") if row["topic"] == topic}


EFFECTS = (
    *(
        Effect(
            f"{group.lower()}_origin_in_{what}_errors",
            f"name origin: {group}",
            f"errors in a {what}",
            float(row["value"]),
            f"times the odds of {REFERENCE} origins",
            OWN if row["strength"] == "own" else row["source"],
        )
        for what in ("surname", "forename")
        for group, row in _published(what).items()
    ),
    *(
        Effect(
            f"low_income_in_{what.replace(' ', '_')}_errors",
            "income below 130 percent",
            f"errors in a {what}",
            odds,
            "times the odds of other families",
            OWN,
        )
        for what, odds in LOW_INCOME.items()
    ),
)


def record_errors(scenario: Scenario, population: Population) -> Mapping[str, Numbers]:
    """Return the odds of an error in each child's records, against a family that has the fewest.

    All systems know the same families, so errors of one child in two systems go together.
    """
    children = population.children
    poor = (income_ratios(scenario, population)[scenario.school_year] < FREE_TO)[population.home]
    group = children["name_origin"].map(group_of_origin())
    odds: dict[str, Numbers] = {}
    for what in ERROR_FIELDS:
        of_group = {name: float(row["value"]) for name, row in _published(what).items()}
        origin = group.map(of_group).fillna(1.0).to_numpy(dtype="float64")
        odds[what] = np.asarray(origin * np.where(poor, LOW_INCOME[what], 1.0), dtype="float64")
    return odds


def rates_of(odds: npt.NDArray[Any], rate: float) -> Numbers:
    """Return the rate of each candidate by its odds, so that their mean is the rate asked for.

    >>> rates_of(np.array([1.0, 1.0, 4.0]), 0.1).round(3).tolist()
    [0.055, 0.055, 0.19]
    """
    if not len(odds) or rate <= 0 or rate >= 1:
        return np.full(len(odds), min(max(rate, 0.0), 1.0))
    distinct, which, counts = np.unique(odds, return_inverse=True, return_counts=True)
    low, high = -60.0, 60.0
    for _ in range(100):
        middle = (low + high) / 2
        at = distinct * np.exp(middle)
        if float(counts @ (at / (1 + at))) < rate * len(odds):
            low = middle
        else:
            high = middle
    at = distinct * np.exp(high)
    found: Numbers = (at / (1 + at))[which.reshape(-1)]
    return found
