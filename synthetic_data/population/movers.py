"""Generate children who move between districts of a region during the school year.

The list of a region's movers depends only on the region's seed, so that each district can be generated alone.
A district replaces one of its only children in that grade with each child of the list who leaves or comes.
The child is the same person in both districts, with the same name, birth date, parents and state number.
District number, vendor account and all events belong to each district. (Each district draws traits of its
own: a key contains the truth of its own district.)
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers.standard import BadInput, Measured, plain
from synthetic_data.population.households import TWO_PARENTS, DraftPopulation
from synthetic_data.population.names import Heritage, child_names, draw_heritage, family_surnames, given_names
from synthetic_data.population.schools import GRADES
from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = ["Movers", "draw_movers", "state_numbers"]

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

# Highest share of a district's children, in and out each: movers replace only children, a fifth of all.
MOST = 0.05
HALF = 10**5  # of a state number's ten digits
IN_ONE = 10**7  # most children of one district


def state_numbers(region_seed: int, district: int, place: Codes) -> list[str]:
    """Return the region's state numbers for positions in a district; district 0: for movers.

    No two are the same, and none reveals its district or its position: four rounds of a Feistel cipher turn
    one number of ten digits into another.
    """
    left, right = np.divmod(district * IN_ONE + place, HALF)
    for turn in range(4):
        table = rng_for(region_seed, "state numbers", turn).integers(0, HALF, HALF)
        left, right = right, (left + table[right]) % HALF
    return [f"{number:010d}" for number in (left * HALF + right).tolist()]


@dataclass(frozen=True)
class Movers:
    """The movers of one district as arrays, with their indexes among its children."""

    number: Codes
    """In the region's list, from 1."""
    leaves: Mask
    """Whether the child leaves this district; else it comes from another one."""
    other: Codes
    """The other district."""
    grade: Codes
    when: npt.NDArray[np.float64]
    """The share of the year that is over when the child leaves."""
    female: Mask
    birth: npt.NDArray[np.datetime64]
    group: Codes
    race: Codes
    origin: Codes
    first: Words
    middle: Words
    last: Words
    father_first: Words
    father_last: Words
    mother_first: Words
    mother_last: Words
    mother_born: Words
    child: Codes
    """Place among the district's children."""

    @property
    def persons(self) -> list[str]:
        """Ids that are the same in both districts' keys."""
        return [f"M{number:06d}" for number in self.number.tolist()]

    def settle(self, cast: DraftPopulation, heritage: Heritage, middle: Words) -> None:
        """Replace the children drawn with the movers."""
        child, home = self.child, cast.household[self.child]
        for name in ("birth", "female", "first", "last"):
            getattr(cast, name)[child] = getattr(self, name)
        middle[child] = self.middle
        cast.preferred[child] = cast.former[child] = cast.suffix[child] = None
        for name in ("father_first", "father_last", "mother_first", "mother_last", "mother_born", "origin"):
            getattr(cast, name)[home] = getattr(self, name)
        heritage.group[home], heritage.race[home] = self.group, self.race
        cast.guardianship[home], cast.homeless[home] = TWO_PARENTS, False
        cast.bound[home] = True


def draw_movers(scenario: Scenario, household: Codes, grade: Codes, grade_before: Codes) -> Movers | None:
    """Choose who leaves a district for another one of its region, and who comes from there."""
    if scenario.district == 0 or scenario.districts < 2:
        return None
    origin, destination = _ways(scenario)
    listed = _cards(scenario, len(origin))
    here = np.flatnonzero((origin == scenario.district) | (destination == scenario.district))
    leaves = origin[here] == scenario.district
    alone = np.bincount(household)[household] == 1
    rng = rng_for(scenario.seed, "places of movers")
    free = rng.permutation(np.flatnonzero(alone & (grade >= 0)))
    taken = np.zeros(len(household), dtype=bool)
    replaced = np.zeros(len(here), dtype="int64")
    for at, (wanted, goes) in enumerate(zip(listed["grade"][here].tolist(), leaves.tolist(), strict=True)):
        fitting = free[~taken[free]]
        if not len(fitting):
            enrolled = plain(f"{Measured('enrolled', scenario.students):count}")
            raise BadInput(
                f"A district of {enrolled} has fewer without brothers and sisters than "
                f"the {len(here)} who move: give more students, or less than moved_between = "
                f"{scenario.moved_between:g}."
            )
        # Prefer a child of that grade, and for arrivals a child who wasn't here before.
        rank = (grade[fitting] != wanted) * 2 + ((grade_before[fitting] < 0) == goes)
        replaced[at] = fitting[int(np.argmin(rank))]
        taken[replaced[at]] = True
    grade[replaced] = listed["grade"][here]
    grade_before[replaced[~leaves]] = -1
    stays = replaced[leaves]
    grade_before[stays] = np.where(grade_before[stays] >= 0, grade[stays] - 1, -1)
    cards = {field.name: listed[field.name][here] for field in fields(Movers) if field.name in listed}
    return Movers(
        number=here + 1,
        leaves=leaves,
        other=np.where(leaves, destination[here], origin[here]),
        child=replaced,
        **cards,
    )


def _ways(scenario: Scenario) -> tuple[Codes, Codes]:
    """Return the origin and the destination of each mover of the region."""
    rng, count = rng_for(scenario.region_seed, "movers", "ways"), scenario.districts
    most = max(1, int(MOST * scenario.students))
    leaving = rng.binomial(scenario.students, scenario.moved_between, count).clip(1, most)
    origin = np.repeat(np.arange(1, count + 1), leaving)
    step = rng.integers(1, count, len(origin))
    destination = (origin - 1 + step) % count + 1
    # At most this many come to one district; all districts compute who stays home.
    rank = np.zeros(len(origin), dtype="int64")
    for one in range(1, count + 1):
        mine = destination == one
        rank[mine] = np.arange(int(mine.sum()))
    kept = rank < most
    return origin[kept], destination[kept]


def _cards(scenario: Scenario, count: int) -> dict[str, npt.NDArray[Any]]:
    """Draw the region's movers."""
    seed = scenario.region_seed
    rng = rng_for(seed, "movers")
    grade = rng.integers(0, len(GRADES), count)
    female = rng.random(count) < 0.49
    first_of_year = (scenario.school_year - 1 - 5 - grade - 1970).astype("datetime64[Y]")
    last_day = (first_of_year.astype("datetime64[M]") + np.timedelta64(8, "M")).astype("datetime64[D]")
    heritage = draw_heritage(seed, "movers", count)
    surnames = family_surnames(seed, "movers", heritage.origin)
    fathers = given_names(seed, "movers' fathers", heritage.origin, np.zeros(count, dtype=bool), adult=True)
    mothers = given_names(seed, "movers' mothers", heritage.origin, np.ones(count, dtype=bool), adult=True)
    first, middle = child_names(
        seed, "movers", heritage.origin, female, np.arange(count), fathers, surnames.mother_at_birth
    )
    return {
        "grade": grade,
        "when": rng.random(count),
        "female": female,
        "birth": last_day - (rng.random(count) * 365).astype("int64"),
        "group": heritage.group,
        "race": heritage.race,
        "origin": heritage.origin,
        "first": first,
        "middle": middle,
        "last": np.where(female, surnames.daughters, surnames.children),
        "father_first": fathers,
        "father_last": surnames.father,
        "mother_first": mothers,
        "mother_last": surnames.mother,
        "mother_born": surnames.mother_at_birth,
    }
