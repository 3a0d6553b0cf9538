"""Nicknames, spelling variants and placeholder names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

__all__ = [
    "Fillers",
    "are_other_names",
    "fillers_in",
    "formal_names",
    "is_double_transliteration",
    "is_known",
    "is_possible_romanization",
    "no_first_names",
    "surname_spellings",
    "usual_spelling",
]

TABLES = Path(__file__).with_name("tables")

# A placeholder name agrees with every other one and so would link strangers. In linking it counts as no name.
# A table lists placeholders with their sources. Reading reports a name that many ids of one system share.

Kind = Literal["Value", "First", "Word", "Whole"]


class Fillers(NamedTuple):
    """Placeholder names, one entry per row: the first name alone, the surname alone, the whole name."""

    first: np.ndarray
    last: np.ndarray
    whole: np.ndarray


@cache
def _texts(kind: Kind) -> frozenset[str]:
    """Return the placeholders of one kind.

    *Value*: in any column. *First*: as a first name (it may be a real surname). *Word*: a real name too, so a
    placeholder only if every word of the whole name is one. *Whole*: as a whole name only.
    """
    with (TABLES / "placeholder_names.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(line["text"] for line in csv.DictReader(lines) if line["counts_as"] == kind)


@cache
def _words() -> frozenset[str]:
    """Return every word that may occur in a whole-name placeholder."""
    return frozenset(
        word for kind in ("Value", "First", "Word") for text in _texts(kind) for word in text.split()
    )


def _plain(text: str) -> str:
    """Return a text's words in lowercase; punctuation and digits (`Student12`) only separate them."""
    return " ".join("".join(sign if sign.isalpha() else " " for sign in text.lower()).split())


