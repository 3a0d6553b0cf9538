"""What a name is once habits of writing are taken off it, and how near two names are.

Systems write one name in many ways: capitals, lost accents, ``O'Brien`` as ``OBrien``, ``Garcia-Lopez`` as
``Garcia Lopez``. None of that tells two children apart, so it is folded away first. What is left is compared,
first names more strictly than surnames: children of one home share the surname and often the birth date, so
the first name is what keeps twins apart.
"""

from __future__ import annotations

import csv
import html
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import OSA

__all__ = [
    "DIFFERENT",
    "LEVELS",
    "MISSING",
    "NICKNAME",
    "ORDER_SWAPPED",
    "SAME",
    "SPELLING",
    "FirstNames",
    "compare_first_names",
    "compare_surnames",
    "fold",
    "formal_names",
    "surname_parts",
]

# Evidence about one name, best first; a pair of records takes the best that any way of reading its names
# gives.
LEVELS = ("Same", "Nickname", "Spelling", "Order swapped", "Missing", "Different")
SAME, NICKNAME, SPELLING, ORDER_SWAPPED, MISSING, DIFFERENT = range(len(LEVELS))

# Letters that Unicode does not take apart into a base letter and a mark.
LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae", "œ": "oe"}
    | {"Œ": "oe", "þ": "th", "Þ": "th", "ð": "d", "Ð": "d", "ħ": "h", "Ħ": "h"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
# Apostrophes join what they stand between (O'Brien, D'Angelo, Ka'imi); every other sign separates words.
# Beside the usual ones: the modifier apostrophe, Hawaii's okina and the acute accent typed as one.
APOSTROPHES = "'’‘`\N{MODIFIER LETTER APOSTROPHE}\N{MODIFIER LETTER TURNED COMMA}\N{ACUTE ACCENT}"
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
PARTICLES = frozenset(
    "de la del los las el al da do das dos di du le van von der den ter ten bin ibn abu bint mac mc".split()
)

# A typing error is one edit in a name of four to seven letters and two in a longer one; shorter names leave
# no room for an error (Leo and Lea, Mia and Mya are two children).
SHORTEST_FOR_ONE_EDIT = 4
SHORTEST_FOR_TWO_EDITS = 8
# Below this similarity (1 - edits / letters) first names are plainly different, and so they are whenever
# their first letters differ: typists rarely miss the first letter, and twins are named Jayden and Kayden.
PLAINLY_DIFFERENT_BELOW = 0.7
SHORTEST_BEGINNING = 3
# Systems cut long surnames; a shorter common beginning may be chance.
SHORTEST_CUT = 10


class FirstNames(NamedTuple):
    """How two first names compare."""

    level: int
    plainly_different: bool


class _Variants(NamedTuple):
    names_of: dict[str, frozenset[str]]  # variant -> names that it stands for
    spelt: dict[str, frozenset[str]]  # spelling -> names of which it is only another spelling
    others: frozenset[frozenset[str]]  # pairs that look alike and are two names
    known: frozenset[str]  # every name of the list


@cache
def _variants() -> _Variants:
    names_of: dict[str, set[str]] = {}
    spelt: dict[str, set[str]] = {}
    others: set[frozenset[str]] = set()
    known: set[str] = set()
    with (Path(__file__).parent / "first_names.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            known.update((line["name"], line["variant"]))
            if line["relation"] == "Another name":
                others.add(frozenset({line["name"], line["variant"]}))
                continue
            names_of.setdefault(line["variant"], set()).add(line["name"])
            if line["relation"] == "Spelling":
                spelt.setdefault(line["variant"], set()).add(line["name"])
    return _Variants(
        {variant: frozenset(names) for variant, names in names_of.items()},
        {variant: frozenset(names | {variant}) for variant, names in spelt.items()},
        frozenset(others),
        frozenset(known),
    )


def fold(text: str) -> str:
    """Take off a name what only habits of writing put there.

    Parameters
    ----------
    text
        A name as some system wrote it.

    Returns
    -------
    str
        Lower-case words without accents (also those that a wrong encoding broke), apostrophes (also those
        written in a web page's code), hyphens or full stops, and without a final Jr., III or the like; an
        empty string when nothing is left. Letters of other scripts stay.

    Examples
    --------
    >>> fold("  GARCÍA-López Jr."), fold("O’Brien"), fold("D. J."), fold("PÃ©rez"), fold("O&#39;Neil")
    ('garcia lopez', 'obrien', 'd j', 'perez', 'oneil')
    """
    if "&" in text:
        text = html.unescape(text)
    if text.isascii():
        letters = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", _decoded_right(text).translate(LETTERS))
        letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()
    if not letters.isalpha():
        for apostrophe in APOSTROPHES:
            letters = letters.replace(apostrophe, "")
        letters = "".join(sign if sign.isalnum() else " " for sign in letters)
    words = letters.split()
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    return " ".join(words)


def _decoded_right(text: str) -> str:
    """Undo UTF-8 that some system read as Latin-1: an i with an accent became two signs."""
    if "Ã" not in text and "Å" not in text:
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


@cache
def formal_names(name: str) -> frozenset[str]:
    """Give the names that a first name may stand for, itself among them.

    Parameters
    ----------
    name
        One folded first name without spaces.

    Returns
    -------
    frozenset of str
        The name, the names of which it is a nickname or a spelling, and theirs.

    Examples
    --------
    >>> sorted(formal_names("bob"))
    ['bob', 'robert']
    """
    names_of = _variants().names_of
    direct = names_of.get(name, frozenset())
    further: Iterable[frozenset[str]] = (names_of.get(formal, frozenset()) for formal in direct)
    return frozenset({name}).union(direct, *further)


def surname_parts(surname: str) -> list[str]:
    """Give the parts of a compound surname by which a system may know it alone.

    Parameters
    ----------
    surname
        A folded surname.

    Returns
    -------
    list of str
        Its words but for particles (de la, van der); nothing when it has only one word.

    Examples
    --------
    >>> surname_parts("de la cruz lopez"), surname_parts("lopez")
    (['cruz', 'lopez'], [])
    """
    words = surname.split()
    return [word for word in words if word not in PARTICLES and len(word) > 1] if len(words) > 1 else []


def _misspelt(left: str, right: str) -> bool:
    shortest = min(len(left), len(right))
    if shortest < SHORTEST_FOR_ONE_EDIT:
        return False
    if left[0] != right[0] and sorted(left[:2]) != sorted(right[:2]):
        return False
    allowed = 2 if shortest >= SHORTEST_FOR_TWO_EDITS else 1
    return OSA.distance(left, right, score_cutoff=allowed) <= allowed


def _marks_gender(left: str, right: str) -> bool:
    """Tell Daniel from Daniela, Mario from Maria, Christian from Christina: not an error, another child."""
    if left.endswith("a") == right.endswith("a"):
        return False
    common = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        common += 1
    with_a, without = (left[common:], right[common:])[:: 1 if left.endswith("a") else -1]
    if common < 3 or len(with_a) > 2 or len(without) > 2:
        return False
    # Victori is Victoria without her last letter, and Victor is a boy. Sara and Sarah are one name.
    return without != "h" if without else (left if right.endswith("a") else right) in _variants().known


def _is_part(left: str, right: str) -> bool:
    """Tell whether one name is the other with a further name before or after it."""
    one, other = left.split(), right.split()
    if len(one) == len(other):
        return False
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return long[: len(short)] == short or long[-len(short) :] == short


def compare_first_names(left: str, right: str) -> FirstNames:
    """Compare two first names.

    Parameters
    ----------
    left, right
        Folded first names; empty where a system gives none.

    Returns
    -------
    FirstNames
        ``level``, an index into `LEVELS`; and ``plainly_different``, true where no typing error, nickname,
        initial or second name explains the difference. An initial that fits proves nothing and is Missing.

    Examples
    --------
    >>> (
    ...     LEVELS[compare_first_names("bob", "robert").level],
    ...     LEVELS[compare_first_names("micheal", "michael").level],
    ... )
    ('Nickname', 'Spelling')
    >>> compare_first_names("daniel", "daniela")
    FirstNames(level=5, plainly_different=True)
    """
    if not left or not right:
        return FirstNames(MISSING, False)
    one, other = left.replace(" ", ""), right.replace(" ", "")
    if one == other:
        return FirstNames(SAME, False)
    variants = _variants()
    if frozenset({one, other}) in variants.others:
        return FirstNames(DIFFERENT, True)
    if variants.spelt.get(one, frozenset({one})) & variants.spelt.get(other, frozenset({other})):
        return FirstNames(SPELLING, False)
    if formal_names(one) & formal_names(other):
        return FirstNames(NICKNAME, False)
    if _marks_gender(one, other):
        return FirstNames(DIFFERENT, True)
    if len(one) == 1 or len(other) == 1:
        return FirstNames(MISSING, False) if one[0] == other[0] else FirstNames(DIFFERENT, True)
    if _is_part(left, right) or _misspelt(one, other):
        return FirstNames(SPELLING, False)
    if formal_names(left.split()[0]) & formal_names(right.split()[0]) and (" " in left) != (" " in right):
        return FirstNames(NICKNAME, False)
    short, long = sorted((one, other), key=len)
    # Beginnings are what nicknames are made of (Santi, Ibra): no list has them all, so this is not plain.
    begun = len(short) >= SHORTEST_BEGINNING and long.startswith(short)
    near = one[0] == other[0] and OSA.normalized_similarity(one, other) >= PLAINLY_DIFFERENT_BELOW
    return FirstNames(DIFFERENT, not (near or begun))


def compare_surnames(left: str, right: str) -> int:
    """Compare two surnames.

    Parameters
    ----------
    left, right
        Folded surnames; empty where a system gives none.

    Returns
    -------
    int
        An index into `LEVELS`. Spelling covers typing errors, one part of a compound surname, and a long
        surname cut short; an initial that fits proves nothing and is Missing.

    Examples
    --------
    >>> LEVELS[compare_surnames("garcia", "garcia lopez")], LEVELS[compare_surnames("garcia", "lopez")]
    ('Spelling', 'Different')
    """
    if not left or not right:
        return MISSING
    one, other = left.replace(" ", ""), right.replace(" ", "")
    if one == other:
        return SAME
    if len(one) == 1 or len(other) == 1:
        return MISSING if one[0] == other[0] else DIFFERENT
    short, long = sorted((one, other), key=len)
    if (len(short) >= SHORTEST_CUT and long.startswith(short)) or _misspelt(one, other):
        return SPELLING
    parts_left, parts_right = set(surname_parts(left) or [one]), set(surname_parts(right) or [other])
    if len(parts_left) != len(parts_right) and (parts_left <= parts_right or parts_right <= parts_left):
        return SPELLING
    # "de la Cruz" and "Cruz": only particles apart.
    return SPELLING if parts_left == parts_right else DIFFERENT
