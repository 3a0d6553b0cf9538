"""For whom a system that records exceptions would have recorded one, so that its silence is a zero."""

from __future__ import annotations

import pandas as pd

from helpers.layouts import STRING
from helpers.profile.evidence import Evidence, behind_one_value

__all__ = ["known_to_cover"]

KEYS = ["child", "silo", "school_year"]
# Two systems number schools alike when at least this share of the numbers of one are numbers of the other.
SAME_NUMBERS = 0.5


def known_to_cover(evidence: Evidence, table: str) -> pd.DataFrame:
    """List the children whom a system that records exceptions covers in a school year.

    A system covers those whom it enrols itself in a year of which it has anything to tell, or has on its
    roster on the day for which it speaks; and, where it lists nobody, those whom another system enrols at a
    school that reports to it. Of these it is silent only if no record of it is left over that could be
    theirs: a name that nobody could place may be just this child's.

    Parameters
    ----------
    evidence
        Records and facts by child.
    table
        The fact table of exceptions.

    Returns
    -------
    pandas.DataFrame
        By ``child, silo, school_year``: ``record`` (NA: another system's enrolment says so) and
        ``link_band``.
    """
    facts = evidence.facts[table]
    told = facts[evidence.years.speak_of(facts["year"])]
    tells = pd.MultiIndex.from_frame(told[["silo", "year"]].drop_duplicates())
    spells = evidence.facts["school_enrollment"]
    spells = spells[spells["child"].notna() & evidence.years.speak_of(spells["year"])]
    listed = evidence.people[evidence.people["as_of"].notna()]
    listed = listed.assign(year=evidence.years.of(listed["as_of"]))
    shown = ["child", "silo", "year", "record", "link_band"]
    own = [
        part.loc[pd.MultiIndex.from_frame(part[["silo", "year"]]).isin(tells), shown]
        for part in (spells, listed)
    ]
    by = pd.concat([*own, _enrolled_elsewhere(evidence, told, spells)[shown]], ignore_index=True)
    by = by.rename(columns={"year": "school_year"})
    return behind_one_value(by, KEYS)


def _enrolled_elsewhere(evidence: Evidence, told: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    """Find children whom another system enrols at a school that reports, where no record is left over."""
    reports = told.loc[told["school_id"].notna(), ["silo", "school_id", "year"]].drop_duplicates()
    numbers = {str(silo): set(its) for silo, its in reports.groupby("silo")["school_id"]}
    theirs = {str(silo): set(its.dropna()) for silo, its in spells.groupby("silo")["school_id"]}
    alike = [
        (silo, other)
        for silo in numbers
        for other in theirs
        if other != silo and len(numbers[silo] & theirs[other]) >= SAME_NUMBERS * len(numbers[silo])
    ]
    pairs = pd.DataFrame(alike, columns=["silo", "other"], dtype=STRING)
    reports = reports.merge(pairs, on="silo", how="inner", validate="many_to_many")
    known_to = evidence.crosswalk.groupby("child")["silo"].nunique()
    loose = told["child"].isna() | told["child"].map(known_to).lt(2).fillna(True).astype(bool)
    spoilt = pd.MultiIndex.from_frame(told.loc[loose, ["silo", "year"]].drop_duplicates())
    reports = reports[~pd.MultiIndex.from_frame(reports[["silo", "year"]]).isin(spoilt)]
    enrolled = spells.dropna(subset=["school_id"]).rename(columns={"silo": "other"})
    there = enrolled.drop(columns="record").merge(
        reports, on=["other", "school_id", "year"], how="inner", validate="many_to_many"
    )
    return there.assign(record=pd.Series(pd.NA, index=there.index, dtype=STRING))
