"""Candidate pairs, and the blocking keys that find them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.blocking import Values, count_up, distinct_pairs
from helpers.link.records import Units

__all__ = [
    "Keys",
    "candidates_across_birth_dates",
    "candidates_of_rows",
    "candidates_with_birth_date",
    "candidates_without_birth_date",
    "first_letters",
    "meeting",
]


# Multipliers of the splitmix64 generator, which spread numbers evenly over 64 bits.
GOLDEN, FIRST, SECOND = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)


def _spread(numbers: np.ndarray) -> np.ndarray:
    mixed = numbers.astype("uint64") + GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * SECOND
    return mixed ^ (mixed >> np.uint64(31))


@dataclass(frozen=True)
class Keys:
    """Keys of units, ``unit`` and ``key`` (``uint64``) in parallel, sorted by unit.

    A key of several values is their hash. Among ten million keys, two collide once in four hundred thousand
    runs; a collision only adds a candidate pair.
    """

    unit: np.ndarray
    key: np.ndarray

    @staticmethod
    def of(values: Values) -> Keys:
        """Hash every value to a key."""
        return Keys(values.unit, _spread(values.code))

    def __len__(self) -> int:
        return len(self.unit)

    def among(self, chosen: np.ndarray) -> Keys:
        """Filter to the keys of chosen units (booleans by unit)."""
        kept = chosen[self.unit]
        return Keys(self.unit[kept], self.key[kept])

    def with_value(self, values: Values) -> Keys:
        """Combine every key of a unit with every value of it; units without a value lose their keys."""
        count = int(max(np.max(self.unit, initial=-1), np.max(values.unit, initial=-1))) + 1
        many = values.how_many(count)
        begin = np.cumsum(many) - many
        times = many[self.unit] if len(self) else np.zeros(0, dtype="int64")
        row, step = count_up(times)
        code = values.code[begin[self.unit[row]] + step]
        with np.errstate(over="ignore"):
            key = _spread(self.key[row] * FIRST + _spread(code))
        return Keys(self.unit[row], key)


def first_letters(values: Values, letters: int) -> Values:
    """Truncate values to their first letters; drop shorter ones."""
    cut = [text[:letters] if len(text) >= letters else None for text in values.texts.tolist()]
    numbers: dict[str, int] = {}
    codes = np.array(
        [-1 if text is None else numbers.setdefault(text, len(numbers)) for text in cut], dtype="int64"
    )
    return Values.of(values.unit, codes[values.code] if len(values) else values.code, list(numbers))


def meeting(left: Keys, right: Keys, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair the units of two lists that share a key."""
    order = np.argsort(left.key, kind="stable")
    keys, units = left.key[order], left.unit[order]
    begin = np.searchsorted(keys, right.key, side="left")
    partners = np.searchsorted(keys, right.key, side="right") - begin
    over = partners > most
    partners = np.where(over, 0, partners)
    entry, step = count_up(partners)
    one, other = distinct_pairs(units[begin[entry] + step], right.unit[entry])
    apart = one != other
    return one[apart], other[apart], over


# A name shared by more children than this finds candidates only with a second key.
MOST = 16
# Of any two files: up to so many pairs, compare all; a value that more rows share distinguishes nobody.
ALL_PAIRS, MOST_ROWS, MOST_PAIRS = 500_000, 70, 6_000_000


