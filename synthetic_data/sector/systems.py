"""Generate school systems: their readiness, and who responds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from helpers.standard import declared_survey
from synthetic_data.sector.settings import LOCALES, SectorSettings
from synthetic_data.streams import rng_for

__all__ = [
    "Items",
    "Systems",
    "answers",
    "draw_systems",
    "expected_readiness",
    "expected_score",
    "intercept",
    "items_of",
    "unrecorded",
    "who_responds",
]


Bools = npt.NDArray[np.bool_]
_SPREAD = 1.1  # standard deviation of the log of the number of students


@dataclass(frozen=True)
class Systems:
    """Attributes of school systems, in arrays of one length."""

    # Number of students.
    students: npt.NDArray[np.int64]
    # Log of it, in standard deviations from the median.
    size: Floats
    # Index in ``LOCALES``.
    locale: npt.NDArray[np.int64]
    # Whether public lists show a pledge.
    pledged: Bools
    community: Bools
    # Whether it has a data team, one row per year.
    data_team: Bools
    # Number of people; the first counts only with a team.
    data_team_size: npt.NDArray[np.int64]
    it_staff: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Count the systems."""
        return len(self.students)

    @property
    def town_or_rural(self) -> Bools:
        """Mark systems outside cities and suburbs."""
        return self.locale >= LOCALES.index("Town")


def intercept(slopes: Floats, share: float) -> float:
    """Find the log odds that give a share on average, together with the slopes."""
    if share <= 0 or share >= 1:
        return float("-inf") if share <= 0 else float("inf")
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(np.mean(1 / (1 + np.exp(-(middle + slopes))))) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _by_chance(rng: np.random.Generator, slopes: Floats, share: float) -> Bools:
    chance = 1 / (1 + np.exp(-np.clip(intercept(slopes, share) + slopes, -700, 700)))
    return rng.random(len(slopes)) < chance


def draw_systems(settings: SectorSettings, count: int, purpose: str = "sector") -> Systems:
    """Draw school systems."""

    def stream(*keys: str) -> np.random.Generator:
        return rng_for(settings.seed, purpose, *keys)

    size = np.clip(stream("size").standard_normal(count), -3, 4)
    students = np.maximum(np.round(settings.median_students * np.exp(_SPREAD * size)), 20).astype("int64")
    # Cities are large: the locale depends on a second draw correlated with size.
    urban = 0.6 * size + 0.8 * stream("locale").standard_normal(count)
    shares = [settings.locales[name] for name in LOCALES]
    bounds = [
        NormalDist().inv_cdf(min(max(1 - reached, 1e-12), 1 - 1e-12)) for reached in np.cumsum(shares)[:-1]
    ]
    locale = np.sum(urban[:, None] < np.array(bounds)[None, :], axis=1).astype("int64")
    pledged = _by_chance(stream("pledged"), settings.pledged_by_size * size, settings.pledged)
    joins = np.where(pledged, settings.community_if_pledged, settings.community_if_not)
    community = stream("community").random(count) < joins
    team = _by_chance(stream("data team"), settings.team_by_size * size, settings.data_team)
    new = stream("new team").random(count) < settings.new_teams
    usual_it = 1.5 * (students / 1000) ** 0.8 * np.exp(0.4 * stream("it spread").standard_normal(count))
    return Systems(
        students=students,
        size=size,
        locale=locale,
        pledged=pledged,
        community=community,
        data_team=np.stack([team, team | new]),
        # Drawn independently, so that it is unrelated to the IT staff.
        data_team_size=2 + stream("data team size").poisson(2.5, count),
        it_staff=stream("it staff").poisson(usual_it),
    )


Floats = npt.NDArray[np.float64]
# Thresholds between the four answers of an item of average difficulty, in standard deviations.
_STEPS = (-0.9, 0.2, 1.3)
# Spread of item difficulty within a domain.
_ITEM_SPREAD = 0.35


@dataclass(frozen=True)
class Items:
    """The items of one domain."""

    # Item ids, as declared.
    ids: tuple[str, ...]
    # Loading of each item on readiness, 0 to 1.
    loadings: Floats
    # Thresholds of readiness for answers 2, 3 and 4, in standard deviations; one row per item.
    steps: Floats


