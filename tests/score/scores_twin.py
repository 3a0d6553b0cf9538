"""A second opinion on scores: every pair of records, one by one, in SQL."""

from __future__ import annotations

import duckdb
import pandas as pd

from tests.made_by_hand import Made

__all__ = ["twin_of"]

# Whose each record is, by the rows of its file and the answer key; a record may have rows of two people.
TRUTH = """
create table subject as
    select distinct stands.silo, stands.record, told.person
    from person_rows stands join key_rows told using (silo, file, row)
    where told.part = 'Subject' and told.person is not null;
create table truth as
    select row_number() over () as id, people.silo, people.record, crosswalk.child,
           coalesce(subject.person, 'nobody ' || people.silo || people.record) as person,
           coalesce(owner.role = 'Student', false) as is_child,
           people.linkable_by in ('Name only', 'Name and birth date') as named,
           people.linkable_by = 'Name and birth date' as dated
    from people
        left join subject using (silo, record)
        left join crosswalk using (silo, record)
        left join key_people owner on owner.person = subject.person
    where crosswalk.child is not null or coalesce(owner.role = 'Student', false);
"""
# Each two rows once. A wrong pair belongs to the groups of both children, and to each of these once.
SCORES = """
with pairs as (
    select least(a.silo, b.silo) as left_silo, greatest(a.silo, b.silo) as right_silo,
           a.person as one, b.person as other, a.person = b.person as same,
           coalesce(a.child = b.child, false) as joined,
           case when not (a.named and b.named) then 'By number only'
                when a.dated and b.dated then 'Both dated'
                when a.dated or b.dated then 'One dated'
                else 'None dated' end as population
    from truth a join truth b on a.id < b.id
), grouped as (
    select 'All' as "group", * from pairs
    union all
    select distinct_groups."group", pairs.* from pairs
        join (select distinct "group" from groups) distinct_groups on exists (
            select 1 from groups
            where groups."group" = distinct_groups."group" and groups.person in (pairs.one, pairs.other))
), counted as (
    select "group", left_silo, right_silo, coalesce(population, 'All') as population,
           count(*) filter (same) as possible, count(*) filter (joined) as linked,
           count(*) filter (same and joined) as "right", count(distinct one) filter (same) as children
    from grouped
    group by "group", grouping sets (
        (left_silo, right_silo, population), (left_silo, right_silo), (population), ())
)
select left_silo, right_silo, "group", population, possible, linked, "right",
       linked - "right" as wrong, possible - "right" as missed,
       "right" / nullif(linked, 0) as precision, "right" / nullif(possible, 0) as recall,
       2 * "right" / (linked + possible) as f1, children
from counted where possible + linked > 0
"""
# A child whose own system put two people into a record isn't judged by that record.
CHILDREN = """
with one_person as (
    select * from truth where (silo, record) in (
        select (silo, record) from truth group by silo, record having count(*) = 1)
), clusters as (select child, count(distinct person) as persons from one_person group by child)
select person, count(distinct silo) as silos,
       case when bool_or(coalesce(persons > 1, false)) then 'mixed'
            when count(distinct child) > 1 or bool_or(child is null) then 'split'
            else 'complete' end as outcome
from one_person left join clusters using (child)
where is_child group by person order by person
"""


def twin_of(made: Made, groups: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Call each child complete, split or mixed; count all pairs by systems, group and population."""
    tables = duckdb.connect()
    for name, frame in {
        "people": made.people, "person_rows": made.person_rows, "crosswalk": made.crosswalk,
        "key_rows": made.key.rows, "key_people": made.key.people, "groups": groups,
    }.items():  # fmt: skip
        tables.register(f"{name}_frame", frame.astype(object).where(frame.notna(), None))
        tables.execute(f"create table {name} as select * from {name}_frame")
    tables.execute(TRUTH)
    return tables.execute(CHILDREN).df(), tables.execute(SCORES).df()
