"""Compare groups of school systems, adjusted for size and locale."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.sector.analysis_plan import may_split, read_analysis_plan, shown_counts
from helpers.sector.scores import Answered, alike
from helpers.standard import as_table, declared_survey

__all__ = ["Estimate", "compare", "fit_first", "hedges_g", "holm"]


_NO_VARIANCE = 1e-16


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval; NaN where there is none."""

    # Coefficient and its standard error.
    value: float
    error: float = math.nan
    # Interval of this estimate.
    low: float = math.nan
    high: float = math.nan
    # Simultaneous interval for all `family` tests (Bonferroni).
    low_all: float = math.nan
    high_all: float = math.nan
    # Two-sided p-value.
    p: float = math.nan

    @property
    def tested(self) -> dict[str, float]:
        """Both intervals and the p-value, by column."""
        return {name: getattr(self, name) for name in ("low", "high", "low_all", "high_all", "p")}


NOTHING = Estimate(math.nan)


@lru_cache(1 << 12)
def critical(freedom: float, tests: int = 1) -> float:
    """Return the critical value of Student's t for an interval."""
    from scipy.special import stdtrit

    return float(-stdtrit(freedom, (1 - read_analysis_plan().confidence) / 2 / tests))


def fit_first(
    score: Floats,
    design: Floats,
    *,
    weights: Floats | None = None,
    clusters: Any = None,
    family: int = 1,
) -> Estimate:
    """Fit a linear regression by least squares, and return the coefficient of the first column."""
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
    # If answers repeat exactly, rounding may leave a variance just below zero.
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


Floats = npt.NDArray[np.float64]
# In display order.
COMPARISONS = ("unadjusted", "weighted", "adjusted")


def holm(p: Floats) -> Floats:
    """Correct p-values for multiple comparisons (Holm 1979).

    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * (len(order) - np.arange(len(order)))
    corrected = np.full(len(p), np.nan)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1) if len(order) else steps
    return corrected


def hedges_g(first: Floats, second: Floats) -> Estimate:
    """Return the difference of two means in pooled standard deviations, with its interval.

    Hedges' g: Cohen's d times the correction for small samples; its error is the usual large-sample one
    (Hedges and Olkin 1985).
    """
    sizes = len(first), len(second)
    freedom = sum(sizes) - 2
    pooled = _within(first, second)
    if not pooled > 0:
        return NOTHING
    correction = 1 - 3 / (4 * freedom - 1)
    g = float(correction * (first.mean() - second.mean()) / pooled)
    error = float(np.sqrt(sum(sizes) / (sizes[0] * sizes[1]) + g**2 / (2 * freedom)) * correction)
    reach = critical(freedom) * error
    return Estimate(g, error, g - reach, g + reach)


def _within(first: Floats, second: Floats) -> float:
    """Return the pooled standard deviation of two groups; NaN if one has fewer than two values."""
    sizes = len(first), len(second)
    if min(sizes) < 2:
        return float("nan")
    squares = (sizes[0] - 1) * first.var(ddof=1) + (sizes[1] - 1) * second.var(ddof=1)
    return float(np.sqrt(squares / (sum(sizes) - 2))) or float("nan")


def compare(answered: Answered, groupings: Collection[str] | None = None) -> pd.DataFrame:
    """Compare the groups of each grouping, in each domain and year."""
    asked = read_analysis_plan().groupings if groupings is None else groupings
    rows = [row for grouping in asked for row in _of_grouping(answered, grouping)]
    table = as_table("sector_comparisons", pd.DataFrame(rows))
    family = [table["grouping"], table["comparison"], table["year"].fillna(0)]
    table["p_corrected"] = table.groupby(family)["p"].transform(lambda p: holm(p.to_numpy("float64")))
    return table


def _of_grouping(answered: Answered, grouping: str) -> Iterator[dict[str, object]]:
    reported: list[int] = []
    for year in answered.years:
        part = answered.of(year)
        group = part.rows[grouping]
        counts = {"yes": int(group.eq(True).sum()), "no": int(group.eq(False).sum())}
        if min(counts.values()) < read_analysis_plan().fewest_systems:
            continue
        reported.append(year)
        shown = shown_counts({**counts, "unknown": int(group.isna().sum())})
        yield from _rows(part, grouping, year, shown["yes"], shown["no"], clusters=None)
    if len(reported) > 1:
        both = answered.of(*reported)
        yield from _rows(both, grouping, None, None, None, clusters=both.rows["system"])


def _rows(
    part: Answered,
    grouping: str,
    year: int | None,
    yes: int | None,
    no: int | None,
    clusters: pd.Series | None,
) -> Iterator[dict[str, object]]:
    group = part.rows[grouping].to_numpy("float64", na_value=np.nan)
    constant = np.ones(len(group))
    # With both years together, we adjust for the mean of each year.
    later = [part.rows["year"].eq(one).to_numpy("float64") for one in part.years[1:]]
    plain = np.column_stack([group, constant, *later])
    held = np.column_stack([group, alike(part.rows), *later])
    family = len(declared_survey().domains)
    for domain in declared_survey().domains:
        score = part.scores[domain].to_numpy("float64")
        known = ~np.isnan(score)
        first, second = score[known & (group == 1)], score[known & (group == 0)]
        # A small group without scores must not be disclosed.
        lacking = [int((group == side).sum()) - len(of) for side, of in ((1, first), (0, second))]
        size, deviation = hedges_g(first, second), _within(first, second)
        for comparison in COMPARISONS:
            design = held if comparison == "adjusted" else plain
            weights = part.weights if comparison == "weighted" else None
            usable = known & ~np.isnan(design).any(axis=1)
            if weights is not None:
                usable &= ~np.isnan(weights)
            # A group of ten counts as one here if nine of them lack a value.
            few = (
                min(part.rows.loc[usable & (group == side), "system"].nunique() for side in (1, 0))
                < read_analysis_plan().fewest_systems
            )
            found = (
                NOTHING
                if few
                else fit_first(
                    score,
                    design,
                    weights=weights,
                    clusters=None if clusters is None else clusters.to_numpy(),
                    family=family,
                )
            )
            # The width of g's own interval depends on group sizes, which may not be shown.
            own = comparison == "unadjusted" and year is not None and may_split(*lacking) and not few
            yield {
                "grouping": grouping,
                "domain": domain,
                "year": year,
                "comparison": comparison,
                "systems_yes": yes,
                "systems_no": no,
                "without_score": sum(lacking) if may_split(*lacking) and year is not None else None,
                "difference": found.value,
                **found.tested,
                "effect": (
                    size.value
                    if comparison == "unadjusted" and year is not None and not few
                    else found.value / deviation
                ),
                "effect_low": size.low if own else found.low / deviation,
                "effect_high": size.high if own else found.high / deviation,
            }
