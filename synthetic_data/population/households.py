"""Generate households and guardians, before hard cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import numbered, only, pick, text, truth, whole
from synthetic_data.facts import rows
from synthetic_data.population.names import ORIGINS, family_surnames, fold, given_names
from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = [
    "FOSTER",
    "GUARDIANSHIPS",
    "HOME_LANGUAGES",
    "TWO_PARENTS",
    "DraftPopulation",
    "guardians_of",
    "households_frame",
]


Words = npt.NDArray[np.object_]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass
class DraftPopulation:
    """Names and homes before they are final: arrays over children, then over households."""

    household: Codes
    grade: Codes
    twin: Mask
    birth: npt.NDArray[np.datetime64]
    female: Mask
    first: Words
    last: Words
    suffix: Words
    preferred: Words
    former: Words
    # one element per household
    origin: Codes
    father_first: Words
    father_last: Words
    mother_first: Words
    mother_last: Words
    mother_born: Words
    father_senior: Mask
    guardianship: Codes
    homeless: Mask
    bound: Mask
    """Families that must stay as they are: another district knows them too."""

    def rename(self, child: int, name: str) -> None:
        """Change a child's first name; a nickname of the old one is dropped."""
        if self.first[child] != name:
            self.first[child], self.preferred[child] = name, None

    def surname(self, home: int, name: str) -> None:
        """Change a whole family's surname."""
        self.last[self.household == home] = name
        self.father_last[home] = name


# Guardians of children; the shares are the kit's own. scenario.foster_share sets the last.
GUARDIANSHIPS = (
    ("two parents", 0.67),
    ("mother", 0.22),
    ("father", 0.05),
    ("grandparents", 0.06),
    ("foster", 0.0),
)
TWO_PARENTS, MOTHER, FATHER, GRANDPARENTS, FOSTER = range(5)

STREETS = (
    "Maple", "Oak", "Cedar", "Elm", "Walnut", "Pine", "Birch", "Chestnut", "Willow", "Hickory", "Main",
    "Church", "Mill", "River", "Lake", "Hill", "Park", "School", "Depot", "Bridge", "Franklin", "Spring",
    "Prospect", "Highland", "Union", "Center", "Summit", "Meadow", "Orchard", "Quarry", "Harvest", "Sunrise",
)  # fmt: skip
STREET_TYPES = ("St", "Ave", "Rd", "Ln", "Dr", "Ct")
DIRECTIONS = ("", "", "", "N ", "S ", "E ", "W ")
IN_A_BUILDING = 0.12  # share of families in an apartment building of their zone

# Home language depends on the naming custom, with Ed-Fi's codes: the kit's own shares.
HOME_LANGUAGES = {
    row["name_origin"]: (row["home_language"], float(row["speak_it"]))
    for row in rows("naming_customs")
    if row["home_language"]
}


def households_frame(
    scenario: Scenario, household: Words, zone: Codes, cast: DraftPopulation
) -> pd.DataFrame:
    """Give every household an address and a language."""
    rng, count = rng_for(scenario.seed, "addresses"), len(household)
    streets = np.array([f"{name} {kind}" for name in STREETS for kind in STREET_TYPES], dtype=object)
    names = (
        np.array(DIRECTIONS, dtype=object)[rng.integers(0, len(DIRECTIONS), count)]
        + streets[rng.integers(0, len(streets), count)]
    )
    numbers = (rng.random(count) * rng.random(count) * 9800).astype("int64") + 1
    address = np.array(
        [f"{number} {street}" for number, street in zip(numbers.tolist(), names, strict=True)], dtype=object
    )
    building = np.flatnonzero(rng.random(count) < IN_A_BUILDING)
    doors = rng.integers(0, 160, len(building))
    for place, door in zip(building.tolist(), doors.tolist(), strict=True):
        house = f"{100 * (1 + zone[place] % 60)} {STREETS[zone[place] % len(STREETS)]} St"
        address[place] = f"{house} Apt {door // 4 + 1}{'ABCD'[door % 4]}"
    cities = (scenario.title, f"{scenario.title} Heights", f"North {scenario.title}")
    city = np.searchsorted([0.8, 0.92, 1.0], rng.random(count), side="right").clip(0, 2)
    language = np.full(count, "eng", dtype=object)
    speaks = rng.random(count)
    for origin, (code, share) in HOME_LANGUAGES.items():
        language[(cast.origin == ORIGINS.index(origin)) & (speaks < share)] = code
    home = ~cast.homeless
    return pd.DataFrame(
        {
            "household": text(household),
            "street_number_name": text(only(home, address)),
            "city": pick(cities, np.where(home, city, -1)),
            "postal_code": pick([f"{110 + 3 * place:05d}" for place in range(3)], np.where(home, city, -1)),
            "home_language": text(language),
            "zone": whole(zone),
            "homeless": truth(cast.homeless),
        }
    )


def guardians_of(scenario: Scenario, household: Words, cast: DraftPopulation) -> pd.DataFrame:
    """Generate the adults of every household."""
    seed, kind, count = scenario.seed, cast.guardianship, len(household)
    old_female = rng_for(seed, "guardians", "sex").random(count) < 0.7
    other_first = given_names(seed, "other guardians", cast.origin, old_female, adult=True)
    other_last = family_surnames(seed, "other guardians", cast.origin).children
    parts = [
        (np.isin(kind, (TWO_PARENTS, MOTHER)), cast.mother_first, cast.mother_last, "Mother"),
        (np.isin(kind, (TWO_PARENTS, FATHER)), cast.father_first, cast.father_last, "Father"),
        ((kind == GRANDPARENTS) & old_female, other_first, cast.father_last, "Grandmother"),
        ((kind == GRANDPARENTS) & ~old_female, other_first, cast.mother_last, "Grandfather"),
        (kind == FOSTER, other_first, other_last, "Foster parent"),
    ]
    relation_words = [part[3] for part in parts]
    home = np.concatenate([np.flatnonzero(part[0]) for part in parts])
    relation = np.concatenate([np.full(part[0].sum(), place) for place, part in enumerate(parts)])
    order = np.lexsort((relation, home))
    home, relation = home[order], relation[order]
    first = np.select(
        [relation == 0, relation == 1], [cast.mother_first[home], cast.father_first[home]], other_first[home]
    )
    last = np.select(
        [np.isin(relation, (0, 3)), np.isin(relation, (1, 2))],
        [cast.mother_last[home], cast.father_last[home]],
        other_last[home],
    )
    rng, total = rng_for(seed, "guardians"), len(home)
    number = rng.integers(10, 1000, total)
    email = np.array(
        [
            f"{fold(a)}.{fold(b)}{n}@mail.example"
            for a, b, n in zip(first, last, number.tolist(), strict=True)
        ],
        dtype=object,
    )
    email[rng.random(total) < 0.12] = None  # no e-mail, or none on record
    female = np.isin(relation, (0, 2)) | ((relation == 4) & old_female[home])
    return pd.DataFrame(
        {
            "person": text(numbered("G", np.arange(1, total + 1), max(6, len(str(total))))),
            "household": text(household[home]),
            "first_name": text(first),
            "middle_name": text(np.full(total, None, dtype=object)),
            "last_surname": text(last),
            "generation_code_suffix": text(only((relation == 1) & cast.father_senior[home], "Sr")),
            "sex": pick(("Male", "Female"), female.astype("int64")),
            "email": text(email),
            "relation": pick(relation_words, relation),
        }
    )
