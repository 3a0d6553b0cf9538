"""For whom a system that records exceptions would have recorded one, so that its silence is a zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.layouts import STRING
from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.found import Found, found
from helpers.profile.keys import listed_in

__all__ = ["counted_with_zeros", "known_to_cover"]

KEYS = ["child", "silo", "school_year"]
# Two systems number schools alike when at least this share of the numbers of one are numbers of the other.
SAME_NUMBERS = 0.5
NAMES = ("first_name", "last_surname", "full_name")


def counted_with_zeros(
    counts: pd.DataFrame,
    used: pd.DataFrame,
    element: Element,
    evidence: Evidence,
    weighed: pd.Series,
    *,
    elsewhere: bool = True,
) -> Found:
    """Add a zero for every child of whom the system would have told, and told nothing.

    Parameters
    ----------
    counts
        By ``child, silo, school_year``: ``value`` and ``rows``.
    used
        The rows behind them, with ``record`` and ``link_band``.
    element
        The element.
    evidence
        Records and facts by child.
    weighed
        Which rows of the element's table were looked at.
    elsewhere
        Another system's enrolment may say whom the system covers.

    Returns
    -------
    Found
        Counts and zeros.
    """
    counts = counts.join(behind_one_value(used, KEYS), how="left").reset_index()
    silos = evidence.of_systems(element.systems)
    covered = known_to_cover(evidence, element.table, silos=silos, elsewhere=elsewhere)
    covered = covered.assign(value=0, rows=0).reset_index()
    covered = covered[~listed_in(covered[KEYS], counts[KEYS])]
    both = pd.concat([part for part in (counts, covered) if len(part)] or [counts], ignore_index=True)
    both = both.assign(as_of=evidence.spoken(both))
    return Found(found(both, both["value"], element), {element.table: weighed})


def known_to_cover(
    evidence: Evidence, table: str, *, silos: Sequence[str] | None = None, elsewhere: bool = True
) -> pd.DataFrame:
    """List the children whom a system that records exceptions covers in a school year.

    A system covers those whom it enrols itself in a year of which it has anything to tell, or has on its
    roster on the day for which it speaks; and, where it lists nobody, those whom another system enrols at a
    school that reports to it. Of these it is silent only if no record of it is left over that could be
    theirs: a name that nobody could place may be just this child's. Where the system lists the child itself,
    that is a record which shares a name or the birth date.

    Parameters
    ----------
    evidence
        Records and facts by child.
    table
        The fact table of exceptions.
    silos
        Only these systems; None: all.
    elsewhere
        Another system's enrolment may say whom a system covers.

    Returns
    -------
    pandas.DataFrame
        By ``child, silo, school_year``: ``record`` (NA: another system's enrolment says so) and
        ``link_band``.
    """
    facts = evidence.facts[table]
    told = facts[evidence.years.speak_of(facts["year"])]
    if silos is not None:
        told = told[told["silo"].isin(list(silos))]
    tells = told[["silo", "year"]].drop_duplicates()
    spells = evidence.facts["school_enrollment"]
    spells = spells[spells["child"].notna() & evidence.years.speak_of(spells["year"])]
    listed = evidence.people[evidence.people["as_of"].notna()]
    listed = listed.assign(year=evidence.years.of(listed["as_of"]))
    shown = ["child", "silo", "year", "record", "link_band"]
    own = pd.concat([part[shown] for part in (spells, listed)], ignore_index=True)
    own = own[listed_in(own[["silo", "year"]], tells)].reset_index(drop=True)
    parts = [own[~_may_have_a_record_left_over(own, evidence, told)]]
    if elsewhere:
        parts.append(_enrolled_elsewhere(evidence, told, spells)[shown])
    by = pd.concat(parts, ignore_index=True).rename(columns={"year": "school_year"})
    return behind_one_value(by, KEYS)


def _left_over(evidence: Evidence, told: pd.DataFrame) -> pd.Series:
    """Say which rows are about nobody whom another system knows."""
    known_to = evidence.crosswalk.groupby("child")["silo"].nunique()
    return told["child"].isna() | told["child"].map(known_to).lt(2).fillna(True).astype(bool)


def _may_have_a_record_left_over(listed: pd.DataFrame, evidence: Evidence, told: pd.DataFrame) -> np.ndarray:
    """Say of whom a record is left over that shares a name or the birth date: it may be the child's own."""
    doubtful = np.zeros(len(listed), dtype=bool)
    loose = told.loc[_left_over(evidence, told) & told["record"].notna(), ["silo", "record", "child"]]
    loose = loose[~listed_in(loose[["child", "silo"]], listed[["child", "silo"]])].drop_duplicates()
    if loose.empty:
        return doubtful
    key = ["silo", "record"]
    people = evidence.people[[*key, "birth_date"]].assign(
        **{name: evidence.people[name].str.casefold() for name in NAMES}
    )
    mine, theirs = (
        rows[key].merge(people, on=key, how="left", validate="many_to_one") for rows in (listed, loose)
    )
    for name in (*NAMES, "birth_date"):
        alike = listed_in(mine[["silo", name]], theirs[["silo", name]])
        doubtful |= alike & mine[name].notna().to_numpy()
    return doubtful


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
    loose = _left_over(evidence, told)
    spoilt = told.loc[loose, ["silo", "year"]].drop_duplicates()
    reports = reports[~listed_in(reports[["silo", "year"]], spoilt)]
    enrolled = spells.dropna(subset=["school_id"]).rename(columns={"silo": "other"})
    there = enrolled.drop(columns="record").merge(
        reports, on=["other", "school_id", "year"], how="inner", validate="many_to_many"
    )
    return there.assign(record=pd.Series(pd.NA, index=there.index, dtype=STRING))
