"""Naming customs by origin group: who bears which surname, how many, and what stands in the middle.

Pools come from Faker's name providers, by locale, with weights where it has them; facts/name_pools.csv leads
with names in common use and fills pools that are thin. Names are in Latin spelling, with their diacritics
(Unicode NFC). Everything is drawn for whole groups of people at once.

Two rules hold everywhere. Children of African American families are named from the same American pools as
Anglo ones: a stereotype is no realism. And a name decides nothing: no outcome in `synthetic_data.life` looks
at it.
"""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from synthetic_data.published import rows
from synthetic_data.streams import rng_for

__all__ = [
    "CUSTOMS",
    "ORIGINS",
    "FamilyNames",
    "Pool",
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
Part = Literal["given", "surname", "middle"]

SEXES = ("Female", "Male")

# Entries of Faker's lists that are slips rather than names.
SLIPS = {"Jos", "Sessa", "Esparta", "Espartaco", "Alta  Gracia", "Aldonza", "Alta"}
MENDED = {"José Manuél": "José Manuel", "Rafaél": "Rafael", "de la Crúz": "De La Cruz", "de la O": "De La O"}


@dataclass(frozen=True)
class Custom:
    """How families of one origin group name their children: shares of families or of children."""

    both_surnames: float = 0.005  # father's and mother's, side by side: "García López"
    hyphenated: float = 0.045  # the same, with a hyphen: "Young-Adams"
    mothers_surname: float = 0.08  # the mother's alone
    wife_takes_surname: float = 0.75
    english_first: float = 0.0  # an English first name, and the name of the old country in the middle
    middle: Literal["given", "middle", "father", "none"] = "given"
    middle_share: float = 0.75


CUSTOMS: dict[str, Custom] = {
    "Anglo": Custom(),
    "African American": Custom(),
    "Hispanic": Custom(0.40, 0.08, 0.10, wife_takes_surname=0.2, middle_share=0.45),
    "Vietnamese": Custom(
        0.0, 0.01, 0.05, wife_takes_surname=0.15, english_first=0.35, middle="middle", middle_share=0.85
    ),
    "Arabic": Custom(0.0, 0.01, 0.02, wife_takes_surname=0.1, middle="father", middle_share=0.85),
    "Chinese": Custom(0.0, 0.02, 0.05, wife_takes_surname=0.1, english_first=0.55, middle="none"),
    "South Asian": Custom(0.01, 0.02, 0.04, wife_takes_surname=0.55, middle="father", middle_share=0.35),
    "Korean": Custom(0.0, 0.02, 0.05, wife_takes_surname=0.1, english_first=0.55, middle="none"),
    "West African": Custom(
        0.01, 0.04, 0.05, wife_takes_surname=0.7, english_first=0.3, middle="given", middle_share=0.6
    ),
}
ORIGINS: tuple[str, ...] = tuple(CUSTOMS)

# Which of Faker's locales fill a group's pools, and how much weight all of them have beside the kit's list.
LOCALES: dict[str, tuple[str, ...]] = {
    "Anglo": ("en_US",),
    "Hispanic": ("es_MX",),
    "Vietnamese": ("vi_VN",),
    "Arabic": (),
    "Chinese": ("zh_TW", "zh_CN"),
    "South Asian": ("en_IN",),
    "Korean": (),
    "West African": ("yo_NG",),
}
FAKER_WEIGHT = 0.35


@dataclass(frozen=True)
class Pool:
    """Names with their chances."""

    names: Words
    cumulative: npt.NDArray[np.float64]

    def draw(self, rng: np.random.Generator, count: int) -> Words:
        """Draw names with replacement, in the order of one uniform number each."""
        places = np.searchsorted(self.cumulative, rng.random(count), side="right")
        return self.names[np.minimum(places, len(self.names) - 1)]


def fold(name: str) -> str:
    """Write a name as plain lower-case letters: for logins and comparisons, never as a name.

    Examples
    --------
    >>> fold("Đặng-O’Núñez")
    'dangonunez'
    """
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain.lower() if "a" <= letter <= "z")


@cache
def pool(origin: str, part: Part, sex: str = "", adult: bool = False) -> Pool:
    """Give the pool of names for one part of a name.

    Parameters
    ----------
    origin
        One of `ORIGINS`.
    part
        Given name, surname, or a name that only stands in the middle.
    sex
        ``Female`` or ``Male``; empty for surnames.
    adult
        English given names of grown-ups come from the names of all ages, those of children mostly from
        names now in use.

    Returns
    -------
    Pool
        Names and cumulative chances, each name once.
    """
    if origin == "African American":
        return pool("Anglo", part, sex, adult)
    own = {
        row["name"]: float(row["weight"])
        for row in rows("name_pools")
        if (row["origin"], row["part"], row["sex"]) == (origin, part, sex)
    }
    theirs = {} if part == "middle" else _faker(origin, part, sex)
    if origin == "Anglo" and part == "given" and adult:
        own = {}
    if origin in ("Anglo", "Hispanic") and part == "surname":
        own = {name: weight / 100 for name, weight in own.items()}  # already on Faker's scale of shares
        weights = theirs | own
    else:
        total, faker_total = sum(own.values()), sum(theirs.values())
        share = FAKER_WEIGHT if own and theirs else 1.0
        weights = {name: share * weight / faker_total for name, weight in theirs.items()}
        for name, weight in own.items():
            weights[name] = weights.get(name, 0.0) + (1.0 if not theirs else 1 - share) * weight / total
    names = sorted(weights)
    chances = np.array([weights[name] for name in names])
    return Pool(np.array(names, dtype=object), np.cumsum(chances / chances.sum()))


