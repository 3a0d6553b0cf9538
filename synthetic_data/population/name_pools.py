"""Provide pools of names, and their spellings."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from synthetic_data.facts import rows

__all__ = [
    "Part",
    "Pool",
    "feminine",
    "fold",
    "from_cyrillic",
    "nicknames",
    "other_spellings",
    "patronymic",
    "pool",
]


# Names from other scripts have no single spelling in Latin letters. For Cyrillic, we use two official
# systems: BGN/PCGN, common on maps and older papers, and ICAO Document 9303, used in passports. For other
# scripts, facts/romanizations.csv lists pairs of spellings from two published systems.

CYRILLIC_LETTERS = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya e i yi ye g".split(),
        strict=True,
    )
)
PASSPORT = CYRILLIC_LETTERS | {"й": "i", "ю": "iu", "я": "ia", "ъ": "ie", "ї": "i", "є": "ie"}
VOWELS = "аеёиоуыэюяіїє"
APOSTROPHES = "\u02bc\u2019"  # in Ukrainian; English omits them
# Ukrainian pronounces two of the letters differently.
UKRAINIAN = {"г": "h", "и": "y"}  # noqa: RUF001

# Surnames with a feminine form.
FEMININE = (
    ("skiy", "skaya"),
    ("tskiy", "tskaya"),
    ("yy", "aya"),
    ("ov", "ova"),
    ("ev", "eva"),
    ("in", "ina"),
)
# Names with a stem change before a patronymic ending.
STEMS = {
    "Lev": "Lvov",
    "Pavel": "Pavlov",
    "Petr": "Petrov",
    "Dmitriy": "Dmitriyev",
    "Ilya": "Il",
    "Nikita": "Nikit",
}


@lru_cache(maxsize=1 << 16)  # a district has far fewer names than people
def fold(name: str) -> str:
    """Reduce a name to plain lower-case letters for logins and comparisons, never to show.

    >>> fold("Đặng-O’Núñez")
    'dangonunez'
    """
    if name.isascii() and name.isalpha():
        return name.lower()
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain.lower() if "a" <= letter <= "z")


def from_cyrillic(name: str, passport: bool = False, ukrainian: bool = False) -> str:
    """Transliterate a Russian or Ukrainian name.

    >>> from_cyrillic("Юлия"), from_cyrillic("Юлия", passport=True)
    ('Yuliya', 'Iuliia')
    """
    letters = (PASSPORT if passport else CYRILLIC_LETTERS) | (UKRAINIAN if ukrainian else {})
    syllables = []
    for place, sign in enumerate(name.lower()):
        latin = "" if sign in APOSTROPHES else letters.get(sign, sign)
        latin = "" if latin == "-" and sign != "-" else latin  # a silent sign
        before = name[place - 1].lower() if place else ""
        # After a vowel, and at the start of a name, it sounds like "ye".
        if sign in "её" and not passport and not ukrainian and (not before or before in VOWELS + "ъь"):
            latin = "ye"
        syllables.append(latin)
    return "-".join(part[:1].upper() + part[1:] for part in "".join(syllables).split("-"))


def feminine(surname: str) -> str:
    """Return the feminine form of a Slavic surname; many have only one form.

    >>> feminine("Ivanov"), feminine("Zelinskiy"), feminine("Shevchenko")
    ('Ivanova', 'Zelinskaya', 'Shevchenko')
    """
    for ending, other in FEMININE:
        if surname.endswith(ending):
            return surname[: -len(ending)] + other
    return surname


def patronymic(father: str, female: bool) -> str:
    """Form a Russian patronymic from a father's given name.

    >>> patronymic("Ivan", True), patronymic("Sergey", False), patronymic("Nikita", True)
    ('Ivanovna', 'Sergeyevich', 'Nikitichna')
    """
    if father in ("Ilya", "Nikita"):
        ending = {"Ilya": ("yich", "yinichna"), "Nikita": ("ich", "ichna")}[father][female]
        return STEMS[father] + ending
    if father in STEMS:
        stem = STEMS[father]
    elif father.endswith("iy"):
        stem = f"{father[:-2]}yev"
    elif father.endswith("y"):
        stem = f"{father}ev"
    elif father.endswith(("zh", "sh", "ch", "ts")):
        stem = f"{father}ev"
    else:
        stem = f"{father.rstrip('aoe')}ov"
    return stem + ("na" if female else "ich")


Words = npt.NDArray[np.object_]
Part = Literal["given", "surname", "middle"]

# Entries of Faker's lists that are errors, not names.
SLIPS = {"Jos", "Sessa", "Esparta", "Espartaco", "Alta  Gracia", "Aldonza", "Alta", "Aparecida"}
MENDED = {"José Manuél": "José Manuel", "Rafaél": "Rafael", "de la Crúz": "De La Cruz", "de la O": "De La O"}

# Faker locales that fill a group's pools, and their total weight next to the kit's list.
LOCALES: dict[str, tuple[str, ...]] = {
    "Anglo": ("en_US",),
    "Hispanic": ("es_MX",),
    "Vietnamese": ("vi_VN",),
    "Chinese": ("zh_TW", "zh_CN"),
    "South Asian": ("en_IN",),
    "West African": ("yo_NG", "ig_NG"),
    "Slavic": ("ru_RU", "uk_UA"),
    "Portuguese": ("pt_BR", "pt_PT"),
}
FAKER_WEIGHT = 0.35
CYRILLIC_LOCALES = {"ru_RU": False, "uk_UA": True}  # whether it is Ukrainian
# Groups that share a pool: part of a name -> source group.
BORROWED: dict[tuple[str, str], str] = {
    ("African American", "given"): "Anglo",
    ("African American", "surname"): "Anglo",
    ("African American", "middle"): "Anglo",
    ("Native American", "given"): "Anglo",
}
CHAINS = ("East African",)  # with a grandfather's given name as last name
# Surnames of these groups are common in others too, so no list drops them.
SHARED_SURNAMES = ("Anglo", "Haitian", "Native American")


@dataclass(frozen=True)
class Pool:
    """Names with their probabilities."""

    names: Words
    cumulative: npt.NDArray[np.float64]

    def draw(self, rng: np.random.Generator, count: int) -> Words:
        """Draw names with replacement, in the order of one uniform number each."""
        positions = np.searchsorted(self.cumulative, rng.random(count), side="right")
        return self.names[np.minimum(positions, len(self.names) - 1)]


@cache
def pool(origin: str, part: Part, sex: str = "", adult: bool = False) -> Pool:
    """Return the pool of one part of a name."""
    if origin in CHAINS and part == "surname":
        return pool(origin, "given", "Male")
    if (origin, part) in BORROWED:
        return pool(BORROWED[origin, part], part, sex, adult)
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
def nicknames() -> dict[str, tuple[str, ...]]:
    """Return the nicknames of given names."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows("nicknames"):
        found[row["name"]] = (*found.get(row["name"], ()), row["nickname"])
    return found


