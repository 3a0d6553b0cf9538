"""Comparisons: how two units agree in each attribute, as levels from best to worst."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from helpers.link.blocking import Values, count_up
from helpers.link.records import Units
from helpers.link.values import names
from helpers.link.values.name_forms import compare_names

__all__ = [
    "UNKNOWN",
    "Comparison",
    "Level",
    "best_of",
    "compare_units",
    "comparisons_for",
    "declared_comparisons",
]

UNKNOWN = -1  # one of the two has no value
NEAR, SOMEWHAT_NEAR = 0.92, 0.85  # Jaro-Winkler
SHORTEST_CODE = 5  # a shorter one differs by one sign from too many others

# Position in `names.LEVELS` -> level of the comparisons of names.
OF_NAMES = {
    names.SAME: 0,
    names.NICKNAME: 1,
    names.SPELLING: 2,
    names.ORDER_SWAPPED: 3,
    names.INITIAL: 4,
    names.ALIKE: 5,
    names.DIFFERENT: 6,
    names.MISSING: UNKNOWN,
}
EXCHANGED = 3

# Points for each part of an address that agrees; many towns have the same street.
POINTS = {
    "streets": 4.0,
    "house_numbers": 2.0,
    "flats": 2.0,
    "localities": 3.0,
    "postcodes": 3.0,
    "regions": 0.5,
}
NEARLY = 0.75  # of the points, for a part that is nearly the same
LITTLE = 5.0  # with fewer points possible, an address is less evidence than a complete one
SHARES = (0.9, 0.7, 0.5, 0.3, 0.12)
TELEPHONE = 1  # level of `home`
LITTLE_SAME, LITTLE_DIFFERENT = 8, 9


@dataclass(frozen=True)
class Level:
    """One level of agreement: the share of pairs of one person (m) and of two persons (u) that it has."""

    words: str
    m: float
    u: float
    least_m: float = 0.0
    # Whether the weight stays as declared: data teach nothing about what they rarely have.
    fixed: bool = False


@dataclass(frozen=True)
class Comparison:
    """One comparison: its levels from best to worst, and how they are found."""

    name: str
    title: str
    kind: str
    levels: tuple[Level, ...]
    # Levels whose weight falls from one to the next.
    falls: tuple[int, ...]
    # Name of the values in `Units.values`; empty if a comparison reads several.
    values: str = ""
    # Largest difference of each level but the last, for numbers.
    steps: tuple[int, ...] = ()
    # Values that leave nothing to say where both units have them.
    unless: str = ""


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).with_name("comparisons.toml")).read_text(encoding="utf-8"))


def _as_comparison(one: dict[str, Any]) -> Comparison:
    levels = tuple(Level(**level) for level in one["levels"])
    rest = {key: tuple(value) if isinstance(value, list) else value for key, value in one.items()}
    return Comparison(**{"title": one["name"], **rest, "levels": levels})


def declared_comparisons() -> tuple[Comparison, ...]:
    """List the comparisons of school districts, as `comparisons.toml` declares them."""
    return tuple(map(_as_comparison, _declared()["comparison"]))


def comparisons_for(units: Units) -> list[Comparison]:
    """List the comparisons that these units allow: the declared ones, and one for each other column."""
    found = []
    for one in declared_comparisons():
        if one.kind in ("first name", "surname"):
            found.append(one)
        elif one.kind == "home":
            if any(len(units.values.get(name, ())) for name in ("telephones", *POINTS)):
                found.append(one)
        elif len(units.values.get(one.values, ())):
            found.append(one)
    if any(one.name == "birth_date" for one in found):
        found = [one for one in found if one.name != "age"]
    templates = {one["name"]: _as_comparison(one) for one in _declared()["of_files"]}
    for name in units.values:
        kind, _, title = name.partition(": ")
        if title and kind in templates:
            levels = tuple(replace(level, words=f"{title} {level.words}") for level in templates[kind].levels)
            found.append(replace(templates[kind], name=name, title=title, values=name, levels=levels))
    return found


def compare_units(
    units: Units, comparisons: Sequence[Comparison], left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Compare pairs of units: one row per pair, one column per comparison, the level or `UNKNOWN`."""
    levels = np.full((len(left), len(comparisons)), UNKNOWN, dtype="int8")
    if not len(left):
        return levels
    kinds = [one.kind for one in comparisons]
    if "first name" in kinds or "surname" in kinds:
        first, last = _names(units, left, right)
        for kind, found in (("first name", first), ("surname", last)):
            if kind in kinds:
                levels[:, kinds.index(kind)] = found
    for place, one in enumerate(comparisons):
        if one.kind == "home":
            levels[:, place] = _homes(units, left, right)
        elif one.kind in BY_VALUES:
            of_values = BY_VALUES[one.kind](units.values[one.values], one)
            levels[:, place] = best_of(units.values[one.values], len(units), left, right, of_values)
        if one.unless:
            known = units.values[one.unless].how_many(len(units)) > 0
            levels[known[left] & known[right], place] = UNKNOWN
    return levels


