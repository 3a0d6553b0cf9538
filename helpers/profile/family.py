"""How school and family speak to one another: adults on record, their language, log-ins and messages."""

from __future__ import annotations

import pandas as pd

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.keys import listed_in
from helpers.profile.tallies import Tallies

__all__ = ["adults_on_record", "contact_language", "logins_of_adults", "messages_counted"]

KEYS = ["child", "silo", "school_year"]


def _contacts(element: Element, evidence: Evidence) -> tuple[pd.DataFrame, pd.Series]:
    """Give the ties between children and adults that an element asks for, and which rows they are."""
    ties = evidence.facts["contact"]
    asked = element.where if element.table == "contact" else ()  # else it is asked of another table
    weighed = ties["child"].notna() & fitting(ties, asked, evidence.of_systems(element.systems))
    return ties[weighed], weighed


def adults_on_record(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the adults whom a system ties to a child."""
    if evidence.facts["contact"].empty:
        return NOTHING
    ties, weighed = _contacts(element, evidence)
    ties = ties[ties["contact_record"].notna()]
    key = ["child", "silo"]
    counts = ties.groupby(key, sort=True).agg(value=("contact_record", "nunique"), rows=("row", "size"))
    counts = counts.join(behind_one_value(ties, key), how="left").reset_index()
    counts = counts.assign(as_of=evidence.spoken(counts))
    return Found(found(counts, counts["value"], element), {"contact": weighed})


def contact_language(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the language of the adult who is called first."""
    if evidence.facts["contact"].empty:
        return NOTHING
    ties, weighed = _contacts(element, evidence)
    key = ["silo", "record"]
    used = ties[ties["language"].notna()].sort_values([*key, "priority", "row"], kind="stable")
    used = used.assign(rows=used.groupby(key)["row"].transform("size")).drop_duplicates(key)
    used = used.reset_index(drop=True)
    used = used.assign(as_of=evidence.spoken(used))
    return Found(found(used, used["language"], element), {"contact": weighed})


def _with_silent_families(
    counts: pd.DataFrame, told: pd.DataFrame, element: Element, evidence: Evidence
) -> pd.DataFrame:
    """Add a zero for every child whose adults a system lists, in the years of which it tells of anybody."""
    ties, _ = _contacts(element, evidence)
    years = told[["silo", "year"]].drop_duplicates().rename(columns={"year": "school_year"})
    listed = ties.merge(years, on="silo", how="inner", validate="many_to_many")
    silent = behind_one_value(listed, KEYS).assign(value=0, rows=0).reset_index()
    silent = silent[~listed_in(silent[KEYS], counts[KEYS])]
    both = pd.concat([part for part in (counts, silent) if len(part)] or [counts], ignore_index=True)
    return both.assign(as_of=evidence.spoken(both))


def logins_of_adults(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count how often any adult of a child logged in; zero for a child whose adults never did."""
    logins = evidence.facts["login"]
    if logins.empty or evidence.facts["contact"].empty:
        return NOTHING
    asked = logins["record"].notna() & evidence.years.speak_of(logins["year"])
    asked &= fitting(logins, element.where, evidence.of_systems(element.systems))
    told = logins.loc[asked, ["silo", "record", "year", "row", "sessions"]]
    told = told.rename(columns={"record": "contact_record"})
    ties, _ = _contacts(element, evidence)
    ties = ties.dropna(subset=["contact_record"])[["child", "silo", "contact_record", "record", "link_band"]]
    used = told.merge(
        ties.drop_duplicates(["child", "silo", "contact_record"]),
        on=["silo", "contact_record"], how="inner", validate="many_to_many",
    )  # fmt: skip
    used = used.assign(school_year=used["year"], value=used["sessions"].fillna(1))
    counts = used.groupby(KEYS, sort=True).agg(value=("value", "sum"), rows=("row", "size"))
    counts = counts.join(behind_one_value(used, KEYS), how="left").reset_index()
    both = _with_silent_families(counts, told, element, evidence)
    of_a_child = listed_in(logins[["silo", "record"]], ties[["silo", "contact_record"]])
    return Found(found(both, both["value"], element), {"login": asked & of_a_child})


def messages_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the messages about a child, one for each who got it; zero for a child whose adults got none."""
    messages = evidence.facts["message"]
    if messages.empty:
        return NOTHING
    weighed = messages["child"].notna() & evidence.years.speak_of(messages["year"])
    weighed &= fitting(messages, element.where, evidence.of_systems(element.systems))
    used = messages[weighed]
    used = used.assign(school_year=used["year"], opened=used["opened_utc"].notna())
    counts = used.groupby(KEYS, sort=True).agg(sent=("row", "size"), opened=("opened", "sum"))
    counts = counts.assign(value=counts[str(element.column)], rows=counts[str(element.column)])
    counts = counts.join(behind_one_value(used, KEYS), how="left").reset_index()
    both = _with_silent_families(counts, used, element, evidence)
    return Found(found(both, both["value"], element), {"message": weighed})
