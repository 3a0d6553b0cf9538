"""Match weights of pairs, and explanations of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.link.comparisons import Comparison, compare_units, comparisons_for
from helpers.link.model.parameters import (
    KINDS,
    LinkModel,
    bits_of,
    chance_agreement,
    counts_of,
    shipped_model,
)
from helpers.link.records import Units
from helpers.standard import BadInput

__all__ = [
    "BEFORE_LOOKING",
    "COMMON",
    "Frequencies",
    "Scoring",
    "describe",
    "drawn_pairs_of",
    "explain",
    "fitted",
    "frequencies_of_codes",
    "kinds_of",
    "prior_bits",
    "score_levels",
    "score_pairs",
]

# Comparisons that depend on the district: how many schools and towns it has, and which grades.
LOCAL = ("sex", "school", "grade", "home")
# Number of pairs scored at a time, to bound memory.
CHUNK = 500_000
# With fewer units than this, too many random pairs are one child.
ENOUGH = 500
DRAWN_PAIRS = 50_000
SEED = 20_250_901
# With fewer dated units than this, all units count toward frequencies.
FEWEST_DATED = 50
# Of a value seen once, where hardly any is seen twice.
MOST_DISCOUNT = 0.98
# Bits that a rare value may add, and a common one take away.
RARE, FREQUENT = 6.0, 12.0


def kinds_of(units: Units, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return each pair's position in `KINDS`."""
    dated = units.dated
    kind: np.ndarray = 2 - dated[left].astype("int64") - dated[right].astype("int64")
    return kind


def prior_bits(units: Units, matches: Mapping[str, float]) -> np.ndarray:
    """Return the odds, in bits, that a random pair of each kind is one child."""
    dated = int(units.dated.sum())
    bare = int((units.named & ~units.dated).sum())
    pairs = np.maximum([dated * (dated - 1) / 2, dated * bare, bare * (bare - 1) / 2], 1.0)
    owners = np.array([dated / 2, bare, bare / 2])
    expected = np.clip(np.array([matches[kind] for kind in KINDS]) * owners, 1e-3, pairs / 2)
    share = expected / pairs
    result: np.ndarray = np.log2(share / (1 - share))
    return result


