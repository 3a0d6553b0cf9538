"""What screeners and surveys say of a child's well-being."""

from __future__ import annotations

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.newest import newest_in_year
from helpers.profile.tallies import Tallies

__all__ = ["latest_screening", "mean_answer"]

# A child may need several days for a survey; answers this many days before its newest one belong to it.
DAYS_OF_A_WINDOW = 30


def latest_screening(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take what the newest form of the year says, of the kind and scale that the element asks for."""
    forms = evidence.facts["screener_result"]
    if forms.empty:
        return NOTHING
    column = str(element.column)
    weighed = forms["child"].notna() & evidence.years.speak_of(forms["year"])
    weighed &= fitting(forms, element.where, evidence.of_systems(element.systems))
    used = newest_in_year(forms[weighed & forms[column].notna()], ["date"])
    used = used.assign(as_of=used["date"].fillna(evidence.spoken(used)))
    return Found(found(used, used[column], element), {"screener_result": weighed})


def mean_answer(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Average a child's answers about one competency, of the newest window of the year."""
    answers = evidence.facts["survey_response"]
    if answers.empty:
        return NOTHING
    weighed = answers["child"].notna() & evidence.years.speak_of(answers["year"])
    weighed &= fitting(answers, element.where, evidence.of_systems(element.systems))
    key = ["silo", "record", "year"]
    used = answers[weighed & answers["response"].notna()]
    newest = used.groupby(key)["date"].transform("max")
    apart = (newest - used["date"]).dt.days
    used = used[(apart <= DAYS_OF_A_WINDOW) | newest.isna()]
    used = used.rename(columns={"year": "school_year"})
    by = used.groupby(["child", "silo", "record", "school_year"], sort=True)
    means = by.agg(value=("response", "mean"), rows=("row", "size"), as_of=("date", "max"))
    means = means.reset_index().merge(
        behind_one_value(used, ["silo", "record", "school_year"])["link_band"].reset_index(),
        on=["silo", "record", "school_year"], how="left", validate="one_to_one",
    )  # fmt: skip
    means = means.assign(as_of=means["as_of"].fillna(evidence.spoken(means)))
    return Found(found(means, means["value"], element), {"survey_response": weighed})
