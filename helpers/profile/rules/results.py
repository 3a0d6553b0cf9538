"""The result of a rule, and the latest record of a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.arrays import Groups, last_of_each
from helpers.profile.facts.school_years import has_years
from helpers.profile.facts.store import FactStore, Rows
from helpers.standard import STRING, Element, missing

__all__ = [
    "NOTHING",
    "SET_ASIDE",
    "STATUSES",
    "STILL",
    "FactKeys",
    "RuleResult",
    "absent_values",
    "canonical",
    "latest_as_of",
    "stated_by_group",
    "stated_values",
    "undated_values",
]


Ints = npt.NDArray[np.int64]
SET_ASIDE = "Set aside: no date"
STATUSES = ("Reported", "Withheld", "Not applicable", SET_ASIDE, "Empty", "Not collected", "Not linked")
REPORTED, NOT_APPLICABLE, EMPTY = (STATUSES.index(name) for name in ("Reported", "Not applicable", "Empty"))
# An open end counts as later than any date.
STILL = pd.Timestamp("2200-01-01")
# Dtypes of integer-coded values; -1 is missing, and 0 no school year.
NUMBERS: dict[str, Any] = {
    "owner": "int32",
    "school_year": "int16",
    "system": "int16",
    "tie": "int32",
    "link_status": "int8",
    "source": "int32",
    **dict.fromkeys(["row", "rows"], "int64"),
    "status": "int8",
    **dict.fromkeys(["begin_date", "as_of", "recent"], "datetime64[us]"),
    "value_number": "float64",
    "doubtful": "bool",
}


@dataclass(frozen=True)
class RuleResult:
    """The result of a rule."""

    # Rows of the table ``values`` without element, unit, choice and agreement, integer-coded
    # (`stated_values`). Also ``doubtful`` (boolean: any other value is preferred), ``other_reading`` (a
    # second reading of the value) and ``recent`` (of two values of one system the later counts; `as_of` if
    # NA).
    values: pd.DataFrame
    # By fact table, a mask of the rows that the rule considered.
    weighed: Mapping[str, Any] = field(default_factory=dict)
    # By table, the source rows of values: each row's position in the table, and the position of its value.
    behind: Mapping[str, tuple[Ints, Ints]] = field(default_factory=dict)
    # The same for rows that show a child is covered but has no events, so that its value is zero.
    listed: Mapping[str, tuple[Ints, Ints]] = field(default_factory=dict)


@dataclass(frozen=True)
class FactKeys:
    """Child, system and year of each value, integer-coded."""

    # Per value: child, silo, school year (its position; -1: none), record (-1: several, or none) and link
    # link_status.
    owner: Ints
    system: Ints
    year: Ints
    tie: Ints
    link_status: Ints

    def __len__(self) -> int:
        return len(self.owner)

    @classmethod
    def of(cls, rows: Rows, at: Ints, *, year: bool = True) -> FactKeys:
        """Return the keys of some rows of a table."""
        years = rows.year[at] if year else np.full(len(at), -1, dtype="int64")
        return cls(rows.owner[at], rows.system[at], years, rows.tie[at], rows.link_status[at])

    def taken(self, at: npt.NDArray[Any]) -> FactKeys:
        """Filter to some keys."""
        return FactKeys(self.owner[at], self.system[at], self.year[at], self.tie[at], self.link_status[at])

    def groups(self) -> Groups:
        """Group by child, year and system."""
        return Groups(self.owner, self.system, self.year + 1)

    def of_system(self) -> Groups:
        """Group by year and system."""
        return Groups(self.system, self.year + 1)

    def of_groups(self, groups: Groups) -> FactKeys:
        """Return the keys of each group: the record if there is only one, and the weakest link status."""
        return FactKeys(
            groups.parent(self.owner), groups.parent(self.system), groups.parent(self.year),
            groups.only(self.tie), groups.largest(self.link_status),
        )  # fmt: skip

    def followed_by(self, other: FactKeys) -> FactKeys:
        """Append other keys."""
        return FactKeys(
            *(
                np.concatenate([getattr(self, name), getattr(other, name)])
                for name in ("owner", "system", "year", "tie", "link_status")
            )
        )


def absent_values(at: Ints, of: Ints, rows: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Filter to rows of values without source rows: they show at least that the system covers the child."""
    none = rows[of] == 0
    return at[none], of[none]


