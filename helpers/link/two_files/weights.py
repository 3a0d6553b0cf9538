"""Train weights, and exclude impossible pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.link.two_files.candidates import Candidates, pairs_that_share, some_pairs
from helpers.link.two_files.comparisons import Comparison, compare, comparisons_of
from helpers.link.two_files.persons import PersonTable

__all__ = ["Guard", "Weights", "believed_ids", "guard_for", "learn_weights"]


FEWEST = 5  # pairs needed to show that a first name is wrong rather than somebody else's


@dataclass(frozen=True)
class Guard:
    """Tests which pairs can't be one person."""

    # From `comparisons.comparisons_of`.
    comparisons: Sequence[Comparison]
    # Whether the files contain siblings, as far as they show.
    households: bool = True

    def two_persons(self, levels: np.ndarray) -> np.ndarray:
        """Test which pairs can't be one person.

        Siblings and twins share surname, home, phone and often the birth date. No sum of these makes them one
        person: their first names differ. If an id and the birth date agree, a name may have changed; an id
        alone may be a relative's.
        """
        given, family, middle, birth, home, sex = (
            _level(self.comparisons, levels, kind)
            for kind in ("given", "family", "middle", "birth", "home", "sex")
        )
        same_id = self.same_id(levels)
        one_date, two_dates = birth >= 2, (birth == 0) | (birth == 1)
        one_home = (home == 4) | (home == 5)
        confirmed = same_id & one_date
        if not self.households:
            confirmed |= same_id & ((family >= 3) | ((home >= 3) & (home <= 5)))
            confirmed |= (birth >= 3) & (birth <= 5)
        other_name = (given == 0) & ~confirmed
        # With different birth dates, a merely similar first name is a sibling's. Without a first name, home
        # and surname only identify the family.
        unlike = (given < 3) & two_dates
        stranger = (family == 0) & two_dates
        relative = np.zeros(len(levels), dtype=bool)
        if self.households:
            # Father and son with one name, or a sister with nearly her brother's: no birth date links them.
            odd = (given < 3) | ((given < 5) & ((middle == 0) | (sex == 0)))
            relative = (one_home & (two_dates | (odd & ~one_date))) | (odd & two_dates)
            # Two of three: id, name and birth date. A middle name, home, phone or e-mail address can replace
            # an id.
            half_home = (home >= 3) & (home <= 5)
            relative |= two_dates & (middle < 1) & ~half_home & ~self._same_contact(levels)
        return other_name | ((unlike | stranger | relative) & ~same_id)

    def same_id(self, levels: np.ndarray) -> np.ndarray:
        """Test which pairs share a national or local id."""
        same: np.ndarray = (levels[:, _ids(self.comparisons)] == 2).any(axis=1)
        return same

    def _same_contact(self, levels: np.ndarray) -> np.ndarray:
        same = np.zeros(len(levels), dtype=bool)
        for place, one in enumerate(self.comparisons):
            if one.field in ("telephone", "e_mail"):
                same |= levels[:, place] == one.exact
        return same

    def doubtful(self, levels: np.ndarray) -> np.ndarray:
        """Test which excluded pairs still deserve review: same id, or same whole name."""
        given, family = (_level(self.comparisons, levels, kind) for kind in ("given", "family"))
        whole: np.ndarray = (given == 5) & (family == 5)
        return self.same_id(levels) | whole


def guard_for(comparisons: Sequence[Comparison], levels: np.ndarray) -> Guard:
    """Decide whether the files contain households, from pairs with one home and surname but two first names.

    Most of those are siblings, with two birth dates. Twins are a few in a hundred. If pairs with *one* birth
    date are more frequent, they aren't twins but one person, once with a wrong first name.
    """
    given, family, birth, home = (
        _level(comparisons, levels, kind) for kind in ("given", "family", "birth", "home")
    )
    one_home = (given == 0) & (family >= 3) & ((home == 4) | (home == 5))
    siblings = int((one_home & (birth >= 0) & (birth <= 2)).sum())
    one_date = int((one_home & (birth >= 3) & (birth <= 5)).sum())
    return Guard(comparisons, households=not (one_date >= FEWEST and one_date > siblings))


def _level(comparisons: Sequence[Comparison], levels: np.ndarray, kind: str) -> np.ndarray:
    for place, one in enumerate(comparisons):
        if one.kind == kind:
            return levels[:, place]
    return np.full(len(levels), -1, dtype="int8")


def _ids(comparisons: Sequence[Comparison]) -> list[int]:
    return [
        place for place, one in enumerate(comparisons) if one.field.startswith(("national_id", "local_id"))
    ]


# A column may contain another system's ids, or be shifted by a row. Every test of keys passes then, and every
# row matches a stranger.

BORNE_OUT = 0.5  # share of pairs with one id that agree in a name or the birth date
BY_WHICH = ("given", "family", "middle")


