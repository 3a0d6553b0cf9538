"""The newest day of which each system speaks, and whether it is one that speaks now and then only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.standard import fact_tables, standard_table

if TYPE_CHECKING:
    from helpers.files import District, Silo

__all__ = ["Newest", "newest_days"]

# A mistyped date in the far future would make a system look new: the newest of a thousand dates is passed
# over.
NEWEST_OF = 0.999
# Days that lie ahead by nature, so that they say nothing about how new an export is.
AHEAD = ("end_date", "due_date", "calendar", "session")
# Facts that come in windows, a few times a year: between two of them a system has nothing new to say. Nor has
# one that dates memberships, plans or interests only, while nobody comes or goes.
IN_WINDOWS = ("assessment_result", "screener_result", "survey_response")
ON_CHANGE = (
    "school_enrollment", "section_enrollment", "program", "participation", "meal_eligibility", "contact",
    "career_interest", "career_plan",
)  # fmt: skip
# Days without a test inside one window; a longer pause lies between two.
WITHIN_A_WINDOW = 31
# Between two windows, of a system of which only one is seen: tests come two to four times a year. Own
# judgement.
BETWEEN_WINDOWS = 120


@dataclass(frozen=True)
class Newest:
    """How new the systems are.

    Attributes
    ----------
    days
        Newest day by system; a system without a dated row has none.
    pauses
        Days for which a system that speaks now and then was silent before; 0 for any other.
    """

    days: dict[str, pd.Timestamp]
    pauses: dict[str, int]

    def waits(self, silo: str, lag: int) -> bool:
        """Say whether a system that is so many days behind may merely have nothing new to say."""
        return 0 < lag <= self.pauses.get(silo, 0)


def newest_days(district: District) -> Newest:
    """Find the newest day of which each system speaks: as its export says, else the newest in its facts.

    Parameters
    ----------
    district
        A district that was read.

    Returns
    -------
    Newest
        Days, and pauses of systems that date nothing but tests or memberships.
    """
    days: dict[str, pd.Timestamp] = {}
    pauses: dict[str, int] = {}
    # System by system: to lay the facts of all of them together first costs ten times as much.
    for name in sorted(district):
        silo = district[name]
        told = silo.people["as_of"].max()
        if pd.notna(told):
            days[name] = told
            continue
        mine = _dated(silo)
        if mine.empty:
            continue
        newest = mine["day"].quantile(NEWEST_OF, interpolation="higher")
        days[name] = pd.Timestamp(str(newest)).normalize()
        if mine["now_and_then"].all():
            longest = _pause(mine.loc[mine["day"] <= newest, "day"])
            one_window = mine["windowed"].all() and longest <= WITHIN_A_WINDOW
            pauses[name] = BETWEEN_WINDOWS if one_window else longest
    return Newest(days, pauses)


def _dated(silo: Silo) -> pd.DataFrame:
    """List the days of a system's facts, and whether they are of a kind that comes now and then."""
    seen = [
        pd.DataFrame({"day": pd.Series(dtype="datetime64[us]"), "windowed": False, "now_and_then": False})
    ]
    for table in fact_tables():
        if table in AHEAD or table == "attendance_day" or table not in silo.facts:
            continue
        facts, windowed = silo.facts[table], table in IN_WINDOWS
        for column in standard_table(table).columns:
            if column.type in ("date", "datetime") and column.name not in AHEAD:
                dated = facts[column.name].dropna()
                now_and_then = windowed or table in ON_CHANGE
                seen.append(pd.DataFrame({"day": dated, "windowed": windowed, "now_and_then": now_and_then}))
    filled = [part for part in seen if len(part)]
    return pd.concat(filled or seen, ignore_index=True)


def _pause(days: pd.Series) -> int:
    """Give the longest pause between two days of one year."""
    distinct = np.unique(days.to_numpy(dtype="datetime64[D]"))
    number = distinct.astype("int64")
    of_a_year = number[number > np.max(number, initial=0) - 366]
    return int(np.max(np.diff(of_a_year), initial=0))