def stated_by_group(
    element: Element,
    evidence: FactStore,
    whose: FactKeys,
    groups: Groups,
    values: Any,
    *,
    rows: npt.NDArray[Any] | None = None,
    **more: Any,
) -> pd.DataFrame:
    """Make one value per group of rows, as of the date of its record or system."""
    of = whose.of_groups(groups)
    more.setdefault("as_of", evidence.as_of_dates(of.system, of.tie))
    return stated_values(element, evidence, of, values, rows=groups.size() if rows is None else rows, **more)


def canonical(values: pd.Series, element: Element) -> tuple[pd.Series, pd.Series]:
    """Convert values to canonical text, and to numbers if numeric."""
    nothing = pd.Series(np.nan, index=values.index)
    if element.type == "string":
        return values.astype(STRING), nothing
    if element.type == "date":
        return _formatted(values, lambda day: f"{day:%Y-%m-%d}"), nothing
    numbers = values.astype("Float64").astype("float64")
    if element.type == "boolean":
        return _formatted(numbers, {1.0: "true", 0.0: "false"}.get), numbers
    digits = 0 if element.type == "integer" else 2 if element.unit == "USD" else 4
    return _formatted(numbers, f"{{:.{digits}f}}".format), numbers


def _formatted(values: pd.Series, write: Any) -> pd.Series:
    """Format each distinct value once."""
    codes, different = pd.factorize(values)
    words = pd.array([*map(write, different), None], dtype=STRING)
    return pd.Series(words.take(codes), index=values.index)


def stated_values(
    element: Element,
    evidence: FactStore,
    whose: FactKeys,
    values: Any,
    *,
    rows: npt.NDArray[Any] | None = None,
    source: Ints | None = None,
    row: Ints | None = None,
    not_applicable: npt.NDArray[np.bool_] | None = None,
    other_reading: pd.Series | None = None,
    **more: npt.NDArray[Any],
) -> pd.DataFrame:
    """Make integer-coded values; a missing value is Empty."""
    text, numbers = canonical(pd.Series(values).reset_index(drop=True), element)
    number = numbers.to_numpy()
    status = np.where(text.isna().to_numpy(dtype=bool), EMPTY, REPORTED)
    if not_applicable is not None:
        text, number = text.mask(not_applicable), np.where(not_applicable, np.nan, number)
        status = np.where(not_applicable, NOT_APPLICABLE, status)
    year = np.append(np.asarray(evidence.years.years, dtype="int64"), 0)[whose.year]
    given: dict[str, Any] = {
        "owner": whose.owner, "system": whose.system, "tie": whose.tie, "link_status": whose.link_status,
        "school_year": year, "source": source, "row": row, "rows": rows, "status": status,
        "value_number": number, **more,
    }  # fmt: skip
    columns = {
        name: _filled(dtype, len(whose)) if given.get(name) is None else given[name].astype(dtype, copy=False)
        for name, dtype in NUMBERS.items()
    }
    other = missing(len(whose), STRING) if other_reading is None else other_reading.array
    return pd.DataFrame({**columns, "value": text.array, "other_reading": other}, copy=False)


def _filled(dtype: str, rows: int) -> npt.NDArray[Any]:
    """Return a column of missing values."""
    nothing = np.datetime64("NaT", "us") if dtype.startswith("datetime") else dtype != "bool" and -1
    return np.full(rows, nothing, dtype=dtype)


