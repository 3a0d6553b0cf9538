"""Score school systems, weight for nonresponse, and estimate reliability."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.sector.analysis_plan import lower_bound, may_split, read_analysis_plan, shown_counts
from helpers.standard import as_table, declared_survey

__all__ = [
    "Answered",
    "alike",
    "alpha_interval",
    "answered_of",
    "cronbach_alpha",
    "domain_scores",
    "item_analysis",
    "mcdonald_omega",
    "reliability",
    "response_weights",
]


_FEWEST = 10


def alike(frame: pd.DataFrame, *, it_staff: bool = True) -> Floats:
    """Build the covariates for adjustment: size, locale and optionally IT staff."""
    students = frame["students"].to_numpy("float64", na_value=np.nan)
    columns = [np.ones(len(frame)), np.log(np.maximum(students, 1))]
    counts = frame["locale"].value_counts()
    for name in sorted(counts.index[counts >= _FEWEST].difference([counts.idxmax()] if len(counts) else [])):
        columns.append(frame["locale"].eq(name).to_numpy("float64", na_value=np.nan))
    if it_staff:
        columns.append(np.log1p(frame["it_staff"].to_numpy("float64", na_value=np.nan)))
    return np.column_stack(columns)


def response_weights(frame: pd.DataFrame, year: int) -> Floats:
    """Weight each responding system by the inverse of its response propensity.

    A logistic regression estimates the propensity from public data about all invited systems: size, locale,
    pledge, community, and whether it answered in an earlier year. The weights correct for nonresponse only as
    far as these variables explain it.
    """
    asked = frame[frame["year"].eq(year)]
    answered = asked["responded"].to_numpy(bool)
    same = np.ones(int(answered.sum()))
    if answered.all() or not answered.any():
        return same
    earlier = frame.loc[frame["year"].lt(year) & frame["responded"], "system"]
    design = np.column_stack(
        [
            alike(asked, it_staff=False),
            asked["pledged"].to_numpy("float64", na_value=np.nan),
            asked["community"].to_numpy("float64", na_value=np.nan),
            asked["system"].isin(earlier).to_numpy("float64"),
        ]
    )
    # An empty or constant column carries no information about response.
    varies = [
        place == 0 or len(np.unique(column[~np.isnan(column)])) > 1 for place, column in enumerate(design.T)
    ]
    chance = _chances(answered, design[:, varies])
    if chance is None:
        return same
    weights = 1 / chance[answered]
    return np.asarray(weights / np.nanmean(weights))


def _chances(answered: npt.NDArray[np.bool_], design: Floats) -> Floats | None:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    known = ~np.isnan(design).any(axis=1)
    if known.sum() < design.shape[1] + _FEWEST or np.linalg.matrix_rank(design[known]) < design.shape[1]:
        return None
    with warnings.catch_warnings():
        # If public data separate respondents from nonrespondents perfectly, no weights exist.
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            fitted = GLM(answered[known].astype("float64"), design[known], family=Binomial()).fit(maxiter=50)
        except (PerfectSeparationWarning, np.linalg.LinAlgError):
            return None
    chance = np.full(len(design), np.nan)
    chance[known] = np.clip(np.asarray(fitted.fittedvalues), 1e-4, 1)
    return chance if fitted.converged else None


def item_answers(frame: pd.DataFrame, domain: str) -> np.ndarray:
    """Return the answers to the items of a domain."""
    items = [item.id for item in declared_survey().of_domain(domain)]
    return frame[items].to_numpy("float64", na_value=np.nan)


def domain_scores(frame: pd.DataFrame) -> pd.DataFrame:
    """Score each row in each domain."""
    scores = {}
    for domain in declared_survey().domains:
        given = item_answers(frame, domain)
        answered = np.sum(~np.isnan(given), axis=1)
        enough = answered >= max(read_analysis_plan().items_answered * given.shape[1], 1)
        total = np.nansum(given, axis=1)
        scores[domain] = np.where(enough, total / np.maximum(answered, 1), np.nan)
    return pd.DataFrame(scores, index=frame.index)


@dataclass(frozen=True)
class Answered:
    """Systems that answered."""

    # Rows of table ``sector`` that answered, for years with at least ten respondents.
    rows: pd.DataFrame
    # One column per domain, with the index of `rows`.
    scores: pd.DataFrame
    # One per row, from ``response_weights``.
    weights: npt.NDArray[np.float64]
    # In ascending order.
    years: tuple[int, ...]
    # Number of invited systems by year.
    invited: dict[int, int]

    def of(self, *years: int) -> Answered:
        """Select some years."""
        own = self.rows["year"].isin(years).to_numpy(bool)
        return Answered(self.rows[own], self.scores[own], self.weights[own], years, self.invited)


def answered_of(frame: pd.DataFrame) -> Answered:
    """Score and weight the systems that answered."""
    counts = frame.loc[frame["responded"], "year"].value_counts()
    years = tuple(sorted(int(year) for year in counts.index[counts >= read_analysis_plan().fewest_systems]))
    rows = frame[frame["responded"] & frame["year"].isin(years)].sort_values("year", kind="stable")
    weights = [response_weights(frame, year) for year in years]
    return Answered(
        rows,
        domain_scores(rows),
        np.concatenate(weights) if weights else np.empty(0),
        years,
        {year: int(frame["year"].eq(year).sum()) for year in years},
    )


Floats = npt.NDArray[np.float64]


def cronbach_alpha(given: Floats) -> float:
    """Compute Cronbach's alpha of complete answers.

    >>> round(cronbach_alpha(np.array([[1.0, 1.0], [2.0, 3.0], [4.0, 4.0]])), 2)
    0.96
    """
    systems, items = given.shape
    total = given.sum(axis=1).var(ddof=1) if systems > 1 else 0.0
    if items < 2 or not total > 0:
        return float("nan")
    return float(items / (items - 1) * (1 - given.var(axis=0, ddof=1).sum() / total))


def alpha_interval(alpha: float, systems: int, items: int) -> tuple[float, float]:
    """Compute the interval of alpha (Feldt 1965)."""
    from scipy.stats import f

    if np.isnan(alpha) or systems < 2:
        return float("nan"), float("nan")
    freedom = systems - 1, (systems - 1) * (items - 1)
    tail = (1 - read_analysis_plan().confidence) / 2
    low = 1 - (1 - alpha) * f.isf(tail, *freedom)
    high = 1 - (1 - alpha) * f.isf(1 - tail, *freedom)
    return float(low), float(high)


def mcdonald_omega(given: Floats) -> float:
    """Compute McDonald's omega: the share of a sum score's variance due to one common factor.

    Iterated principal axes find the factor, which needs no distribution of answers.
    """
    if given.shape[1] < 3 or len(given) < 3 or not (given.std(axis=0) > 0).all():
        return float("nan")
    covariance = np.cov(given, rowvar=False)
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    # Communalities start at each item's strongest correlation with another, and converge.
    shared = np.max(np.abs(correlation - np.eye(len(spread))), axis=1)
    loadings = np.sqrt(shared)
    for _ in range(200):
        reduced = correlation - np.diag(1 - shared)
        values, vectors = np.linalg.eigh(reduced)
        loadings = vectors[:, -1] * np.sqrt(max(values[-1], 0.0))
        settled_at = np.clip(loadings**2, 0, 0.999)
        if float(np.max(np.abs(settled_at - shared))) < 1e-8:
            break
        shared = settled_at
    common = float((loadings * spread).sum()) ** 2
    return common / (common + float((spread**2 * (1 - shared)).sum()))


def reliability(answered: Answered) -> pd.DataFrame:
    """Estimate the reliability of each domain's items, by year."""
    rows = []
    for year in answered.years:
        of_year = answered.of(year)
        for domain in declared_survey().domains:
            given = item_answers(of_year.rows, domain)
            whole = given[~np.isnan(given).any(axis=1)]
            if len(whole) < read_analysis_plan().fewest_systems:
                continue
            alpha = cronbach_alpha(whole)
            low, high = alpha_interval(alpha, lower_bound(len(whole), len(given)), given.shape[1])
            rows.append(
                {
                    "domain": domain,
                    "year": year,
                    "items": given.shape[1],
                    "systems": len(whole) if may_split(len(given) - len(whole)) else None,
                    "alpha": alpha,
                    "low": low,
                    "high": high,
                    "omega": mcdonald_omega(whole),
                }
            )
    return as_table("sector_reliability", pd.DataFrame(rows))


