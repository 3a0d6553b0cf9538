"""Whether a domain's items measure one thing, and what each item does: alpha, omega, item analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.gaps.sector.scoring import item_answers
from helpers.gaps.sector.settled import settled
from helpers.gaps.sector.small_groups import known_at_least, may_part, shown_counts
from helpers.standard import as_table
from helpers.standard.survey_items import declared_survey

if TYPE_CHECKING:
    from helpers.gaps.sector.answered import Answered

__all__ = ["alpha_interval", "cronbach_alpha", "item_analysis", "mcdonald_omega", "reliability"]

Floats = npt.NDArray[np.float64]


def cronbach_alpha(given: Floats) -> float:
    """Give Cronbach's alpha of complete answers.

    Parameters
    ----------
    given
        A row a system, a column an item, nothing missing.

    Returns
    -------
    float
        At most 1; not a number for one item, fewer than two systems, or answers that are all alike.

    Examples
    --------
    >>> round(cronbach_alpha(np.array([[1.0, 1.0], [2.0, 3.0], [4.0, 4.0]])), 2)
    0.96
    """
    systems, items = given.shape
    total = given.sum(axis=1).var(ddof=1) if systems > 1 else 0.0
    if items < 2 or not total > 0:
        return float("nan")
    return float(items / (items - 1) * (1 - given.var(axis=0, ddof=1).sum() / total))


def alpha_interval(alpha: float, systems: int, items: int) -> tuple[float, float]:
    """Give the interval of alpha by Feldt's F distribution (1965).

    Parameters
    ----------
    alpha
        From ``cronbach_alpha``.
    systems, items
        Of how many it is.

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    from scipy.stats import f

    if np.isnan(alpha) or systems < 2:
        return float("nan"), float("nan")
    freedom = systems - 1, (systems - 1) * (items - 1)
    tail = (1 - settled().confidence) / 2
    low = 1 - (1 - alpha) * f.isf(tail, *freedom)
    high = 1 - (1 - alpha) * f.isf(1 - tail, *freedom)
    return float(low), float(high)


def mcdonald_omega(given: Floats) -> float:
    """Give McDonald's omega: the share of a sum's variance that one common factor makes.

    The factor is found by iterated principal axes, which needs no distribution of answers.

    Parameters
    ----------
    given
        A row a system, a column an item, nothing missing.

    Returns
    -------
    float
        From 0 to 1; not a number where an item doesn't vary or there are fewer than three items.
    """
    if given.shape[1] < 3 or len(given) < 3 or not (given.std(axis=0) > 0).all():
        return float("nan")
    covariance = np.cov(given, rowvar=False)
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    # Each item's share in the factor begins at its strongest tie to another one, and settles.
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
    """Say of each domain and year how well its items hang together.

    Parameters
    ----------
    answered
        Systems that answered.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_reliability``, of systems that answered every item of the domain; no row for fewer
        than ten.
    """
    rows = []
    for year in answered.years:
        of_year = answered.of(year)
        for domain in declared_survey().domains:
            given = item_answers(of_year.rows, domain)
            whole = given[~np.isnan(given).any(axis=1)]
            if len(whole) < settled().fewest_systems:
                continue
            alpha = cronbach_alpha(whole)
            low, high = alpha_interval(alpha, known_at_least(len(whole), len(given)), given.shape[1])
            rows.append(
                {
                    "domain": domain,
                    "year": year,
                    "items": given.shape[1],
                    "systems": len(whole) if may_part(len(given) - len(whole)) else None,
                    "alpha": alpha,
                    "low": low,
                    "high": high,
                    "omega": mcdonald_omega(whole),
                }
            )
    return as_table("sector_reliability", pd.DataFrame(rows))


def item_analysis(answered: Answered) -> pd.DataFrame:
    """Say of each item and year how it was answered, and how it goes with the rest of its domain.

    Parameters
    ----------
    answered
        Systems that answered.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_items``. A share that stands for one to nine systems is empty, and so is another where
        it could be worked out.
    """
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
    # How many gave an answer stands nowhere beside how many didn't.
    shares = {
        name: None if shown[name] is None else count / max(answered, 1) for name, count in parts.items()
    }
    missing = shown_counts({"missing": len(own) - answered, "answered": answered})["missing"]
    shares["missing"] = None if missing is None else missing / len(own)
    whole = given[~np.isnan(given).any(axis=1)]
    if answered < settled().fewest_systems:
        return {}
    rest = whole.sum(axis=1) - whole[:, place]
    varied = len(whole) >= settled().fewest_systems and whole[:, place].std() > 0 and rest.std() > 0
    return {
        **shares,
        "mean": float(own[known].mean()),
        "deviation": float(own[known].std(ddof=1)),
        "item_rest": float(np.corrcoef(whole[:, place], rest)[0, 1]) if varied else None,
        "alpha_without": cronbach_alpha(np.delete(whole, place, axis=1)) if varied else None,
    }