class _Gathering:
    """Pairs found so far, and counts of skipped keys."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.left: list[np.ndarray] = []
        self.right: list[np.ndarray] = []
        self.keys = 0
        self.records = 0
        self.schools, self.grades = units.values["schools"], units.values["grades"]

    def look(self, left: Keys, right: Keys) -> None:
        """Pair units that share a key; narrow common keys by school, then grade, then both."""
        one, other, over = meeting(left, right, MOST)
        self.add(one, other)
        if not over.any():
            return
        common = np.unique(right.key[over])
        wide_left, wide_right = _with(left, common), _with(right, common)
        helped = np.zeros(len(self.units), dtype=bool)
        for ask in ((self.schools,), (self.grades,), (self.schools, self.grades)):
            near_left, near_right = wide_left, wide_right
            for values in ask:
                near_left, near_right = near_left.with_value(values), near_right.with_value(values)
            one, other, still = meeting(near_left, near_right, MOST)
            self.add(one, other)
            helped[near_right.unit[~still]] = True
        lost = ~helped[wide_right.unit]
        self.keys += len(np.unique(wide_right.key[lost]))
        self.records += int(lost.sum())

    def add(self, one: np.ndarray, other: np.ndarray) -> None:
        self.left.append(np.minimum(one, other))
        self.right.append(np.maximum(one, other))

    @property
    def number(self) -> int:
        """Return how many pairs there are; distinct ones, where that many are worth counting."""
        if sum(map(len, self.left)) > MOST_PAIRS:
            left, right = distinct_pairs(np.concatenate(self.left), np.concatenate(self.right))
            self.left, self.right = [left], [right]
        return sum(map(len, self.left))

    def result(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        none = np.zeros(0, dtype="int64")
        left, right = distinct_pairs(np.concatenate([none, *self.left]), np.concatenate([none, *self.right]))
        passed_over = pd.DataFrame({"keys": [self.keys], "records": [self.records]})
        return pd.DataFrame({"left": left, "right": right}), passed_over


def _with(keys: Keys, wanted: np.ndarray) -> Keys:
    # Keys cover all 64 bits, too many for the lookup table, NumPy 2.0's other method.
    kept = np.isin(keys.key, wanted, kind="sort")
    return Keys(keys.unit[kept], keys.key[kept])


def candidates_with_birth_date(units: Units) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find candidates among units with birth dates."""
    values, dated = units.values, units.dated
    gathering = _Gathering(units)
    day = Keys.of(values["birth_days_free"])
    initial, last_initial = first_letters(values["given"], 1), first_letters(values["family"], 1)
    for keys in (
        Keys.of(values["name_keys"]),
        day.with_value(values["family_parts"]),
        day.with_value(values["given_formal"]),
        day.with_value(initial).with_value(last_initial),
        *_contacts(values, initial),
    ):
        mine = keys.among(dated)
        gathering.look(mine, mine)
    return gathering.result()


def _contacts(values: dict[str, Values], initial: Values) -> Iterator[Keys]:
    yield Keys.of(values["emails"])
    yield Keys.of(values["telephones"]).with_value(initial)
    yield Keys.of(values["addresses"]).with_value(initial)


def _near(values: dict[str, Values]) -> Sequence[Keys]:
    """Return the keys that find misspelled or shortened names at the same school or grade."""
    given, parts = Keys.of(values["given_formal"]), Keys.of(values["family_parts"])
    initial, last_initial = first_letters(values["given"], 1), first_letters(values["family"], 1)
    return (
        given.with_value(values["schools"]).with_value(values["grades"]),
        parts.with_value(values["schools"]).with_value(values["grades"]),
        given.with_value(last_initial).with_value(values["schools"]),
        parts.with_value(initial).with_value(values["schools"]),
        parts.with_value(initial).with_value(values["grades"]),
        given.with_value(first_letters(values["family"], 3)),
    )


