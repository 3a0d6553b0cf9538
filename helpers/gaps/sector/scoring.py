"""A system's score in each domain: the mean of its answers, where enough of them are there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.gaps.sector.settled import settled
from helpers.standard.survey_items import declared_survey

__all__ = ["domain_scores", "item_answers"]


def item_answers(frame: pd.DataFrame, domain: str) -> np.ndarray:
    """Give the answers to the items of a domain.

    Parameters
    ----------
    frame
        Table ``sector`` with its items.
    domain
        Code of a domain.

    Returns
    -------
    numpy.ndarray
        A row a row of `frame`, a column an item; not a number where nothing is answered.
    """
    items = [item.id for item in declared_survey().of_domain(domain)]
    return frame[items].to_numpy("float64", na_value=np.nan)


def domain_scores(frame: pd.DataFrame) -> pd.DataFrame:
    """Score each row in each domain.

    Parameters
    ----------
    frame
        Table ``sector`` with its items.

    Returns
    -------
    pandas.DataFrame
        A float64 column a domain, 1 to 4, with the index of `frame`; not a number where fewer than two in
        three items are answered.
    """
    scores = {}
    for domain in declared_survey().domains:
        given = item_answers(frame, domain)
        answered = np.sum(~np.isnan(given), axis=1)
        enough = answered >= max(settled().items_answered * given.shape[1], 1)
        total = np.nansum(given, axis=1)
        scores[domain] = np.where(enough, total / np.maximum(answered, 1), np.nan)
    return pd.DataFrame(scores, index=frame.index)
