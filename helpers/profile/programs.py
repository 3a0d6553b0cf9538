"""Which programmes and plans a child has: a plan runs over years, and counts in each of them."""

from __future__ import annotations

import pandas as pd

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, STILL, Found, found
from helpers.profile.newest import newest_in_year
from helpers.profile.tallies import Tallies

__all__ = ["plan_in_force"]


def plan_in_force(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take a column of the newest plan that was in force at some time of a year.

    Where the plan stands is the system's word of the day for which it speaks; of an earlier year, and where
    the system has no word for it, its last day says whether it had ended by then.
    """
    plans = evidence.facts["program"]
    if plans.empty:
        return NOTHING
    column = str(element.column)
    fits = plans["child"].notna() & fitting(plans, element.where, evidence.of_systems(element.systems))
    plans = plans.assign(spoken=evidence.spoken(plans), until=plans["end_date"].fillna(STILL))
    weighed = pd.Series(False, index=plans.index)
    parts = []
    for year in evidence.years.years:
        first, last = evidence.years.span_of(year)
        here = fits & ~(plans["begin_date"] > last).fillna(False) & ~(plans["until"] < first).fillna(False)
        weighed |= here
        parts.append(plans[here].assign(year=year, last=last))
    if not parts:
        return NOTHING
    used = pd.concat(parts, ignore_index=True).astype({"year": "Int64", "last": "datetime64[us]"})
    newest_year = evidence.years.at_export(used["spoken"], used["silo"])
    now = (used["year"] == newest_year).fillna(False)
    by_then = used["last"].mask(now, used["spoken"].fillna(used["last"]))
    by_date = used["until"].le(by_then).map({True: "Exited", False: "Active"}).astype("string")
    used = used.assign(status=used["status"].where(now).fillna(by_date))
    used = newest_in_year(used[used[column].notna()], ["begin_date", "until"])
    used = used.assign(as_of=used["spoken"])
    return Found(found(used, used[column], element), {"program": weighed})