def _of_distinct(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return the position of each value in the list of distinct plain texts; the first is the empty one."""
    codes, distinct = pd.factorize(column)
    return codes + 1, ["", *(_plain(str(text)) for text in distinct)]


def _among(codes: np.ndarray, texts: list[str], wanted: frozenset[str]) -> np.ndarray:
    return np.array([text in wanted for text in texts], dtype=bool)[codes]


def _only_filler_words(codes: np.ndarray, texts: list[str]) -> np.ndarray:
    words = _words()
    return np.array([words.issuperset(text.split()) for text in texts], dtype=bool)[codes]


def fillers_in(first: pd.Series, last: pd.Series, whole: pd.Series) -> Fillers:
    """Find placeholder names.

    >>> names = pd.DataFrame(
    ...     [("Student", "Test"), ("Baby Boy", "Lopez"), ("Ana", "Child")], columns=["first", "last"]
    ... )
    >>> found = fillers_in(names["first"], names["last"], pd.Series([pd.NA] * 3, dtype="string"))
    >>> found.first.tolist(), found.last.tolist(), found.whole.tolist()
    ([True, True, False], [True, False, False], [True, False, False])
    """
    of_first, firsts = _of_distinct(first)
    of_last, lasts = _of_distinct(last)
    of_whole, wholes = _of_distinct(whole)
    values, names = _texts("Value"), _texts("Value") | _texts("First")
    no_first, no_last = _among(of_first, firsts, names), _among(of_last, lasts, values)
    no_whole = _among(of_whole, wholes, names | _texts("Whole")) | _only_filler_words(of_whole, wholes)
    # Check the last word before joining two columns: few records can be a John Doe.
    ends = frozenset(text.split()[-1] for text in _texts("Whole"))
    doubtful = np.flatnonzero(_among(of_last, lasts, ends))
    both = _only_filler_words(of_first, firsts) & _only_filler_words(of_last, lasts)
    both[doubtful] |= np.array(
        [
            f"{firsts[one]} {lasts[other]}" in _texts("Whole")
            for one, other in zip(of_first[doubtful].tolist(), of_last[doubtful].tolist(), strict=True)
        ],
        dtype=bool,
    )
    some = ~((of_first == 0) & (of_last == 0))
    nobody = np.where(some, both & (no_whole | (of_whole == 0)), no_whole & (of_whole > 0))
    return Fillers(no_first | nobody, no_last | nobody, nobody)


def no_first_names(column: pd.Series) -> np.ndarray:
    """Test which first names are placeholders, whatever the surname."""
    return _among(*_of_distinct(column), _texts("Value") | _texts("First"))


class _FirstNames(NamedTuple):
    names_of: dict[str, frozenset[str]]  # variant -> its formal names
    spelled: dict[str, frozenset[str]]  # spelling -> names that it is only a variant spelling of
    others: frozenset[frozenset[str]]  # pairs that look alike but are two names
    known: frozenset[str]  # names and usual short forms in the list


class _Romanized(NamedTuple):
    same: dict[str, frozenset[str]]  # spelling -> names of another script that it certainly romanizes
    possible: dict[str, frozenset[str]]  # spelling -> names of another script that it may romanize


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def _first_names() -> _FirstNames:
    names_of: dict[str, set[str]] = {}
    spelled: dict[str, set[str]] = {}
    others: set[frozenset[str]] = set()
    known: set[str] = set()
    for line in _lines(TABLES / "first_names.csv"):
        known.add(line["name"])
        if line["relation"] != "Nickname" or line["source"] == "own":
            known.add(line["variant"])
        if line["relation"] == "Another name":
            others.add(frozenset({line["name"], line["variant"]}))
            continue
        names_of.setdefault(line["variant"], set()).add(line["name"])
        if line["relation"] == "Spelling":
            spelled.setdefault(line["variant"], set()).add(line["name"])
    return _FirstNames(
        {variant: frozenset(names) for variant, names in names_of.items()},
        {variant: frozenset(names | {variant}) for variant, names in spelled.items()},
        frozenset(others),
        frozenset(known),
    )


@cache
def _romanized() -> _Romanized:
    same: dict[str, set[str]] = {}
    possible: dict[str, set[str]] = {}
    for line in _lines(TABLES / "romanized_names.csv"):
        into = same if line["counts_as"] == "Same" else possible
        into.setdefault(line["spelling"], set()).add(line["one_name"])
    return _Romanized(
        {spelling: frozenset(names) for spelling, names in same.items()},
        {spelling: frozenset(names) for spelling, names in possible.items()},
    )


@cache
def formal_names(name: str) -> frozenset[str]:
    """Return the formal names of a first name, including itself.

    >>> sorted(formal_names("peggy"))
    ['margaret', 'peggy']
    >>> bool(formal_names("muhammed") & formal_names("mohamud"))
    True
    """
    names_of, same = _first_names().names_of, _romanized().same
    direct = names_of.get(name, frozenset())
    further: Iterable[frozenset[str]] = (names_of.get(formal, frozenset()) for formal in direct)
    found = frozenset({name}).union(direct, *further)
    return found.union(*(same.get(one, frozenset()) for one in found))


def surname_spellings(word: str) -> frozenset[str]:
    """Return a surname word, and the name of another script that it certainly romanizes.

    >>> sorted(surname_spellings("hussain")), sorted(surname_spellings("wong"))
    (['ar:hussein', 'hussain'], ['wong'])
    """
    return _romanized().same.get(word, frozenset()) | {word}


@cache
def usual_spelling(word: str) -> str:
    """Return one text for all certain romanizations of a name; other words unchanged.

    >>> usual_spelling("hussain") == usual_spelling("husein"), usual_spelling("lopez")
    (True, 'lopez')
    """
    return min(_romanized().same.get(word, (word,)))


def is_known(name: str) -> bool:
    """Return whether a folded first name is in the list as a name or a usual short form."""
    return name in _first_names().known


def are_other_names(left: str, right: str) -> bool:
    """Return whether two folded first names look alike but are known to be two names (Mario, Maria)."""
    return frozenset({left, right}) in _first_names().others


def is_double_transliteration(left: str, right: str) -> bool:
    """Return whether two folded words are spellings of one name, not a name and its short form.

    >>> is_double_transliteration("sara", "sarah"), is_double_transliteration("bob", "robert")
    (True, False)
    >>> is_double_transliteration("yevgeniy", "evgeny"), is_double_transliteration("kuznetsov", "kuznecov")
    (True, True)
    """
    spelled, same = _first_names().spelled, _romanized().same
    if left in spelled or right in spelled:
        if not spelled.get(left, {left}).isdisjoint(spelled.get(right, {right})):
            return True
    if left in same and right in same and not same[left].isdisjoint(same[right]):
        return True
    return _from_cyrillic(left) == _from_cyrillic(right)


def is_possible_romanization(left: str, right: str) -> bool:
    """Return whether two folded surnames may romanize one name, though each may also be others.

    >>> is_possible_romanization("wong", "huang"), is_possible_romanization("wong", "li")
    (True, False)
    """
    possible = _romanized().possible
    return left in possible and right in possible and not possible[left].isdisjoint(possible[right])


# Romanizations of Cyrillic differ (BGN/PCGN, ALA-LC, ISO 9, passports by ICAO 9303, French or German habit):
# map each to one form. Longer sequences come first.
CYRILLIC = (
    ("shch", "sc"),
    ("tsch", "c"),
    ("sch", "s"),
    ("tch", "c"),
    ("ch", "c"),
    ("sh", "s"),
    ("zh", "z"),
    ("kh", "h"),
    ("ts", "c"),
    ("tz", "c"),
    ("x", "ks"),
    ("w", "v"),
    ("j", "i"),
    ("y", "i"),
)
SHORTEST_CYRILLIC = 5
# Beginnings and endings of names from Cyrillic; any other name stays unchanged.
LIKE_CYRILLIC = re.compile(
    r"^(?:ye|yu|ya|yo|iu|zh|shch|kh)|"
    r"(?:o[vw]a?|[eo]ff|eva?|ev|[iy]na?|[iyj]|s[ck]aya|skaia|ska|ko|[iuy]k|[iy]ch|vna|[iyj]a|[yi]?an|"
    r"sandra?|sander)$"
)
TWICE = re.compile(r"(.)\1+")


@cache
def _from_cyrillic(word: str) -> str:
    """Return the common form of a Cyrillic name's romanizations; any other word unchanged."""
    if len(word) < SHORTEST_CYRILLIC or not word.isascii() or not LIKE_CYRILLIC.search(word):
        return word
    for letters, form in CYRILLIC:
        word = word.replace(letters, form)
    if word.endswith("ff"):
        word = word[:-2] + "v"
    return TWICE.sub(r"\1", word.removeprefix("i") if word.startswith("ie") else word)
