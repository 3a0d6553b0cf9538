"""The rows of which each value of an element was made, and those by which a zero is known to be one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.evidence import Evidence
from helpers.profile.found import Found
from helpers.profile.rules import RULES
from helpers.profile.tallies import Tallies, tally
from helpers.standard import STRING, labelled
from helpers.standard.elements import Element

__all__ = ["COUNTED", "LISTED", "weighed_rows"]

Ints = npt.NDArray[np.int64]
# Why a row stands there: the value was made of it, or it says that a system covers a child of whom it tells
# nothing, so that nothing is a zero.
COUNTED, LISTED = "Counted", "Lists the child"
CONTRIBUTING_COLUMNS = [
    "value",
    "child",
    "school_year",
    "told_by",
    "table",
    "silo",
    "record",
    "file",
    "row",
    "why",
]


def weighed_rows(element: Element, evidence: Evidence, tallies: Tallies | None = None) -> pd.DataFrame:
    """List the rows of which each value of an element was made.

    Parameters
    ----------
    element
        The element.
    evidence
        Records and facts of the children who are asked for.
    tallies
        What is counted once for several elements; counted here, when not given.

    Returns
    -------
    pandas.DataFrame
        One row a row behind a value: ``value`` (the place of the value among those that the rule finds),
        ``child, school_year, told_by`` (the system of the value), ``table, silo, record, file, row, why``
        (`COUNTED` or `LISTED`); as many that were counted as the value says in ``rows``. One source row may
        tell of several facts, and stands once for each.
    """
    found = RULES[element.rule](element, evidence, tally(evidence) if tallies is None else tallies)
    parts = [
        _rows(found, evidence, table, at, of, why)
        for why, behind in ((COUNTED, found.behind), (LISTED, found.listed))
        for table, (at, of) in behind.items()
    ]
    some = [part for part in parts if len(part)]
    if not some:
        return pd.DataFrame(
            {name: pd.Series(dtype="Int64" if name in WHOLE else STRING) for name in CONTRIBUTING_COLUMNS}
        )
    return pd.concat(some, ignore_index=True)


WHOLE = ("value", "school_year", "row")


def _rows(found: Found, evidence: Evidence, table: str, at: Ints, of: Ints, why: str) -> pd.DataFrame:
    """Write the rows of one table behind values in words."""
    rows = evidence.tables[table]
    if table == "people":
        at, of, file, row = _of_people(evidence, at, of)
    else:
        file, row = rows.files(evidence)[at], rows.row[at]
    owner = found.values["owner"].to_numpy()[of]
    year = found.values["school_year"].to_numpy(dtype="int64")[of]
    system = found.values["system"].to_numpy(dtype="int64")[of]
    one = np.zeros(len(at), dtype="int64")
    return pd.DataFrame(
        {
            "value": pd.array(of, dtype="Int64"),
            "child": evidence.children.array.take(owner),
            "school_year": pd.arrays.IntegerArray(year, year == 0),
            "told_by": labelled(system, evidence.silos),
            "table": labelled(one, [table]),
            "silo": rows.frame["silo"].array.take(at),
            "record": rows.frame["record"].array.take(at),
            "file": pd.array([*evidence.file_names, None], dtype=STRING).take(file),
            "row": pd.array(row, dtype="Int64"),
            "why": labelled(one, [why]),
        }
    )


def _of_people(evidence: Evidence, at: Ints, of: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Put the source rows behind persons in the place of the persons.

    Returns
    -------
    tuple of numpy.ndarray
        Of each source row: its person, the value, the number of its file, and its row.
    """
    tie, place, row, count = evidence.behind_records
    files = evidence.files_of(pd.Series([file for _, file in evidence.context.files], dtype=STRING))
    order = np.argsort(tie, kind="stable")
    first = np.cumsum(count) - count
    record = evidence.tables["people"].tie[at]
    times = count[record]
    within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    source = order[np.repeat(first[record], times) + within]
    return np.repeat(at, times), np.repeat(of, times), files[place[source]], row[source]
