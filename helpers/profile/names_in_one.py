"""Names of what a child does, in one text: activities, clubs, interests, services of a plan."""

from __future__ import annotations

import pandas as pd

from helpers.layouts import STRING
from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.programs import plan_in_force
from helpers.profile.tallies import Tallies

__all__ = ["interests_named", "names_of_activities", "services_of_the_plan"]

KEYS = ["child", "silo", "school_year"]


def _joined(used: pd.DataFrame, column: str, element: Element, evidence: Evidence) -> pd.DataFrame:
    """Join the names of each child and year in the order of the rows, each name once."""
    once = used.drop_duplicates([*KEYS, column])
    names = once.groupby(KEYS, sort=True)[column].agg("; ".join).astype(STRING)
    whole = pd.DataFrame({"value": names, "rows": used.groupby(KEYS, sort=True).size()})
    whole = whole.join(behind_one_value(used, KEYS), how="left").reset_index()
    whole = whole.assign(as_of=evidence.spoken(whole))
    return found(whole, whole["value"], element)


def names_of_activities(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Name what a child takes part in in a year, by the alphabet."""
    spells = evidence.facts["participation"]
    if spells.empty:
        return NOTHING
    weighed = spells["child"].notna() & evidence.years.speak_of(spells["year"])
    weighed &= fitting(spells, element.where, evidence.of_systems(element.systems))
    used = spells[weighed & spells["activity"].notna()]
    used = used.assign(school_year=used["year"]).sort_values([*KEYS, "activity"], kind="stable")
    if used.empty:
        return Found(NOTHING.values, {"participation": weighed})
    return Found(_joined(used, "activity", element, evidence), {"participation": weighed})


def interests_named(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Name a child's interests of the newest day of the year, the one that it names first in front."""
    interests = evidence.facts["career_interest"]
    if interests.empty:
        return NOTHING
    weighed = interests["child"].notna() & evidence.years.speak_of(interests["year"])
    weighed &= fitting(interests, element.where, evidence.of_systems(element.systems))
    used = interests[weighed & interests["interest"].notna()]
    used = used.assign(school_year=used["year"], place=used["strength"].fillna(used["row"].astype("float64")))
    newest = used.groupby(KEYS)["date"].transform("max")
    used = used[newest.isna() | used["date"].eq(newest).fillna(False)]
    if used.empty:
        return Found(NOTHING.values, {"career_interest": weighed})
    used = used.sort_values([*KEYS, "place", "row"], kind="stable")
    return Found(_joined(used, "interest", element, evidence), {"career_interest": weighed})


def services_of_the_plan(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Name the services of the newest plan of a year, without a word on why the child has one."""
    told = plan_in_force(element, evidence, tallies)
    words = told.values["value"].str.replace(r"\s*;\s*", "; ", regex=True)
    return Found(told.values.assign(value=words), told.weighed)
