"""What is told of a child's attendance: days, rate, and whether the child is chronically absent."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.profile.elements import Element, attendance_terms
from helpers.profile.evidence import Evidence
from helpers.profile.found import Found, found
from helpers.profile.tallies import Tallies

__all__ = ["attendance_count", "attendance_rate", "chronically_absent"]

# By the element's column: which rows stand behind it, and whether it can be told of recorded days alone.
ROWS_BEHIND = {
    "enrolled": ["spell_rows", "event_rows"],
    "present": ["spell_rows", "event_rows"],
    "absent": ["absent_rows"],
    "tardy": ["tardy_rows"],
}
TOLD_OF_EVENTS_ALONE = ("absent", "tardy")


def attendance_count(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take one of the counts of days."""
    column = str(element.column)
    rows = ROWS_BEHIND[column]
    attendance = tallies.attendance
    counted = attendance.counted
    values = [found(counted.assign(rows=counted[rows].sum(axis="columns")), counted[column], element)]
    if column in TOLD_OF_EVENTS_ALONE:
        # Without days that are known there is no zero: only what was recorded.
        some = attendance.recorded[attendance.recorded[column] > 0]
        values.append(found(some.assign(rows=some[rows].sum(axis="columns")), some[column], element))
    return Found(
        pd.concat(values, ignore_index=True),
        {"attendance_event": attendance.event_weighed, "school_enrollment": attendance.spell_weighed},
    )


def attendance_rate(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Divide days present by days enrolled."""
    counted = tallies.attendance.counted
    rate = counted["present"] / counted["enrolled"]
    return Found(found(counted.assign(rows=counted["spell_rows"] + counted["event_rows"]), rate, element))


def chronically_absent(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Say whether a child missed a tenth of the days enrolled or more; not applicable below ten days."""
    terms = attendance_terms()
    counted = tallies.attendance.counted
    counted = counted.assign(rows=counted["spell_rows"] + counted["event_rows"])
    # The share is compared as days, so that 18 of 180 isn't lost to a rounding.
    needed = np.round(counted["enrolled"].to_numpy(dtype="float64") * terms.chronic_share, 9)
    values = found(counted, counted["absent"] >= needed, element)
    short = counted["enrolled"] < terms.chronic_minimum_days
    return Found(
        values.assign(
            value=values["value"].mask(short),
            value_number=values["value_number"].mask(short),
            status=values["status"].mask(short, "Not applicable"),
        )
    )
