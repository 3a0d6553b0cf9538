"""Where a school system stands in each domain, by each respondent and by all of them together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING, as_table, empty_table
from helpers.standard.survey_items import declared_survey

__all__ = ["ENOUGH", "item_scores", "survey_scores"]

# A domain of which somebody answered fewer than half of the items has no score of theirs.
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
        Table ``survey_scores``, in anchors from 1 to 4. A respondent's score is the mean of the items that
        she answered, if these are at least half of the domain. The score of all together (no respondent) is
        the mean of the respondents' scores, so that each counts the same. Without any, it is missing.
        Whether there is a data team is in no score.
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
    """Say at which anchor the system stands on each item, what the next one is, and what to begin with.

    Parameters
    ----------
    answers
        Table ``survey_answers``.

    Returns
    -------
    pandas.DataFrame
        Table ``survey_items``, in order of items. It stands at the middle answer; of two middle ones at the
        lower, since a step from there leaves nobody behind. Items that nobody answered have no figures.
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
            stands = int(given[(len(given) - 1) // 2])
            line |= {
                "mean": float(given.mean()),
                "stands_at": stands,
                "lowest": int(given[0]),
                "highest": int(given[-1]),
                "anchor": item.anchor(stands),
                "next_anchor": item.anchor(stands + 1) if stands < survey.highest else None,
                "next_step": item.step(stands),
            }
        lines.append(line)
    if not lines:
        return empty_table("survey_items")
    table = pd.DataFrame(lines)
    place = table["item"].map({name: place for place, name in enumerate(survey.items)})
    table = table.assign(place=place).sort_values(["system", "year", "place"], kind="stable")
    return as_table("survey_items", table.drop(columns="place"))
