"""Generate names by heritage and custom."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from synthetic_data.columns import pick, truth
from synthetic_data.facts import figures, rows
from synthetic_data.population.name_pools import Part, feminine, fold, nicknames, patronymic, pool
from synthetic_data.streams import rng_for

__all__ = [
    "CUSTOMS",
    "GROUPS",
    "ORIGINS",
    "Custom",
    "Heritage",
    "child_names",
    "draw_heritage",
    "family_surnames",
    "fold",
    "given_names",
    "nicknames",
    "pool",
    "preferred_names",
]


# A custom is a share of families or of children. The shares are the kit's own, because nobody publishes how
# often families in American schools follow a custom. The customs themselves are common knowledge of each
# language.


@dataclass(frozen=True)
class Custom:
    """Naming customs of one origin group: shares of families or of children."""

    both_surnames: float = 0.005
    """Father's and mother's surname, side by side: García López."""
    hyphenated: float = 0.045
    """The same, with a hyphen: Young-Adams."""
    mothers_surname: float = 0.08
    """The mother's alone."""
    mothers_first: bool = False
    """Where both are borne, the mother's comes first: Souza Pereira."""
    wife_takes_surname: float = 0.75
    english_first: float = 0.0
    """An English first name, and the name of the old country in the middle."""
    middle: Literal["given", "middle", "father", "patronymic", "mother", "none"] = "given"
    """A second given name; a name that occurs only in the middle; the father's given name; one made of it
    (Ivanovich, Ivanovna); the mother's surname."""
    middle_share: float = 0.75
    feminine_surname: float = 0.0
    """Share of families in which daughters bear another form of the surname: Ivanov, Ivanova."""
    chain: bool = False
    """Nobody has a surname: after a child's name come the father's and the grandfather's."""
    family_name_first: bool = False
    """The family name comes first, and a clerk who writes what she hears swaps the two."""


_CUSTOM = TypeAdapter(Custom)
CUSTOMS: dict[str, Custom] = {
    row["name_origin"]: _CUSTOM.validate_python(
        {field.name: row[field.name] for field in fields(Custom) if row[field.name]}
    )
    for row in rows("naming_customs")
}
ORIGINS: tuple[str, ...] = tuple(CUSTOMS)


Words = npt.NDArray[np.object_]
Codes = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FamilyNames:
    """Surnames per family: the father's, the mother's at birth, and the mother's and children's now."""

    father: Words
    mother_at_birth: Words
    mother: Words
    children: Words
    daughters: Words
    """As `children`, but where daughters bear another form."""


def family_surnames(seed: int, stream: str, origins: Codes) -> FamilyNames:
    """Draw surnames by the customs of each group."""
    customs = [CUSTOMS[origin] for origin in ORIGINS]
    father = _by_group(seed, f"{stream} father", "surname", origins)
    at_birth = _by_group(seed, f"{stream} mother", "surname", origins)
    shares = np.array([(c.both_surnames, c.hyphenated, c.mothers_surname) for c in customs])
    rng = rng_for(seed, "names", stream, "custom")
    form = (rng.random(len(origins))[:, None] > np.cumsum(shares[origins], axis=1)).sum(axis=1)
    single = np.array([_is_one(a) and _is_one(b) and a != b for a, b in zip(father, at_birth, strict=True)])
    form = np.where((form < 2) & ~single, 3, form)
    mothers_first = np.array([c.mothers_first for c in customs])[origins]
    before, behind = np.where(mothers_first, at_birth, father), np.where(mothers_first, father, at_birth)
    children = father.copy()
    children[form == 0] = before[form == 0] + " " + behind[form == 0]
    children[form == 1] = before[form == 1] + "-" + behind[form == 1]
    children[form == 2] = at_birth[form == 2]
    takes = np.array([c.wife_takes_surname for c in customs])[origins]
    mother = np.where((form == 3) & (rng.random(len(origins)) < takes), father, at_birth)
    # In a chain of names, the last one is the grandfather's, and the father's own is one generation back.
    chain = np.array([c.chain for c in customs])[origins]
    if chain.any():
        father[chain] = _by_group(seed, f"{stream} chain", "surname", origins[chain])
    keeps = np.array([c.feminine_surname for c in customs])[origins]
    kept = rng_for(seed, "names", stream, "feminine").random(len(origins)) < keeps
    daughters = children.copy()
    for names in (daughters, mother, at_birth):
        names[kept] = [feminine(name) for name in names[kept]]
    return FamilyNames(father, at_birth, mother, children, daughters)


@lru_cache(maxsize=1 << 16)
def _is_one(surname: str) -> bool:
    """Check whether a surname is a single one, with or without a particle: da Silva, but not García López."""
    words = surname.split(" ")
    return "-" not in surname and sum(word[:1].isupper() for word in words) == 1


def given_names(seed: int, stream: str, origins: Codes, female: Mask, adult: bool = False) -> Words:
    """Draw given names."""
    return _by_group(seed, stream, "given", origins, female, adult)