def candidates_across_birth_dates(
    units: Units, children: np.ndarray, others: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find candidate children for units without a birth date."""
    values = units.values
    gathering = _Gathering(units)
    initial = first_letters(values["given"], 1)
    for keys in (Keys.of(values["name_keys"]), *_contacts(values, initial)):
        gathering.look(keys.among(children), keys.among(others))
    pairs, _ = gathering.result()
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    count = len(units)
    near = np.zeros(len(pairs), dtype=bool)
    for name in ("schools", "grades"):
        near |= values[name].shared(count, left, right) == 1
    found = np.zeros(count, dtype=bool)
    found[left[near]] = found[right[near]] = True
    missing = others & ~found
    for keys in _near(values):
        gathering.look(keys.among(children), keys.among(missing))
    return gathering.result()


def candidates_without_birth_date(units: Units, others: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find candidates among units that have no child yet."""
    values = units.values
    gathering = _Gathering(units)
    initial = first_letters(values["given"], 1)
    for keys in (Keys.of(values["name_keys"]), *_contacts(values, initial), *_near(values)):
        mine = keys.among(others)
        gathering.look(mine, mine)
    return gathering.result()


# Of any two files: all values of a key must agree. A number cuts texts to their first letters. An error
# affects only some keys.
KEYS_OF_ROWS = (
    "emails", "telephones", "name_keys",
    "birth_days_free", "birth_days_free, given 1", "birth_days_free, family 1",
    "given_formal, family 1", "family_parts, given 1", "given 3, family 3",
    "given_formal, day", "family_parts, day", "given_formal, birth_days 4", "family_parts, birth_days 4",
    "given 3, day", "family 3, day", "given 3, birth_days 4", "family 3, birth_days 4",
    "given 1, family 1, birth_days 4",
    "given_formal, postcodes", "family_parts, postcodes",
    "given_formal, localities", "family_parts, localities", "addresses",
    "postcodes, birth_days 4", "postcodes, day", "postcodes, given 1, family 1", "postcodes, localities",
    "given_formal, schools, grades", "family_parts, schools, grades", "family_parts, given 1, sex",
)  # fmt: skip


def candidates_of_rows(
    units: Units, left: np.ndarray, right: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame, bool]:
    """Find candidates among the rows of two files, or of one that is both.

    Also counts the rows (as ``records``) whose values are all too common, and says whether there were too
    many pairs to try the weakest keys.
    """
    gathering = _Gathering(units)
    if left.sum() * right.sum() // (2 if (left & right).any() else 1) <= ALL_PAIRS:
        one, other = (
            side.ravel() for side in np.meshgrid(*map(np.flatnonzero, (left, right)), indexing="ij")
        )
        gathering.add(one[one < other], other[one < other])
        return *gathering.result(), False
    most = max(MOST, min(MOST_ROWS, MOST_PAIRS // len(units)))
    ids = [name for name in units.values if name.startswith("identifier: ")]
    made: dict[str, Values] = {}
    common = np.zeros(len(units), dtype=bool)
    for line in (*ids, *KEYS_OF_ROWS):
        parts = [made.setdefault(name, _part_of_rows(units, name)) for name in line.split(", ")]
        if not all(len(part) for part in parts):
            continue
        keys = Keys.of(parts[0])
        for part in parts[1:]:
            keys = keys.with_value(part)
        theirs = keys.among(right)
        one, other, over = meeting(keys.among(left), theirs, most)
        gathering.add(one, other)
        wide = np.unique(theirs.key[over])
        gathering.keys += len(wide)
        common[_with(keys, wide).unit] = True
        if gathering.number > MOST_PAIRS:
            break
    pairs, passed_over = gathering.result()
    common[pairs.to_numpy().ravel()] = False
    return pairs, passed_over.assign(records=int(common.sum())), gathering.number > MOST_PAIRS


def _part_of_rows(units: Units, name: str) -> Values:
    values = units.values
    if name == "day":  # of the year
        days = values["birth_days"]
        texts = [None if "00" in (text[5:7], text[8:]) else text[5:] for text in days.texts]
        codes, distinct = pd.factorize(np.array(texts, dtype=object))
        return Values.of(days.unit, codes.astype("int64")[days.code], distinct)
    of_name, _, letters = name.partition(" ")
    if letters.isdecimal():
        return first_letters(values[of_name], int(letters))
    none = np.zeros(0, dtype="int64")
    return values.get(name, Values.of(none, none, []))
