"""Lineage: the source rows of a value, and an account of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.context import child_tables
from helpers.profile.facts.store import FactStore
from helpers.profile.rules import RULES
from helpers.profile.rules.results import RuleResult
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.standard import STRING, Element, as_table, empty_table, fact_tables, labeled
from helpers.systems import element as element_named

if TYPE_CHECKING:
    from helpers.files import District, Silo
    from helpers.profile.profiles import Profiles
    from helpers.profile.store.source import Source

__all__ = ["COUNTED", "LISTED", "account_for_rows", "contributing_rows", "source_rows", "source_tables"]


Ints = npt.NDArray[np.int64]
READ = ("rows", "rows_structure", "rows_set_aside", "rows_quarantined")
ENDED = ("rows_in_profiles", "rows_left_out", "rows_without_child")
# Row numbers stay below this, so that file and row fit in one integer.
MOST_ROWS = 1 << 40


class _RowNumbers:
    """Files and rows as numbers."""

    def __init__(self) -> None:
        self._files: dict[str, int] = {}

    def of(self, rows: pd.DataFrame) -> Ints:
        codes, files = pd.factorize(rows["file"])
        numbers = [self._files.setdefault(str(file), len(self._files)) for file in files]
        number = np.array([*numbers, -1], dtype="int64")[codes]
        return number * MOST_ROWS + rows["row"].to_numpy(dtype="int64")


def _ended(silo: Silo, left_out: pd.DataFrame, crosswalk: pd.DataFrame) -> tuple[int, ...]:
    """Count the rows of one system that gave a standard row, by where they ended."""
    numbers = _RowNumbers()
    people = numbers.of(silo.person_rows)
    is_child = silo.person_rows["record"].isin(crosswalk["record"]).to_numpy(dtype=bool)
    shown, unshown, others = [people[is_child]], [], [people[~is_child]]
    of_table = {str(table): rows for table, rows in left_out.groupby("table")}
    for table in fact_tables():
        if table not in silo.facts or table == "attendance_day":
            continue
        if table not in child_tables():
            others.append(numbers.of(silo.facts[table]))
            continue
        # One gradebook row gives many facts: it is in a profile if any of them is.
        row, facts = np.unique(numbers.of(silo.facts[table]), return_counts=True)
        if table in of_table:
            out, times = np.unique(numbers.of(of_table[table]), return_counts=True)
            at = np.searchsorted(row, out)
            facts[at] -= times
        shown.append(row[facts > 0])
        unshown.append(row[facts == 0])
    in_profiles = np.unique(np.concatenate(shown))
    left = np.setdiff1d(np.concatenate([np.zeros(0, "int64"), *unshown]), in_profiles)
    nobody = np.setdiff1d(np.setdiff1d(np.concatenate(others), in_profiles), left)
    return len(in_profiles), len(left), len(nobody)


def account_for_rows(district: District, profiles: Profiles) -> pd.DataFrame:
    """Count where every row of every file of a district ended."""
    sums = district.accounts.groupby("silo", sort=False, dropna=False)[list(READ)].sum()
    lines = []
    for name in district:
        left_out = profiles.left_out[profiles.left_out["silo"].eq(name).to_numpy(dtype=bool)]
        crosswalk = profiles.crosswalk[profiles.crosswalk["silo"].eq(name).to_numpy(dtype=bool)]
        ended = dict(zip(ENDED, _ended(district[name], left_out, crosswalk), strict=True))
        lines.append({"silo": name, **ended})
    counts = pd.DataFrame(lines, columns=["silo", *ENDED])
    known = counts.set_index("silo").reindex([*counts["silo"], *sums.index[sums.index.isna()]])
    both = sums.reindex(known.index).join(known) if known.index.is_unique else known
    return as_table("row_accounts", both.fillna(0).rename_axis("silo").reset_index())


# Role of a row: the value was computed from it, or it shows that the system covers a child without events, so
# that the value is a zero.
COUNTED, LISTED = "Counted", "Lists the child"
CONTRIBUTING_COLUMNS = [
    "value",
    "child",
    "school_year",
    "reported_by",
    "table",
    "silo",
    "record",
    "file",
    "row",
    "why",
]


def contributing_rows(
    element: Element, evidence: FactStore, tallies: YearlyCounts | None = None
) -> pd.DataFrame:
    """List the rows that each value of an element was computed from."""
    found = RULES[element.rule](element, evidence, YearlyCounts(evidence) if tallies is None else tallies)
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


def _rows(found: RuleResult, evidence: FactStore, table: str, at: Ints, of: Ints, why: str) -> pd.DataFrame:
    """Write the source rows from one table, with names for codes."""
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
            "reported_by": labeled(system, evidence.silos),
            "table": labeled(one, [table]),
            "silo": rows.frame["silo"].array.take(at),
            "record": rows.frame["record"].array.take(at),
            "file": pd.array([*evidence.file_names, None], dtype=STRING).take(file),
            "row": pd.array(row, dtype="Int64"),
            "why": labeled(one, [why]),
        }
    )


def _of_people(evidence: FactStore, at: Ints, of: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Replace person records by their source rows."""
    tie, place, row, count = evidence.behind_records
    files = evidence.files_of(pd.Series([file for _, file in evidence.context.files], dtype=STRING))
    order = np.argsort(tie, kind="stable")
    first = np.cumsum(count) - count
    record = evidence.tables["people"].tie[at]
    times = count[record]
    within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    source = order[np.repeat(first[record], times) + within]
    return np.repeat(at, times), np.repeat(of, times), files[place[source]], row[source]


# Further tables that rules use to recognize a zero.
BESIDE = ("school_enrollment", "section_enrollment", "contact")
SOURCE_COLUMNS = ["table", "silo", "record", "file", "row", "why"]


def source_tables(element: Element) -> tuple[str, ...]:
    """List the fact tables that an element's rule uses."""
    return tuple(table for table in dict.fromkeys((element.table, *BESIDE)) if table in child_tables())


def source_rows(source: Source, child: str, element: str, school_year: int | None = None) -> pd.DataFrame:
    """List the source rows of every system's value of a child's element, computed values included."""
    declared = element_named(element)
    year = school_year if declared.per == "school_year" else None
    values = source.values([child], [element])
    if year is not None:
        values = values[values["school_year"].isin([year]).to_numpy(dtype=bool)]
    own = {"person_field": "people", "identifier": "identifiers"}.get(declared.rule, declared.table)
    own_rows = values[values["file"].notna().to_numpy()].assign(table=own, why=COUNTED)
    rows = contributing_rows(declared, source.evidence(child, source_tables(declared)))
    # Only the systems among the child's values: for a single child, a rule may find more.
    asked = rows["reported_by"].isin(values["silo"].dropna().unique())
    if year is not None:
        asked &= rows["school_year"].isin([year])
    parts = [part[SOURCE_COLUMNS] for part in (own_rows, rows[asked.to_numpy(dtype=bool)]) if len(part)]
    if not parts:
        return empty_table("source_rows")
    both = pd.concat(parts, ignore_index=True).drop_duplicates(SOURCE_COLUMNS[:-1])
    return as_table("source_rows", both.sort_values(["silo", "table", "file", "row"], kind="stable"))
