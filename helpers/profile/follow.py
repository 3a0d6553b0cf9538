"""The child whom the notebooks follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.layouts import BadInput
from helpers.profile.evidence import child_tables, with_child

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["follow_child"]

# Facts that nearly every child of a system has.
MERELY_THERE = ("school_enrollment", "section_enrollment", "meal_account")
# What makes a story that only several systems together tell. Own judgement, and no threshold of anything.
AWAY_DAYS = 10
LOWER_BY = 5  # percentiles
POINTS_SHARE = 0.75
A_YEAR = pd.Timedelta(days=365)


def follow_child(district: District, links: Links) -> str:
    """Choose the child whom the notebooks follow, by a rule, so that every district has one.

    Among all children, the first in this order:

    1. every record of the child is tied to her surely: her story is hers;
    2. the roster lists her today (the first of SIS, else the system that knows most children; no end before
    the
       newest day of its records);
    3. at least two systems know her;
    4. at least one system doesn't: something is missing;
    5. more systems before fewer have a part of her story: days away, a test that came out lower than the
       first of the year, points left behind in gradebooks (`_story_parts`);
    6. her systems write her name differently, or disagree about her birth date;
    7. something happened to her: a fact beyond enrolment, classes and a meal account (an absence, say);
    8. more systems before fewer;
    9. by child id.

    A rule that no child obeys passes nobody over, so that a district with one child has that one. In a real
    district the id says nobody's name, but what stands behind it is a real child's.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.

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
        written=names.where(names != "|"), unsure=~people["link_band"].isin(["Sure", "Alone"])
    )
    by_child = people.groupby("child", sort=True)
    story = pd.DataFrame(
        {
            "unsure": by_child["unsure"].max(),
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
    """Count, by child, what attendance, tests and gradebooks each have to tell: none, one, two or three."""
    marks = district.fact("attendance_event").dropna(subset=["date"])
    absent = marks["attendance_event_category"].isin(["Excused Absence", "Unexcused Absence"])
    if len(marks):
        # A mistyped date in the far future is no newest day.
        newest = pd.Timestamp(str(marks["date"].quantile(0.999, interpolation="higher")))
        marks = marks[absent & marks["date"].between(newest - A_YEAR, newest)]
    away = with_child(marks, links.crosswalk).groupby("child")["date"].nunique() >= AWAY_DAYS

    tests = district.fact("assessment_result")
    tests = tests[tests["score_method"].eq("Percentile") & tests["objective"].isna()]
    tests = tests.dropna(subset=["record", "administration_date", "result"]).sort_values(
        "administration_date"
    )
    of_one = with_child(tests, links.crosswalk).groupby(["child", "silo", "academic_subject"])["result"]
    ranges = pd.DataFrame({"first": of_one.first(), "last": of_one.last()})
    lower = (ranges["last"] <= ranges["first"] - LOWER_BY).groupby(level="child").any()

    work = district.fact("assignment_score").dropna(subset=["record", "score", "score_possible"])
    sums = with_child(work, links.crosswalk).groupby("child")[["score", "score_possible"]].sum()
    behind = sums["score"] < POINTS_SHARE * sums["score_possible"]
    parts = [part[part].index.to_series() for part in (away, lower, behind)]
    return pd.concat(parts, ignore_index=True).value_counts().astype("int64")


def _with_events(district: District, links: Links) -> list[str]:
    """List the children of whom some system tells more than that they are there."""
    tables = [table for table in child_tables() if table not in MERELY_THERE]
    facts = [district.fact(table)[["silo", "record"]].drop_duplicates() for table in tables]
    named = pd.concat(facts, ignore_index=True)
    return list(with_child(named, links.crosswalk)["child"].dropna().unique())


def _on_roster(district: District, people: pd.DataFrame) -> list[str]:
    """List the children of the current roster."""
    sis = [silo for silo in district if silo in district.layouts and district.layouts[silo].silo == "sis"]
    counts = people.groupby("silo")["child"].nunique()
    known = [silo for silo in sis if silo in counts.index]
    roster = people[people["silo"] == (known[0] if known else counts.idxmax())]
    today = pd.concat([roster["as_of"], roster["begin_date"]]).max()
    ended = roster["end_date"].notna() & ((roster["end_date"] < today) | pd.isna(today))
    return list(roster.loc[~ended, "child"].unique())
