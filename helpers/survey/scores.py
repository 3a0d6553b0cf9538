"""Score domains and items, and measure how far respondents agree."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING, as_table, declared_survey, empty_table

__all__ = ["AGREE", "ENOUGH", "agreement", "average_deviation", "item_scores", "r_wg", "survey_scores"]


_ANCHORS = 4
# Variance of answers drawn at random from four anchors; and the average deviation up to which people count as
# agreeing, a sixth of the number of anchors.
_BY_CHANCE = (_ANCHORS**2 - 1) / 12
AGREE = _ANCHORS / 6


def average_deviation(given: np.ndarray) -> float:
    """Compute the average deviation of answers from their median.

    Parameters
    ----------
    given
        Answers to one item, 1 to 4, one per respondent.

    Returns
    -------
    float
        In anchors; NaN with fewer than two answers.

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
    """Compare the variance of answers with that of random answers.

    Parameters
    ----------
    given
        Answers to one item, 1 to 4, one per respondent.

    Returns
    -------
    float
        1: all answers are equal; 0: they vary as much as random answers, or more. NaN with fewer than two
        answers.

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
    """Measure agreement of respondents by domain and item.

    Parameters
    ----------
    answers
        Table ``survey_answers``.

    Returns
    -------
    pandas.DataFrame
        Table ``survey_agreement``: each domain, then each item, with the largest disagreement first.
        Respondents agree if answers are on average at most two thirds of an anchor from the median.
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


# A respondent who answered fewer than half of a domain's items has no score in it.
ENOUGH = 0.5
_WHERE = ["system", "year"]


def survey_scores(answers: pd.DataFrame) -> pd.DataFrame:
    """Score each domain.

    Parameters
    ----------
    answers
        Table ``survey_answers``.

    Returns
    -------
    pandas.DataFrame
        Table ``survey_scores``, in anchors from 1 to 4. A respondent's score is the mean of her answers, if
        she answered at least half of the domain. The overall score (no respondent) is the mean of the
        respondents' scores, so that each counts the same; without any, it is missing. No score uses the
        question about a data team.
    """
    if answers.empty:
        return empty_table("survey_scores")
    survey = declared_survey()
    sizes = {code: len(survey.of_domain(code)) for code in survey.domains}
    rows = answers.assign(
        domain=answers["item"].map({item.id: item.domain for item in survey.items.values()})
    )
    rows["answer"] = rows["answer"].astype("float64")
    own = (
        rows.groupby([*_WHERE, "respondent", "domain"], dropna=False, sort=False)["answer"]
        .agg(answered="count", score="mean")
        .reset_index()
    )
    own["items"] = own["domain"].map(sizes)
    own["score"] = own["score"].where(own["answered"] >= ENOUGH * own["items"])
    own["respondents"] = own["score"].notna().astype("int64")
    whole = (
        own.groupby([*_WHERE, "domain"], dropna=False, sort=False)
        .agg(score=("score", "mean"), respondents=("respondents", "sum"), items=("items", "first"))
        .reset_index()
    )
    some = rows[rows["answer"].notna()].groupby([*_WHERE, "domain"], dropna=False)["item"].nunique()
    whole["answered"] = [
        int(some.get((line["system"], line["year"], line["domain"]), 0)) for _, line in whole.iterrows()
    ]
    table = pd.concat([whole.assign(respondent=pd.Series(dtype=STRING)), own], ignore_index=True)
    order = {code: place for place, code in enumerate(survey.domains)}
    table = table.assign(place=table["domain"].map(order), single=table["respondent"].notna())
    table = table.sort_values(["system", "year", "single", "respondent", "place"], kind="stable")
    return as_table("survey_scores", table.drop(columns=["place", "single"]))


def item_scores(answers: pd.DataFrame) -> pd.DataFrame:
    """Find the system's anchor on each item, the next anchor, and the first step.

    Parameters
    ----------
    answers
        Table ``survey_answers``.

    Returns
    -------
    pandas.DataFrame
        Table ``survey_items``, in order of items. The anchor is the median answer, or the lower of two middle
        answers, because a step from there leaves nobody behind. Items without answers have no figures.
    """
    survey = declared_survey()
    lines = []
    for (system, year, name), mine in answers.groupby([*_WHERE, "item"], dropna=False, sort=False):
        item = survey.item(str(name))
        given = np.sort(mine["answer"].dropna().to_numpy("int64"))
        line = {
            "system": system,
            "year": year,
            "domain": item.domain,
            "item": item.id,
            "title": item.title,
            "respondents": len(given),
        }
        if len(given):
            level = int(given[(len(given) - 1) // 2])
            line |= {
                "mean": float(given.mean()),
                "level": level,
                "lowest": int(given[0]),
                "highest": int(given[-1]),
                "anchor": item.anchor(level),
                "next_anchor": item.anchor(level + 1) if level < survey.highest else None,
                "next_step": item.step(level),
            }
        lines.append(line)
    if not lines:
        return empty_table("survey_items")
    table = pd.DataFrame(lines)
    place = table["item"].map({name: place for place, name in enumerate(survey.items)})
    table = table.assign(place=place).sort_values(["system", "year", "place"], kind="stable")
    return as_table("survey_items", table.drop(columns="place"))
