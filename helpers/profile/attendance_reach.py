"""Up to which day an attendance system's export speaks: as it says itself, else by its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING, empty_table
from helpers.standard.elements import AttendanceTerms, attendance_terms

__all__ = [
    "DAY_BITS",
    "LAST_DAY",
    "Reach",
    "day_numbers",
    "joined_reach",
    "numbered",
    "reach_of",
    "school_days",
]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Days since 1970 stand in the lower bits of a sorted key; days outside (a typed 0209, a 2173) are no school
# days.
DAY_BITS = 20
LAST_DAY = 60_000
# Without a day for which the export speaks, the newest event says how far it reaches; a few events that lie
# more than this many days after all others are mistyped dates, and would turn months to come into days at
# school.
STRAY_AFTER_DAYS = 21
STRAY_SHARE = 0.01
# Dtypes of the events that are noted by day.
NOTED: dict[str, Any] = {"silo": STRING, "day": "int64", "events": "int64"}


@dataclass(frozen=True)
class Reach:
    """Up to which day the export of each system speaks, as far as some children tell.

    Attributes
    ----------
    spoken
        By silo, the newest day that an export names.
    noted
        ``silo, day, events``: how many events are noted of each school day (since 1970).
    """

    spoken: Mapping[str, pd.Timestamp] = field(default_factory=dict)
    noted: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"silo": [], "day": [], "events": []}).astype(NOTED)
    )

    def of(self, silo: str) -> int:
        """Give the day of a silo; -1 where nothing tells."""
        if silo in self.spoken:
            return int(np.datetime64(self.spoken[silo], "D").astype("int64"))
        mine = self.noted[self.noted["silo"].eq(silo).to_numpy(dtype=bool)]
        days, counts = mine["day"].to_numpy(dtype="int64"), mine["events"].to_numpy(dtype="int64")
        if len(days) == 0:
            return -1
        gaps = np.flatnonzero(np.diff(days) > STRAY_AFTER_DAYS)
        later = counts.sum() - np.cumsum(counts)
        stray = gaps[later[gaps] <= STRAY_SHARE * counts.sum()]
        return int(days[stray[0]] if len(stray) else days[-1])


def reach_of(frames: Mapping[str, pd.DataFrame]) -> Reach:
    """Look up to which day the exports of attendance speak, by some children's rows.

    Parameters
    ----------
    frames
        Tables ``calendar``, ``attendance_event``, and ``people`` for the day an export names.

    Returns
    -------
    Reach
        To be put together with that of all other children by `joined_reach`.
    """
    people = frames.get("people")
    spoken: dict[str, pd.Timestamp] = {}
    if people is not None and not people.empty:
        newest = people.groupby("silo")["as_of"].max().dropna()
        spoken = {str(silo): day for silo, day in newest.items()}
    calendar = frames.get("calendar", empty_table("calendar"))
    events = frames.get("attendance_event", empty_table("attendance_event"))
    schools, event_school = numbered(calendar, events, columns=("silo", "school_id"))
    school, day = school_days(calendar, schools, attendance_terms())
    event_day = day_numbers(events["date"])
    taught = (event_school >= 0) & (event_day >= 0)
    taught &= np.isin((event_school << DAY_BITS) | event_day, (school << DAY_BITS) | day)
    noted = pd.DataFrame({"silo": events["silo"].to_numpy(dtype=object)[taught], "day": event_day[taught]})
    counts = noted.groupby(["silo", "day"], sort=True).size().rename("events").reset_index()
    return Reach(spoken, counts.astype(NOTED))


def joined_reach(parts: Sequence[Reach]) -> Reach:
    """Put together what several parts of the children tell of how far exports reach."""
    spoken: dict[str, pd.Timestamp] = {}
    for part in parts:
        for silo, day in part.spoken.items():
            spoken[silo] = max(day, spoken.get(silo, day))
    every = pd.concat([part.noted for part in parts], ignore_index=True)
    noted = every.groupby(["silo", "day"], sort=True)["events"].sum().reset_index()
    return Reach(spoken, noted.astype(NOTED))


def numbered(*frames: pd.DataFrame, columns: tuple[str, str]) -> list[Ints]:
    """Give each pair of two text columns a number, alike over several frames; -1 where one is missing."""
    first = pd.concat([frame[columns[0]] for frame in frames], ignore_index=True)
    second = pd.concat([frame[columns[1]] for frame in frames], ignore_index=True)
    a, _ = pd.factorize(first)
    b, named = pd.factorize(second)
    pairs = np.where((a < 0) | (b < 0), -1, a.astype("int64") * max(len(named), 1) + b)
    numbers, _ = pd.factorize(pd.Series(pairs).where(pairs >= 0))
    ends = np.cumsum([len(frame) for frame in frames])
    return [part.astype("int64") for part in np.split(numbers, ends[:-1])]


def school_days(calendar: pd.DataFrame, schools: Ints, terms: AttendanceTerms) -> tuple[Ints, Ints]:
    """List each school's instructional days, sorted: the day is named so and not named otherwise as well."""
    by_word = calendar["calendar_event"].isin(list(terms.instructional)).astype("boolean")
    by_word = by_word.where(calendar["calendar_event"].notna())
    held = calendar["is_instructional"].fillna(by_word)
    day = day_numbers(calendar["date"])
    known = (schools >= 0) & (day >= 0) & held.notna().to_numpy()
    days = pd.DataFrame(
        {"school": schools[known], "day": day[known], "held": held[known].to_numpy(dtype=bool)}
    )
    held_by_day = days.groupby(["school", "day"], sort=True)["held"].all()
    kept = held_by_day.index[held_by_day.to_numpy()]
    return (
        kept.get_level_values("school").to_numpy(dtype="int64"),
        kept.get_level_values("day").to_numpy(dtype="int64"),
    )


def day_numbers(dates: pd.Series) -> Ints:
    """Count days since 1970; -1 where there is no day, or none that a school could have."""
    numbers = dates.to_numpy(dtype="datetime64[D]").astype("int64")
    return np.where((numbers < 0) | (numbers > LAST_DAY), -1, numbers)
