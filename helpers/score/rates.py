"""Compute rates with clustered intervals."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

__all__ = ["Rate", "clustered_interval", "f1_of", "interval_of_difference", "rate_of", "standardized_rate"]


Numbers = npt.NDArray[np.float64]


def clustered_interval(
    value: Numbers, squared_error: Numbers, clusters: Numbers, count: Numbers, doubt: float = 0.05
) -> tuple[Numbers, Numbers]:
    """Compute the intervals of rates."""
    z = NormalDist().inv_cdf(1 - doubt / 2)
    student = stdtrit(np.maximum(np.asarray(clusters, dtype="float64") - 1, 1), 1 - doubt / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = value * (1 - value) / squared_error * (z / student) ** 2
    effective = np.where((squared_error > 0) & (value > 0) & (value < 1), effective, clusters)
    effective = np.minimum(effective, count)
    effective = np.where(effective > 0, effective, np.nan)
    middle = (value + z * z / (2 * effective)) / (1 + z * z / effective)
    half = z / (1 + z * z / effective) * np.sqrt(value * (1 - value) / effective + (z / (2 * effective)) ** 2)
    # Exact at the ends, where rounding could leave the interval slightly beyond 0 or 1.
    low = np.where(value <= 0, value, np.clip(middle - half, 0, 1))
    high = np.where(value >= 1, value, np.clip(middle + half, 0, 1))
    return low, high


def interval_of_difference(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float]:
    """Compute the interval of the difference of two rates.

    >>> low, high = interval_of_difference((0.9, 0.8, 0.95), (0.6, 0.5, 0.7))
    >>> round(low, 3), round(high, 3)
    (0.159, 0.412)
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    apart = a - b
    return apart - float(np.hypot(a - a_low, b_high - b)), apart + float(np.hypot(a_high - a, b - b_low))


# A smaller stratum of a group isn't used: two children who fail would decide the rate for all.
LEAST_IN_STRATUM = 10

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rate:
    """A rate, with what its interval needs."""

    # The rate; NaN without a denominator.
    value: float
    # Per cluster: its influence on the rate.
    pull: Numbers
    # Number of clusters.
    clusters: int
    # Numerator and denominator; for a standardized rate, the raw counts.
    numerator: float
    denominator: float
    # Share of the strata's weight for which the group has enough data; 1 if not standardized.
    known: float = 1.0

    def interval(self, doubt: float = 0.05) -> tuple[float, float]:
        """Return the interval with this error probability."""
        # Divide by one less than the number of clusters, as for a sample variance.
        squared = float(np.sum(self.pull**2)) * self.clusters / max(self.clusters - 1, 1)
        low, high = clustered_interval(
            np.array([self.value]),
            np.array([squared]),
            np.array([float(self.clusters)]),
            np.array([self.denominator]),
            doubt,
        )
        return float(low[0]), float(high[0])


def rate_of(numerator: Numbers, denominator: Numbers, cluster: Codes) -> Rate:
    """Divide sums, and compute the influence of each cluster."""
    above, below = float(numerator.sum()), float(denominator.sum())
    clusters = _clusters(denominator, cluster)
    if below == 0:
        return Rate(float("nan"), np.zeros(1), clusters, above, below)
    pull = _sums(cluster, (numerator - above / below * denominator) / below)
    return Rate(above / below, pull, clusters, above, below)


def standardized_rate(
    numerator: Numbers,
    denominator: Numbers,
    cluster: Codes,
    weights: Numbers,
    common: Numbers,
    least: int = LEAST_IN_STRATUM,
) -> Rate:
    """Compute a group's rate, standardized to everybody's mix of strata."""
    above, below = numerator.sum(axis=0), denominator.sum(axis=0)
    own = (denominator > 0).sum(axis=0) >= max(least, 1)
    inside = np.divide(above, below, out=common.copy(), where=own)
    clusters = _clusters(denominator.sum(axis=1), cluster)
    counted = (float(above.sum()), float(below.sum()))
    if not own.any() or weights.sum() == 0:
        return Rate(float("nan"), np.zeros(1), clusters, *counted, 0.0)
    shares = np.divide(weights, below, out=np.zeros_like(weights), where=own)
    residual = numerator - np.where(own, inside, 0) * denominator
    pull = _sums(cluster, residual @ shares)
    used = weights > 0  # other strata are empty, and their common rate may be NaN
    value = float(np.sum(weights[used] * inside[used]))
    return Rate(value, pull, clusters, *counted, float(weights[own].sum()))


def f1_of(precision: Rate, recall: Rate, right: float) -> Rate:
    """Compute F1 from precision and recall."""
    linked, possible = precision.denominator, recall.denominator
    counted = (2 * right, linked + possible)
    clusters, known = max(precision.clusters, recall.clusters), min(precision.known, recall.known)
    # Without links there is no precision, and F1 is zero if there was something to link.
    p, r = (0.0 if np.isnan(one) else one for one in (precision.value, recall.value))
    if linked + possible == 0:
        return Rate(float("nan"), np.zeros(1), clusters, *counted, known)
    if p + r == 0:
        return Rate(0.0, np.zeros(1), clusters, *counted, known)
    length = max(len(precision.pull), len(recall.pull))
    pulls = [np.pad(one.pull, (0, length - len(one.pull))) for one in (precision, recall)]
    pull = 2 * (r**2 * pulls[0] + p**2 * pulls[1]) / (p + r) ** 2
    return Rate(2 * p * r / (p + r), pull, clusters, *counted, known)


def _clusters(denominator: Numbers, cluster: Codes) -> int:
    return int(np.count_nonzero(np.bincount(cluster[denominator > 0])))


def _sums(cluster: Codes, parts: Numbers) -> Numbers:
    return np.bincount(cluster, weights=parts).astype("float64")
