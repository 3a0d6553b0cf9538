"""From a value to its rows: what a system wrote, file and row, of which a value was made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.layouts import as_table, empty_table
from helpers.profile.elements import Element, attendance_terms
from helpers.profile.elements import element as element_named
from helpers.profile.evidence import Evidence, child_tables
from helpers.profile.found import in_numbers
from helpers.profile.rules import RULES
from helpers.profile.tallies import tally

if TYPE_CHECKING:
    from helpers.profile.source import Source

__all__ = ["rows_behind", "tables_behind"]

# Rules that look at further tables than the element's own, and need them to tell a zero.
BESIDE = ("school_enrollment", "section_enrollment", "contact")
COLUMNS = ["table", "silo", "record", "file", "row"]


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
        Table ``rows_behind``, by system, table, file and row; none where no system says anything.

    Raises
    ------
    BadInput
        When no element has that name.
    """
    declared = element_named(element)
    year = school_year if declared.per == "school_year" else None
    values = source.values([child], [element])
    values = values[values["file"].notna().to_numpy()]
    if year is not None:
        values = values[values["school_year"].isin([year]).to_numpy(dtype=bool)]
    own = {"person_field": "people", "identifier": "identifiers"}.get(declared.rule, declared.table)
    parts = [values.assign(table=own)[COLUMNS]]
    if own in child_tables():
        parts += _behind(source.evidence(child, tables_behind(declared)), declared, year)
    some = [part for part in parts if len(part)]
    if not some:
        return empty_table("rows_behind")
    rows = pd.concat(some, ignore_index=True).drop_duplicates()
    return as_table("rows_behind", rows.sort_values(["silo", "table", "file", "row"], kind="stable"))


def _behind(evidence: Evidence, declared: Element, year: int | None) -> Iterator[pd.DataFrame]:
    """Ask the element's rule once more, of this child alone, which rows it has counted."""
    found = RULES[declared.rule](declared, evidence, tally(evidence))
    if found.values.empty:
        return
    told = in_numbers(found.values, evidence)
    asked = np.ones(len(told), dtype=bool)
    if year is not None:
        asked = told["school_year"].to_numpy() == year
    for table, (places, of) in found.behind.items():
        facts = evidence.facts[table] if table in evidence.facts else getattr(evidence, table)
        yield facts.iloc[places[asked[of]]].assign(table=table)[COLUMNS]
    if found.behind:
        return
    silos = [evidence.silos[place] for place in np.unique(told["system"].to_numpy()[asked])]
    for table, own in _of_days(evidence, declared).items():
        facts = evidence.facts[table]
        here = own & facts["silo"].isin(silos).to_numpy(dtype=bool) & facts["child"].notna().to_numpy()
        here &= facts["year"].isin([year]).to_numpy(dtype=bool)
        yield facts.iloc[np.flatnonzero(here)].assign(table=table)[COLUMNS]


def _of_days(evidence: Evidence, declared: Element) -> dict[str, np.ndarray]:
    """Say which rows a count of days is made of: enrolment and what was noted, or absences alone."""
    terms = attendance_terms()
    status = evidence.facts["attendance_event"]["attendance_event_category"].map(terms.status)
    noted = {"absent": list(terms.absent), "tardy": ["Tardy"]}.get(str(declared.column))
    if noted is not None:
        return {"attendance_event": status.isin(noted).to_numpy(dtype=bool)}
    enrolled = len(evidence.facts["school_enrollment"])
    return {"attendance_event": np.ones(len(status), bool), "school_enrollment": np.ones(enrolled, bool)}
