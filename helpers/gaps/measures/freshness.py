"""Measure freshness: age of exports, stale records, last activity."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.gaps.measures import Lines, line
from helpers.gaps.presence import NEVER, Membership, Presence, days_since_1970
from helpers.profile import LatestDay
from helpers.standard import fact_tables, last_day, standard_table, whole_figure
from helpers.systems import declared_elements

__all__ = ["activity_dates", "ages", "days_until_stale", "endings", "stale_rows"]


STALE_AFTER_DAYS = whole_figure("gaps/thresholds.month_behind")


def ages(known: Presence, newest: LatestDay) -> Lines:
    """Measure how far systems are behind the latest, and behind each other."""
    days = newest.days
    dated = [silo for silo in known.silos if silo in days]
    if not dated:
        return []
    last = max(days[silo] for silo in dated)
    lines: Lines = []
    for silo in dated:
        behind = (last - days[silo]).days
        lines.append(line("days behind", silo, None, behind, is_limit=newest.waits(silo, behind)))
    for (_, left), (_, right) in known.pairs():
        if left in days and right in days:
            lag = (days[left] - days[right]).days
            limit = newest.waits(right if lag > 0 else left, abs(lag))
            stale = abs(lag) > STALE_AFTER_DAYS and not limit
            blocked: dict[str, Any] = {"blocked_by": "Not fresh"} if stale else {}
            lines.append(line("roster lag", left, right, abs(lag), is_limit=limit, **blocked))
    return lines


def endings(known: Presence, membership: Membership) -> Lines:
    """Count children whom a system still lists after it, or another system, ended the membership."""
    lines: Lines = []
    for place, silo in enumerate(known.silos):
        over = (
            known.holds[:, place] & (membership.since[:, place] == NEVER) & (membership.until[:, place] >= 0)
        )
        example = known.example(known.of(place) & over[known.child])
        total = int(known.holds[:, place].sum())
        # For a system without membership dates, the count is unknown, not zero.
        dated = bool(membership.dated[place])
        ended = int(over.sum()) if dated else None
        lines.append(line("ended and still listed", silo, None, ended, total, is_limit=not dated, **example))
    for (left_place, left), (right_place, right) in known.pairs():
        both = int((known.holds[:, left_place] & known.holds[:, right_place]).sum())
        for name, stays, leaves in (
            ("ended in right only", left_place, right_place),
            ("ended in left only", right_place, left_place),
        ):
            if not both or not membership.dated[leaves]:
                continue  # the system records no exits
            # A child who began here after the end there has come back, and the other system isn't updated
            # yet.
            until = membership.until[:, leaves]
            late = (until >= 0) & (until != NEVER) & (membership.since[:, stays] <= until)
            # A system that records no begin or end dates isn't late: that is a limit.
            limit = not membership.dated[stays]
            example = known.example(known.of(stays) & late[known.child])
            lines.append(line(name, left, right, int(late.sum()), both, is_limit=limit, **example))
    return lines


# Facts that show a child was present, or was missed. Enrollment, an account or a vaccine dose shows neither.
SIGNS = (
    "attendance_event", "section_enrollment", "course_grade", "assignment_score", "assessment_result",
    "screener_result", "survey_response", "incident", "discipline_action", "health_visit", "meal_purchase",
    "participation", "login",
)  # fmt: skip
# After this many days, a school would have missed an absent child.
LONG_ENOUGH = 30


def activity_dates(
    district: District, known: Presence, membership: Membership, newest: LatestDay
) -> list[dict[str, Any]]:
    """Count children whom a system lists but who aren't on the roster and show no activity since."""
    last_active = _last_activity(district, known)
    lines = []
    for place, silo in enumerate(known.silos[1:], start=1):
        if not membership.dated[place] or silo not in newest.days or not known.is_distinct(place):
            continue  # unlinked records don't show who is missing from the roster
        since = membership.since[:, place]
        day = days_since_1970(pd.Series([newest.days[silo]]))[0]
        listed = known.holds[:, place] & (since != NEVER) & (since <= day - LONG_ENOUGH)
        unseen = listed & ~known.holds[:, 0] & (last_active < since)
        example = known.example(known.of(place) & unseen[known.child])
        lines.append(
            line("listed and never seen", silo, None, int(unseen.sum()), int(listed.sum()), **example)
        )
    return lines


