"""The newest day of which each system speaks, and whether it is one that speaks now and then only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.layouts import fact_tables, standard_table

if TYPE_CHECKING:
    from helpers.files import District

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
    spoken = district.people.groupby("silo")["as_of"].max().dropna()
    days: dict[str, pd.Timestamp] = {str(silo): day for silo, day in spoken.items()}
    pauses: dict[str, int] = {}
    seen = []
    for table in fact_tables():
        if table in AHEAD or table == "attendance_day":
            continue
        facts = district.fact(table)
        for column in standard_table(table).columns:
            if column.type in ("date", "datetime") and column.name not in AHEAD and len(facts):
                dated = facts.loc[facts[column.name].notna(), ["silo", column.name]]
                dated = dated.rename(columns={column.name: "day"})
                now_and_then = table in IN_WINDOWS + ON_CHANGE
                seen.append(dated.assign(windowed=table in IN_WINDOWS, now_and_then=now_and_then))
    if not seen:
        return Newest(days, pauses)
    for silo, mine in pd.concat(seen, ignore_index=True).groupby("silo"):
        name = str(silo)
        if name in days:
            continue
        newest = mine["day"].quantile(NEWEST_OF, interpolation="higher")
        days[name] = pd.Timestamp(str(newest)).normalize()
        if mine["now_and_then"].all():
            longest = _pause(mine.loc[mine["day"] <= newest, "day"])
            one_window = mine["windowed"].all() and longest <= WITHIN_A_WINDOW
            pauses[name] = BETWEEN_WINDOWS if one_window else longest
    return Newest(days, pauses)


def _pause(days: pd.Series) -> int:
    """Give the longest pause between two days of one year."""
    distinct = np.unique(days.to_numpy(dtype="datetime64[D]"))
    number = distinct.astype("int64")
    of_a_year = number[number > np.max(number, initial=0) - 366]
    return int(np.max(np.diff(of_a_year), initial=0))
