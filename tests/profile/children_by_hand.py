"""Rows about invented children, and what their profiles say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.profile import Profiles

FIRST, LAST = pd.Timestamp("2025-09-01"), pd.Timestamp("2026-06-05")
DAYS = pd.bdate_range(FIRST, LAST)[:180]
CALENDAR = [{"school_id": "S", "date": day, "is_instructional": True} for day in DAYS]
YEAR = {"session_id": "2026", "begin_date": FIRST, "end_date": LAST, "school_year": 2026}


def enrolled(record: str, days: int = 180, **more: Any) -> dict[str, Any]:
    given = {"record": record, "school_id": "S", "school_year": 2026, "grade_level": "05"}
    return {**given, "begin_date": DAYS[0], "end_date": DAYS[days - 1], **more}


def absent(record: str, *places: int, word: str = "Unexcused Absence") -> list[dict[str, Any]]:
    return [
        {"record": record, "school_id": "S", "date": DAYS[place], "attendance_event_category": word}
        for place in places
    ]


def person(
    record: str, first: str = "Ana", last: str = "Ruiz", born: str = "2014-03-02", **more: Any
) -> dict[str, Any]:
    return {
        "record": record,
        "local_id": record,
        "first_name": first,
        "last_surname": last,
        "birth_date": born,
        **more,
    }


def of(profiles: Profiles, child: str, name: str, year: int | None = None) -> pd.DataFrame:
    """Give a child's values of an element, the chosen one first."""
    values = profiles.values
    mine = values[(values["child"] == child) & (values["element"] == name)]
    return mine if year is None else mine[mine["school_year"] == year]


def chosen(profiles: Profiles, child: str, name: str) -> dict[str, Any]:
    mine = of(profiles, child, name)
    return (
        mine[mine["chosen"] & (mine["school_year"].isna() | (mine["school_year"] == 2026))].iloc[0].to_dict()
    )
