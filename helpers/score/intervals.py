"""How sure a rate is when what is counted comes in clusters: pairs of one family stand or fall together."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

__all__ = ["clustered_interval", "interval_of_difference"]

Numbers = npt.NDArray[np.float64]


def clustered_interval(
    value: Numbers, squared_error: Numbers, clusters: Numbers, count: Numbers, doubt: float = 0.05
) -> tuple[Numbers, Numbers]:
    """Give the intervals of rates.

    Parameters
    ----------
    value
        Rates, 0 to 1; NaN where there is none.
    squared_error
        The square of each one's standard error, from sums by cluster.
    clusters
        How many clusters stand behind each (households, for pairs of their children's records).
    count
        How many single things stand behind it (pairs): it is never surer than as many that have nothing to do
        with each other.
    doubt
        The chance that an interval misses what it is about.

    Returns
    -------
    numpy.ndarray, numpy.ndarray
        Lower and upper ends; NaN where there is no rate. Wilson's interval, for as many single things as
        would give that error. Where nothing varies (all right, all wrong, one cluster) each cluster counts as
        one thing. Few clusters say little about how much they vary, so the interval is wider by Student's t.

    Source
    ------
    Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212. The effective number:
    Korn, E. L. and Graubard, B. I. (1998), Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data, Survey Methodology 24, 193-201.
    """
    z = NormalDist().inv_cdf(1 - doubt / 2)
    student = stdtrit(np.maximum(np.asarray(clusters, dtype="float64") - 1, 1), 1 - doubt / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = value * (1 - value) / squared_error * (z / student) ** 2
    effective = np.where((squared_error > 0) & (value > 0) & (value < 1), effective, clusters)
    effective = np.minimum(effective, count)
    effective = np.where(effective > 0, effective, np.nan)
    middle = (value + z * z / (2 * effective)) / (1 + z * z / effective)
    half = z / (1 + z * z / effective) * np.sqrt(value * (1 - value) / effective + (z / (2 * effective)) ** 2)
    # Exact at the ends, where rounding would leave a hair beyond 0 or 1.
    low = np.where(value <= 0, value, np.clip(middle - half, 0, 1))
    high = np.where(value >= 1, value, np.clip(middle + half, 0, 1))
    return low, high


def interval_of_difference(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float]:
    """Give the interval of how far one rate lies above another.

    Parameters
    ----------
    first, second
        Rate, lower and upper end of its interval.

    Returns
    -------
    float, float
        Lower and upper end of first less second; as sure as the two intervals are.

    Source
    ------
    Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions, Statistics
    in Medicine 17, 873-890 (method 10).

    Examples
    --------
    >>> low, high = interval_of_difference((0.9, 0.8, 0.95), (0.6, 0.5, 0.7))
    >>> round(low, 3), round(high, 3)
    (0.159, 0.412)
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    apart = a - b
    return apart - float(np.hypot(a - a_low, b_high - b)), apart + float(np.hypot(a_high - a, b - b_low))
