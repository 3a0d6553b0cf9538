"""What tests say of a child: of one kind of test, subject and score, the latest of a school year."""

from __future__ import annotations

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.tallies import Tallies

__all__ = ["latest_result"]


def latest_result(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take each record's latest result of the kind that the element asks for, by year."""
    results = evidence.facts["assessment_result"]
    if results.empty:
        return NOTHING
    weighed = results["child"].notna() & evidence.years.speak_of(results["year"])
    weighed &= fitting(results, element.where, evidence.of_systems(element.systems))
    key = ["silo", "record", "school_year"]
    used = results[weighed & results["result"].notna()]
    used = used.assign(school_year=used["year"])
    used = used.sort_values([*key, "administration_date", "row"], kind="stable", na_position="first")
    used = used.assign(rows=used.groupby(key)["row"].transform("size")).drop_duplicates(key, keep="last")
    day = used["administration_date"]
    used = used.assign(as_of=day.fillna(evidence.spoken(used)) if day.isna().any() else day)
    return Found(found(used, used["result"], element), {"assessment_result": weighed})
