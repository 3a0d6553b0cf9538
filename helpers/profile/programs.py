"""Which programmes and plans a child has: a plan runs over years, and counts in each of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.profile.evidence import Evidence
from helpers.profile.found import STILL, Found
from helpers.profile.newest import newest_told
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

__all__ = ["plan_in_force"]


def plan_in_force(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take a column of the newest plan that was in force at some time of a year.

    Where the plan stands is the system's word of the day for which it speaks; of an earlier year, and where
    the system has no word for it, its last day says whether it had ended by then.
    """
    plans = evidence.tables["program"]
    column = str(element.column)
    fits = evidence.asked("program", element.where, element.systems)
    begin, end = plans.days("begin_date"), plans.days("end_date")
    until = np.where(np.isnat(end), STILL.to_datetime64(), end)
    weighed = np.zeros(len(plans), dtype=bool)
    parts, years, lasts = [], [], []
    for number, year in enumerate(evidence.years.years):
        first, last = (day.to_datetime64() for day in evidence.years.span_of(year))
        here = fits & ~(begin > last) & ~(until < first)
        weighed |= here
        parts.append(np.flatnonzero(here))
        years.append(np.full(len(parts[-1]), number, dtype="int64"))
        lasts.append(np.full(len(parts[-1]), last, dtype="datetime64[us]"))
    at = np.concatenate(parts or [np.zeros(0, "int64")])
    place = np.concatenate(years or [np.zeros(0, "int64")])
    by_then = np.concatenate(lasts or [np.zeros(0, "datetime64[us]")])
    spoken = evidence.spoken_for(plans.system[at], plans.tie[at])
    newest = evidence.years.at_export(pd.Series(spoken), plans.texts("silo", at))
    now = evidence.years.places(newest.to_numpy(dtype="int64", na_value=-1)) == place
    by_then = np.where(now & ~np.isnat(spoken), spoken, by_then)
    if column == "status":
        by_date = pd.Series(np.where(until[at] <= by_then, "Exited", "Active"), dtype="string")
        said = plans.texts("status", at).where(now).fillna(by_date)
    elif element.type == "string":
        said = plans.texts(column, at)
    else:
        said = pd.Series(plans.numbers(column)[at])
    some = np.flatnonzero(said.notna().to_numpy(dtype=bool))
    at, place = at[some], place[some]
    return newest_told(
        element, evidence, "program", at, [begin[at], until[at]], said.iloc[some], weighed=weighed,
        own_day=spoken[some], year=place, begin_date=begin[at],
    )  # fmt: skip
