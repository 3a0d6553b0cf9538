"""How a name is spelt: folded to plain letters, brought into Latin letters, and as a second clerk would.

Names that aren't at home in Latin letters have no one spelling. Of Cyrillic, two official ways are here: that
of BGN/PCGN, which maps and older papers use, and that of ICAO's Document 9303, which passports use. For other
scripts facts/romanizations.csv lists pairs of spellings that come from two published systems.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["feminine", "fold", "from_cyrillic", "patronymic"]

CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya e i yi ye g".split(),
        strict=True,
    )
)
PASSPORT = CYRILLIC | {"й": "i", "ю": "iu", "я": "ia", "ъ": "ie", "ї": "i", "є": "ie"}
VOWELS = "аеёиоуыэюяіїє"
APOSTROPHES = "\u02bc\u2019"  # of Ukrainian, which English leaves out
# In Ukrainian two of the letters sound otherwise.
UKRAINIAN = {"г": "h", "и": "y"}  # noqa: RUF001

# Surnames that have a form of their own for women.
FEMININE = (
    ("skiy", "skaya"),
    ("tskiy", "tskaya"),
    ("yy", "aya"),
    ("ov", "ova"),
    ("ev", "eva"),
    ("in", "ina"),
)
# Names whose stem changes before the ending of a patronymic.
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
    """Write a name as plain lower-case letters: for logins and comparisons, never as a name.

    Examples
    --------
    >>> fold("Đặng-O’Núñez")
    'dangonunez'
    """
    if name.isascii() and name.isalpha():
        return name.lower()
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain.lower() if "a" <= letter <= "z")


def from_cyrillic(name: str, passport: bool = False, ukrainian: bool = False) -> str:
    """Bring a Russian or Ukrainian name into Latin letters.

    Parameters
    ----------
    name
        One word in Cyrillic letters.
    passport
        After ICAO's Document 9303, part 3; otherwise after BGN/PCGN, without its marks for signs.
    ukrainian
        Which language it is of.

    Examples
    --------
    >>> from_cyrillic("Юлия"), from_cyrillic("Юлия", passport=True)
    ('Yuliya', 'Iuliia')
    """
    letters = (PASSPORT if passport else CYRILLIC) | (UKRAINIAN if ukrainian else {})
    written = []
    for place, sign in enumerate(name.lower()):
        latin = "" if sign in APOSTROPHES else letters.get(sign, sign)
        latin = "" if latin == "-" and sign != "-" else latin  # a sign that has no sound
        before = name[place - 1].lower() if place else ""
        # After a vowel, and where a name begins, the sound is "ye".
        if sign in "её" and not passport and not ukrainian and (not before or before in VOWELS + "ъь"):
            latin = "ye"
        written.append(latin)
    return "-".join(part[:1].upper() + part[1:] for part in "".join(written).split("-"))


def feminine(surname: str) -> str:
    """Give the form of a Slavic surname that women bear; many have one form for all.

    Examples
    --------
    >>> feminine("Ivanov"), feminine("Zelinskiy"), feminine("Shevchenko")
    ('Ivanova', 'Zelinskaya', 'Shevchenko')
    """
    for ending, other in FEMININE:
        if surname.endswith(ending):
            return surname[: -len(ending)] + other
    return surname


def patronymic(father: str, female: bool) -> str:
    """Make the middle name of a father's given name, as in Russian.

    Examples
    --------
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
