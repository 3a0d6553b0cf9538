"""Draw family income, and simulate social gradients: by income, change of school, homelessness, disability.

Published differences between groups set the sizes (`EFFECTS`); a dial of the scenario multiplies each.
Circumstances shift the academic trait and the tendency to miss school. We shrink the rest, so that both keep
mean 0 and variance 1, and neither the norms of tests nor the level of absence changes. Who has a plan of
special education follows from the academic trait (`plan_liability`). No other trait depends on any of them.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from synthetic_data.life.effects import effect
from synthetic_data.population import Population
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.schooling.enrollment import ARRIVES, LEAVES, MOVES_SCHOOL, RETURNS
from synthetic_data.streams import rng_for

__all__ = [
    "EFFECTS",
    "FREE_TO",
    "REDUCED_TO",
    "absence_shift",
    "academic_shift",
    "changed_school",
    "income_ratios",
    "is_homeless",
    "plan_liability",
    "weight_beside",
]

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

# NCES: free up to 130 percent of the poverty threshold, reduced up to 185 percent.
FREE_TO, REDUCED_TO = 1.30, 1.85
# The kit's own sizes. Neighborhoods are spread evenly between these shares of families below 185 percent.
POOREST_AND_RICHEST = (0.95, 0.05)
SPREAD = 0.80  # standard deviation of the logarithm of income in a neighborhood
OF_THE_YEAR = 0.10  # share of that variance that is this year's; the rest is the family's

# Tuned to the published differences that EFFECTS name (facts/targets.csv).
INCOME_IN_ACADEMIC, INCOME_IN_ABSENCE = 0.59, -0.46
MOVE_IN_ACADEMIC, MOVE_IN_ABSENCE = -0.305, 0.60
HOMELESS_IN_ABSENCE = 0.61
ACADEMIC_IN_PLANS, PLANS_IN_ABSENCE = -0.74, -0.31

EFFECTS = (
    effect("neighborhood_in_income", 100 * (POOREST_AND_RICHEST[0] - POOREST_AND_RICHEST[1])),
    effect("year_in_income", OF_THE_YEAR),
    effect("income_in_academic", INCOME_IN_ACADEMIC),
    effect("income_in_absence", INCOME_IN_ABSENCE),
    effect("move_in_academic", MOVE_IN_ACADEMIC),
    effect("move_in_absence", MOVE_IN_ABSENCE),
    effect("homelessness_in_absence", HOMELESS_IN_ABSENCE),
    effect("academic_in_plans", ACADEMIC_IN_PLANS),
    effect("plans_in_absence", PLANS_IN_ABSENCE),
)


def income_ratios(scenario: Scenario, population: Population) -> dict[int, Numbers]:
    """Return each household's income over the poverty threshold of its size, in two school years."""
    rng, zone = rng_for(scenario.seed, "income"), population.households["zone"].to_numpy(dtype="int64")
    zones = int(np.max(zone)) + 1
    low, high = POOREST_AND_RICHEST
    evenly = low + (high - low) * (np.arange(zones) + 0.5) / zones
    order = np.argsort(np.arange(zones) + 0.25 * zones * rng.standard_normal(zones), kind="stable")
    below = np.empty(zones)
    below[order] = evenly
    usual = np.array([np.log(REDUCED_TO) - SPREAD * NormalDist().inv_cdf(share) for share in below.tolist()])
    lasting = rng.standard_normal(len(zone))
    return {
        year: np.exp(
            usual[zone]
            + SPREAD * np.sqrt(1 - OF_THE_YEAR) * lasting
            + SPREAD
            * np.sqrt(OF_THE_YEAR)
            * rng_for(scenario.seed, "income", year).standard_normal(len(zone))
        )
        for year in (scenario.school_year - 1, scenario.school_year)
    }


def changed_school(schooling: Schooling, children: int, *years: int) -> Mask:
    """Mark children who changed schools within one of the years: they moved, came, left or came back."""
    enrollments, changed = schooling.enrollments, np.zeros(children, dtype=bool)
    moves = np.isin(enrollments.kind, (MOVES_SCHOOL, ARRIVES, LEAVES, RETURNS))
    changed[enrollments.child[moves & np.isin(enrollments.year, years)]] = True
    return changed


def is_homeless(population: Population) -> Mask:
    """Mark children of households without a home."""
    households = population.households
    homeless = households.loc[households["homeless"], "household"]
    return np.asarray(population.children["household"].isin(homeless), dtype=bool)


def academic_shift(scenario: Scenario, population: Population, schooling: Schooling) -> Numbers:
    """Return how far circumstances shift each child's academic trait; 0 on average."""
    shift = scenario.ses_gradient * INCOME_IN_ACADEMIC * _income(scenario, population)
    shift += scenario.mobility * MOVE_IN_ACADEMIC * _changed_school(scenario, population, schooling)
    return np.asarray(shift - shift.mean())


def absence_shift(
    scenario: Scenario, population: Population, schooling: Schooling, unshifted: Numbers
) -> Numbers:
    """Return how far circumstances shift each child's tendency to miss school; 0 on average.

    ``unshifted`` is the academic trait without its own shift, so that no circumstance counts twice.
    """
    shift = scenario.ses_gradient * INCOME_IN_ABSENCE * _income(scenario, population)
    shift += scenario.mobility * MOVE_IN_ABSENCE * _changed_school(scenario, population, schooling)
    shift += scenario.homelessness * HOMELESS_IN_ABSENCE * is_homeless(population)
    shift += scenario.disability * PLANS_IN_ABSENCE * plan_liability(scenario, unshifted)
    return np.asarray(shift - shift.mean())


def plan_liability(scenario: Scenario, academic: Numbers) -> Numbers:
    """Return each child's liability to have a plan of special education: highest in those who have one."""
    pull = scenario.disability * ACADEMIC_IN_PLANS
    rng = rng_for(scenario.seed, "special education", "liability")
    return pull * academic + np.sqrt(1 - pull**2) * rng.standard_normal(len(academic))


def weight_beside(shift: Numbers, numbers: Numbers) -> float:
    """Return the weight of numbers of variance 1 with which they and the shift together have variance 1."""
    together = float(np.mean(shift * numbers))
    return float(np.sqrt(together**2 + 1 - shift.var()) - together)


def _changed_school(scenario: Scenario, population: Population, schooling: Schooling) -> Mask:
    years = (scenario.school_year - 1, scenario.school_year)
    return changed_school(schooling, len(population.children), *years)


def _income(scenario: Scenario, population: Population) -> Numbers:
    """Return the income of each child's family over two years as a standard score among the children."""
    ratios = income_ratios(scenario, population)
    income = np.mean([np.log(ratio) for ratio in ratios.values()], axis=0)[population.home]
    return np.asarray((income - income.mean()) / income.std())
