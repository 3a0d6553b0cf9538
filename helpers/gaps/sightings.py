"""Children who are enrolled somewhere, and of whom nothing was ever heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.gaps.known import Known
from helpers.gaps.measures import line
from helpers.gaps.membership import NEVER, Membership, days_since_1970
from helpers.profile.facts.systems import Newest
from helpers.standard import fact_tables, standard_table

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["sightings"]

# Facts that arise only where a child is there, or is missed. An enrolment, an account or a dose says nothing.
SIGNS = (
    "attendance_event", "section_enrollment", "course_grade", "assignment_score", "assessment_result",
    "screener_result", "survey_response", "incident", "discipline_action", "health_visit", "meal_purchase",
    "participation", "login",
)  # fmt: skip
# Days after which a school would have missed a child who isn't there.
LONG_ENOUGH = 30


def sightings(
    district: District, known: Known, membership: Membership, newest: Newest
) -> list[dict[str, Any]]:
    """Count children whom a system lists, whom the roster doesn't know, and of whom nothing is heard since.

    Parameters
    ----------
    district
        A district that was read.
    known
        Who is in which system.
    membership
        Since when each system lists a child.
    newest
        The newest day of which each system speaks.

    Returns
    -------
    list of dict
        A line *listed and never seen* for each system that dates its memberships, the roster aside.
    """
    heard = _last_heard(district, known)
    lines = []
    for place, silo in enumerate(known.silos[1:], start=1):
        if not membership.tells[place] or silo not in newest.days or not known.is_told_apart(place):
            continue  # of records that nothing ties to the roster nobody can say that they are in no roster
        since = membership.since[:, place]
        day = days_since_1970(pd.Series([newest.days[silo]]))[0]
        listed = known.holds[:, place] & (since != NEVER) & (since <= day - LONG_ENOUGH)
        unseen = listed & ~known.holds[:, 0] & (heard < since)
        example = known.example(known.of(place) & unseen[known.child])
        lines.append(
            line("listed and never seen", silo, None, int(unseen.sum()), int(listed.sum()), **example)
        )
    return lines


def _last_heard(district: District, known: Known) -> np.ndarray:
    """Give the last day on which any system has a sign of each child; -1 where there is none."""
    heard = np.full(len(known.holds), -1, dtype="int64")
    for table in SIGNS:
        if table not in fact_tables():
            continue
        dates = [
            column.name
            for column in standard_table(table).columns
            if column.type in ("date", "datetime") and column.name != "due_date"
        ]
        facts = district.fact(table)
        years = [column.name for column in standard_table(table).columns if column.name == "school_year"]
        facts = facts.loc[facts["record"].notna(), ["silo", "record", *dates, *years]]
        latest = facts[dates].max(axis="columns") if dates else pd.Series(pd.NaT, index=facts.index)
        if years:
            # A grade bears no day, but a year, which ends in June.
            june = facts["school_year"].astype("string") + "-06-30"
            latest = latest.fillna(pd.to_datetime(june, format="%Y-%m-%d", errors="coerce"))
        # What bears neither is of the day of the export.
        day = np.where(latest.isna(), NEVER, days_since_1970(latest.astype("datetime64[us]")))
        last = (
            facts[["silo", "record"]].assign(day=day).groupby(["silo", "record"])["day"].max().reset_index()
        )
        number = known.numbers_of(last["silo"], last["record"])
        there = number >= 0
        np.maximum.at(heard, known.child[number[there]], last["day"].to_numpy(dtype="int64")[there])
    return heard
