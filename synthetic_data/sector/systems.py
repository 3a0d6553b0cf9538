"""The school systems of a made sector: size, locale, who pledged, who has a data team."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from synthetic_data.sector.settings import LOCALES, SectorSettings
from synthetic_data.streams import rng_for

__all__ = ["Systems", "draw_systems", "intercept"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_SPREAD = 1.1  # standard deviation of the log of the number of students


@dataclass(frozen=True)
class Systems:
    """What is so of each school system, in arrays of one length.

    Attributes
    ----------
    students
        Number of students.
    size
        Log of it, in standard deviations from the median.
    locale
        Place in ``LOCALES``.
    pledged, community
        Public lists say so.
    data_team
        A row a year: whether it has a data team.
    data_team_size, it_staff
        People; the first counts only where there is a team.
    """

    students: npt.NDArray[np.int64]
    size: Floats
    locale: npt.NDArray[np.int64]
    pledged: Bools
    community: Bools
    data_team: Bools
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
    """Find the log-odds that give a share on average, beside what goes with each system.

    Parameters
    ----------
    slopes
        What is added to the log-odds of each system.
    share
        Wanted mean of the chances, 0 to 1.

    Returns
    -------
    float
        The intercept; infinite where the share is 0 or 1.
    """
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
    """Draw school systems.

    Parameters
    ----------
    settings
        The sector's.
    count
        How many.
    purpose
        Name of the streams, so that those of the endless sector aren't those of the made one.

    Returns
    -------
    Systems
        Arrays of length `count`.
    """

    def stream(*keys: str) -> np.random.Generator:
        return rng_for(settings.seed, purpose, *keys)

    size = np.clip(stream("size").standard_normal(count), -3, 4)
    students = np.maximum(np.round(settings.median_students * np.exp(_SPREAD * size)), 20).astype("int64")
    # Cities are large: the locale follows a second draw that goes with the size.
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
        # Drawn alone: that it is unrelated to the IT staff is put in.
        data_team_size=2 + stream("data team size").poisson(2.5, count),
        it_staff=stream("it staff").poisson(usual_it),
    )
