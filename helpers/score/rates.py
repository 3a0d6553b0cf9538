"""Rates of a group, as they are and as they would be if the same faults had hit everybody.

*Made equal* is direct standardisation, as epidemiologists compare death rates of places whose people are of
different ages: pairs (or children) are sorted into strata by the faults on them, the group's rate is taken
inside each stratum, and the strata are put together as they are found among everybody. What then still
differs is not that one group's records were hit more often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.score.intervals import clustered_interval

__all__ = ["LEAST_IN_STRATUM", "Rate", "f1_of", "rate_of", "standardised_rate"]

# Of fewer children in a stratum nothing is said: two of them who fail would speak for all who might.
LEAST_IN_STRATUM = 10

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rate:
    """A rate, and how sure it is.

    Attributes
    ----------
    value
        The rate; NaN where there is nothing to divide by.
    pull
        One entry a cluster: how much it pulls the rate up or down.
    clusters
        How many clusters stand behind it.
    numerator, denominator
        What was divided; of a standardised rate, counts that nothing was standardised in.
    known
        Share of the strata's weight of which the group itself has enough; 1 where nothing is standardised.
    """

    value: float
    pull: Numbers
    clusters: int
    numerator: float
    denominator: float
    known: float = 1.0

    def interval(self, doubt: float = 0.05) -> tuple[float, float]:
        """Give the interval that misses with so much chance."""
        # A sum over so many clusters, as if drawn: divided by one less, as a variance is.
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
    """Divide sums, and say how much each cluster pulls.

    Parameters
    ----------
    numerator, denominator
        One entry a child.
    cluster
        The cluster of each child, numbered from 0.

    Returns
    -------
    Rate
        Its pull is that of the infinitesimal jackknife: how the rate would move if the cluster counted less.
    """
    above, below = float(numerator.sum()), float(denominator.sum())
    clusters = _clusters(denominator, cluster)
    if below == 0:
        return Rate(float("nan"), np.zeros(1), clusters, above, below)
    pull = _sums(cluster, (numerator - above / below * denominator) / below)
    return Rate(above / below, pull, clusters, above, below)


def standardised_rate(
    numerator: Numbers,
    denominator: Numbers,
    cluster: Codes,
    weights: Numbers,
    common: Numbers,
    least: int = LEAST_IN_STRATUM,
) -> Rate:
    """Give the rate that a group would have, had it as much of each stratum as everybody.

    Parameters
    ----------
    numerator, denominator
        Children × strata.
    cluster
        The cluster of each child, numbered from 0.
    weights
        One entry a stratum: its share among everybody; they sum to 1, or to 0 where there is nothing.
    common
        Everybody's rate in each stratum: it stands in where the group has too little in a stratum, so that
        this stratum speaks neither for nor against the group.
    least
        How many children a group must have in a stratum.

    Returns
    -------
    Rate
        The weights are taken as known: they come from everybody.
    """
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
    used = weights > 0  # elsewhere nobody has anything, and the common rate may be NaN
    value = float(np.sum(weights[used] * inside[used]))
    return Rate(value, pull, clusters, *counted, float(weights[own].sum()))


def f1_of(precision: Rate, recall: Rate, right: float) -> Rate:
    """Give the harmonic mean of a precision and a recall.

    Parameters
    ----------
    precision, recall
        Rates of the same clusters.
    right
        How many pairs are right.

    Returns
    -------
    Rate
        2 × right of linked and possible. Of rates as they are it is exactly that; NaN where both are.
    """
    linked, possible = precision.denominator, recall.denominator
    counted = (2 * right, linked + possible)
    clusters, known = max(precision.clusters, recall.clusters), min(precision.known, recall.known)
    # Nothing joined is no precision, and an F1 of nought as long as there was something to join.
    p, r = (0.0 if np.isnan(one) else one for one in (precision.value, recall.value))
    if linked + possible == 0:
        return Rate(float("nan"), np.zeros(1), clusters, *counted, known)
    if p + r == 0:
        return Rate(0.0, np.zeros(1), clusters, *counted, known)
    pulls = [_long(one.pull, max(len(precision.pull), len(recall.pull))) for one in (precision, recall)]
    pull = 2 * (r**2 * pulls[0] + p**2 * pulls[1]) / (p + r) ** 2
    return Rate(2 * p * r / (p + r), pull, clusters, *counted, known)


def _clusters(denominator: Numbers, cluster: Codes) -> int:
    return int(np.count_nonzero(np.bincount(cluster[denominator > 0])))


def _sums(cluster: Codes, parts: Numbers) -> Numbers:
    return np.bincount(cluster, weights=parts).astype("float64")


def _long(pull: Numbers, length: int) -> Numbers:
    return np.concatenate([pull, np.zeros(length - len(pull))])
