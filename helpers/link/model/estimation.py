"""Estimate the model's parameters without labels: u from random pairs, m from candidate pairs by EM."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.link.comparisons import Comparison, compare_units, comparisons_for
from helpers.link.model.parameters import KINDS, LinkModel, chance_agreement, counts_of, shipped_model
from helpers.link.model.scoring import (
    Frequencies,
    drawn_pairs_of,
    kinds_of,
    prior_bits,
    score_levels,
    score_pairs,
)
from helpers.link.records import Units
from helpers.link.values.name_forms import compare_names
from helpers.standard import BadInput

__all__ = ["monotone", "train", "with_matches"]

MAX_PAIRS = 300_000
DRAWN_PAIRS = 200_000
# With fewer matching pairs than this, a comparison keeps its earlier weights.
FEWEST_MATCHES = 100.0
# Prior weight of the earlier m probabilities, in matching pairs.
WORTH = 30.0
# Records err: no level's m falls below one in a thousand, unless chance is rarer still.
RAREST_ERROR = 0.001
# Each round of EM weighs the pairs with the parameters of the round before.
ROUNDS, STILL = 25, 1e-3
ROUNDS_OF_COUNTING = 2
SEED = 20_250_901

# Levels of pairs, and both units.
Apart = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def train(
    units: Units,
    pairs: pd.DataFrame,
    *,
    start: LinkModel | None = None,
    trained_on: str = "own data",
    max_pairs: int = MAX_PAIRS,
    drawn_pairs: int = DRAWN_PAIRS,
    fewest: float = FEWEST_MATCHES,
    worth: float = WORTH,
    apart: Apart | None = None,
    seed: int = SEED,
) -> LinkModel:
    """Estimate the weights of agreements and differences on unlabeled data.

    Parameters
    ----------
    units
        The records, each a unit of its own.
    pairs
        ``left``, ``right``: candidate pairs, which should include nearly all matches.
    start
        Prior and starting values, which stay where the data can't train; by default the kit's model.
    trained_on
        Short description of the data.
    max_pairs
        With more candidate pairs than this, a sample of this size is used.
    drawn_pairs
        Number of random pairs for estimating how often two children agree.
    fewest
        Fewest matching pairs that train a comparison.
    worth
        Weight of the prior, in matching pairs.
    apart
        Tests by levels, left and right which pairs are two children; by default those whose first names
        clearly differ.
    seed
        For all sampling.

    Returns
    -------
    LinkModel
        The same for the same units and pairs, in any order of pairs. ``kept`` names the comparisons that the
        data could not train.

    Raises
    ------
    BadInput
        When too few pairs look like one child.
    """
    start = start or shipped_model()
    comparisons = comparisons_for(units)
    candidates = pairs[["left", "right"]].drop_duplicates().sort_values(["left", "right"], ignore_index=True)
    left, right = candidates["left"].to_numpy("int64"), candidates["right"].to_numpy("int64")
    kind = kinds_of(units, left, right)
    frequencies = Frequencies.of_units(units, comparisons)
    m, u = start.tables(comparisons)
    u = _chance(units, comparisons, u, drawn_pairs, seed)
    matches, taught = dict(start.matches), set[int]()
    for place in range(len(KINDS)):
        chosen = np.flatnonzero(kind == place)
        if not len(chosen):
            continue
        sample = chosen
        if len(chosen) > max_pairs:
            sample = np.sort(np.random.default_rng([seed, place]).choice(chosen, max_pairs, replace=False))
        lesson = _Lesson(units, comparisons, frequencies, left[sample], right[sample], place, apart)
        taught |= lesson.teach(m, u, matches, start, taught, len(chosen) / len(sample), fewest, worth)
    if not taught:
        raise BadInput(
            "The weights cannot be trained: too few candidate pairs look like one child. At least "
            f"{fewest:.0f} have to, of {len(candidates):,} (units: {len(units):,}). Link without training, "
            "or train on more data."
        )
    before = start.tables(comparisons)
    own = {one.name: (m[at], u[at]) for at, one in enumerate(comparisons) if at in taught}
    for at, one in enumerate(comparisons):
        own.setdefault(one.name, (before[0][at], before[1][at]))
    return LinkModel(
        m={**start.m, **{name: _rounded(values[0]) for name, values in own.items()}},
        u={**start.u, **{name: _rounded(values[1]) for name, values in own.items()}},
        matches={kind: float(f"{value:.5g}") for kind, value in matches.items()},
        accept=start.accept,
        review=start.review,
        trained_on=trained_on,
        units=len(units),
        pairs=len(candidates),
        kept=tuple(one.name for at, one in enumerate(comparisons) if at not in taught),
    )


class _Lesson:
    """Candidate pairs of one kind, and what they teach."""

    def __init__(
        self,
        units: Units,
        comparisons: Sequence[Comparison],
        frequencies: Frequencies,
        left: np.ndarray,
        right: np.ndarray,
        kind: int,
        apart: Apart | None,
    ) -> None:
        self.comparisons, self.frequencies, self.kind = comparisons, frequencies, kind
        self.units = units
        self.left, self.right = left, right
        self.levels = compare_units(units, comparisons, left, right)
        # Brothers and sisters share nearly everything; their first names part them.
        self.apart = (
            compare_names(units.names, len(units), left, right).plainly_different
            if apart is None
            else apart(self.levels, left, right)
        )

    def teach(
        self,
        m: list[np.ndarray],
        u: list[np.ndarray],
        matches: dict[str, float],
        start: LinkModel,
        taught: set[int],
        times: float,
        fewest: float,
        worth: float,
    ) -> set[int]:
        """Estimate by EM; update `m` and `matches`, and return the positions of trained comparisons."""
        usual, _ = start.tables(self.comparisons)
        known = self.levels >= 0
        learned: set[int] = set()
        for _ in range(ROUNDS):
            probability = self._probability(m, u, matches)
            before = matches[KINDS[self.kind]]
            matches[KINDS[self.kind]] = count_matches(self.units, self.kind, probability, times)
            seen = probability @ known
            learned = {int(at) for at in np.flatnonzero(seen >= max(fewest, 1e-9))} - taught
            for at in learned:
                m[at] = _learned(
                    self.levels[:, at], probability, usual[at], u[at], self.comparisons[at], worth
                )
            if abs(matches[KINDS[self.kind]] - before) < STILL * max(before, STILL):
                break
        return learned

    def _probability(self, m: list[np.ndarray], u: list[np.ndarray], matches: dict[str, float]) -> np.ndarray:
        prior = prior_bits(self.units, matches)[self.kind]
        weight = prior + score_levels(
            self.levels, self.comparisons, m, u, self.frequencies, self.left, self.right
        )
        return np.where(self.apart, 0.0, 1.0 / (1.0 + np.exp2(-np.clip(weight, -100, 100))))


def _learned(
    level: np.ndarray,
    probability: np.ndarray,
    usual: np.ndarray,
    u: np.ndarray,
    comparison: Comparison,
    worth: float,
) -> np.ndarray:
    """Return the share of each level among matches; floored, and falling where the comparison says so."""
    known = level >= 0
    counted = np.bincount(level[known], weights=probability[known], minlength=len(usual))
    m = (counted + worth * usual) / (counted.sum() + worth)
    least = np.array([max(one.least_m, min(RAREST_ERROR, one.u)) for one in comparison.levels])
    m = np.maximum(m, least)
    m = monotone(m / m.sum(), u, comparison.falls)
    for place, one in enumerate(comparison.levels):
        if one.fixed:
            m[place] = u[place] * one.m / one.u
    return m


def monotone(m: np.ndarray, u: np.ndarray, falls: Sequence[int]) -> np.ndarray:
    """Pool neighboring levels until no level weighs more than a better one.

    >>> monotone(np.array([0.8, 0.05, 0.15]), np.array([0.1, 0.6, 0.3]), (0, 1, 2)).round(3).tolist()
    [0.8, 0.133, 0.067]
    """
    blocks: list[tuple[list[int], float, float]] = []
    for level in falls:
        blocks.append(([level], float(m[level]), float(u[level])))
        while len(blocks) > 1 and blocks[-1][1] * blocks[-2][2] > blocks[-2][1] * blocks[-1][2]:
            members, more_m, more_u = blocks.pop()
            before, its_m, its_u = blocks.pop()
            blocks.append((before + members, its_m + more_m, its_u + more_u))
    result = m.copy()
    for members, its_m, its_u in blocks:
        for level in members:
            result[level] = u[level] * its_m / its_u
    return result


def _chance(
    units: Units, comparisons: Sequence[Comparison], usual: list[np.ndarray], count: int, seed: int
) -> list[np.ndarray]:
    """Estimate u from random pairs: of two children, but for one in as many as there are children."""
    left, right = drawn_pairs_of(units, count, seed)
    if not len(left):
        return usual
    levels = compare_units(units, comparisons, left, right)
    # Two random units that share name and birth date are one child.
    one_child = np.zeros(len(left), dtype=bool)
    by_name = {one.name: at for at, one in enumerate(comparisons)}
    if "birth_date" in by_name and "last_surname" in by_name:
        date, last = levels[:, by_name["birth_date"]], levels[:, by_name["last_surname"]]
        one_child = (date == 0) & (last >= 0) & (last <= 3)
    return [
        chance_agreement(counts_of(levels[~one_child, at], len(before)), before)
        for at, before in enumerate(usual)
    ]


def count_matches(units: Units, kind: int, probability: np.ndarray, times: float) -> float:
    """Estimate a unit's average number of other units of its child, for scored pairs of one kind."""
    dated = int(units.dated.sum())
    bare = int((units.named & ~units.dated).sum())
    owners = (dated / 2, bare, bare / 2)
    return float(probability.sum()) * times / max(owners[kind], 1.0)