@cache
def _provider(locale: str) -> Any:
    return importlib.import_module(f"faker.providers.person.{locale}").Provider


def _faker(origin: str, part: Part, sex: str) -> dict[str, float]:
    """Take a group's names out of Faker's providers, spelt as families spell them."""
    found: dict[str, float] = {}
    for locale in LOCALES[origin]:
        provider = _provider(locale)
        for name, weight in _listed(provider, locale, part, sex):
            name = unicodedata.normalize("NFC", MENDED.get(name, name))
            if name not in SLIPS and all(letter.isalpha() or letter in " '’-." for letter in name):
                found[name] = max(weight, found.get(name, 0.0))
    if origin == "Anglo" and part == "surname":
        elsewhere = _folded_elsewhere()
        return {_gaelic(name): weight for name, weight in found.items() if fold(name) not in elsewhere}
    if origin == "Hispanic" and part == "surname":
        # Faker lists Mexican surnames without weights; the American list has those of the frequent ones.
        known = {fold(name): weight for name, weight in _provider("en_US").last_names.items()}
        return {_particles(name): known.get(fold(name), 0.00015) for name in found}
    return found


def _listed(provider: Any, locale: str, part: Part, sex: str) -> Iterable[tuple[str, float]]:
    if locale in ("zh_TW", "zh_CN"):
        if part == "given":
            return []  # the kit's own list: Faker's pairs of characters are of two generations ago
        listed = provider.last_romanized_names
        names = [name.title() for name in listed]
        common = {"Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Lin", "Chang"}
        return [(name, 6.0 if name in common else 0.6) for name in names]
    listed = provider.last_names if part == "surname" else getattr(provider, f"first_names_{sex.lower()}")
    if locale == "vi_VN" and part == "given":
        listed = (*listed, *provider.first_names_unisex)
    return listed.items() if isinstance(listed, dict) else [(name, 1.0) for name in listed]


@cache
def _folded_elsewhere() -> frozenset[str]:
    """Surnames of the American list that belong to another group's custom."""
    names = [*_provider("es_MX").last_names, *_provider("vi_VN").last_names]
    names += [
        row["name"] for row in rows("name_pools") if row["part"] == "surname" and row["origin"] != "Anglo"
    ]
    shared = {"lee", "park", "moon", "song", "long", "may", "han", "santiago", "franco"}
    return frozenset({fold(name) for name in names} - shared) | {
        "yang",
        "wong",
        "chang",
        "vang",
        "xiong",
        "huang",
    }


def _gaelic(name: str) -> str:
    """Give back what the census list of surnames drops: McCarthy, O'Brien, De Leon."""
    apostrophes = {"Obrien", "Oconnor", "Oneill", "Oneal", "Odonnell", "Oconnell"}
    if name in apostrophes:
        return f"O'{name[1:].capitalize()}"
    if name.startswith("Mc") and len(name) > 4:
        return f"Mc{name[2:].capitalize()}"
    return name


def _particles(name: str) -> str:
    return " ".join(word[0].upper() + word[1:] for word in name.split())


@dataclass(frozen=True)
class FamilyNames:
    """The surnames of families: of father, mother at birth, and mother and children now; one element each."""

    father: Words
    mother_at_birth: Words
    mother: Words
    children: Words


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
    father = _by_group(seed, f"{stream} father", "surname", origins)
    at_birth = _by_group(seed, f"{stream} mother", "surname", origins)
    shares = np.array([(c.both_surnames, c.hyphenated, c.mothers_surname) for c in CUSTOMS.values()])
    rng = rng_for(seed, "names", stream, "custom")
    form = (rng.random(len(origins))[:, None] > np.cumsum(shares[origins], axis=1)).sum(axis=1)
    one_word = np.array(
        [" " not in a and "-" not in a + b and " " not in b for a, b in zip(father, at_birth, strict=True)]
    )
    form = np.where((form < 2) & (~one_word | (father == at_birth)), 3, form)
    children = father.copy()
    children[form == 0] = father[form == 0] + " " + at_birth[form == 0]
    children[form == 1] = father[form == 1] + "-" + at_birth[form == 1]
    children[form == 2] = at_birth[form == 2]
    takes = np.array([c.wife_takes_surname for c in CUSTOMS.values()])[origins]
    mother = np.where((form == 3) & (rng.random(len(origins)) < takes), father, at_birth)
    return FamilyNames(father, at_birth, mother, children)


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
    seed: int, stream: str, origins: Codes, female: Mask, family: Codes, fathers_given: Words
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
        Given name of each child's father: the middle name where the custom is a patronymic.

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
    patronymic = (kinds == "father") & has_middle
    middle[patronymic] = fathers_given[patronymic]
    middle[middle == first] = None
    return first, middle


@cache
def nicknames() -> dict[str, tuple[str, ...]]:
    """Give the nicknames of given names that have any."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows("nicknames"):
        found[row["name"]] = (*found.get(row["name"], ()), row["nickname"])
    return found


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
