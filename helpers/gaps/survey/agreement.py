"""How far respondents agree: a mean of 2 says little when half of them answered 1 and half 3."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import as_table, empty_table
from helpers.standard.survey_items import declared_survey

__all__ = ["AGREE", "agreement", "average_deviation", "r_wg"]

_ANCHORS = 4
# Variance of answers that are thrown at random on four anchors; and the average deviation up to which people
# are said to agree, a sixth of the number of anchors.
_BY_CHANCE = (_ANCHORS**2 - 1) / 12
AGREE = _ANCHORS / 6


def average_deviation(given: np.ndarray) -> float:
    """Say how far an answer lies from the middle one, on average.

    Parameters
    ----------
    given
        Answers to one item, 1 to 4, one a respondent.

    Returns
    -------
    float
        In anchors; missing with fewer than two answers.

    Source
    ------
    Burke, Finkelstein and Dusig (1999), On average deviation indices for estimating interrater agreement,
    Organizational Research Methods 2, 49-68; the bound of a sixth: Burke and Dunlap (2002), the same journal
    5, 159-172.

    Examples
    --------
    >>> average_deviation(np.array([1, 1, 4, 4])), average_deviation(np.array([3, 3, 3]))
    (1.5, 0.0)
    """
    if len(given) < 2:
        return float("nan")
    return float(np.abs(given - np.median(given)).mean())


def r_wg(given: np.ndarray) -> float:
    """Compare the variance of answers with that of answers thrown at random.

    Parameters
    ----------
    given
        Answers to one item, 1 to 4, one a respondent.

    Returns
    -------
    float
        1: all answered alike; 0: as far apart as chance would have it, or further; missing with fewer than
        two answers.

    Source
    ------
    James, Demaree and Wolf (1984), Estimating within-group interrater reliability with and without response
    bias, Journal of Applied Psychology 69, 85-98.

    Examples
    --------
    >>> r_wg(np.array([2, 2, 2])), r_wg(np.array([1, 1, 4, 4])), round(r_wg(np.array([2, 3, 3])), 2)
    (1.0, 0.0, 0.73)
    """
    if len(given) < 2:
        return float("nan")
    return max(0.0, 1 - float(np.var(given, ddof=1)) / _BY_CHANCE)


def agreement(answers: pd.DataFrame) -> pd.DataFrame:
    """Say on what respondents agree, and on what they differ.

    Parameters
    ----------
    answers
        Table ``survey_answers``.

    Returns
    -------
    pandas.DataFrame
        Table ``survey_agreement``: each domain, then each item, those on which they differ most first.
        Respondents agree where an answer lies at most two thirds of an anchor from the middle one on average.
    """
    lines: list[dict[str, object]] = []
    survey = declared_survey()
    for (system, year), mine in answers.groupby(["system", "year"], dropna=False, sort=False):
        given = {
            str(name): one["answer"].dropna().to_numpy("int64")
            for name, one in mine.groupby("item", sort=False)
        }
        for code in survey.domains:
            items = [given[item.id] for item in survey.of_domain(code) if item.id in given]
            several = [one for one in items if len(one) > 1]
            figures = [
                float(np.mean([how(one) for one in several])) if several else float("nan")
                for how in (average_deviation, r_wg)
            ]
            fewest = min(map(len, several)) if several else max(map(len, items), default=0)
            lines.append(_line(system, year, code, None, fewest, *figures))
        for name, one in given.items():
            domain = survey.item(name).domain
            lines.append(_line(system, year, domain, name, len(one), average_deviation(one), r_wg(one)))
    if not lines:
        return empty_table("survey_agreement")
    table = pd.DataFrame(lines)
    single = table["item"].notna()
    order = table.assign(single=single, apart=table["average_deviation"].where(single)).sort_values(
        ["system", "year", "single", "apart"], ascending=[True, True, True, False], kind="stable"
    )
    return as_table("survey_agreement", table.loc[order.index])


def _line(
    system: object, year: object, domain: str, item: str | None, people: int, deviation: float, alike: float
) -> dict[str, object]:
    means = "Agree" if deviation <= AGREE else "Differ"
    return {
        "system": system,
        "year": year,
        "domain": domain,
        "item": item,
        "respondents": people,
        "average_deviation": deviation,
        "r_wg": alike,
        "means": "Nobody to compare with" if np.isnan(deviation) else means,
    }