def child_names(
    seed: int,
    stream: str,
    origins: Codes,
    female: Mask,
    family: Codes,
    fathers_given: Words,
    mothers_surname: Words,
) -> tuple[Words, Words]:
    """Draw children's first and middle names; no two children of a family share a first name."""
    count = len(origins)
    english_share = np.array([c.english_first for c in CUSTOMS.values()])[origins]
    middle_share = np.array([c.middle_share for c in CUSTOMS.values()])[origins]
    rng = rng_for(seed, "names", stream, "custom")
    english = rng.random(count) < english_share
    has_middle = rng.random(count) < middle_share

    def first_names(turn: int) -> Words:
        groups = np.where(english, ORIGINS.index("Anglo"), origins)
        return given_names(seed, f"{stream} first {turn}", groups, female)

    first = first_names(0)
    for turn in range(1, 9):
        again = _repeated(family, first)
        if not again.any():
            break
        first = np.where(again, first_names(turn), first)

    middle = np.full(count, None, dtype=object)
    kinds = np.array([c.middle for c in CUSTOMS.values()])[origins]
    of_given = english | ((kinds == "given") & has_middle)
    drawn = given_names(seed, f"{stream} middle", origins, female)
    middle[of_given] = drawn[of_given]
    only_middle = (kinds == "middle") & has_middle & ~english
    middle[only_middle] = _by_group(
        seed, f"{stream} middle", "middle", origins[only_middle], female[only_middle]
    )
    for kind, names in (("father", fathers_given), ("mother", mothers_surname)):
        mine = (kinds == kind) & has_middle & ~english
        middle[mine] = names[mine]
    made = (kinds == "patronymic") & has_middle
    middle[made] = [
        patronymic(father, girl)
        for father, girl in zip(fathers_given[made], female[made].tolist(), strict=True)
    ]
    middle[middle == first] = None
    return first, middle


def _by_group(
    seed: int, stream: str, part: Part, origins: Codes, female: Mask | None = None, adult: bool = False
) -> Words:
    drawn = np.full(len(origins), None, dtype=object)
    for place, origin in enumerate(ORIGINS):
        for is_female, sex in ((True, "Female"), (False, "Male")) if female is not None else ((None, ""),):
            mine = origins == place
            if female is not None:
                mine = mine & (female == is_female)
            if mine.any():
                rng = rng_for(seed, "names", stream, part, origin, sex)
                drawn[mine] = pool(origin, part, sex, adult).draw(rng, int(mine.sum()))
    return drawn


def _repeated(family: Codes, first: Words) -> Mask:
    """Mark every child with the first name of an earlier one in the family."""
    _, codes = np.unique(first.astype(str), return_inverse=True)
    key = family.astype("int64") * (np.max(codes, initial=0) + 1) + codes
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(first), dtype=bool)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    return again


# Shares by race and ethnicity are published (facts/published.csv). A family's naming custom, given these, is
# the kit's own assumption (facts/name_origins.csv).

HeritageCodes = npt.NDArray[np.int64]

# Groups with published shares.
GROUPS = (
    "White",
    "Hispanic",
    "Black",
    "Asian",
    "Two or more races",
    "American Indian/Alaska Native",
    "Pacific Islander",
)

# Race on record of each group, in Ed-Fi's terms: the kit's own shares where families differ.
RACES: dict[str, list[tuple[str | None, float]]] = {}
for _row in rows("races"):
    RACES.setdefault(_row["group"], []).append((_row["race"] or None, float(_row["share"])))
RACE_WORDS = tuple(dict.fromkeys(word for shares in RACES.values() for word, _ in shares if word))


@dataclass(frozen=True)
class Heritage:
    """Draws for each household: index in `GROUPS`, in the race terms (-1: not on record), in `ORIGINS`."""

    group: HeritageCodes
    race: HeritageCodes
    origin: HeritageCodes

    def race_column(self, household: HeritageCodes) -> Any:
        """Return people's race by household, in Ed-Fi's terms, sorted and joined by ``;``."""
        return pick(RACE_WORDS, self.race[household])

    def hispanic_column(self, household: HeritageCodes) -> Any:
        """Mark who reports Hispanic or Latino ethnicity, by household."""
        return truth(self.group[household] == GROUPS.index("Hispanic"))


def draw_heritage(seed: int, stream: str, count: int) -> Heritage:
    """Draw race, ethnicity and naming custom of households."""
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


def _draw(rng: np.random.Generator, shares: list[float], count: int) -> HeritageCodes:
    cumulative = np.cumsum(shares) / np.sum(shares)
    return np.minimum(np.searchsorted(cumulative, rng.random(count), side="right"), len(shares) - 1)


def preferred_names(
    seed: int,
    share: float,
    first: Words,
    origins: npt.NDArray[np.integer[Any]],
    female: npt.NDArray[np.bool_],
) -> Words:
    """Draw who goes by another first name."""
    rng, known = rng_for(seed, "preferred names"), nicknames()
    usual = np.array([CUSTOMS[origin].english_first > 0 for origin in ORIGINS])[origins]
    english = set(pool("Anglo", "given", "Female").names) | set(pool("Anglo", "given", "Male").names)
    abroad = usual & np.array([name not in english for name in first], dtype=bool)
    short = np.array([name in known for name in first], dtype=bool) & ~abroad
    can = abroad | short
    chosen = can & (rng.random(len(first)) < min(1.0, share / max(can.mean(), 1e-9)))
    which = rng.random(len(first))
    preferred = np.full(len(first), None, dtype=object)
    for place in np.flatnonzero(chosen & short).tolist():
        options = known[first[place]]
        preferred[place] = options[int(which[place] * len(options))]
    taken = chosen & abroad
    anglo = np.full(len(first), ORIGINS.index("Anglo"))
    preferred[taken] = given_names(seed, "preferred names", anglo[taken], female[taken])
    return preferred
