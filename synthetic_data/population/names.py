"""Who bears which names: surnames by the custom of a family's group, given names, what stands in the middle.

Customs stand in customs.py, pools of names in pools.py, spellings in spelling.py. Everything is drawn for
whole groups of people at once.

Two rules hold everywhere. Children of African American families are named from the same American pools as
Anglo ones: a stereotype is no realism. And a name decides nothing: no outcome in `synthetic_data.life` looks
at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic_data.population.customs import CUSTOMS, ORIGINS
from synthetic_data.population.pools import Part, nicknames, pool
from synthetic_data.population.spelling import feminine, fold, patronymic
from synthetic_data.streams import rng_for

__all__ = [
    "CUSTOMS",
    "ORIGINS",
    "FamilyNames",
    "child_names",
    "family_surnames",
    "fold",
    "given_names",
    "nicknames",
    "pool",
]

Words = npt.NDArray[np.object_]
Codes = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FamilyNames:
    """The surnames of families: of father, mother at birth, and mother and children now; one element each."""

    father: Words
    mother_at_birth: Words
    mother: Words
    children: Words
    daughters: Words
    """As `children`, but where daughters bear another form."""


def family_surnames(seed: int, stream: str, origins: Codes) -> FamilyNames:
    """Name families after their group's custom.

    Parameters
    ----------
    seed
        The scenario's seed.
    stream
        Which people these are.
    origins
        Place of each family's group in `ORIGINS`.

    Returns
    -------
    FamilyNames
        Surnames, one element a family.
    """
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
    # In a chain of names the last one is the grandfather's, and the father's own is one further back.
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
    """Say whether a surname is one, with or without a particle: da Silva, but not García López."""
    words = surname.split(" ")
    return "-" not in surname and sum(word[:1].isupper() for word in words) == 1


def given_names(seed: int, stream: str, origins: Codes, female: Mask, adult: bool = False) -> Words:
    """Draw given names.

    Parameters
    ----------
    seed
        The scenario's seed.
    stream
        Which people these are.
    origins
        Place of each person's group in `ORIGINS`.
    female
        Names are given by sex.
    adult
        Grown-ups bear the names of all ages.

    Returns
    -------
    numpy array of str
        One given name each.
    """
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
    """Give children first and middle names; no two children of a family share the first.

    Parameters
    ----------
    seed
        The scenario's seed.
    stream
        Which people these are.
    origins, female
        Group and sex of each child.
    family
        Number of each child's family.
    fathers_given
        Given name of each child's father: the middle name, or what it is made of, where that is the custom.
    mothers_surname
        The surname that each child's mother was born with: the middle name where that is the custom.

    Returns
    -------
    first, middle : numpy arrays of str
        ``None`` where there is no middle name.
    """
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
    """Mark every child whose first name an earlier one of the family bears."""
    _, codes = np.unique(first.astype(str), return_inverse=True)
    key = family.astype("int64") * (np.max(codes, initial=0) + 1) + codes
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(first), dtype=bool)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    return again
