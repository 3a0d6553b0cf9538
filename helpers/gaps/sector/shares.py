"""Shares of systems, and the tie of two numbers, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.gaps.sector.regression import fit_first
from helpers.gaps.sector.settled import settled
from helpers.gaps.sector.small_groups import known_at_least, may_part, shown_counts
from helpers.standard import as_table
from helpers.standard.intervals import wilson

if TYPE_CHECKING:
    from helpers.gaps.sector.answered import Answered

__all__ = ["correlation_interval", "shares", "team_and_staff"]

# A system knows data standards when it says so with one of the two upper answers.
_KNOWS = 3


def _z(tests: int = 1) -> float:
    from scipy.stats import norm

    return float(norm.isf((1 - settled().confidence) / 2 / tests))


def shares(answered: Answered) -> pd.DataFrame:
    """Give shares of the systems that answered, and of the sector as far as recorded.

    Parameters
    ----------
    answered
        Systems that answered.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_shares``. A share of which either side is fewer than ten systems is left out.
    """
    rows = []
    for year in answered.years:
        part = answered.of(year)
        for what, holds in _asked(part.rows):
            yes, no = int(holds.eq(True).sum()), int(holds.eq(False).sum())
            if min(yes, no) < settled().fewest_systems:
                continue
            shown = shown_counts({"yes": yes, "no": no, "unknown": int(holds.isna().sum())})
            share = yes / (yes + no)
            number = known_at_least(yes + no, len(holds))
            if number < yes + no:
                share = round(share, 2)  # more digits would tell of how many it is
            ends = wilson(pd.Series([share * number]), pd.Series([float(number)]), _z())
            low, high = ends.iloc[0].tolist()
            known = holds.to_numpy("float64", na_value=np.nan)
            weighted = fit_first(known, np.ones((len(known), 1)), weights=part.weights)
            rows.append(
                {
                    "what": what,
                    "year": year,
                    "systems": shown["yes"],
                    "of": yes + no if shown["no"] is not None and shown["yes"] is not None else None,
                    "share": share,
                    "low": low,
                    "high": high,
                    "weighted": weighted.value,
                    "weighted_low": max(weighted.low, 0.0),
                    "weighted_high": min(weighted.high, 1.0),
                }
            )
    return as_table("sector_shares", pd.DataFrame(rows))


def _asked(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    for name, grouping in settled().groupings.items():
        yield grouping.title, rows[name]
    yield "Knows data standards (answer 3 or 4)", rows["knows_standards"].ge(_KNOWS)


def correlation_interval(correlation: float, systems: int) -> tuple[float, float]:
    """Give the interval of a correlation by Fisher's transformation.

    Parameters
    ----------
    correlation
        Between -1 and 1.
    systems
        Of how many.

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    if systems < 4 or not abs(correlation) < 1:
        return math.nan, math.nan
    reach = _z() / math.sqrt(systems - 3)
    return math.tanh(math.atanh(correlation) - reach), math.tanh(math.atanh(correlation) + reach)


def team_and_staff(answered: Answered) -> pd.DataFrame:
    """Say how the size of the data team goes with that of the IT staff, where there is a team.

    Parameters
    ----------
    answered
        Systems that answered.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_team_and_staff``: the correlation of ranks (Spearman) of each year.
    """
    rows = []
    for year in answered.years:
        part = answered.of(year).rows
        team = part[part["data_team"].fillna(False)]
        both = team[["data_team_size", "it_staff"]].dropna()
        if len(both) < settled().fewest_systems:
            continue
        ranks = both.astype("float64").rank()
        found = float(ranks["data_team_size"].corr(ranks["it_staff"]))
        low, high = correlation_interval(found, known_at_least(len(both), len(team)))
        # Beside the number of teams, it would tell how many gave no size.
        told = len(both) if may_part(len(team) - len(both)) else None
        rows.append({"year": year, "systems": told, "correlation": found, "low": low, "high": high})
    return as_table("sector_team_and_staff", pd.DataFrame(rows))
