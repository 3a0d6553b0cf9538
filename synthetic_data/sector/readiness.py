"""How ready a system is in each domain, which nobody records, and how it answers the items."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from helpers.standard.survey_items import declared_survey
from synthetic_data.sector.settings import SectorSettings
from synthetic_data.sector.systems import Systems
from synthetic_data.streams import rng_for

__all__ = ["Items", "answers", "expected_readiness", "expected_score", "items_of", "unrecorded"]

Floats = npt.NDArray[np.float64]
# Steps between the four answers of an item of middling hardness, in standard deviations.
_STEPS = (-0.9, 0.2, 1.3)
# How far apart the items of a domain are in hardness.
_ITEM_SPREAD = 0.35


@dataclass(frozen=True)
class Items:
    """The items of one domain.

    Attributes
    ----------
    ids
        As declared.
    loadings
        How strongly each shows readiness, 0 to 1.
    steps
        A row an item: readiness at which the answer turns 2, 3 and 4, in standard deviations.
    """

    ids: tuple[str, ...]
    loadings: Floats
    steps: Floats


def items_of(settings: SectorSettings, domain: str) -> Items:
    """Give the items of a domain with what the generator makes of them; the same for every seed.

    Parameters
    ----------
    settings
        The sector's.
    domain
        Code of a domain.

    Returns
    -------
    Items
        In the declared order.
    """
    ids = tuple(item.id for item in declared_survey().of_domain(domain))
    rng = rng_for(0, "sector items", domain)
    loadings = rng.uniform(*settings.loadings, len(ids))
    own = rng.permutation(np.linspace(-_ITEM_SPREAD, _ITEM_SPREAD, len(ids)))
    steps = np.array(_STEPS)[None, :] + own[:, None] + settings.hardness[domain]
    return Items(ids, loadings, steps)


def expected_readiness(settings: SectorSettings, systems: Systems, domain: str, year: int) -> Floats:
    """Give what all that is recorded says of readiness.

    Parameters
    ----------
    settings, systems
        The sector's.
    domain
        Code of a domain.
    year
        0 for the first, 1 for the second.

    Returns
    -------
    numpy.ndarray
        One a system, in standard deviations of what is left.
    """
    return np.asarray(
        settings.pledged_effect[domain] * systems.pledged
        + settings.community_effect[domain] * systems.community
        + settings.data_team_effect[domain] * systems.data_team[year]
        + settings.size_effect * systems.size
        + settings.town_and_rural_effect * systems.town_or_rural
        + settings.change[domain] * year,
        dtype="float64",
    )


def unrecorded(settings: SectorSettings, count: int, purpose: str = "sector") -> dict[str, Floats]:
    """Draw what nobody records of each system's readiness.

    Parameters
    ----------
    settings
        The sector's.
    count
        Systems.
    purpose
        Name of the streams.

    Returns
    -------
    dict of str to numpy.ndarray
        By domain: a row a year, a column a system; mean 0 and standard deviation 1.
    """

    def of_two_years(*keys: str) -> Floats:
        lasting, passing = settings.lasting_share, 1 - settings.lasting_share
        stays = rng_for(settings.seed, purpose, "lasting", *keys).standard_normal(count)
        passes = rng_for(settings.seed, purpose, "passing", *keys).standard_normal((2, count))
        return np.asarray(np.sqrt(lasting) * stays[None, :] + np.sqrt(passing) * passes)

    common = of_two_years("all domains")
    share = settings.common_share
    return {
        domain: np.sqrt(share) * common + np.sqrt(1 - share) * of_two_years(domain)
        for domain in declared_survey().domains
    }


def answers(items: Items, readiness: Floats, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Answer the items of a domain.

    Parameters
    ----------
    items
        The domain's.
    readiness
        One a system, all in all.
    rng
        Stream of this domain and year.

    Returns
    -------
    numpy.ndarray
        A row a system, a column an item, 1 to 4.
    """
    shown = np.sqrt(1 - items.loadings**2) * rng.standard_normal((len(readiness), len(items.ids)))
    shown += items.loadings * readiness[:, None]
    return 1 + np.sum(shown[:, :, None] >= items.steps[None, :, :], axis=2)


def expected_score(items: Items, expected: Floats) -> Floats:
    """Give the mean answer that systems alike in all that is recorded would give to every item.

    Readiness has standard deviation 1 beside what is recorded, and an item shows it with its loading, so
    that the chance of an answer at or above a step is a normal probability: nothing is drawn.

    Parameters
    ----------
    items
        The domain's.
    expected
        What is recorded says of readiness, one a system.

    Returns
    -------
    numpy.ndarray
        One a system, 1 to 4.

    Examples
    --------
    >>> one = Items(("x_1",), np.array([0.7]), np.array([[-1.0, 0.0, 1.0]]))
    >>> expected_score(one, np.array([0.0])).round(3).tolist()
    [2.5]
    """
    # One table of the normal distribution serves all: systems share a few thousand places on it.
    places = np.linspace(float(np.min(expected)) - 1e-9, float(np.max(expected)) + 1e-9, 2001)
    normal = NormalDist()
    curve = np.ones_like(places)
    for loading, steps in zip(items.loadings, items.steps, strict=True):
        for step in steps:
            curve += np.array([normal.cdf(loading * place - step) for place in places]) / len(items.ids)
    return np.interp(expected, places, curve)
