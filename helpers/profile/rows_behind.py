"""From a value to its rows: what a system wrote, file and row, of which a value was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.profile.context import child_tables
from helpers.profile.weighed_rows import COUNTED, weighed_rows
from helpers.standard import as_table, empty_table
from helpers.standard.elements import Element
from helpers.standard.elements import element as element_named

if TYPE_CHECKING:
    from helpers.profile.source import Source

__all__ = ["rows_behind", "tables_behind"]

# Rules that look at further tables than the element's own, and need them to tell a zero.
BESIDE = ("school_enrollment", "section_enrollment", "contact")
SOURCE_COLUMNS = ["table", "silo", "record", "file", "row", "why"]


def tables_behind(element: Element) -> tuple[str, ...]:
    """Name the fact tables that an element's rule looks at.

    Parameters
    ----------
    element
        The element.

    Returns
    -------
    tuple of str
        Fact tables about children.
    """
    return tuple(table for table in dict.fromkeys((element.table, *BESIDE)) if table in child_tables())


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
        Table ``rows_behind``, by system, table, file and row; none where no system says anything. Behind a
        zero stands no row; then those rows are listed by which the child is known to be covered.

    Raises
    ------
    BadInput
        When no element has that name.
    """
    declared = element_named(element)
    year = school_year if declared.per == "school_year" else None
    values = source.values([child], [element])
    if year is not None:
        values = values[values["school_year"].isin([year]).to_numpy(dtype=bool)]
    own = {"person_field": "people", "identifier": "identifiers"}.get(declared.rule, declared.table)
    written = values[values["file"].notna().to_numpy()].assign(table=own, why=COUNTED)
    rows = weighed_rows(declared, source.evidence(child, tables_behind(declared)))
    # Only what the child's values say; of one child alone a rule may find more.
    asked = rows["told_by"].isin(values["silo"].dropna().unique())
    if year is not None:
        asked &= rows["school_year"].isin([year])
    parts = [part[SOURCE_COLUMNS] for part in (written, rows[asked.to_numpy(dtype=bool)]) if len(part)]
    if not parts:
        return empty_table("rows_behind")
    both = pd.concat(parts, ignore_index=True).drop_duplicates(SOURCE_COLUMNS[:-1])
    return as_table("rows_behind", both.sort_values(["silo", "table", "file", "row"], kind="stable"))
