"""Children of whom a system holds something that is too old to act on."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.gaps.known import Known
from helpers.gaps.measures import line
from helpers.gaps.membership import NEVER, Membership
from helpers.profile.facts.systems import Newest
from helpers.standard.elements import elements

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["days_until_stale", "stale_rows"]

# What a system has of every child, over and over: table -> the column that dates it, and what it is called.
# An absence or an incident is no such thing: the longer ago it is, the better.
OVER_AND_OVER = {
    "assessment_result": ("administration_date", "test results"),
    "screener_result": ("date", "screenings"),
    "survey_response": ("date", "answers"),
    "meal_account": ("as_of", "balances"),
    "career_plan": ("date", "plans"),
}


@cache
def days_until_stale(table: str) -> int | None:
    """Give after how many days a row is too old: what most elements that are made of the table declare.

    Parameters
    ----------
    table
        A fact table.

    Returns
    -------
    int or None
        Days, from ``days_until_stale`` in elements.toml; None where no element is made of the table.
    """
    days = Counter(each.days_until_stale for each in elements() if each.table == table)
    return max(days, key=lambda day: (days[day], day)) if days else None


def stale_rows(
    district: District, known: Known, membership: Membership, newest: Newest
) -> list[dict[str, Any]]:
    """Count the children whose newest row of a kind is past its days.

    Parameters
    ----------
    district
        A district that was read.
    known
        Who is in which system.
    membership
        Until when each system lists a child: of who has left nothing newer is waited for.
    newest
        The newest day of which each system speaks.

    Returns
    -------
    list of dict
        A line *newest row is stale* a system and kind of row, of the children whom the roster lists still and
        of whom the system has such a row.
    """
    if not newest.days or not known.silos:
        return []
    today = max(newest.days.values())
    here = known.holds[:, 0] & (membership.until[:, 0] == NEVER)
    lines: list[dict[str, Any]] = []
    for table, (dated, words) in OVER_AND_OVER.items():
        days, facts = days_until_stale(table), district.fact(table)
        if days is None or facts.empty or dated not in facts:
            continue
        last = facts.dropna(subset=["record", dated]).groupby(["silo", "record"])[dated].max().reset_index()
        number = known.numbers_of(last["silo"], last["record"])
        there = number >= 0
        newest_row = np.full(known.holds.shape, -1, dtype="int64")
        day = last[dated].to_numpy(dtype="datetime64[D]").astype("int64")
        at = known.child[number[there]], known.place[number[there]]
        np.maximum.at(newest_row, at, day[there])
        limit = int(np.datetime64(today, "D").astype("int64")) - days
        for place, silo in enumerate(known.silos):
            has = (newest_row[:, place] >= 0) & here
            if not has.any():
                continue
            stale = has & (newest_row[:, place] < limit)
            example = known.example(known.of(place) & stale[known.child])
            lines.append(
                line("newest row is stale", silo, None, int(stale.sum()), int(has.sum()), words, **example)
            )
    return lines