def with_matches(model: LinkModel, units: Units, pairs: pd.DataFrame) -> LinkModel:
    """Count the matching units that remain after rules have linked what is certain.

    Training uses single records, since pairs that rules link best show how records of one child agree.
    Scoring uses units, and a child has fewer of them. The count for pairs with two birth dates stays
    nevertheless: rules leave such a pair open only if name or date disagrees, and each record had its chance
    of that.
    """
    chosen = pairs[["left", "right"]].drop_duplicates().sort_values(["left", "right"], ignore_index=True)
    if chosen.empty:
        return model
    kind = kinds_of(units, chosen["left"].to_numpy("int64"), chosen["right"].to_numpy("int64"))
    matches = dict(model.matches)
    for _ in range(ROUNDS_OF_COUNTING):
        scored = score_pairs(units, chosen, replace(model, matches=matches))
        probability = scored["match_probability"].to_numpy(dtype="float64")
        for place in range(1, len(KINDS)):
            if (kind == place).any():
                counted = count_matches(units, place, probability[kind == place], 1.0)
                matches[KINDS[place]] = float(f"{counted:.5g}")
    return replace(model, matches=matches)


def _rounded(values: np.ndarray) -> list[float]:
    """Round to five digits: more would be noise."""
    return [float(f"{value:.5g}") for value in values]
