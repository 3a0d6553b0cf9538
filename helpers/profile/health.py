"""What the nurse's office says of a child."""

from __future__ import annotations

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.tallies import Tallies

__all__ = ["vaccines_recorded", "visits_counted"]


def vaccines_recorded(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the different vaccines of which a dose with its day is on record, whenever it was given.

    Zero is told of a child of whom the system says that it has none on record, or an exemption; the rows that
    say so stand behind it.
    """
    doses = evidence.facts["immunization"]
    if doses.empty:
        return NOTHING
    known = doses["child"].notna()
    key = ["child", "silo"]
    used = doses[known]
    used = used.assign(given=used["vaccine"].where(used["date"].notna()))
    counts = used.groupby(key, sort=True).agg(value=("given", "nunique"), begin_date=("date", "min"))
    # One source row may tell of many doses.
    rows = used.assign(dose=used["given"].notna()).drop_duplicates([*key, "file", "row", "dose"])
    doses = rows.groupby(key, sort=True)["dose"].agg(["sum", "size"])
    counts = (
        counts.assign(rows=doses["sum"].where(doses["sum"] > 0, doses["size"]))
        .join(behind_one_value(used, key), how="left")
        .reset_index()
    )
    counts = counts.assign(as_of=evidence.spoken(counts))
    return Found(found(counts, counts["value"], element), {"immunization": known})


def visits_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count a child's visits to the nurse; zero only for a child whom the office is known to cover."""
    visits = evidence.facts["health_visit"]
    if visits.empty:
        return NOTHING
    weighed = visits["child"].notna() & evidence.years.speak_of(visits["year"])
    weighed &= fitting(visits, element.where, evidence.of_systems(element.systems))
    used = visits[weighed]
    used = used.assign(school_year=used["year"])
    key = ["child", "silo", "school_year"]
    counts = used.groupby(key, sort=True).agg(value=("row", "size"), rows=("row", "size"))
    # An office may not know every child of its schools: only its own list says whom it covers.
    return counted_with_zeros(counts, used, element, evidence, weighed, elsewhere=False)
