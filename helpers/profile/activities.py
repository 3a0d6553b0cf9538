"""What a child takes part in beside lessons, and for how long."""

from __future__ import annotations

import pandas as pd

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.tallies import Tallies

__all__ = ["activities_counted", "hours_summed"]

KEYS = ["child", "silo", "school_year"]


def _taken_part(element: Element, evidence: Evidence) -> tuple[pd.DataFrame, pd.Series]:
    """Give the spells that an element asks for, and which rows they are."""
    spells = evidence.facts["participation"]
    weighed = spells["child"].notna() & evidence.years.speak_of(spells["year"])
    weighed &= fitting(spells, element.where, evidence.of_systems(element.systems))
    used = spells[weighed]
    return used.assign(school_year=used["year"]), weighed


def activities_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the different activities of a child in a year; who runs them doesn't list who could have come.

    So there is no zero: nobody says of a child who is on no list whether the list would have held it.
    """
    if evidence.facts["participation"].empty:
        return NOTHING
    used, weighed = _taken_part(element, evidence)
    counts = used.groupby(KEYS, sort=True).agg(value=("activity", "nunique"), rows=("row", "size"))
    counts = counts.join(behind_one_value(used, KEYS), how="left").reset_index()
    counts = counts.assign(as_of=evidence.spoken(counts))
    return Found(
        found(counts, counts["value"].where(counts["value"] > 0), element), {"participation": weighed}
    )


def hours_summed(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum a child's hours in a year; unknown where those of one activity are."""
    if evidence.facts["participation"].empty:
        return NOTHING
    used, weighed = _taken_part(element, evidence)
    used = used.assign(unknown=used["hours"].isna())
    by = used.groupby(KEYS, sort=True)
    sums = pd.DataFrame({"value": by["hours"].sum().mask(by["unknown"].any()), "rows": by["row"].size()})
    sums = sums.join(behind_one_value(used, KEYS), how="left").reset_index()
    sums = sums.assign(as_of=evidence.spoken(sums))
    return Found(found(sums, sums["value"], element), {"participation": weighed})
