"""What tests say of a child: of one kind of test, subject and score, the latest of a school year."""

from __future__ import annotations

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.tallies import Tallies

__all__ = ["growth_in_a_year", "latest_result"]

OF_A_YEAR = ["child", "silo", "school_year"]


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


def growth_in_a_year(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take a child's latest result of a year less that of the same term of the year before.

    So the growth is that of a year, whichever term it is, and a system's layouts may have changed in between.
    Who has no result of that term has no growth.
    """
    results = evidence.facts["assessment_result"]
    if results.empty:
        return NOTHING
    weighed = results["child"].notna() & evidence.years.speak_of(results["year"])
    weighed &= fitting(results, element.where, evidence.of_systems(element.systems))
    used = results[weighed & results["result"].notna() & results["term"].notna()]
    used = used.assign(school_year=used["year"])
    used = used.sort_values(
        [*OF_A_YEAR, "administration_date", "row"], kind="stable", na_position="first"
    ).drop_duplicates([*OF_A_YEAR, "term"], keep="last")
    now = used.drop_duplicates(OF_A_YEAR, keep="last")
    before = used[[*OF_A_YEAR, "term", "result"]].assign(school_year=used["school_year"] + 1)
    both = now.merge(
        before, on=[*OF_A_YEAR, "term"], how="inner", validate="one_to_one", suffixes=("", "_before")
    )
    day = both["administration_date"]
    both = both.assign(rows=2, as_of=day.fillna(evidence.spoken(both)) if day.isna().any() else day)
    return Found(found(both, both["result"] - both["result_before"], element), {"assessment_result": weighed})