def drawn_pairs_of(units: Units, count: int, seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """Draw random pairs of units with a birth date, or of named ones if few have a birth date.

    A child has about one unit with a birth date, and several without.
    """
    dated = np.flatnonzero(units.dated)
    chosen = dated if len(dated) >= max(2, len(units) // 20) else np.flatnonzero(units.named)
    if len(chosen) < 2:
        return np.zeros(0, dtype="int64"), np.zeros(0, dtype="int64")
    count = min(count, len(chosen) * (len(chosen) - 1) // 2)
    random = np.random.default_rng(seed)
    left = random.integers(0, len(chosen), count)
    right = (left + random.integers(1, len(chosen), count)) % len(chosen)
    return chosen[left], chosen[right]


@dataclass(frozen=True)
class Frequencies:
    """How common each unit's value is, by comparison; NaN where it has none.

    ``whole`` is that of the full name: Mohamed Ali is more common than its parts suggest.
    """

    of: Mapping[str, np.ndarray]
    whole: np.ndarray

    @staticmethod
    def of_units(units: Units, comparisons: Sequence[Comparison]) -> Frequencies:
        """Estimate frequencies among units of which about one represents a child."""
        count = len(units)
        dated = units.dated
        counts = dated if int(dated.sum()) >= FEWEST_DATED else units.named | dated
        if units.one_a_person is not None:
            counts = units.one_a_person
        begins = np.flatnonzero(np.diff(units.names.record, prepend=-1))
        owner = units.names.record[begins]
        first, last = (np.full(count, -1, dtype="int64") for _ in range(2))
        first[owner], last[owner] = units.names.first[begins], units.names.last[begins]
        first[first == 0] = last[last == 0] = -1
        size = len(units.names.texts)
        whole = np.where((first >= 0) & (last >= 0), first * size + last, -1)
        found = {"first_name": _frequency(first, counts), "last_surname": _frequency(last, counts)}
        for one in comparisons:
            if one.values and one.kind in ("middle name", "birth date", "e-mail", "code", "text"):
                values = units.values[one.values]
                of_code = frequencies_of_codes(values.code, counts[values.unit])
                most = np.full(count, np.nan)
                np.fmax.at(most, values.unit, of_code[values.code])
                found[one.name] = most
        return Frequencies(found, _frequency(whole, counts))


def _frequency(code: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the frequency of each unit's value."""
    known = code >= 0
    result = np.full(len(code), np.nan)
    if known.any():
        codes, _ = pd.factorize(code[known])
        result[known] = frequencies_of_codes(codes, counts[known])[codes]
    return result


def frequencies_of_codes(codes: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Estimate the probability of each value for a new child.

    A value seen once in ten thousand children is rarer than that, since most such values occur only once.
    Absolute discounting (Kneser and Ney) reduces each count by what chance explains, estimated from the
    numbers of values seen once and twice.
    """
    size = int(np.max(codes, initial=-1)) + 1
    times = np.bincount(codes[counts], minlength=size).astype("float64")
    once, twice = int((times == 1).sum()), int((times == 2).sum())
    discount = min(once / (once + 2 * twice + 1), MOST_DISCOUNT)
    result: np.ndarray = (np.maximum(times, 1.0) - discount) / max(float(times.sum()), 1.0)
    return result


def score_levels(
    levels: np.ndarray,
    comparisons: Sequence[Comparison],
    m: Sequence[np.ndarray],
    u: Sequence[np.ndarray],
    frequencies: Frequencies,
    left: np.ndarray,
    right: np.ndarray,
) -> np.ndarray:
    """Add up the weights of compared pairs in bits, without the prior."""
    parts = weights_of_levels(levels, comparisons, m, u)
    rarity = rarities(levels, comparisons, u, frequencies, left, right)
    result: np.ndarray = parts.sum(axis=1) + rarity.sum(axis=1)
    return result


def weights_of_levels(
    levels: np.ndarray, comparisons: Sequence[Comparison], m: Sequence[np.ndarray], u: Sequence[np.ndarray]
) -> np.ndarray:
    """Return the weight of each comparison of each pair."""
    bits = bits_of(m, u)
    parts = np.zeros(levels.shape)
    for at, one in enumerate(comparisons):
        parts[:, at] = bits[at][levels[:, at]]
        if one.kind == "surname":
            # Exchanged names count once, at the first name.
            parts[levels[:, at] == EXCHANGED, at] = 0.0
    return parts


EXCHANGED = 3


def rarities(
    levels: np.ndarray,
    comparisons: Sequence[Comparison],
    u: Sequence[np.ndarray],
    frequencies: Frequencies,
    left: np.ndarray,
    right: np.ndarray,
) -> np.ndarray:
    """Return what rare values add and common ones take away: by comparison, and last for full names."""
    extra = np.zeros((len(levels), len(comparisons) + 1))
    for at, one in enumerate(comparisons):
        frequency = frequencies.of.get(one.name)
        if frequency is None:
            continue
        equal = np.flatnonzero(levels[:, at] == 0)
        value = np.fmax(frequency[left[equal]], frequency[right[equal]])
        bits = np.clip(np.log2(float(u[at][0]) / value), -FREQUENT, RARE)
        extra[equal, at] = np.nan_to_num(bits)
    place = {one.kind: at for at, one in enumerate(comparisons)}
    if "first name" in place and "surname" in place:
        equal = np.flatnonzero((levels[:, place["first name"]] == 0) & (levels[:, place["surname"]] == 0))
        first, last = (frequencies.of[name] for name in ("first_name", "last_surname"))
        together = np.fmax(frequencies.whole[left[equal]], frequencies.whole[right[equal]])
        apart = np.fmax(first[left[equal]], first[right[equal]]) * np.fmax(
            last[left[equal]], last[right[equal]]
        )
        extra[equal, -1] = -np.nan_to_num(np.clip(np.log2(together / apart), 0.0, FREQUENT))
    return extra


def fitted(model: LinkModel, units: Units, comparisons: Sequence[Comparison]) -> LinkModel:
    """Fit a model to the district: how often two of its children agree in school, town and grade."""
    if len(units) < ENOUGH:
        return model
    local = [one for one in comparisons if one.name in LOCAL]
    left, right = drawn_pairs_of(units, DRAWN_PAIRS)
    levels = compare_units(units, local, left, right)
    _, u = model.tables(local)
    own = {
        one.name: chance_agreement(counts_of(levels[:, at], len(u[at])), u[at]).tolist()
        for at, one in enumerate(local)
    }
    return replace(model, u={**model.u, **own})


@dataclass(frozen=True)
class Scoring:
    """A model's weights for the units at hand, whose rare values weigh more."""

    units: Units
    comparisons: Sequence[Comparison]
    m: Sequence[np.ndarray]
    u: Sequence[np.ndarray]
    frequencies: Frequencies
    prior: np.ndarray  # bits, by kind of pair

    @staticmethod
    def of(units: Units, model: LinkModel) -> Scoring:
        """Look up the model's weights, and count how common each value is."""
        comparisons = comparisons_for(units)
        frequencies = Frequencies.of_units(units, comparisons)
        return Scoring(
            units, comparisons, *model.tables(comparisons), frequencies, prior_bits(units, model.matches)
        )

    def compare(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return the levels of pairs, one column per comparison."""
        return compare_units(self.units, self.comparisons, left, right)

    def weigh(self, levels: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return the weight of compared pairs in bits, prior included."""
        prior = self.prior[kinds_of(self.units, left, right)]
        result: np.ndarray = prior + score_levels(
            levels, self.comparisons, self.m, self.u, self.frequencies, left, right
        )
        return result


def score_pairs(units: Units, pairs: pd.DataFrame, model: LinkModel | None = None) -> pd.DataFrame:
    """Score pairs: the match weight that the two units of each are one child.

    Parameters
    ----------
    units
        All units of the district, since they also determine how common a name is.
    pairs
        ``left``, ``right``: numbers of units.
    model
        By default the kit's own.

    Returns
    -------
    pandas.DataFrame
        One row per pair in the given order: ``left``, ``right``, ``match_weight`` (log2, prior included) and
        ``match_probability`` (0 to 1).

    Raises
    ------
    BadInput
        When a pair names a unit that doesn't exist.
    """
    left, right = (pairs[side].to_numpy(dtype="int64") for side in ("left", "right"))
    for side in (left, right):
        if len(side) and (side.min() < 0 or side.max() >= len(units)):
            strange = int(side[(side < 0) | (side >= len(units))][0])
            raise BadInput(
                f"A pair names unit {strange}, which isn't among the {len(units):,} units. Pairs must be "
                f"made of the same units."
            )
    weight = np.zeros(len(pairs))
    if len(pairs):
        scoring = Scoring.of(units, fitted(model or shipped_model(), units, comparisons_for(units)))
        for start in range(0, len(pairs), CHUNK):
            ends = left[start : start + CHUNK], right[start : start + CHUNK]
            weight[start : start + CHUNK] = scoring.weigh(scoring.compare(*ends), *ends)
    probability = 1.0 / (1.0 + np.exp2(-np.clip(weight, -100, 100)))
    return pd.DataFrame(
        {"left": left, "right": right, "match_weight": weight, "match_probability": probability}
    )


BEFORE_LOOKING = "Before looking"
# The step for how common the matching value is.
COMMON = "How common the name is"
COLUMNS = {"comparison": "string", "level": "string", "weight": "float64", "running_total": "float64"}


def explain(units: Units, left: int, right: int, model: LinkModel | None = None) -> pd.DataFrame:
    """Explain how the weight of one pair adds up.

    Parameters
    ----------
    units
        All units of the district.
    left, right
        Numbers of two of them.
    model
        By default the kit's own.

    Returns
    -------
    pandas.DataFrame
        One row per step: ``comparison``, ``level`` (labels), ``weight`` (log2) and ``running_total``, which
        ends at the pair's ``match_weight``. The first row is the prior, before any comparison; a missing
        value weighs nothing.

    Raises
    ------
    BadInput
        When there is no such unit, or both numbers are the same.
    """
    if left == right:
        raise BadInput(f"Unit {left} cannot be compared with itself. Give the numbers of two units.")
    for number in (left, right):
        if not 0 <= number < len(units):
            raise BadInput(f"There is no unit {number} among the {len(units):,} units. Give one of theirs.")
    comparisons = comparisons_for(units)
    scoring = Scoring.of(units, fitted(model or shipped_model(), units, comparisons))
    one, other = np.array([left]), np.array([right])
    levels = scoring.compare(one, other)
    parts = weights_of_levels(levels, comparisons, scoring.m, scoring.u)[0]
    rarity = rarities(levels, comparisons, scoring.u, scoring.frequencies, one, other)[0]
    start = float(scoring.prior[kinds_of(units, one, other)][0])
    rows = [(BEFORE_LOOKING, f"of such pairs, one in {1 + 2 ** min(-start, 60):,.0f} is one child", start)]
    of_names = 0.0
    for at, comparison in enumerate(comparisons):
        level = int(levels[0, at])
        words = comparison.levels[level].words if level >= 0 else "Not known"
        is_name = comparison.kind in ("first name", "surname")
        of_names += float(rarity[at]) if is_name else 0.0
        rows.append((comparison.title, words, float(parts[at]) + (0.0 if is_name else float(rarity[at]))))
    common = of_names + float(rarity[-1])
    if abs(common) > 0:
        rows.append((COMMON, "rarer than most" if common > 0 else "commoner than most", common))
    steps = pd.DataFrame(rows, columns=["comparison", "level", "weight"])
    return steps.assign(running_total=steps["weight"].cumsum()).astype(COLUMNS)


def describe(step: pd.Series) -> str:
    """Describe one step of `explain` or one level of `weights` in a sentence.

    Parameters
    ----------
    step
        A row with ``comparison``, ``level`` and ``weight``.

    Returns
    -------
    str
        A plain sentence.

    Examples
    --------
    >>> describe(pd.Series({"comparison": "School", "level": "School the same", "weight": 4.0}))
    'School the same: 16 times as likely for one child as for two.'
    >>> describe(pd.Series({"comparison": "Sex", "level": "Sex different", "weight": -3.0}))
    'Sex different: 8 times as likely for two children as for one.'
    """
    weight, level = float(step["weight"]), str(step["level"])
    if step["comparison"] == BEFORE_LOOKING:
        return f"Before anything is compared, {level}."
    if step["comparison"] == COMMON:
        level = f"The name is {level}"
    if abs(weight) < 0.1:
        return f"{step['comparison']}: {level[0].lower()}{level[1:]}, which shows nothing."
    times = _times(2.0 ** min(abs(weight), 60.0))
    more, less = ("one child", "two") if weight > 0 else ("two children", "one")
    return f"{level}: {times} as likely for {more} as for {less}."


def _times(ratio: float) -> str:
    if ratio > 1e6:
        return "over a million times"
    return f"{ratio:,.0f} times" if ratio >= 10 or ratio == round(ratio) else f"{ratio:.1f} times"