def items_of(settings: SectorSettings, domain: str) -> Items:
    """Return the items of a domain with their generated parameters, the same for every seed."""
    ids = tuple(item.id for item in declared_survey().of_domain(domain))
    rng = rng_for(0, "sector items", domain)
    loadings = rng.uniform(*settings.loadings, len(ids))
    own = rng.permutation(np.linspace(-_ITEM_SPREAD, _ITEM_SPREAD, len(ids)))
    steps = np.array(_STEPS)[None, :] + own[:, None] + settings.hardness[domain]
    return Items(ids, loadings, steps)


def expected_readiness(settings: SectorSettings, systems: Systems, domain: str, year: int) -> Floats:
    """Return the readiness expected from all recorded attributes."""
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
    """Draw the unrecorded part of each system's readiness."""

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
    """Draw the answers to the items of a domain."""
    shown = np.sqrt(1 - items.loadings**2) * rng.standard_normal((len(readiness), len(items.ids)))
    shown += items.loadings * readiness[:, None]
    return 1 + np.sum(shown[:, :, None] >= items.steps[None, :, :], axis=2)


def expected_score(items: Items, expected: Floats) -> Floats:
    """Compute the mean answer to every item of systems with equal recorded attributes.

    Given recorded attributes, readiness has standard deviation 1, and an item measures it with its loading.
    So the chance of an answer at or above a threshold is a normal probability, and we draw nothing.

    >>> one = Items(("x_1",), np.array([0.7]), np.array([[-1.0, 0.0, 1.0]]))
    >>> expected_score(one, np.array([0.0])).round(3).tolist()
    [2.5]
    """
    # We interpolate in one table of the normal distribution with a few thousand points.
    positions = np.linspace(float(np.min(expected)) - 1e-9, float(np.max(expected)) + 1e-9, 2001)
    normal = NormalDist()
    curve = np.ones_like(positions)
    for loading, steps in zip(items.loadings, items.steps, strict=True):
        for step in steps:
            curve += np.array([normal.cdf(loading * place - step) for place in positions]) / len(items.ids)
    return np.interp(expected, positions, curve)


# Log odds of answering by recorded attributes; the kit's own.
_BY_SIZE, _BY_PLEDGE, _BY_COMMUNITY = 0.4, 0.8, 0.5
_BY_LOCALE = {"City": -0.3, "Suburb": 0.3, "Town": 0.0, "Rural": -0.2}


def who_responds(
    settings: SectorSettings, systems: Systems, unrecorded: Mapping[str, npt.NDArray[np.float64]]
) -> npt.NDArray[np.bool_]:
    """Choose exactly the number of systems per year in the settings.

    A system answers if its log odds plus a logistic draw are high enough, so that chances follow a logistic
    model whose intercept gives the wanted number. In the second year, earlier respondents and the others are
    separate lists, so that the wanted share of the former answers again.
    """
    locale = np.array([_BY_LOCALE[name] for name in LOCALES])[systems.locale]
    recorded = _BY_SIZE * systems.size + _BY_PLEDGE * systems.pledged + _BY_COMMUNITY * systems.community
    recorded = settings.recorded_nonresponse * (recorded + locale)
    reach = np.empty((2, len(systems)))
    for year in range(2):
        # Overall readiness in standard deviations; systems with neither attribute answer if they have
        # something to show, those with both if they want help.
        overall = sum(of_domain[year] for of_domain in unrecorded.values())
        overall = overall / np.std(overall)
        slope = (1 - 2.0 * systems.pledged) + (1 - 2.0 * systems.data_team[year])
        hidden = settings.unrecorded_self_selection * slope * overall
        chance = rng_for(settings.seed, "sector", "responds", year).logistic(size=len(systems))
        reach[year] = recorded + hidden + chance
    responds = np.zeros((2, len(systems)), bool)
    first, second = settings.responding
    responds[0, np.argsort(-reach[0], kind="stable")[:first]] = True
    again = min(round(settings.overlap * first), second)
    ranked = np.argsort(-reach[1], kind="stable")
    before = responds[0, ranked]
    responds[1, ranked[before][:again]] = True
    responds[1, ranked[~before][: second - again]] = True
    return responds
