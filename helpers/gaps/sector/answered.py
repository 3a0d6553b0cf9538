"""The systems that answered, with their scores and weights: what every part of the report starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.gaps.sector.response import response_weights
from helpers.gaps.sector.scoring import domain_scores
from helpers.gaps.sector.settled import settled

__all__ = ["Answered", "answered_of"]


@dataclass(frozen=True)
class Answered:
    """Systems that answered.

    Attributes
    ----------
    rows
        Rows of table ``sector`` that answered, of years in which at least ten did.
    scores
        A column a domain, the index of `rows`.
    weights
        One a row, from ``response_weights``.
    years
        In order.
    invited
        Systems invited, by year.
    """

    rows: pd.DataFrame
    scores: pd.DataFrame
    weights: npt.NDArray[np.float64]
    years: tuple[int, ...]
    invited: dict[int, int]

    def of(self, *years: int) -> Answered:
        """Give those of some years."""
        own = self.rows["year"].isin(years).to_numpy(bool)
        return Answered(self.rows[own], self.scores[own], self.weights[own], years, self.invited)


def answered_of(frame: pd.DataFrame) -> Answered:
    """Score and weigh the systems that answered.

    Parameters
    ----------
    frame
        Table ``sector`` with its items.

    Returns
    -------
    Answered
        Years in which fewer than ten systems answered are left out.
    """
    counts = frame.loc[frame["responded"], "year"].value_counts()
    years = tuple(sorted(int(year) for year in counts.index[counts >= settled().fewest_systems]))
    rows = frame[frame["responded"] & frame["year"].isin(years)].sort_values("year", kind="stable")
    weights = [response_weights(frame, year) for year in years]
    return Answered(
        rows,
        domain_scores(rows),
        np.concatenate(weights) if weights else np.empty(0),
        years,
        {year: int(frame["year"].eq(year).sum()) for year in years},
    )
