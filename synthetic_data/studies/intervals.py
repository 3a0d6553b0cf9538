"""Means, shares and correlations with intervals that know that brothers and sisters are alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

__all__ = ["Measured", "beyond", "by_rank", "correlation", "differ", "mean", "share", "spread", "wide"]

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Measured:
    """A figure with its standard error, over so many children (or schools)."""

    value: float
    error: float
    count: int


def wide(figures: int, doubt: float = 0.01) -> float:
    """Say how many standard errors an interval reaches, so that all of so many figures hold together.

    Parameters
    ----------
    figures
        How many figures are looked at.
    doubt
        The chance that any of them lies outside by chance alone (Bonferroni).

    Returns
    -------
    float
        3.29 for ten figures.
    """
    return NormalDist().inv_cdf(1 - doubt / max(1, figures) / 2)


def beyond(statistic: float, freedom: int) -> float:
    """Give the chance of a sum of so many squared standard normal numbers beyond a value.

    Examples
    --------
    >>> round(beyond(3.84, 1), 3), round(beyond(9.49, 4), 3)
    (0.05, 0.05)
    """
    half = statistic / 2
    if half <= 0:
        return 1.0
    # Both series end, since the freedom is a whole number.
    chance = math.exp(-half) if freedom % 2 == 0 else math.erfc(math.sqrt(half))
    power = 1.0 if freedom % 2 == 0 else 0.5
    while power < freedom / 2:
        chance += math.exp(power * math.log(half) - half - math.lgamma(power + 1))
        power += 1
    return min(1.0, chance)


def mean(numbers: Numbers, household: Codes) -> Measured:
    """Give a mean over children who have a number; children of one household count together."""
    known = ~np.isnan(numbers)
    values, home = numbers[known], household[known]
    if len(values) < 2:
        return Measured(float("nan"), float("inf"), len(values))
    average = float(values.mean())
    sums = np.bincount(home, weights=values - average)
    return Measured(average, float(np.sqrt(np.sum(sums**2))) / len(values), len(values))


def share(such: Numbers, household: Codes) -> Measured:
    """Give the share of children who are such (1, not 0), in percent; never surer than of one child."""
    found = mean(such, household)
    if found.count < 2:
        return found
    least = max(found.value * (1 - found.value), 1 / found.count * (1 - 1 / found.count))
    error = max(found.error, math.sqrt(least / found.count))
    return Measured(100 * found.value, 100 * error, found.count)


def spread(numbers: Numbers) -> Measured:
    """Give a standard deviation; its error is that of a normal distribution's."""
    known = numbers[~np.isnan(numbers)]
    if len(known) < 3:
        return Measured(float("nan"), float("inf"), len(known))
    found = float(known.std(ddof=1))
    return Measured(found, found / float(np.sqrt(2 * (len(known) - 1))), len(known))


def correlation(left: Numbers, right: Numbers, household: Codes) -> Measured:
    """Give the correlation over children who have both; children of one household count together."""
    known = ~(np.isnan(left) | np.isnan(right))
    count = int(known.sum())
    if count < 10:
        return Measured(float("nan"), float("inf"), count)
    x, y = (part[known] - part[known].mean() for part in (left, right))
    scale = float(x.std() * y.std())
    if scale == 0:
        return Measured(float("nan"), float("inf"), count)
    found = float((x * y).mean()) / scale
    # How far each child pulls the correlation; where there is none, this is the product alone. Never surer
    # than of so many children who have nothing to do with each other: in sparse cells most products are 0.
    pull = x * y / scale - found * (x**2 / x.var() + y**2 / y.var()) / 2
    clustered = float(np.sqrt(np.sum(np.bincount(household[known], weights=pull) ** 2))) / count
    return Measured(found, max(clustered, (1 - found**2) / float(np.sqrt(count))), count)


def by_rank(numbers: Numbers, cell: Codes) -> Numbers:
    """Rank children inside their cells and centre the ranks there, so that few large numbers don't decide.

    Parameters
    ----------
    numbers
        One element a child; NaN where a child has none.
    cell
        The cell of each, such as a grade of a school.

    Returns
    -------
    numpy array
        Ranks from -0.5 to 0.5, equal ones shared; NaN stays.
    """
    known = np.flatnonzero(~np.isnan(numbers))
    ranks = np.full(len(numbers), np.nan)
    if not len(known):
        return ranks
    order = known[np.lexsort((numbers[known], cell[known]))]
    of_cell, value = cell[order], numbers[order]
    new_cell = np.r_[True, of_cell[1:] != of_cell[:-1]]
    new_value = new_cell | np.r_[True, value[1:] != value[:-1]]
    start = np.flatnonzero(new_cell)
    size = np.diff(np.r_[start, len(order)])
    which = np.cumsum(new_cell) - 1
    tie = np.cumsum(new_value) - 1
    position = np.arange(len(order)) - start[which] + 0.5
    shared = np.bincount(tie, weights=position) / np.bincount(tie)
    ranks[order] = shared[tie] / size[which] - 0.5
    return ranks


def differ(
    numbers: Numbers, group: Codes, household: Codes, cell: Codes | None = None, at_least: int = 60
) -> tuple[float, float, int]:
    """Ask whether the means of groups differ by more than chance.

    How much households vary is taken from all groups together, by size of the household: by itself a small
    group in which something rare never happened would look as if it couldn't.

    Parameters
    ----------
    numbers
        One element a child; NaN where a child has none.
    group
        The group of each child; -1 for none.
    household
        The household of each child: those of one count together.
    cell
        The cell of each child, inside which numbers are ranked first; without it they count as they are.
    at_least
        Groups of fewer children are left out, and those of which fewer than ten children would be expected to
        have anything but the commonest number.

    Returns
    -------
    tuple
        Probability of such differences by chance; the largest difference of a group's mean from the common
        one; how many groups were compared.
    """
    known = ~np.isnan(numbers) & (group >= 0)
    if known.sum() < 2 * at_least:
        return 1.0, 0.0, 0
    ranks = numbers if cell is None else by_rank(numbers, cell)
    values = ranks[known] - ranks[known].mean()
    _, times = np.unique(numbers[known], return_counts=True)
    uncommon = 1 - float(np.max(times)) / len(values)
    # Households of a group: sums, and how many of their children have a number.
    families = int(np.max(household)) + 1
    pair, of_child = np.unique(group[known] * families + household[known], return_inverse=True)
    home = pair // families
    total, size = np.bincount(of_child, weights=values), np.bincount(of_child)
    vary = np.bincount(size, weights=total**2) / np.maximum(np.bincount(size), 1)
    count = np.bincount(home, weights=size)
    kept = np.flatnonzero((count >= at_least) & (count * uncommon >= 10))
    if len(kept) < 2:
        return 1.0, 0.0, len(kept)
    means = np.bincount(home, weights=total)[kept] / count[kept]
    errors = np.sqrt(np.bincount(home, weights=vary[size])[kept]) / count[kept]
    apart = means - np.average(means, weights=1 / errors**2)
    return (
        beyond(float(np.sum((apart / errors) ** 2)), len(kept) - 1),
        float(np.max(np.abs(apart))),
        len(kept),
    )
