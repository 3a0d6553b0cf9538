"""The latent profile of a child: what no system records, and everything recorded follows from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.population import Population
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = ["HOUSEHOLD_SHARE", "OWN_SHARE", "Traits", "draw_traits"]

Numbers = npt.NDArray[np.float64]

HOUSEHOLD_SHARE = 0.30  # of engagement's variance
OWN_SHARE = (
    0.50  # of what makes a child miss school beside engagement: the child's own, the rest is the year's
)
ACADEMIC_WEIGHT, ENGAGEMENT_WEIGHT = 0.75, 0.60  # of the traits in grades


@dataclass(frozen=True)
class Traits:
    """Standard normal numbers, one element a child.

    ``missing`` (the tendency to miss school) and ``doing`` (in class) are by school year.
    """

    academic: Numbers
    engagement: Numbers
    missing: dict[int, Numbers]
    doing: dict[int, Numbers]


def draw_traits(scenario: Scenario, population: Population, schooling: Schooling) -> Traits:
    """Draw every child's traits.

    Parameters
    ----------
    scenario
        ``trait_correlation`` of academic and engagement; ``engagement_in_absence`` and
        ``traits_in_grades``, the correlations of the traits with what they drive.
    population
        Children and households.
    schooling
        The school years.

    Returns
    -------
    Traits
        One element a child.
    """
    children, rng = population.children, rng_for(scenario.seed, "traits")
    homes = pd.Index(population.households["household"])
    home = np.asarray(homes.get_indexer(pd.Index(children["household"])))
    count, tie = len(children), scenario.trait_correlation
    shared = rng.standard_normal(len(homes))[home]
    engagement = np.sqrt(HOUSEHOLD_SHARE) * shared + np.sqrt(1 - HOUSEHOLD_SHARE) * rng.standard_normal(count)
    academic = tie * engagement + np.sqrt(1 - tie**2) * rng.standard_normal(count)
    own = rng.standard_normal(count)
    scale = np.sqrt(ACADEMIC_WEIGHT**2 + ENGAGEMENT_WEIGHT**2 + 2 * ACADEMIC_WEIGHT * ENGAGEMENT_WEIGHT * tie)
    both = (ACADEMIC_WEIGHT * academic + ENGAGEMENT_WEIGHT * engagement) / scale
    missing, doing = {}, {}
    for year in sorted({year for year, _ in schooling.years}):
        rng = rng_for(scenario.seed, "traits", year)
        rest = np.sqrt(OWN_SHARE) * own + np.sqrt(1 - OWN_SHARE) * rng.standard_normal(count)
        pull = scenario.engagement_in_absence
        missing[year] = -pull * engagement + np.sqrt(1 - pull**2) * rest
        pull = scenario.traits_in_grades
        doing[year] = pull * both + np.sqrt(1 - pull**2) * rng.standard_normal(count)
    return Traits(academic, engagement, missing, doing)