@cache
def _cyrillic_names() -> tuple[tuple[str, bool], ...]:
    """List the Cyrillic names of Faker's Russian and Ukrainian pools, and whether they are Ukrainian."""
    found = [
        (name, ukrainian)
        for locale, ukrainian in CYRILLIC_LOCALES.items()
        for part, sex in (("given", "Female"), ("given", "Male"), ("surname", ""))
        for name, _ in _listed(_provider(locale), locale, part, sex)
    ]
    return tuple(dict.fromkeys(found))


@cache
def other_spellings(origin: str) -> dict[str, str]:
    """Map names of a group from another script to the spelling of a second clerk."""
    pairs = [(row["name"], row["other"]) for row in rows("romanizations") if row["origin"] == origin]
    if origin == "Slavic":
        for name, ukrainian in _cyrillic_names():
            one, other = (from_cyrillic(name, passport, ukrainian) for passport in (False, True))
            pairs.append((one, other))
            if feminine(one) == f"{one}a":
                pairs.append((f"{one}a", f"{other}a"))
    found: dict[str, str] = {}
    for name, other in pairs:
        if name != other:
            found.setdefault(name, other)
            found.setdefault(other, name)
    return found


@cache
def _provider(locale: str) -> Any:
    return importlib.import_module(f"faker.providers.person.{locale}").Provider