def _undated(evidence: FactStore, table: str) -> Ints:
    """Find the rows of children in a table whose rows have years, but these have none."""
    name = f"undated rows of {table}"
    if name not in evidence.kept:
        rows = evidence.tables[table]
        undated = rows.of_a_child & (rows.year < 0) & has_years(table)
        if "year" in rows.frame.columns and undated.any():
            undated &= rows.frame["year"].isna().to_numpy(dtype=bool)
        evidence.kept[name] = np.flatnonzero(undated & ("year" in rows.frame.columns))
    found: Ints = evidence.kept[name]
    return found


def undated_values(element: Element, evidence: FactStore, result: RuleResult) -> pd.DataFrame:
    """List the children who have no value of a system because no date says which year its rows are of.

    The status is that of the system's latest year, to which the row might belong.
    """
    at = _undated(evidence, element.table) if element.per == "school_year" else np.zeros(0, dtype="int64")
    if element.table in result.weighed:
        at = at[~np.asarray(result.weighed[element.table], dtype=bool)[at]]
    if not len(at):
        return NOTHING.values
    rows = evidence.tables[element.table]
    at = at[evidence.asked(element.table, element.where, element.systems)[at]]
    if (column := element.column or "result") in rows.frame.columns:
        at = at[~rows.lacks(column)[at]]
    year = evidence.years.newest_of(rows.frame["silo"].iloc[at]).to_numpy(dtype="int64", na_value=-1)
    known = result.values.loc[result.values["status"] != EMPTY, ["owner", "system", "school_year"]]
    cells = pd.MultiIndex.from_arrays([rows.owner[at], rows.system[at], year])
    kept = (year >= 0) & ~cells.isin(pd.MultiIndex.from_frame(known))
    at, year = at[kept], year[kept]
    whose = replace(FactKeys.of(rows, at), year=evidence.years.positions(year))
    groups = whose.groups()
    first = at[groups.first]
    values = stated_values(
        element, evidence, whose.of_groups(groups), pd.Series(pd.NA, range(len(first)), dtype="Float64"),
        rows=groups.size(), source=rows.files(evidence)[first], row=rows.row[first],
    )  # fmt: skip
    return values.assign(status=np.int8(STATUSES.index(SET_ASIDE)))


# The result of a rule if no system has a row of its table.
NOTHING = RuleResult(
    pd.DataFrame(
        {
            **{name: _filled(dtype, 0) for name, dtype in NUMBERS.items()},
            **{name: missing(0, STRING) for name in ("value", "other_reading")},
        }
    )
)


def latest_as_of(
    element: Element,
    evidence: FactStore,
    table: str,
    at: Ints,
    order: Sequence[npt.NDArray[Any]],
    values: pd.Series | npt.NDArray[Any],
    *,
    weighed: npt.NDArray[np.bool_],
    as_of: npt.NDArray[Any] | None = None,
    own_day: npt.NDArray[Any] | None = None,
    year: Ints | None = None,
    **more: Any,
) -> RuleResult:
    """Return the value of each record's latest row of a year; all its rows are sources."""
    rows = evidence.tables[table]
    years = rows.year[at] if year is None else year
    groups = Groups(rows.tie[at], years + 1)
    last = last_of_each(groups, [*order, rows.row[at]])
    newest = at[last]
    whose = FactKeys(
        rows.owner[newest], rows.system[newest], years[last], rows.tie[newest], rows.link_status[newest]
    )
    day = evidence.as_of_dates(whose.system, whose.tie)
    if as_of is not None:
        day = np.where(np.isnat(as_of[last]), day, as_of[last])
    if own_day is not None:
        day = own_day[last]
    latest = values.iloc[last] if isinstance(values, pd.Series) else values[last]
    found = stated_values(
        element, evidence, whose, latest, rows=groups.size(), source=rows.files(evidence)[newest],
        row=rows.row[newest], as_of=day, **{name: column[last] for name, column in more.items()},
    )  # fmt: skip
    return RuleResult(found, {table: weighed}, {table: (at, groups.of)})
