"""Counts of children by school and grade, where a role may see counts only: small groups are hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.layouts import STRING
from helpers.profile.elements import Element, element
from helpers.share.policy import Policy
from helpers.share.small_cells import protect

if TYPE_CHECKING:
    from helpers.profile.source import Source

__all__ = ["counted_groups"]

DTYPES = {
    "domain": "string", "element": "string", "school": "string", "grade_level": "string", "group": "string",
    "children": "Int64", "of_children": "Int64", "mean": "float64", "unit": "string", "hidden": "boolean",
}  # fmt: skip
# What a number is counted as: whoever has one.
WITH_A_VALUE = "with a value"
ALL_OTHERS = "all others"


def counted_groups(
    source: Source, policy: Policy, sets: Mapping[str, frozenset[str]], school_year: int | None
) -> pd.DataFrame:
    """Count the children of groups.

    Parameters
    ----------
    source
        Where the children are kept.
    policy
        Says how small a group may be.
    sets
        Domain of which counts may be seen -> children that are counted.
    school_year
        The year that is shown.

    Returns
    -------
    pandas.DataFrame
        ``domain, element, school, grade_level`` (NA: all grades of the school), ``group`` (a value in words;
        "all others" for values that too few children have; "with a value" of a number), ``children`` (NA
        where hidden), ``of_children`` (those of the school and grade with a value; NA where hidden), ``mean``
        (of numbers; NA where hidden), ``unit``, ``hidden``. Of one element and school no hidden number can be
        worked out from the others; between two elements, or two days, it still may.
    """
    told = {domain: policy.domains[domain].elements for domain, members in sets.items() if members}
    names = [name for listed in told.values() for name in listed]
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in DTYPES.items()})
    if not names:
        return empty
    everybody = sorted(frozenset[str]().union(*sets.values()))
    known = source.children()[["child", "school", "grade_level"]]
    values = source.values(None if len(everybody) == len(known) else everybody, names)
    year = values["school_year"]
    ours = year.isna() | year.eq(school_year if school_year is not None else -1).fillna(False)
    ours &= values["chosen"].fillna(False) & values["status"].eq("Reported")
    chosen = values[ours.to_numpy(dtype=bool)]
    chosen = chosen.merge(known, on="child", how="left", validate="many_to_one")
    chosen = chosen.assign(
        school=chosen["school"].fillna("no school known"),
        grade_level=chosen["grade_level"].fillna("not known"),
    )
    parts = []
    for domain, listed in told.items():
        counted = chosen[chosen["child"].isin(list(sets[domain])).to_numpy(dtype=bool)]
        for name in listed:
            rows = counted[counted["element"].eq(name).to_numpy(dtype=bool)]
            if len(rows):
                part = _of_element(element(name), domain, rows, policy.minimum(domain))
                parts.append(part.astype(DTYPES))
    return pd.concat(parts, ignore_index=True) if parts else empty


def _of_element(declared: Element, domain: str, rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Count one element, school by school."""
    number = declared.type in ("integer", "number", "date")
    group = pd.Series(WITH_A_VALUE, index=rows.index, dtype=STRING)
    if not number:
        # A word that few have would tell that somebody has it, whatever its count says.
        common = rows["value"].value_counts()
        group = rows["value"].where(rows["value"].isin(list(common.index[common >= minimum])), ALL_OTHERS)
    codes = [pd.factorize(column, sort=True) for column in (rows["school"], rows["grade_level"], group)]
    (at_school, schools), (in_grade, grades), (of_group, groups) = codes
    counts = np.zeros((len(schools), len(grades), len(groups)), dtype="int64")
    np.add.at(counts, (at_school, in_grade, of_group), 1)
    sums = np.zeros((len(schools), len(grades)))
    np.add.at(sums, (at_school, in_grade), rows["value_number"].fillna(0.0).to_numpy(dtype="float64"))
    lines: list[tuple[object, ...]] = []
    for place, school in enumerate(schools):
        there = np.flatnonzero(counts[place].sum(axis=1))
        shown = protect(counts[place][there], minimum, whole_rows=not number)
        totals = np.append(sums[place][there], sums[place].sum())
        for line, grade in enumerate([*grades[there], None]):
            hidden, told = shown.hidden[line], shown.counts[line]
            of_children = None if hidden[-1] else int(told[-1])
            mean = totals[line] / told[-1] if number and not hidden.any() and told[-1] else None
            for column, name in enumerate(groups):
                count = None if hidden[column] else int(told[column])
                lines.append((school, grade, name, count, of_children, mean, bool(hidden[column])))
    names = ["school", "grade_level", "group", "children", "of_children", "mean", "hidden"]
    frame = pd.DataFrame(lines, columns=names)
    return frame.assign(domain=domain, element=declared.name, unit=declared.unit)[list(DTYPES)]