def _faker(origin: str, part: str, sex: str) -> dict[str, float]:
    """Read a group's names from Faker's providers, spelled as families spell them."""
    found: dict[str, float] = {}
    for locale in LOCALES.get(origin, ()):
        provider = _provider(locale)
        for name, weight in _listed(provider, locale, part, sex):
            if locale in CYRILLIC_LOCALES:
                name = from_cyrillic(name, ukrainian=CYRILLIC_LOCALES[locale])
            name = unicodedata.normalize("NFC", MENDED.get(name, name))
            if name not in SLIPS and all(letter.isalpha() or letter in " '’-." for letter in name):
                found[name] = max(weight, found.get(name, 0.0))
    if origin == "Anglo" and part == "surname":
        elsewhere = _folded_elsewhere()
        return {_gaelic(name): weight for name, weight in found.items() if fold(name) not in elsewhere}
    if origin == "Hispanic" and part == "surname":
        # Faker lists Mexican surnames without weights; the U.S. list has those of common ones.
        known = {fold(name): weight for name, weight in _provider("en_US").last_names.items()}
        return {_particles(name): known.get(fold(name), 0.00015) for name in found}
    return found


def _listed(provider: Any, locale: str, part: str, sex: str) -> Iterable[tuple[str, float]]:
    if locale in ("zh_TW", "zh_CN"):
        if part == "given":
            return []  # the kit's own list: Faker's pairs of characters are two generations old
        listed = provider.last_romanized_names
        names = [name.title() for name in listed]
        common = {"Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Lin", "Chang"}
        return [(name, 6.0 if name in common else 0.6) for name in names]
    if locale in CYRILLIC_LOCALES:
        if CYRILLIC_LOCALES[locale] and part == "given":
            return []  # their patronymics follow other rules
        # Listed surnames are masculine; we derive the feminine forms.
        listed = (
            provider.last_names_male if part == "surname" else getattr(provider, f"first_names_{sex.lower()}")
        )
        return [(name, 1.0) for name in listed if "-" not in name and len(name) < 12]
    listed = provider.last_names if part == "surname" else getattr(provider, f"first_names_{sex.lower()}")
    if locale == "vi_VN" and part == "given":
        listed = (*listed, *provider.first_names_unisex)
    return listed.items() if isinstance(listed, dict) else [(name, 1.0) for name in listed]


@cache
def _folded_elsewhere() -> frozenset[str]:
    """Return surnames of the U.S. list that belong to another group's custom."""
    names = [*_provider("es_MX").last_names, *_provider("vi_VN").last_names]
    names += [
        row["name"]
        for row in rows("name_pools")
        if row["part"] == "surname" and row["origin"] not in SHARED_SURNAMES
    ]
    shared = {"lee", "park", "moon", "song", "long", "may", "han", "santiago", "franco", "cha", "her", "fang"}
    return frozenset({fold(name) for name in names} - shared) | {
        "yang",
        "wong",
        "chang",
        "vang",
        "xiong",
        "huang",
    }


def _gaelic(name: str) -> str:
    """Restore what the census list of surnames drops: McCarthy, O'Brien, De Leon."""
    apostrophes = {"Obrien", "Oconnor", "Oneill", "Oneal", "Odonnell", "Oconnell"}
    if name in apostrophes:
        return f"O'{name[1:].capitalize()}"
    if name.startswith("Mc") and len(name) > 4:
        return f"Mc{name[2:].capitalize()}"
    return name


def _particles(name: str) -> str:
    return " ".join(word[0].upper() + word[1:] for word in name.split())
