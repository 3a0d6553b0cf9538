"""What a sample of this size could see: the smallest difference, correlation and margin of a share."""

from __future__ import annotations

import math

import pandas as pd

from helpers.gaps.sector.settled import settled
from helpers.standard import as_table

__all__ = ["could_see", "margin_of_share", "smallest_correlation", "smallest_difference"]


def _reach(tests: int) -> float:
    from scipy.stats import norm

    tail = (1 - settled().confidence) / 2 / tests
    return float(norm.isf(tail) + norm.isf(1 - settled().power))


def smallest_difference(first: float, second: float, tests: int = 1) -> float:
    """Give the smallest difference of two groups that would be seen four times of five.

    Parameters
    ----------
    first, second
        Systems in each group.
    tests
        How many differences are tested together (Bonferroni).

    Returns
    -------
    float
        In standard deviations.

    Examples
    --------
    >>> round(smallest_difference(93.5, 93.5), 2), round(smallest_difference(93.5, 93.5, tests=6), 2)
    (0.41, 0.51)
    """
    return _reach(tests) * math.sqrt(1 / first + 1 / second)


def smallest_correlation(systems: int) -> float:
    """Give the smallest correlation that would be seen four times of five.

    Parameters
    ----------
    systems
        At least 4.

    Returns
    -------
    float
        Between 0 and 1.

    Examples
    --------
    >>> round(smallest_correlation(187), 2)
    0.2
    """
    return math.tanh(_reach(1) / math.sqrt(systems - 3))


def margin_of_share(systems: int) -> float:
    """Give how far an interval of a share of one half reaches to each side.

    Parameters
    ----------
    systems
        In the sample.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> round(100 * margin_of_share(187), 1)
    7.2
    """
    from scipy.stats import norm

    return float(norm.isf((1 - settled().confidence) / 2)) / (2 * math.sqrt(systems))


def could_see(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Say for each grouping and year which difference this sample could have seen.

    Parameters
    ----------
    comparisons
        Table ``sector_comparisons``.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_could_see``; rows only where the size of both groups is shown.
    """
    one = comparisons[comparisons["comparison"].eq("unadjusted") & comparisons["year"].notna()]
    tests = int(one["domain"].nunique()) or 1
    one = one.drop_duplicates(["grouping", "year"]).dropna(subset=["systems_yes", "systems_no"])
    told = one[["grouping", "year", "systems_yes", "systems_no"]].reset_index(drop=True)
    sizes = list(zip(told["systems_yes"].tolist(), told["systems_no"].tolist(), strict=True))
    told["one_test"] = [smallest_difference(yes, no) for yes, no in sizes]
    told["all_tests"] = [smallest_difference(yes, no, tests) for yes, no in sizes]
    return as_table("sector_could_see", told.assign(tests=tests))
