"""What has changed since the year before: the same items, and the same people where there are any."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from helpers.gaps.survey.form import unnamed
from helpers.gaps.survey.scores import ENOUGH
from helpers.standard import as_table
from helpers.standard.survey_items import declared_survey

__all__ = ["change"]

# Quantiles of Student's distribution for 1 to 10 degrees of freedom: 95% lie between one and its negative.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
_Z = 1.959964


def _t(freedom: float) -> float:
    """Give the quantile for some degrees of freedom, rounded down; beyond the table by Cornish and Fisher."""
    whole = max(int(freedom), 1)
    if whole <= len(_T):
        return _T[whole - 1]
    first = (_Z**3 + _Z) / (4 * whole)
    second = (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / (96 * whole**2)
    return _Z + first + second


def change(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Compare two years of one school system, domain by domain.

    Parameters
    ----------
    before, now
        Table ``survey_answers`` of one year each.

    Returns
    -------
    pandas.DataFrame
        Table ``survey_change``. Only items that were answered in both years count. Where two or more people
        answered in both years, they alone are compared, each with herself; else the mean of all now with that
        of all before, and whoever left or came is part of the difference. The interval is Student's over
        people; with one person there is none. It says how far the figure would move if other such people
        had answered, and not that anybody was drawn at random.
    """
    if now.empty:
        return as_table("survey_change", pd.DataFrame())
    where = {
        "system": now["system"].iloc[0],
        "year": now["year"].iloc[0],
        "year_before": before["year"].iloc[0] if len(before) else None,
    }
    one, other = _wide(before), _wide(now)
    lines = []
    for code in declared_survey().domains:
        asked = [item.id for item in declared_survey().of_domain(code)]
        items = [item for item in asked if item in one and item in other]
        if len(items) < ENOUGH * len(asked):
            lines.append(
                {**where, "domain": code, "items": len(items), "people": 0, "how": "Not to be compared"}
            )
            continue
        lines.append({**where, "domain": code, "items": len(items), **_compared(one[items], other[items])})
    return as_table("survey_change", pd.DataFrame(lines))


def _wide(answers: pd.DataFrame) -> pd.DataFrame:
    """Give a row a respondent and a column an item that anybody answered, as numbers."""
    known = answers.dropna(subset=["answer"])
    who = known["respondent"].str.casefold().str.split().str.join(" ")
    long = pd.DataFrame(
        {
            "who": who.astype(object),
            "item": known["item"].astype(object),
            "answer": known["answer"].astype(float),
        }
    )
    return long.pivot_table(index="who", columns="item", values="answer", aggfunc="last")


def _compared(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, object]:
    # Who gave no name is called by a row, and that row of another year's file is anybody.
    same = [who for who in one.index.intersection(other.index) if not unnamed(who)]
    # Each person is compared with herself on the items that she answered both times.
    both = (one.loc[same].notna() & other.loc[same].notna()).where(lambda cells: cells)
    before, now = (one.loc[same] * both).mean(axis=1), (other.loc[same] * both).mean(axis=1)
    enough = both.sum(axis=1) >= ENOUGH * one.shape[1]
    before, now = before[enough], now[enough]
    if len(now) > 1:
        moved = (now - before).to_numpy()
        half = _t(len(moved) - 1) * float(moved.std(ddof=1)) / math.sqrt(len(moved))
        return _line("Same people", before.mean(), now.mean(), len(moved), half)
    before, now = one.mean(axis=1).dropna(), other.mean(axis=1).dropna()
    if min(len(before), len(now)) < 2:
        alike = set(before.index) == set(now.index) and not any(map(unnamed, now.index))
        how = "Same people" if alike else "Other people"
        return _line(how, before.mean(), now.mean(), len(now), float("nan"))
    spread = [float(side.var(ddof=1)) / len(side) for side in (before, now)]
    error = math.sqrt(sum(spread))
    parts = sum(part**2 / (len(side) - 1) for part, side in zip(spread, (before, now), strict=True))
    half = _t(sum(spread) ** 2 / parts) * error if parts else 0.0
    return _line("Other people", before.mean(), now.mean(), len(now), half)


def _line(how: str, before: float, now: float, people: int, half: float) -> dict[str, object]:
    moved = now - before
    return {
        "how": how,
        "people": people,
        "before": before,
        "now": now,
        "change": moved,
        "low": moved - half if not np.isnan(half) else None,
        "high": moved + half if not np.isnan(half) else None,
    }
