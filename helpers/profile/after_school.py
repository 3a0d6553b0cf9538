"""What a child plans to do after high school."""

from __future__ import annotations

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.newest import newest_in_year
from helpers.profile.tallies import Tallies

__all__ = ["newest_plan"]


def newest_plan(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the plan that a child names on the newest day of the year."""
    plans = evidence.facts["career_plan"]
    if plans.empty:
        return NOTHING
    weighed = plans["child"].notna() & evidence.years.speak_of(plans["year"])
    weighed &= fitting(plans, element.where, evidence.of_systems(element.systems))
    used = newest_in_year(plans[weighed & plans["plan"].notna()], ["date"])
    used = used.assign(as_of=used["date"].fillna(evidence.spoken(used)))
    return Found(found(used, used["plan"], element), {"career_plan": weighed})