def believed_ids(persons: PersonTable) -> tuple[PersonTable, list[str]]:
    """Drop ids without shared values, and ids that names and birth dates contradict."""
    notes = []
    kept = dict(persons.texts)
    plain = replace(persons, texts={name: kept[name] for name in BY_WHICH if name in kept}, age=None)
    comparisons = [one for one in comparisons_of(plain) if one.kind in ("given", "family", "birth")]
    for name in [name for name in kept if name.startswith(("national_id", "local_id"))]:
        said = name.replace("_", " ").removesuffix(" 1")
        left, right = pairs_that_share(kept[name].codes, persons)
        if not len(left):
            where = "no value of it is in both files" if persons.two else "no two rows have one in common"
            notes.append(f"{said}: not compared, {where}")
            del kept[name]
            continue
        levels = compare(plain, comparisons, left, right)
        known = np.flatnonzero((levels >= 0).any(axis=1))
        floor = np.array([3 if one.kind == "birth" else 2 for one in comparisons], dtype="int8")
        agree = np.any(levels >= floor, axis=1)
        share = float(agree[known].mean()) if len(known) else 1.0
        if len(known) >= FEWEST and share < BORNE_OUT:
            notes.append(
                f"{said}: refused, it seems to hold other ids: of the pairs of rows with one value only "
                f"{100 * share:.0f}% agree in a name or the birth date"
            )
            del kept[name]
    return replace(persons, texts=kept), notes


BY_CHANCE = 300_000  # pairs
AS_GOOD_AS = 15.0  # prior weight of the usual m, in pairs of one person
AS_MANY_AS = 300.0  # prior weight of the usual u, in pairs of two persons
ROUNDS = 25
STILL = 1e-4
LEARNED_FROM = 1_500_000  # pairs
MOST = 18.0  # bits at most per comparison


@dataclass(frozen=True)
class Weights:
    """Trained weights."""

    # Per comparison, one value per level.
    m: list[np.ndarray]
    u: list[np.ndarray]
    # Odds, in bits, that a random pair is one person.
    prior: float
    # Estimated number of candidate pairs that are one person.
    matches: float

    def of(
        self,
        persons: PersonTable,
        comparisons: Sequence[Comparison],
        levels: np.ndarray,
        left: np.ndarray,
        right: np.ndarray,
    ) -> np.ndarray:
        """Return the weight of each pair in bits, prior included."""
        extra = _rarity(persons, comparisons, levels, left, right, self.u)
        return self.prior + _sum(levels, self.m, self.u) + extra


def learn_weights(persons: PersonTable, guard: Guard, candidates: Candidates, levels: np.ndarray) -> Weights:
    """Train m, u and the prior by EM."""
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
    """Count exchanged names once: the first name's level has the weight, the surname's adds nothing."""
    for place, one in enumerate(comparisons):
        if one.kind == "family":
            m[place][-1] = u[place][-1]


def _prior(matches: float, total: int) -> float:
    share = min(max(matches, 0.5) / total, 0.5)
    return float(np.log2(share / (1 - share)))


def _probability(weight: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp2(-np.clip(weight, -100, 100)))


def _learned(level: np.ndarray, times: np.ndarray, usual: Sequence[float], weight: float) -> np.ndarray:
    """Return the share of each level, with the usual shares as prior."""
    known = level >= 0
    counted = np.bincount(level[known], weights=times[known], minlength=len(usual))
    found = counted.astype("float64") + weight * np.array(usual) / sum(usual)
    return found / found.sum()


def _sum(levels: np.ndarray, m: Sequence[np.ndarray], u: Sequence[np.ndarray]) -> np.ndarray:
    whole = np.zeros(len(levels))
    for place, (one, other) in enumerate(zip(m, u, strict=True)):
        # The last entry is for missing values, which weigh nothing.
        bits = np.append(np.clip(np.log2(one / other), -MOST, MOST), 0.0)
        whole += bits[levels[:, place]]
    return whole


def _rarity(
    persons: PersonTable,
    comparisons: Sequence[Comparison],
    levels: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    u: Sequence[np.ndarray],
) -> np.ndarray:
    """Return the extra weight of equal values: positive for rare ones, negative for common ones."""
    extra = np.zeros(len(levels))
    for place, one in enumerate(comparisons):
        if one.exact < 0:
            continue
        codes = persons.texts[one.field].codes if one.field else _days(persons)
        frequency = _frequency(codes)
        equal = np.flatnonzero(levels[:, place] == one.exact)
        usual = float(u[place][one.exact])
        value = np.maximum(frequency[codes[left[equal]]], frequency[codes[right[equal]]])
        # A unique value is as rare as other rare ones, not impossible.
        value = np.maximum(value, min(usual, 0.5 / max(len(persons), 1)))
        extra[equal] += np.clip(np.log2(usual / value), -12.0, 6.0)
    extra -= _common_names(persons, comparisons, levels, left, right)
    return extra


def _frequency(codes: np.ndarray) -> np.ndarray:
    """Return the frequency of each value among others than the compared two."""
    known = codes[codes >= 0]
    counts = np.bincount(known, minlength=int(np.max(codes, initial=0)) + 1)
    return np.maximum(counts - 2, 0) / max(len(known) - 2, 1)


def _days(persons: PersonTable) -> np.ndarray:
    assert persons.birth is not None
    whole = (persons.birth >= 0).all(axis=1)
    number = persons.birth.astype("int64") @ np.array([10_000, 100, 1])
    return pd.factorize(np.where(whole, number, -1))[0]


def _common_names(
    persons: PersonTable,
    comparisons: Sequence[Comparison],
    levels: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
) -> np.ndarray:
    """Return the reduction for common full names: Mohamed Ali is more common than its parts suggest."""
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
