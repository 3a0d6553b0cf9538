"""What each level of agreement is worth: learned from the two files themselves, without a known answer.

Fellegi and Sunter's model: m says how often a level occurs among pairs of one person, u how often among pairs
of two; its weight is log2(m / u). u is counted on pairs drawn by chance, m is found by expectation and
maximisation over the candidates, both begun with what is usual. A value that many rows share says less than
its level: an equal surname Smith is worth less than an equal surname Featherstonehaugh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.two_files.candidates import Candidates, some_pairs
from helpers.link.two_files.comparisons import Comparison
from helpers.link.two_files.contradictions import Guard
from helpers.link.two_files.levels import compare
from helpers.link.two_files.persons import Persons

__all__ = ["Weights", "learn_weights"]

BY_CHANCE = 300_000  # pairs
AS_GOOD_AS = 15.0  # pairs of one person that what is usual weighs against what the files show
AS_MANY_AS = 300.0  # pairs of two persons, likewise
ROUNDS = 25
STILL = 1e-4
LEARNED_FROM = 1_500_000  # pairs
MOST = 18.0  # bits that one comparison may be worth


@dataclass(frozen=True)
class Weights:
    """What was learned.

    Attributes
    ----------
    m, u
        Of each comparison, one a level.
    prior
        Odds, in bits, that a pair drawn by chance is one person.
    matches
        How many pairs of one person the candidates seem to hold.
    """

    m: list[np.ndarray]
    u: list[np.ndarray]
    prior: float
    matches: float

    def of(
        self,
        persons: Persons,
        comparisons: Sequence[Comparison],
        levels: np.ndarray,
        left: np.ndarray,
        right: np.ndarray,
    ) -> np.ndarray:
        """Give the weight of each pair in bits, the prior among it.

        Parameters
        ----------
        persons, comparisons
            As they were learned from.
        levels
            From `levels.compare`.
        left, right
            Numbers of the persons.

        Returns
        -------
        numpy.ndarray
            ``float64``; a probability of one half is 0.
        """
        extra = _rarity(persons, comparisons, levels, left, right, self.u)
        return self.prior + _sum(levels, self.m, self.u) + extra


def learn_weights(persons: Persons, guard: Guard, candidates: Candidates, levels: np.ndarray) -> Weights:
    """Learn what levels are worth.

    Parameters
    ----------
    persons
        Of both files.
    guard
        Of the files, with their comparisons.
    candidates
        The pairs.
    levels
        Theirs, from `levels.compare`.

    Returns
    -------
    Weights
        With few pairs close to what is usual.
    """
    comparisons = guard.comparisons
    chance_left, chance_right = some_pairs(persons, BY_CHANCE)
    chance = compare(persons, comparisons, chance_left, chance_right)
    left, right = candidates.left, candidates.right
    if len(left) > LEARNED_FROM:
        drawn = np.random.default_rng(2).choice(len(left), LEARNED_FROM, replace=False)
        left, right, levels = left[drawn], right[drawn], levels[drawn]
    share = len(left) / len(candidates.left) if len(left) else 1.0
    apart = guard.two_persons(levels)
    chance_apart = guard.two_persons(chance)
    m = [np.array(one.expected) / sum(one.expected) for one in comparisons]
    u = [np.array(one.by_chance) / sum(one.by_chance) for one in comparisons]
    total = max(persons.pairs, 1)
    matches = max(
        0.2 * min(persons.lefts, max(len(persons) - persons.lefts, 1) if persons.two else persons.lefts), 0.5
    )
    for _ in range(ROUNDS):
        prior = _prior(matches, total)
        weight = prior + _sum(levels, m, u) + _rarity(persons, comparisons, levels, left, right, u)
        one = np.where(apart, 0.0, _probability(weight))
        by_chance = (
            prior + _sum(chance, m, u) + _rarity(persons, comparisons, chance, chance_left, chance_right, u)
        )
        two = np.where(chance_apart, 1.0, 1.0 - _probability(by_chance))
        before = matches
        matches = max(float(one.sum()) / share, 0.5)
        for place, usual in enumerate(comparisons):
            m[place] = _learned(levels[:, place], one, usual.expected, AS_GOOD_AS)
            u[place] = _learned(chance[:, place], two, usual.by_chance, AS_MANY_AS)
        _count_once(comparisons, m, u)
        if abs(matches - before) < STILL * max(before, 1.0):
            break
    return Weights(m, u, _prior(matches, total), matches)


def _count_once(comparisons: Sequence[Comparison], m: list[np.ndarray], u: list[np.ndarray]) -> None:
    """Let names that are exchanged count once: the first name's level says it, the surname's adds nothing."""
    for place, one in enumerate(comparisons):
        if one.kind == "family":
            m[place][-1] = u[place][-1]


def _prior(matches: float, total: int) -> float:
    share = min(max(matches, 0.5) / total, 0.5)
    return float(np.log2(share / (1 - share)))


def _probability(weight: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp2(-np.clip(weight, -100, 100)))


def _learned(level: np.ndarray, times: np.ndarray, usual: Sequence[float], weight: float) -> np.ndarray:
    """Give the share of each level, with what is usual weighed in."""
    known = level >= 0
    counted = np.bincount(level[known], weights=times[known], minlength=len(usual))
    found = counted.astype("float64") + weight * np.array(usual) / sum(usual)
    return found / found.sum()


def _sum(levels: np.ndarray, m: Sequence[np.ndarray], u: Sequence[np.ndarray]) -> np.ndarray:
    whole = np.zeros(len(levels))
    for place, (one, other) in enumerate(zip(m, u, strict=True)):
        # The last entry stands for a missing value, which is worth nothing.
        bits = np.append(np.clip(np.log2(one / other), -MOST, MOST), 0.0)
        whole += bits[levels[:, place]]
    return whole


def _rarity(
    persons: Persons,
    comparisons: Sequence[Comparison],
    levels: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    u: Sequence[np.ndarray],
) -> np.ndarray:
    """Give what an equal value is worth beyond its level: more where it is rare, less where it is common."""
    extra = np.zeros(len(levels))
    for place, one in enumerate(comparisons):
        if one.exact < 0:
            continue
        codes = persons.texts[one.field].codes if one.field else _days(persons)
        frequency = _frequency(codes)
        equal = np.flatnonzero(levels[:, place] == one.exact)
        usual = float(u[place][one.exact])
        value = np.maximum(frequency[codes[left[equal]]], frequency[codes[right[equal]]])
        # A value that nobody else has is as rare as rare ones are, not impossible.
        value = np.maximum(value, min(usual, 0.5 / max(len(persons), 1)))
        extra[equal] += np.clip(np.log2(usual / value), -12.0, 6.0)
    extra -= _common_names(persons, comparisons, levels, left, right)
    return extra


def _frequency(codes: np.ndarray) -> np.ndarray:
    """Give how often each value occurs among others than the two that are compared."""
    known = codes[codes >= 0]
    counts = np.bincount(known, minlength=int(np.max(codes, initial=0)) + 1)
    return np.maximum(counts - 2, 0) / max(len(known) - 2, 1)


def _days(persons: Persons) -> np.ndarray:
    assert persons.birth is not None
    whole = (persons.birth >= 0).all(axis=1)
    number = persons.birth.astype("int64") @ np.array([10_000, 100, 1])
    return pd.factorize(np.where(whole, number, -1))[0]


def _common_names(
    persons: Persons,
    comparisons: Sequence[Comparison],
    levels: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
) -> np.ndarray:
    """Give what equal names are worth less together: Mohamed Ali is commoner than its parts say."""
    less = np.zeros(len(levels))
    kinds = [one.kind for one in comparisons]
    if "given" not in kinds or "family" not in kinds:
        return less
    given, family = kinds.index("given"), kinds.index("family")
    equal = np.flatnonzero(
        (levels[:, given] == comparisons[given].exact) & (levels[:, family] == comparisons[family].exact)
    )
    if not len(equal):
        return less
    first, last = persons.texts["given"], persons.texts["family"]
    known = first.known & last.known
    whole = np.where(known, first.codes * (len(last.distinct) + 1) + last.codes, -1)
    codes = pd.factorize(whole)[0]
    together = _frequency(np.where(known, codes, -1))
    apart = _frequency(first.codes), _frequency(last.codes)
    least = 0.5 / max(len(persons), 1)
    expected = np.maximum(apart[0][first.codes[left[equal]]], least) * np.maximum(
        apart[1][last.codes[left[equal]]], least
    )
    found = np.maximum(together[codes[left[equal]]], expected)
    less[equal] = np.clip(np.log2(found / expected), 0.0, 12.0)
    return less
