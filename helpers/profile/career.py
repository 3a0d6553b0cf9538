"""What a child wants to become, and where it applies."""

from __future__ import annotations

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.newest import newest_in_year
from helpers.profile.tallies import Tallies

__all__ = ["applications_counted", "first_named_interest"]

KEYS = ["child", "silo", "school_year"]


def first_named_interest(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the interest that a child names first on the newest day of the year."""
    interests = evidence.facts["career_interest"]
    if interests.empty:
        return NOTHING
    weighed = interests["child"].notna() & evidence.years.speak_of(interests["year"])
    weighed &= fitting(interests, element.where, evidence.of_systems(element.systems))
    named = interests[weighed & interests["interest"].notna()]
    # Of a list without numbers the upper row is named first.
    place = named["strength"].fillna(named["row"].astype("float64"))
    used = newest_in_year(named.assign(place=place), ["date", "place"], largest_last=[True, False])
    used = used.assign(as_of=used["date"].fillna(evidence.spoken(used)))
    return Found(found(used, used["interest"], element), {"career_interest": weighed})


def applications_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count a child's applications in a year; zero only for a child whom the system itself lists."""
    applications = evidence.facts["application"]
    if applications.empty:
        return NOTHING
    weighed = applications["child"].notna() & evidence.years.speak_of(applications["year"])
    weighed &= fitting(applications, element.where, evidence.of_systems(element.systems))
    used = applications[weighed]
    used = used.assign(school_year=used["year"])
    counts = used.groupby(KEYS, sort=True).agg(value=("row", "size"), rows=("row", "size"))
    return counted_with_zeros(counts, used, element, evidence, weighed, elsewhere=False)
