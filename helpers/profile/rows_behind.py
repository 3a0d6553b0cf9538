"""From a value to its rows: what a system wrote, file and row, of which a value was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.layouts import as_table, empty_table
from helpers.profile.elements import Element
from helpers.profile.elements import element as element_named
from helpers.profile.evidence import child_tables
from helpers.profile.fitting import fitting

if TYPE_CHECKING:
    from helpers.profile.source import Source

__all__ = ["rows_behind"]

# Rules that also look at a second table.
BESIDE = {
    "attendance_count": ("school_enrollment",),
    "attendance_rate": ("school_enrollment",),
    "chronically_absent": ("school_enrollment",),
    "messages_counted": ("contact",),
    "logins_of_adults": ("contact",),
}
COLUMNS = ["table", "silo", "record", "file", "row"]


def rows_behind(source: Source, child: str, element: str, school_year: int | None = None) -> pd.DataFrame:
    """List the source rows behind every system's value of an element of a child, computed ones too.

    Parameters
    ----------
    source
        Where the child is kept.
    child
        The child.
    element
        Name of an element.
    school_year
        Year of the value; of an element of the child itself it says nothing.

    Returns
    -------
    pandas.DataFrame
        Table ``rows_behind``, by system, file and row; none where no system says anything.

    Raises
    ------
    BadInput
        When no element has that name.
    """
    declared = element_named(element)
    values = source.values([child])
    mine = values[values["element"].eq(element) & values["silo"].notna()]
    if declared.per == "school_year":
        mine = mine[mine["school_year"].isin([school_year])]
    mine = mine[~mine["status"].isin(["Not collected", "Not linked"])]
    table = {"person_field": "people", "identifier": "identifiers"}.get(declared.rule, declared.table)
    single = mine[mine["file"].notna()]
    parts = [single.assign(table=table)[COLUMNS]]
    computed = mine[mine["file"].isna()]
    if len(computed) and table in child_tables():
        parts += [_facts(source, child, declared, name, school_year, computed) for name in _tables(declared)]
    some = [part for part in parts if len(part)]
    if not some:
        return empty_table("rows_behind")
    rows = pd.concat(some, ignore_index=True).drop_duplicates()
    return as_table("rows_behind", rows.sort_values(["silo", "table", "file", "row"], kind="stable"))


def _tables(declared: Element) -> tuple[str, ...]:
    return (declared.table, *BESIDE.get(declared.rule, ()))


def _facts(
    source: Source, child: str, declared: Element, table: str, school_year: int | None, values: pd.DataFrame
) -> pd.DataFrame:
    facts = source.facts(table, [child])
    asked = facts["silo"].isin(list(values["silo"].unique()))
    if table == declared.table:
        asked &= fitting(facts, declared.where)
    if declared.per == "school_year" and table != "contact":
        asked &= facts["year"].isin([school_year])
    return facts[asked.to_numpy(dtype=bool)].assign(table=table)[COLUMNS]