def _names(units: Units, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compare names by the best readings of each pair."""
    found = compare_names(units.names, len(units), left, right)
    table = np.array([OF_NAMES[place] for place in range(len(names.LEVELS))], dtype="int8")
    first, last = table[found.first], table[found.last]
    # An exchanged name has exchanged both halves.
    exchanged = (first == EXCHANGED) | (last == EXCHANGED)
    first[exchanged] = last[exchanged] = EXCHANGED
    return first, last


LevelOf = Callable[[np.ndarray, np.ndarray], np.ndarray]


def best_of(values: Values, count: int, left: np.ndarray, right: np.ndarray, level_of: LevelOf) -> np.ndarray:
    """Compare every value of the one unit with every value of the other, and take the best level.

    `level_of` compares codes; each distinct pair of codes is compared once.
    """
    result = np.full(len(left), UNKNOWN, dtype="int8")
    many = values.how_many(count)
    times = many[left] * many[right]
    pair, step = count_up(times)
    if not len(pair):
        return result
    begin = np.cumsum(many) - many
    one = values.code[begin[left[pair]] + step // many[right[pair]]]
    other = values.code[begin[right[pair]] + step % many[right[pair]]]
    size = int(np.max(values.code)) + 1
    codes, distinct = pd.factorize(np.minimum(one, other) * size + np.maximum(one, other))
    levels = level_of(distinct // size, distinct % size)[codes]
    starts = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
    known = np.where(levels < 0, np.iinfo("int8").max, levels)
    best = np.minimum.reduceat(known, starts)
    result[pair[starts]] = np.where(best == np.iinfo("int8").max, UNKNOWN, best)
    return result


def _near(left: list[str], right: list[str]) -> np.ndarray:
    return np.asarray(cpdist(left, right, scorer=JaroWinkler.normalized_similarity, dtype=np.float32))


def _edits(left: list[str], right: list[str], most: int) -> np.ndarray:
    return np.asarray(cpdist(left, right, scorer=OSA.distance, score_cutoff=most, dtype=np.int32))


def _texts(values: Values, one: np.ndarray, other: np.ndarray) -> tuple[list[str], list[str]]:
    return values.texts[one].tolist(), values.texts[other].tolist()


def _equal(values: Values, comparison: Comparison) -> LevelOf:
    return lambda one, other: (one != other).astype("int8")


def _numbers(values: Values, comparison: Comparison) -> LevelOf:
    number = np.array([int(text) for text in values.texts], dtype="int64")
    steps = np.array(comparison.steps)
    return lambda one, other: np.searchsorted(steps, np.abs(number[one] - number[other])).astype("int8")


def _middle_names(values: Values, comparison: Comparison) -> LevelOf:
    def level(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        left, right = _texts(values, one, other)
        found = np.where(_near(left, right) >= NEAR, 2, 3).astype("int8")
        for place, (a, b) in enumerate(zip(left, right, strict=True)):
            if a == b:
                found[place] = 0
            elif a[0] == b[0] and min(len(a), len(b)) == 1:
                found[place] = 1
        return found

    return level


def _codes(values: Values, comparison: Comparison) -> LevelOf:
    def level(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        left, right = _texts(values, one, other)
        edits = _edits(left, right, 1)
        shortest = np.array([min(len(a), len(b)) for a, b in zip(left, right, strict=True)])
        return np.select([edits == 0, (edits == 1) & (shortest >= SHORTEST_CODE)], [0, 1], 2).astype("int8")

    return level


def _words(values: Values, comparison: Comparison) -> LevelOf:
    def level(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        alike = _near(*_texts(values, one, other))
        return np.select([one == other, alike >= NEAR, alike >= SOMEWHAT_NEAR], [0, 1, 2], 3).astype("int8")

    return level


def _emails(values: Values, comparison: Comparison) -> LevelOf:
    users = pd.factorize(np.array([text.partition("@")[0] for text in values.texts], dtype=object))[0]

    def level(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        alike = _near(*_texts(values, one, other))
        return np.select([one == other, users[one] == users[other], alike >= NEAR], [0, 1, 2], 3).astype(
            "int8"
        )

    return level


def _birth_dates(values: Values, comparison: Comparison) -> LevelOf:
    """Compare dates in the form year-month-day; a part that is 00 is unknown."""
    parts = np.array([[int(part) for part in text.split("-")] for text in values.texts], dtype="int64")
    parts = parts.reshape(-1, 3)
    digits = (parts @ np.array([10_000, 100, 1]))[:, None] // 10 ** np.arange(7, -1, -1) % 10

    def level(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        a, b = parts[one], parts[other]
        both = (a > 0) & (b > 0)
        whole, same = both.all(axis=1), (a == b) & both
        unequal = digits[one] != digits[other]
        differing = unequal.sum(axis=1)
        # Two transposed neighboring digits are one typo.
        swap = np.zeros(len(one), dtype=bool)
        for place in range(7):
            swap |= (
                (differing == 2)
                & unequal[:, place]
                & unequal[:, place + 1]
                & (digits[one][:, place] == digits[other][:, place + 1])
                & (digits[one][:, place + 1] == digits[other][:, place])
            )
        exchanged = same[:, 0] & (a[:, 1] == b[:, 2]) & (a[:, 2] == b[:, 1])
        return np.select(
            [
                whole & same.all(axis=1),
                whole & exchanged,
                whole & ((differing == 1) | swap),
                whole & (same.sum(axis=1) == 2),
                whole & same[:, 0],
                whole,
                same[:, 0] & ~(both[:, 1] & ~same[:, 1]),
                both[:, 0],
            ],
            [0, 1, 2, 3, 4, 5, 6, 5],
            UNKNOWN,
        ).astype("int8")

    return level


BY_VALUES: dict[str, Callable[[Values, Comparison], LevelOf]] = {
    "equal": _equal,
    "number": _numbers,
    "middle name": _middle_names,
    "code": _codes,
    "text": _words,
    "e-mail": _emails,
    "birth date": _birth_dates,
}


def _homes(units: Units, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Compare telephones and addresses together."""
    count, values = len(units), units.values
    points, possible = np.zeros(len(left)), np.zeros(len(left))
    for name, worth in POINTS.items():
        if not len(values.get(name, ())):
            continue
        by_sign = name in ("house_numbers", "postcodes")
        of_values = (_codes if by_sign else _words)(values[name], declared_comparisons()[0])
        level = best_of(values[name], count, left, right, of_values)
        possible += worth * (level >= 0)
        points += worth * np.select([level == 0, level == 1], [1.0, NEARLY], 0.0)
    share = np.divide(points, possible, out=np.zeros(len(left)), where=possible > 0)
    whole = np.select([share >= limit for limit in SHARES], [2, 3, 4, 5, 6], 7)
    little = np.where(share >= SHARES[1], LITTLE_SAME, LITTLE_DIFFERENT)
    address = np.select([possible <= 0.5, possible < LITTLE], [UNKNOWN, little], whole)
    if not len(values.get("telephones", ())):
        return address.astype("int8")
    telephone = values["telephones"].shared(count, left, right)
    both = (telephone == 1) & ((address == 2) | (address == 3))
    # Another telephone says little where the address is the same, and much where nothing else is known.
    return np.select(
        [both, telephone == 1, (telephone == 0) & ((address < 0) | (address >= LITTLE_SAME))],
        [0, TELEPHONE, 7],
        address,
    ).astype("int8")
