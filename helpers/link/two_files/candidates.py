"""Candidate pairs: rows that share enough to be one person, never all rows with all others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.blocking import Values
from helpers.link.candidates import Keys
from helpers.link.two_files.persons import PersonTable
from helpers.link.values.name_variants import formal_names

__all__ = ["MOST_PAIRS", "Candidates", "find_candidates", "pairs_that_share"]

ALL_PAIRS = 500_000  # up to this many, compare every pair
LARGEST_BLOCK = 5_000  # pairs per value; a more common value distinguishes nobody
PER_PERSON = 15  # pairs per person in one pass
MOST_PAIRS = 6_000_000  # in total

VOWELS = frozenset("aeiouyhw")
LIKE = str.maketrans("bpfvcskgjqxzdtlmnr", "111122222222334556")


@dataclass(frozen=True)
class Candidates:
    """Candidate pairs, and what was left out to bound their number."""

    # Person numbers of each pair.
    left: np.ndarray
    right: np.ndarray
    # Number of rows that have only common values, and so no pair at all.
    unreached: int
    # Whether the limit was reached, so that weaker kinds of similarity were not used.
    capped: bool = False


def find_candidates(persons: PersonTable) -> Candidates:
    """Find the candidate pairs."""
    if persons.pairs <= ALL_PAIRS:
        left, right = _every_pair(persons)
        return Candidates(left, right, 0)
    values = _Blocking(persons)
    found: list[np.ndarray] = []
    common = np.zeros(len(persons), dtype=bool)
    capped = False
    budget = max(PER_PERSON * len(persons), 100_000)
    for names in PASSES:
        parts = [values.named(name) for name in names]
        if not all(len(part) for part in parts):
            continue
        keys = Keys.of(parts[0])
        for part in parts[1:]:
            keys = keys.with_value(part)
        one, other, in_common = _within(keys, persons, budget)
        common |= in_common
        found.append(one * len(persons) + other)
        if sum(map(len, found)) > MOST_PAIRS:
            found = [_distinct(np.concatenate(found))]
            capped = len(found[0]) > MOST_PAIRS
            if capped:
                break
    whole = _distinct(np.concatenate(found)) if found else np.empty(0, dtype="int64")
    left, right = whole // len(persons), whole % len(persons)
    common[left] = common[right] = False
    return Candidates(left, right, int(common.sum()), capped)


def _distinct(numbers: np.ndarray) -> np.ndarray:
    ordered = np.sort(numbers)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def _every_pair(persons: PersonTable) -> tuple[np.ndarray, np.ndarray]:
    if persons.two:
        rights = len(persons) - persons.lefts
        left = np.repeat(np.arange(persons.lefts, dtype="int64"), rights)
        return left, np.tile(np.arange(persons.lefts, len(persons), dtype="int64"), persons.lefts)
    one, other = np.triu_indices(persons.lefts, k=1)
    return one.astype("int64"), other.astype("int64")


def pairs_that_share(values: Values, persons: PersonTable) -> tuple[np.ndarray, np.ndarray]:
    """List pairs that share a value, unless many rows share it."""
    left, right, _ = _within(Keys.of(values), persons, max(PER_PERSON * len(persons), 100_000))
    return left, right


# All keys of a pass must agree. A typo affects only some passes.
PASSES: tuple[tuple[str, ...], ...] = (
    *((f"identifier: {name}{place}",) for name in ("national id", "local id") for place in ("", " 2", " 3")),
    ("emails",),
    ("telephones",),
    ("birth",),
    ("birth", "given initial"),
    ("birth", "family initial"),
    ("names",),
    ("whole name",),
    ("sounds",),
    ("given", "family initial"),
    ("family", "given initial"),
    ("given begun", "family begun"),
    ("family", "year"),
    ("given", "year", "month"),
    ("given", "month", "day"),
    ("family", "month", "day"),
    ("family sound", "year", "month"),
    ("given sound", "year", "day"),
    ("birth exchanged", "family initial"),
    ("family", "postcodes"),
    ("family", "localities"),
    ("given", "postcodes"),
    ("given", "localities"),
    ("family", "streets"),
    ("given", "streets"),
    ("streets", "house_numbers"),
    ("postcodes", "house_numbers", "given initial"),
    ("postcodes", "year", "month"),
    ("streets", "year"),
    ("localities", "month", "day"),
    ("family sound", "given initial", "sex", "ages"),
    ("family end", "given initial"),
    ("initials", "postcodes"),
    ("initials", "localities"),
    ("initials", "streets"),
    ("initials", "year", "month"),
    ("initials", "month", "day"),
    ("postcodes", "localities"),
    ("postcodes", "given initial"),
    ("postcodes", "family initial"),
    ("beginnings",),
)


class _Blocking:
    """Values of persons by the name of a key, each made once."""

    def __init__(self, persons: PersonTable) -> None:
        self.units = persons.units
        self.made: dict[str, Values] = {}

    def named(self, name: str) -> Values:
        """Return the values of a key; none if the files lack its fields."""
        if name not in self.made:
            self.made[name] = self._make(name)
        return self.made[name]

    def _make(self, name: str) -> Values:
        values = self.units.values
        if name == "given":
            return _changed(values["given"], _canonical)
        if name in BOTH_NAMES:
            return self._both_names(BOTH_NAMES[name])
        if name in DATES:
            return self._of_date(DATES[name])
        if name in values:
            return values[name]
        field, _, how = name.partition(" ")
        return _changed(values[field], NAMES[how]) if how in NAMES else Values.of(NONE, NONE, [])

    def _both_names(self, change: Callable[[str], str]) -> Values:
        """Combine first name and surname in one key, in any order."""
        forms = self.units.names
        whole = (forms.first > 0) & (forms.last > 0)
        size = len(forms.texts)
        codes, distinct = pd.factorize(forms.first[whole] * size + forms.last[whole])
        keys = [
            "\t".join(sorted((change(forms.texts[pair // size]), change(forms.texts[pair % size]))))
            for pair in distinct.tolist()
        ]
        numbers, texts = pd.factorize(np.array(keys, dtype=object))
        return Values.of(forms.record[whole], numbers[codes].astype("int64"), texts)

    def _of_date(self, change: Callable[[str], str]) -> Values:
        return _changed(self.units.values["birth_days"], change)


NONE = np.empty(0, dtype="int64")


def _changed(values: Values, change: Callable[[str], str]) -> Values:
    """Change each distinct text; what becomes empty is missing."""
    new = np.array([change(str(text)) or None for text in values.texts], dtype=object)
    codes, texts = pd.factorize(new)
    return Values.of(values.unit, codes.astype("int64")[values.code], texts) if len(values) else values


def _canonical(text: str) -> str:
    return min(formal_names(text.replace(" ", "")))


def _part_of_date(start: int, end: int) -> Callable[[str], str]:
    return lambda text: "" if text[start:end] == "00" else text[start:end]


def _whole_date(text: str) -> str:
    return "" if "-00" in text else text


def _exchanged_date(text: str) -> str:
    return text[:4] + "".join(sorted((text[5:7], text[8:]))) if _whole_date(text) else ""


def _sound(text: str) -> str:
    """Encode a name phonetically: without vowels and doubled letters, similar sounds alike."""
    plain = text.replace(" ", "").replace("ph", "f").replace("ck", "k")
    kept = [plain[:1]]
    last = plain[:1].translate(LIKE)
    for sign in plain[1:]:
        like = sign.translate(LIKE)
        if sign not in VOWELS and like != last:
            kept.append(like)
        last = like
    return "".join(kept)[:5]


# Of one name, of both names, and of a birth date.
NAMES: dict[str, Callable[[str], str]] = {
    "initial": lambda text: text[:1],
    "sound": _sound,
    "begun": lambda text: text.replace(" ", "")[:4],
    "end": lambda text: text.replace(" ", "")[-4:],
}
BOTH_NAMES: dict[str, Callable[[str], str]] = {
    "names": _canonical,
    "whole name": str,
    "sounds": _sound,
    "initials": lambda text: text[:1],
    "beginnings": lambda text: text.replace(" ", "")[:3],
}
DATES: dict[str, Callable[[str], str]] = {
    "birth": _whole_date,
    "birth exchanged": _exchanged_date,
    "year": _part_of_date(0, 4),
    "month": _part_of_date(5, 7),
    "day": _part_of_date(8, 10),
}


def _within(keys: Keys, persons: PersonTable, budget: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List the pairs that share a key, rarest keys first, up to the budget."""
    none = np.empty(0, dtype="int64")
    passed_persons = np.zeros(len(persons), dtype=bool)
    if not len(keys):
        return none, none, passed_persons
    by_key = np.lexsort((keys.unit, keys.key))  # within a block the left rows come first
    order, key = keys.unit[by_key], keys.key[by_key]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    sizes = np.diff(np.append(starts, len(order)))
    lefts = np.add.reduceat((order < persons.lefts).astype("int64"), starts)
    pairs = lefts * (sizes - lefts) if persons.two else sizes * (sizes - 1) // 2
    by_size = np.argsort(pairs, kind="stable")
    fits = np.zeros(len(pairs), dtype=bool)
    fits[by_size] = (np.cumsum(pairs[by_size]) <= budget) & (pairs[by_size] <= LARGEST_BLOCK)
    over = ~fits
    if over.any():
        passed_persons[order[np.repeat(over, sizes)]] = True
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    end = np.repeat(starts + sizes, sizes)
    if persons.two:
        partner = np.repeat(starts + lefts, sizes)
        times = np.where(place < np.repeat(lefts, sizes), end - partner, 0)
    else:
        partner = np.arange(len(order)) + 1
        times = end - partner
    times = np.where(np.repeat(fits, sizes), times, 0)
    one = np.repeat(order, times)
    step = np.arange(len(one)) - np.repeat(np.cumsum(times) - times, times)
    other = order[np.repeat(partner, times) + step]
    return one, other, passed_persons
