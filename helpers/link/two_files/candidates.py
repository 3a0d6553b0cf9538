"""Candidate pairs: rows that share enough to be one person, never all rows with all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.two_files.persons import PersonTable
from helpers.link.values.name_variants import formal_names

__all__ = ["MOST_PAIRS", "Candidates", "find_candidates", "pairs_that_share", "some_pairs"]

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
    keys = _Keys(persons)
    found: list[np.ndarray] = []
    common = np.zeros(len(persons), dtype=bool)
    capped = False
    budget = max(PER_PERSON * len(persons), 100_000)
    for names in PASSES:
        parts = [keys.named(name) for name in names]
        if any(part is None for part in parts):
            continue
        one, other, in_common = _within(_joined([p for p in parts if p is not None]), persons, budget)
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


def some_pairs(persons: PersonTable, most: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Draw random pairs, nearly all of which are two persons."""
    if persons.pairs <= most:
        return _every_pair(persons)
    rng = np.random.default_rng(seed)
    left = rng.integers(0, persons.lefts, most)
    if persons.two:
        return left, rng.integers(persons.lefts, len(persons), most)
    right = rng.integers(0, persons.lefts - 1, most)
    right += right >= left
    return np.minimum(left, right), np.maximum(left, right)


def pairs_that_share(key: np.ndarray, persons: PersonTable) -> tuple[np.ndarray, np.ndarray]:
    """List pairs that share a value, unless many rows share it."""
    left, right, _ = _within(key, persons, max(PER_PERSON * len(persons), 100_000))
    return left, right


# All keys of a pass must agree. A typo affects only some passes.
PASSES: tuple[tuple[str, ...], ...] = (
    *((f"{name} {place}",) for name in ("national_id", "local_id") for place in (1, 2, 3)),
    ("e_mail",),
    ("telephone",),
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
    ("family", "postcode"),
    ("family", "locality"),
    ("given", "postcode"),
    ("given", "locality"),
    ("family", "street"),
    ("given", "street"),
    ("street", "house_number"),
    ("postcode", "house_number", "given initial"),
    ("postcode", "year", "month"),
    ("street", "year"),
    ("locality", "month", "day"),
    ("family sound", "given initial", "sex", "age"),
    ("family end", "given initial"),
    ("initials", "postcode"),
    ("initials", "locality"),
    ("initials", "street"),
    ("initials", "year", "month"),
    ("initials", "month", "day"),
    ("postcode", "locality"),
    ("postcode", "given initial"),
    ("postcode", "family initial"),
    ("beginnings",),
)


class _Keys:
    """Keys of persons by name, computed once: integers, -1 for persons without one."""

    def __init__(self, persons: PersonTable) -> None:
        self.persons = persons
        self.made: dict[str, np.ndarray | None] = {}

    def named(self, name: str) -> np.ndarray | None:
        """Return a key; None if the files lack its fields."""
        if name not in self.made:
            self.made[name] = self._make(name)
        return self.made[name]

    def _make(self, name: str) -> np.ndarray | None:
        texts = self.persons.texts
        if name == "given":
            return self._changed("given", _canonical)
        if name in texts:
            return texts[name].codes
        field, _, how = name.partition(" ")
        changes: dict[str, Callable[[str], str]] = {
            "initial": lambda text: text[0],
            "sound": _sound,
            "begun": lambda text: text.replace(" ", "")[:4],
            "end": lambda text: text.replace(" ", "")[-4:],
        }
        if field in ("given", "family") and how in changes:
            return self._changed(field, changes[how])
        if name in ("names", "whole name", "sounds", "initials", "beginnings"):
            return self._both_names(name)
        return self._of_date(name)

    def _changed(self, field: str, change: Callable[[str], str]) -> np.ndarray | None:
        texts = self.persons.texts.get(field)
        if texts is None:
            return None
        new, _ = pd.factorize(np.array([change(text) for text in texts.distinct], dtype=object))
        return np.where(texts.codes >= 0, np.append(new, -1)[texts.codes], -1).astype("int64")

    def _both_names(self, name: str) -> np.ndarray | None:
        """Combine first name and surname in one key, in any order."""
        texts = self.persons.texts
        if "given" not in texts and "family" not in texts:
            return None
        change: Callable[[str], str] = {
            "names": _canonical,
            "sounds": _sound,
            "initials": lambda text: text[0],
            "beginnings": lambda text: text.replace(" ", "")[:3],
        }.get(name, str)
        columns = []
        for field in ("given", "family"):
            one = texts.get(field)
            if one is None:
                columns.append(np.full(len(self.persons), "", dtype=object))
            else:
                listed = np.array([*(change(text) for text in one.distinct), ""], dtype=object)
                columns.append(listed[one.codes])
        size = len(self.persons)
        keys = np.empty(size, dtype=object)
        for place, (a, b) in enumerate(zip(*columns, strict=True)):
            if name == "whole name":
                keys[place] = " ".join(sorted(f"{a} {b}".split())) or None
            else:
                keys[place] = "\t".join(sorted((a, b))) if a and b else None
        return pd.factorize(keys)[0].astype("int64")

    def _of_date(self, name: str) -> np.ndarray | None:
        if name == "age":
            return None if self.persons.age is None else self.persons.age.astype("int64")
        birth = self.persons.birth
        if birth is None:
            return None
        year, month, day = (birth[:, place].astype("int64") for place in range(3))
        whole = (birth >= 0).all(axis=1)
        made = {
            "year": year,
            "month": month,
            "day": day,
            "birth": np.where(whole, year * 10_000 + month * 100 + day, -1),
            "birth exchanged": np.where(
                whole, year * 10_000 + np.minimum(month, day) * 100 + np.maximum(month, day), -1
            ),
        }
        return made.get(name)


def _canonical(text: str) -> str:
    return min(formal_names(text.replace(" ", "")))


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


def _joined(keys: Sequence[np.ndarray]) -> np.ndarray:
    """Combine several keys into one; -1 if one is missing."""
    whole = keys[0]
    missing = whole < 0
    for key in keys[1:]:
        missing = missing | (key < 0)
        whole = pd.factorize(whole * (int(np.max(key)) + 2) + key)[0].astype("int64")
    return np.where(missing, -1, whole)


def _within(key: np.ndarray, persons: PersonTable, budget: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List the pairs that share a key, rarest values first, up to the budget."""
    none = np.empty(0, dtype="int64")
    passed_persons = np.zeros(len(persons), dtype=bool)
    known = np.flatnonzero(key >= 0)
    if not len(known):
        return none, none, passed_persons
    order = known[np.argsort(key[known], kind="stable")]  # within a block the left rows come first
    starts = np.flatnonzero(np.concatenate(([True], key[order][1:] != key[order][:-1])))
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
