"""Where the sector stands: each domain's mean with its interval, of all systems and of kinds of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.gaps.sector.comparing import holm
from helpers.gaps.sector.regression import fit_first
from helpers.gaps.sector.settled import settled
from helpers.gaps.sector.small_groups import shown_counts
from helpers.standard import as_table
from helpers.standard.survey_items import declared_survey

if TYPE_CHECKING:
    from helpers.gaps.sector.answered import Answered

__all__ = ["domain_order", "standing"]


def standing(answered: Answered) -> pd.DataFrame:
    """Give each domain's mean, for all systems that answered, and by locale and size.

    Parameters
    ----------
    answered
        Systems that answered.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_standing``: as answered, and weighted for who didn't answer. A kind of systems that may
        not be shown has no rows.
    """
    rows: list[dict[str, object]] = []
    for year in answered.years:
        part = answered.of(year)
        rows += _means(part, "all", "all systems", np.ones(len(part.rows), bool), len(part.rows))
        for kind, names in _kinds(part.rows).items():
            counts = {str(name): int(names.eq(name).sum()) for name in names.dropna().unique()}
            counts["not known"] = int(names.isna().sum())
            for name, count in shown_counts(counts).items():
                if count and name != "not known":
                    among = names.eq(name).fillna(False).to_numpy(bool)
                    rows += _means(part, kind, name, among, count)
    return as_table("sector_standing", pd.DataFrame(rows))


def _kinds(rows: pd.DataFrame) -> dict[str, pd.Series]:
    bands = settled().size_bands
    students = rows["students"].to_numpy("float64", na_value=np.nan)
    places = np.searchsorted(list(bands.values()), students, side="right") - 1
    named = pd.Series(np.array(list(bands))[np.clip(places, 0, None)], rows.index, dtype="string")
    return {"locale": rows["locale"], "size": named.mask(np.isnan(students))}


def _means(
    part: Answered, kind: str, name: str, among: np.ndarray, count: int
) -> Iterator[dict[str, object]]:
    for domain in declared_survey().domains:
        score = part.scores[domain].to_numpy("float64")[among]
        one = np.ones((len(score), 1))
        plain, weighted = fit_first(score, one), fit_first(score, one, weights=part.weights[among])
        yield {
            "kind": kind,
            "group": name,
            "domain": domain,
            "year": part.years[0],
            "systems": count,
            "mean": plain.value,
            "low": plain.low,
            "high": plain.high,
            "weighted": weighted.value,
            "weighted_low": weighted.low,
            "weighted_high": weighted.high,
        }


def domain_order(answered: Answered) -> pd.DataFrame:
    """Say how sure it is which domain is hardest: the lowest compared with each other one, system by system.

    Parameters
    ----------
    answered
        Systems that answered.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_order``: a row a year and domain other than the lowest, by how far it lies above it.
    """
    rows: list[dict[str, object]] = []
    domains = list(declared_survey().domains)
    for year in answered.years:
        scores = answered.of(year).scores
        means = scores.mean()
        if means.isna().any():
            continue
        lowest = str(means.idxmin())
        for domain in [name for name in domains if name != lowest]:
            above = (scores[domain] - scores[lowest]).to_numpy("float64")
            found = fit_first(above, np.ones((len(above), 1)), family=len(domains) - 1)
            rows.append(
                {
                    "year": year,
                    "lowest": lowest,
                    "domain": domain,
                    "above": found.value,
                    "low": found.low,
                    "high": found.high,
                    "low_all": found.low_all,
                    "high_all": found.high_all,
                    "p": found.p,
                }
            )
    order = as_table("sector_order", pd.DataFrame(rows))
    order["p_corrected"] = order.groupby("year")["p"].transform(lambda p: holm(p.to_numpy("float64")))
    return order.sort_values(["year", "above"], kind="stable").reset_index(drop=True)