def item_analysis(answered: Answered) -> pd.DataFrame:
    """Describe the answers to each item by year, and its correlation with the rest of its domain."""
    rows = []
    survey = declared_survey()
    for year in answered.years:
        of_year = answered.of(year)
        for domain in survey.domains:
            given = item_answers(of_year.rows, domain)
            for place, item in enumerate(survey.of_domain(domain)):
                rows.append({"item": item.id, "domain": domain, "year": year, **_of_item(given, place)})
    return as_table("sector_items", pd.DataFrame(rows))


def _of_item(given: Floats, place: int) -> dict[str, object]:
    survey = declared_survey()
    own = given[:, place]
    known = ~np.isnan(own)
    answered = int(known.sum())
    parts = {"floor": int((own == survey.lowest).sum()), "ceiling": int((own == survey.highest).sum())}
    shown = shown_counts({**parts, "between": answered - sum(parts.values())})
    # We never show the number of answers together with the number of missing ones.
    shares = {
        name: None if shown[name] is None else count / max(answered, 1) for name, count in parts.items()
    }
    missing = shown_counts({"missing": len(own) - answered, "answered": answered})["missing"]
    shares["missing"] = None if missing is None else missing / len(own)
    whole = given[~np.isnan(given).any(axis=1)]
    if answered < read_analysis_plan().fewest_systems:
        return {}
    rest = whole.sum(axis=1) - whole[:, place]
    varied = (
        len(whole) >= read_analysis_plan().fewest_systems and whole[:, place].std() > 0 and rest.std() > 0
    )
    return {
        **shares,
        "mean": float(own[known].mean()),
        "deviation": float(own[known].std(ddof=1)),
        "item_rest": float(np.corrcoef(whole[:, place], rest)[0, 1]) if varied else None,
        "alpha_without": cronbach_alpha(np.delete(whole, place, axis=1)) if varied else None,
    }
