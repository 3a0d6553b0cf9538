"""Keys under which units meet: one value, or several put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.link.many_valued import Values, distinct_pairs

__all__ = ["Keys", "first_letters", "meeting"]

# Multipliers of the splitmix64 generator: they spread numbers evenly over 64 bits.
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
    """Keys of units, ``unit`` and ``key`` (``uint64``) side by side, sorted by unit.

    A key of several values is their hash: among ten million keys two differing ones are equal once in four
    hundred thousand runs, and then a pair too many is weighed.
    """

    unit: np.ndarray
    key: np.ndarray

    @staticmethod
    def of(values: Values) -> Keys:
        """Make a key of every value."""
        return Keys(values.unit, _spread(values.code))

    def __len__(self) -> int:
        return len(self.unit)

    def among(self, chosen: np.ndarray) -> Keys:
        """Keep the keys of chosen units (booleans by unit)."""
        kept = chosen[self.unit]
        return Keys(self.unit[kept], self.key[kept])

    def with_value(self, values: Values) -> Keys:
        """Put every value of a unit behind every key of it; units without a value have no key then."""
        count = int(max(np.max(self.unit, initial=-1), np.max(values.unit, initial=-1))) + 1
        many = values.how_many(count)
        begin = np.cumsum(many) - many
        times = many[self.unit] if len(self) else np.zeros(0, dtype="int64")
        row = np.repeat(np.arange(len(self)), times)
        step = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
        code = values.code[begin[self.unit[row]] + step]
        with np.errstate(over="ignore"):
            key = _spread(self.key[row] * FIRST + _spread(code))
        return Keys(self.unit[row], key)


def first_letters(values: Values, letters: int) -> Values:
    """Cut every value down to its first letters; shorter ones are left out."""
    cut = [text[:letters] if len(text) >= letters else None for text in values.texts.tolist()]
    numbers: dict[str, int] = {}
    codes = np.array(
        [-1 if text is None else numbers.setdefault(text, len(numbers)) for text in cut], dtype="int64"
    )
    return Values.of(values.unit, codes[values.code] if len(values) else values.code, list(numbers))


def meeting(left: Keys, right: Keys, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair units of two lists that have a key in common.

    Parameters
    ----------
    left, right
        Keys of both lists.
    most
        A key that more units of the left list have is left alone: it says too little.

    Returns
    -------
    numpy.ndarray, numpy.ndarray
        A unit of the left and one of the right list, distinct pairs; two lists that overlap give both orders.
    numpy.ndarray
        Booleans, one an entry of the right list: its key was left alone.
    """
    order = np.argsort(left.key, kind="stable")
    keys, units = left.key[order], left.unit[order]
    begin = np.searchsorted(keys, right.key, side="left")
    partners = np.searchsorted(keys, right.key, side="right") - begin
    over = partners > most
    partners = np.where(over, 0, partners)
    entry = np.repeat(np.arange(len(right)), partners)
    step = np.arange(len(entry)) - np.repeat(np.cumsum(partners) - partners, partners)
    one, other = distinct_pairs(units[begin[entry] + step], right.unit[entry])
    apart = one != other
    return one[apart], other[apart], over
