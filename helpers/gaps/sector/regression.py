"""One coefficient with its interval: least squares, errors for unequal spread or clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers.gaps.sector.settled import settled

__all__ = ["NOTHING", "Estimate", "critical", "fit_first"]

Floats = npt.NDArray[np.float64]
_NO_VARIANCE = 1e-16


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; everything is not a number where nothing can be said.

    Attributes
    ----------
    value, error
        The coefficient and its standard error.
    low, high
        Interval of this one.
    low_all, high_all
        Interval that holds for `family` of its kind together (Bonferroni).
    p
        Chance of one as far from zero where there is none.
    """

    value: float
    error: float = math.nan
    low: float = math.nan
    high: float = math.nan
    low_all: float = math.nan
    high_all: float = math.nan
    p: float = math.nan


NOTHING = Estimate(math.nan)


@lru_cache(1 << 12)
def critical(freedom: float, tests: int = 1) -> float:
    """Give how many standard errors an interval reaches to each side.

    Parameters
    ----------
    freedom
        Degrees of freedom of Student's t.
    tests
        How many intervals hold together.

    Returns
    -------
    float
        About 1.96 for one interval and many systems.
    """
    from scipy.special import stdtrit

    return float(-stdtrit(freedom, (1 - settled().confidence) / 2 / tests))


def fit_first(
    score: Floats,
    design: Floats,
    *,
    weights: Floats | None = None,
    clusters: Any = None,
    family: int = 1,
) -> Estimate:
    """Fit a line by least squares, and give the coefficient of the first column.

    Parameters
    ----------
    score
        One a system; rows in which anything is not a number are left out.
    design
        A row a system: the column that is asked about, then what is held alike, a constant among it.
    weights
        Of the systems; none: all count alike.
    clusters
        Which rows are of one system, so that they don't count as two; none: each row is a system of its own,
        and errors are HC3, which hold where the spread differs and are careful in small samples.
    family
        How many estimates hold together.

    Returns
    -------
    Estimate
        Nothing where there are hardly more systems than columns, or a column says nothing new; no interval
        where nothing varies.
    """
    from scipy.special import stdtr
    from statsmodels.regression.linear_model import WLS

    known = ~np.isnan(score) & ~np.isnan(design).any(axis=1)
    if weights is not None:
        known &= ~np.isnan(weights)
    score, design = score[known], design[known]
    given = np.ones(len(score)) if weights is None else weights[known]
    if len(score) < design.shape[1] + 10 or np.linalg.matrix_rank(design) < design.shape[1]:
        return NOTHING
    fitted = WLS(score, design, weights=given)
    if clusters is None:
        result = fitted.fit(cov_type="HC3")
        freedom = float(result.df_resid)
    else:
        _, number = np.unique(np.asarray(clusters)[known], return_inverse=True)
        result = fitted.fit(cov_type="cluster", cov_kwds={"groups": number})
        freedom = float(int(np.max(number)))
    value, variance = float(result.params[0]), float(result.cov_params()[0, 0])
    # Where answers are the same twice, rounding may leave a little less than nothing.
    if not variance > _NO_VARIANCE:
        return Estimate(value)
    error = math.sqrt(variance)
    one, every = critical(freedom) * error, critical(freedom, family) * error
    return Estimate(
        value,
        error,
        value - one,
        value + one,
        value - every,
        value + every,
        float(2 * stdtr(freedom, -abs(value / error))),
    )
