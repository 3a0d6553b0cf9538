"""The child whom the notebooks follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.profile.facts.context import child_tables
from helpers.profile.facts.store import with_child
from helpers.profile.facts.systems import authority_in
from helpers.standard import BadInput

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["pick_example_child"]

# Facts that nearly every child of a system has.
MERELY_THERE = ("school_enrollment", "section_enrollment", "meal_account")
# What makes a story that only several systems together show. Our own judgment, not a threshold for anything.
AWAY_DAYS = 10
LOWER_BY = 5  # percentiles
POINTS_SHARE = 0.75
WORK_LATE = 3
NURSE_VISITS = 3
SURELY = 2 / 3
A_YEAR = pd.Timedelta(days=365)


def pick_example_child(district: District, links: Links) -> str:
    """Choose the child whom the notebooks follow, by a rule that works for every district.

    Among all children, the first in this order:

    1. no record of the child needs review, and at least two in three have verified links. So the story is the
       child's own, even where a system without names can't confirm a link;
    2. the roster lists the child today (the SIS first, else the system with most children; no end date before
       the latest day of its records);
    3. at least two systems have records of the child;
    4. at least one system doesn't: something is missing;
    5. children with more parts of a story come first: days absent, a test lower than the first of the year,
       points lost and work late or missing, an elevated screener, visits to the nurse, a plan, a reduced meal
       price, an activity (`_story_parts`);
    6. the systems write the child's name differently, or disagree about the birth date;
    7. something happened: a fact beyond enrollment, classes and a meal account (an absence, for example);
    8. children in more systems come first;
    9. by child id.

    A rule that no child meets excludes nobody, so a district with one child has that one. In a real district
    the id reveals no name, but the records are a real child's.

    Parameters
    ----------
    district
        From `read_district`.
    links
        From `link_district` for it.

    Returns
    -------
    str
        The child's id.

    Raises
    ------
    BadInput
        When no record of any system is a student's.
    """
    crosswalk = links.crosswalk
    if crosswalk.empty:
        raise BadInput("There is no child to follow: no system of this district lists a student.")
    people = with_child(district.people, crosswalk)
    people = people[people["child"].notna()]
    by_child = people.groupby("child", sort=True)
    silos = by_child["silo"].nunique()
    names = (
        people["last_surname"].fillna(people["full_name"]).fillna("") + "|" + people["first_name"].fillna("")
    )
    people = people.assign(
        written=names.where(names != "|"),
        waits=people["link_status"].eq("Review"),
        sure=people["link_status"].isin(["Verified", "Unlinked"]),
    )
    by_child = people.groupby("child", sort=True)
    story = pd.DataFrame(
        {
            "unsure": by_child["waits"].max() | (by_child["sure"].mean() < SURELY),
            "gone": ~silos.index.to_series().isin(_on_roster(district, people)),
            "single": silos < 2,
            "everywhere": silos >= people["silo"].nunique(),
            "untold": -_story_parts(district, links).reindex(silos.index, fill_value=0),
            "same": (by_child["written"].nunique() < 2) & (by_child["birth_date"].nunique() < 2),
            "quiet": ~silos.index.to_series().isin(_with_events(district, links)),
            "fewer": -silos,
        }
    )
    return str(story.sort_values(list(story.columns), kind="stable").index[0])


def _story_parts(district: District, links: Links) -> pd.Series:
    """Count, by child, the parts of a story in the systems' data."""
    marks = district.fact("attendance_event").dropna(subset=["date"])
    absent = marks["attendance_event_category"].isin(["Excused Absence", "Unexcused Absence"])
    marks = _of_a_year(marks.assign(absent=absent))
    marks = marks[marks["absent"].astype(bool)]
    away = with_child(marks, links.crosswalk).groupby("child")["date"].nunique() >= AWAY_DAYS

    tests = district.fact("assessment_result")
    tests = tests[tests["score_method"].eq("Percentile") & tests["objective"].isna()]
    tests = tests.dropna(subset=["record", "administration_date", "result"]).sort_values(
        "administration_date"
    )
    of_one = with_child(tests, links.crosswalk).groupby(["child", "silo", "academic_subject"])["result"]
    ranges = pd.DataFrame({"first": of_one.first(), "last": of_one.last()})
    lower = (ranges["last"] <= ranges["first"] - LOWER_BY).groupby(level="child").any()

    work = district.fact("assignment_score").dropna(subset=["record"])
    sums = with_child(work.dropna(subset=["score", "score_possible"]), links.crosswalk)
    sums = sums.groupby("child")[["score", "score_possible"]].sum()
    behind = sums["score"] < POINTS_SHARE * sums["score_possible"]

    visits = _of_a_year(district.fact("health_visit").dropna(subset=["record", "date"]))
    screened = district.fact("screener_result")
    plans = district.fact("program")
    priced = district.fact("meal_eligibility")
    taking_part = district.fact("participation")
    parts = [part[part] for part in (away, lower, behind)] + [
        _at_least(work[work["score_status"].isin(["Late", "Missing"])], links, WORK_LATE),
        _at_least(visits, links, NURSE_VISITS),
        _at_least(screened[screened["risk_level"].isin(["Elevated", "Extremely Elevated"])], links),
        _at_least(plans[plans["end_date"].isna()], links),
        _at_least(priced[priced["eligibility"].isin(["Free", "Reduced price"])], links),
        _at_least(taking_part, links),
    ]
    names = [part.index.to_series() for part in parts]
    return pd.concat(names, ignore_index=True).value_counts().astype("int64")


def _of_a_year(rows: pd.DataFrame) -> pd.DataFrame:
    """Filter to the rows of the latest year; a mistyped date in the far future doesn't count as latest."""
    if rows.empty:
        return rows
    newest = pd.Timestamp(str(rows["date"].quantile(0.999, interpolation="higher")))
    return rows[rows["date"].between(newest - A_YEAR, newest)]


def _at_least(rows: pd.DataFrame, links: Links, count: int = 1) -> pd.Series:
    """List the children with at least so many rows."""
    told = with_child(rows[["silo", "record"]].dropna(), links.crosswalk)["child"].value_counts()
    return told[told >= count]


def _with_events(district: District, links: Links) -> list[str]:
    """List the children for whom some system records more than membership."""
    tables = [table for table in child_tables() if table not in MERELY_THERE]
    facts = [district.fact(table)[["silo", "record"]].drop_duplicates() for table in tables]
    named = pd.concat(facts, ignore_index=True)
    return list(with_child(named, links.crosswalk)["child"].dropna().unique())


def _on_roster(district: District, people: pd.DataFrame) -> list[str]:
    """List the children of the current roster."""
    counts = people.groupby("silo")["child"].nunique()
    known = [silo for silo in authority_in(district).rosters if silo in counts.index]
    roster = people[people["silo"] == (known[0] if known else counts.idxmax())]
    today = pd.concat([roster["as_of"], roster["begin_date"]]).max()
    ended = roster["end_date"].notna() & ((roster["end_date"] < today) | pd.isna(today))
    return list(roster.loc[~ended, "child"].unique())
