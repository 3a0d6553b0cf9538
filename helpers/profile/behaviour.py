"""What is told of a child's conduct: incidents, and the school days that actions took."""

from __future__ import annotations

import pandas as pd

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found
from helpers.profile.tallies import Tallies

__all__ = ["discipline_days", "incidents_counted"]

KEYS = ["child", "silo", "school_year"]


def incidents_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the incidents in which a child took part in the way that the element asks for."""
    incidents = evidence.facts["incident"]
    if incidents.empty:
        return NOTHING
    weighed = incidents["child"].notna() & evidence.years.speak_of(incidents["year"])
    weighed &= fitting(incidents, element.where)
    used = incidents[weighed]
    # An incident without a number is one of its own.
    number = used["incident_id"].fillna(used["file"] + "#" + used["row"].astype("string"))
    used = used.assign(school_year=used["year"], number=number)
    counts = used.groupby(KEYS, sort=True).agg(value=("number", "nunique"), rows=("row", "size"))
    return counted_with_zeros(counts, used, element, evidence, weighed)


def discipline_days(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum the school days of a child's disciplinary actions; unknown where the length of one is."""
    actions = evidence.facts["discipline_action"]
    if actions.empty:
        return NOTHING
    weighed = actions["child"].notna() & evidence.years.speak_of(actions["year"])
    used = actions[weighed]
    used = used.assign(school_year=used["year"], unknown=used["days"].isna())
    by = used.groupby(KEYS, sort=True)
    counts = pd.DataFrame(
        {"value": by["days"].sum().mask(by["unknown"].any()), "rows": by["row"].size()}
    ).astype({"value": "float64", "rows": "int64"})
    return counted_with_zeros(counts, used, element, evidence, weighed)
