"""Race, ethnicity and naming custom: drawn once a household, and looked at by nothing but names and language.

Shares by race and ethnicity are published (facts/published.csv); which naming custom a family follows, given
them, is the kit's own assumption (facts/name_origins.csv).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import pick, truth
from synthetic_data.population.names import ORIGINS
from synthetic_data.published import figures, rows
from synthetic_data.streams import rng_for

__all__ = ["GROUPS", "Heritage", "draw_heritage"]

Codes = npt.NDArray[np.int64]

# The groups in which shares are published.
GROUPS = (
    "White",
    "Hispanic",
    "Black",
    "Asian",
    "Two or more races",
    "American Indian/Alaska Native",
    "Pacific Islander",
)

# What a record says of each group's race, in Ed-Fi's words: the kit's own shares where families differ.
RACES: dict[str, tuple[tuple[str | None, float], ...]] = {
    "White": (("White", 1.0),),
    "Hispanic": (
        ("White", 0.62),
        ("American Indian or Alaska Native", 0.09),
        ("Black or African American", 0.05),
        (None, 0.24),
    ),
    "Black": (("Black or African American", 1.0),),
    "Asian": (("Asian", 1.0),),
    "Two or more races": (
        ("Black or African American;White", 0.40),
        ("Asian;White", 0.30),
        ("American Indian or Alaska Native;White", 0.20),
        ("Asian;Black or African American", 0.10),
    ),
    "American Indian/Alaska Native": (("American Indian or Alaska Native", 1.0),),
    "Pacific Islander": (("Native Hawaiian or Pacific Islander", 1.0),),
}
RACE_WORDS = tuple(dict.fromkeys(word for shares in RACES.values() for word, _ in shares if word))


@dataclass(frozen=True)
class Heritage:
    """What is drawn for each household: place in `GROUPS`, in the race words (-1: not told), in `ORIGINS`."""

    group: Codes
    race: Codes
    origin: Codes

    def race_column(self, household: Codes) -> Any:
        """Give the race of people by their households, in Ed-Fi's words, sorted and joined by ``;``."""
        return pick(RACE_WORDS, self.race[household])

    def hispanic_column(self, household: Codes) -> Any:
        """Say who reports Hispanic or Latino ethnicity, by household."""
        return truth(self.group[household] == GROUPS.index("Hispanic"))


def draw_heritage(seed: int, stream: str, count: int) -> Heritage:
    """Draw race, ethnicity and naming custom of households.

    Parameters
    ----------
    seed
        The scenario's seed.
    stream
        Whose households these are.
    count
        How many.

    Returns
    -------
    Heritage
        Codes, one element a household.

    Notes
    -----
    Source: facts/published.csv, topic race_share: fall 2020 where printed, else fall 2018, scaled to one.
    """
    rng = rng_for(seed, "heritage", stream)
    published = figures("race_share", "fall 2018") | figures("race_share", "fall 2020")
    group = _draw(rng, [published[name] for name in GROUPS], count)
    race, origin = np.full(count, -1), np.zeros(count, dtype="int64")
    for place, name in enumerate(GROUPS):
        mine = group == place
        drawn = _draw(rng, [share for _, share in RACES[name]], int(mine.sum()))
        words = np.array([RACE_WORDS.index(word) if word else -1 for word, _ in RACES[name]])
        race[mine] = words[drawn]
        customs = [row for row in rows("name_origins") if row["race_or_ethnicity"] == name]
        drawn = _draw(rng, [float(row["share"]) for row in customs], int(mine.sum()))
        origin[mine] = np.array([ORIGINS.index(row["name_origin"]) for row in customs])[drawn]
    return Heritage(group, race, origin)


def _draw(rng: np.random.Generator, shares: list[float], count: int) -> Codes:
    cumulative = np.cumsum(shares) / np.sum(shares)
    return np.minimum(np.searchsorted(cumulative, rng.random(count), side="right"), len(shares) - 1)
