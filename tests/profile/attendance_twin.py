"""A second opinion on attendance: each child's days, one row a day, in SQL."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pandas as pd

__all__ = ["days_of"]

# What a record says of a day, from the least certain to the most; a day without a mark is one at school.
CERTAINTY = """
create table certainty as from (values
    ('Present', 1, false), ('In Attendance', 1, false), ('Tardy', 2, false), ('Partial', 3, false),
    ('Early departure', 3, false), ('Unexcused Absence', 4, true), ('Excused Absence', 5, true)
) as t (mark, rank, absent)
"""
# A day is known if the calendar has school, a record is enrolled there, and the export reaches it.
DAYS = """
with instructional as (
    select silo, school_id, date from calendar group by all having bool_and(is_instructional)
), last_days as (
    select silo, school_id, max(date) as last from instructional group by all
), expected as (
    select distinct spells.child, spells.silo, spells.record, spells.school_id, instructional.date
    from spells
        join instructional using (silo, school_id)
        join last_days using (silo, school_id)
        join reach using (silo)
    where instructional.date between spells.begin_date
        and least(coalesce(spells.end_date, last_days.last), reach.as_of)
), marked as (
    select expected.*, count(events.record) as marks, max(certainty.rank) as rank
    from expected
        left join events using (silo, record, school_id, date)
        left join certainty on certainty.mark = events.attendance_event_category
    group by all
), by_day as (
    select child, silo, date, max(coalesce(rank, 0)) as rank
    from marked where marks = 0 or rank is not null -- a mark of unknown kind leaves the day unknown
    group by all
)
select child, silo, count(*) as days_enrolled, count(*) filter (rank >= 4) as days_absent,
       count(*) filter (rank = 2) as days_tardy, count(*) filter (rank < 4) as days_present,
       count(*) filter (rank < 4) / count(*) as rate,
       case when count(*) >= 10 then 10 * count(*) filter (rank >= 4) >= count(*) end as chronically_absent
from by_day group by child, silo order by child, silo
"""


def days_of(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the days of each child in each system.

    Tables: ``calendar``, ``spells`` and ``events`` with their child, and ``reach`` (silo, as_of).
    """
    database = duckdb.connect()
    for name, frame in tables.items():
        database.register(f"{name}_frame", frame.astype(object).where(frame.notna(), None))
        database.execute(f"create table {name} as select * from {name}_frame")
    database.execute(CERTAINTY)
    return database.execute(DAYS).df()
