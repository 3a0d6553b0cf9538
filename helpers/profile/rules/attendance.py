"""Attendance rules: days, rate, and chronic absence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.store import FactStore
from helpers.profile.rules.results import RuleResult, absent_values, stated_values
from helpers.profile.rules.yearly_counts import DayCounts, YearlyCounts
from helpers.standard import Element, attendance_terms

__all__ = ["attendance_count", "attendance_rate", "chronically_absent"]

Behind = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
# Element columns with their own source events. All events and enrollment periods are the source of the
# others.
EVENTS_BEHIND = ("absent", "tardy")


def _stated(
    element: Element, evidence: FactStore, counts: DayCounts, values: Any, rows: Any, **more: Any
) -> pd.DataFrame:
    return stated_values(
        element, evidence, counts.whose, values, rows=rows, begin_date=counts.begin_date, as_of=counts.as_of,
        **more,
    )  # fmt: skip


def _period_and_event_rows(counts: DayCounts) -> tuple[Any, dict[str, Behind]]:
    """Return the sources of counts over all days: the number of rows, and which."""
    rows = counts.rows(counts.periods) + counts.rows(counts.events["all"])
    return rows, {"school_enrollment": counts.periods, "attendance_event": counts.events["all"]}


def attendance_count(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return one of the day counts."""
    column = str(element.column)
    attendance = tallies.attendance
    counted = attendance.counted
    weighed = {"attendance_event": attendance.event_weighed, "school_enrollment": attendance.period_weighed}
    if column not in EVENTS_BEHIND:
        rows, behind = _period_and_event_rows(counted)
        return RuleResult(_stated(element, evidence, counted, counted.days[column], rows), weighed, behind)
    values = [_stated(element, evidence, counted, counted.days[column], counted.rows(counted.events[column]))]
    # Without known days there is no zero, only what was recorded.
    recorded = attendance.recorded
    some = recorded.days[column] > 0
    rows = recorded.rows(recorded.events[column])
    values.append(_stated(element, evidence, recorded, recorded.days[column], rows)[some])
    place = np.where(some, len(counted.whose) + np.cumsum(some) - 1, -1)
    at, of = recorded.events[column]
    kept = place[of] >= 0
    both = _joined([counted.events[column], (at[kept], place[of[kept]])])
    periods = absent_values(*counted.periods, counted.rows(counted.events[column]))
    return RuleResult(
        pd.concat(values, ignore_index=True),
        weighed,
        {"attendance_event": both},
        {"school_enrollment": periods},
    )


def _joined(parts: Sequence[Behind]) -> Behind:
    return np.concatenate([at for at, _ in parts]), np.concatenate([of for _, of in parts])


def attendance_rate(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Divide days present by days enrolled."""
    counted = tallies.attendance.counted
    rows, behind = _period_and_event_rows(counted)
    rate = counted.days["present"] / counted.days["enrolled"]
    return RuleResult(_stated(element, evidence, counted, rate, rows), behind=behind)


def chronically_absent(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Decide whether a child is chronically absent; not applicable below the minimum of days enrolled."""
    terms = attendance_terms()
    counted = tallies.attendance.counted
    rows, behind = _period_and_event_rows(counted)
    enrolled = counted.days["enrolled"]
    # Compare in days, so that 18 of 180 isn't lost to rounding.
    needed = np.round(enrolled.astype("float64") * terms.chronic_share, 9)
    short = enrolled < terms.chronic_minimum_days
    missed = counted.days["absent"] >= needed
    return RuleResult(_stated(element, evidence, counted, missed, rows, not_applicable=short), behind=behind)