def _last_activity(district: District, known: Presence) -> np.ndarray:
    """Return the last day with activity of each child in any system, or -1."""
    last_active = np.full(len(known.holds), -1, dtype="int64")
    for table in SIGNS:
        if table not in fact_tables():
            continue
        dates = [
            column.name
            for column in standard_table(table).columns
            # Neither says that the child was there.
            if column.type in ("date", "datetime") and column.name not in ("due_date", "period_end")
        ]
        facts = district.fact(table)
        years = [column.name for column in standard_table(table).columns if column.name == "school_year"]
        facts = facts.loc[facts["record"].notna(), ["silo", "record", *dates, *years]]
        latest = facts[dates].max(axis="columns") if dates else pd.Series(pd.NaT, index=facts.index)
        if years:
            # A grade has no date, but a school year, which has a last day.
            ends = facts["school_year"].astype("string") + last_day(2001).strftime("-%m-%d")
            latest = latest.fillna(pd.to_datetime(ends, format="%Y-%m-%d", errors="coerce"))
        # A fact without date or year counts as current.
        day = np.where(latest.isna(), NEVER, days_since_1970(latest.astype("datetime64[us]")))
        last = (
            facts[["silo", "record"]].assign(day=day).groupby(["silo", "record"])["day"].max().reset_index()
        )
        number = known.numbers_of(last["silo"], last["record"])
        there = number >= 0
        np.maximum.at(last_active, known.child[number[there]], last["day"].to_numpy(dtype="int64")[there])
    return last_active


# Facts that a system records regularly for every child: table -> date column and display name. Absences and
# incidents don't belong here: the longer ago, the better.
OVER_AND_OVER = {
    "assessment_result": ("administration_date", "test results"),
    "screener_result": ("date", "screenings"),
    "survey_response": ("date", "answers"),
    "meal_account": ("as_of", "balances"),
    "career_plan": ("date", "plans"),
}


@cache
def days_until_stale(table: str) -> int | None:
    """Return the days after which a row is stale: the most common declaration of the table's elements."""
    days = Counter(each.days_until_stale for each in declared_elements() if each.table == table)
    return max(days, key=lambda day: (days[day], day)) if days else None


def stale_rows(
    district: District, known: Presence, membership: Membership, newest: LatestDay
) -> list[dict[str, Any]]:
    """Count the children whose latest row in a table is stale."""
    if not newest.days or not known.silos:
        return []
    today = max(newest.days.values())
    here = known.holds[:, 0] & (membership.until[:, 0] == NEVER)
    lines: list[dict[str, Any]] = []
    for table, (dated, words) in OVER_AND_OVER.items():
        days, facts = days_until_stale(table), district.fact(table)
        if days is None or facts.empty or dated not in facts:
            continue
        last = facts.dropna(subset=["record", dated]).groupby(["silo", "record"])[dated].max().reset_index()
        number = known.numbers_of(last["silo"], last["record"])
        there = number >= 0
        newest_row = np.full(known.holds.shape, -1, dtype="int64")
        day = last[dated].to_numpy(dtype="datetime64[D]").astype("int64")
        at = known.child[number[there]], known.place[number[there]]
        np.maximum.at(newest_row, at, day[there])
        limit = int(np.datetime64(today, "D").astype("int64")) - days
        for place, silo in enumerate(known.silos):
            has = (newest_row[:, place] >= 0) & here
            if not has.any():
                continue
            stale = has & (newest_row[:, place] < limit)
            example = known.example(known.of(place) & stale[known.child])
            lines.append(
                line("newest row is stale", silo, None, int(stale.sum()), int(has.sum()), words, **example)
            )
    return lines
