"""Counts of children by school and grade, where a role may see counts only: small groups are hidden.

Of whom nothing is known is a group like any other: how many children a school and grade have stands in every
element, and less those with a value it is those without one. Schools and grades of few children are put
together first, once for all elements, so that the numbers of children themselves hide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.share.policy import Policy
from helpers.share.small_cells import protect
from helpers.standard import STRING
from helpers.standard.elements import Element, element

if TYPE_CHECKING:
    from helpers.profile.store.source import Source

__all__ = ["counted_groups"]

DTYPES = {
    "domain": "string", "element": "string", "school": "string", "grade_level": "string", "group": "string",
    "children": "Int64", "of_children": "Int64", "mean": "float64", "unit": "string", "hidden": "boolean",
}  # fmt: skip
# What a number is counted as: whoever has one.
WITH_A_VALUE = "with a value"
ALL_OTHERS = "all others"
NO_VALUE = "no value"
GROUPED_BY = ("school", "grade_level")
OTHER_SCHOOLS = "other schools"
OTHER_GRADES = "other grades"


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
        "all others" for values that too few children have; "with a value" of a number; "no value"),
        ``children`` (NA where hidden), ``of_children`` (those of the school and grade with a value; NA where
        hidden), ``mean`` (of numbers; NA where hidden), ``unit``, ``hidden``. Schools and grades of too few
        children are one: "other schools", "other grades". Of one element and school no hidden number can be
        worked out from the others, those of all its children included; between two days it still may.
    """
    told = {domain: policy.domains[domain].elements for domain, members in sets.items() if members}
    names = [name for listed in told.values() for name in listed]
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in DTYPES.items()})
    if not names:
        return empty
    everybody = sorted(frozenset[str]().union(*sets.values()))
    known = source.children()[["child", "school", "grade_level"]]
    known = known.assign(
        school=known["school"].fillna("no school known"),
        grade_level=known["grade_level"].fillna("not known"),
    )
    values = source.values(None if len(everybody) == len(known) else everybody, names)
    year = values["school_year"]
    ours = year.isna() | year.eq(school_year if school_year is not None else -1).fillna(False)
    ours &= values["chosen"].fillna(False) & values["status"].eq("Reported")
    chosen = values[ours.to_numpy(dtype=bool)]
    parts = []
    # One pooling for all domains: the strictest, since most of them count the same children.
    least = max(policy.minimum(domain) for domain in told)
    for domain, listed in told.items():
        members = _pooled(known[known["child"].isin(list(sets[domain])).to_numpy(dtype=bool)], least)
        for name in listed:
            rows = chosen[chosen["element"].eq(name).to_numpy(dtype=bool)]
            rows = rows[rows["child"].isin(members["child"]).to_numpy(dtype=bool)]
            if len(rows):
                part = _of_element(element(name), domain, rows, members, policy.minimum(domain))
                parts.append(part.astype(DTYPES))
    return pd.concat(parts, ignore_index=True) if parts else empty


def _pooled(members: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Put schools of few children together, and in each school the grades of few."""
    school = _enough(members["school"], minimum, OTHER_SCHOOLS)
    grade = members["grade_level"].mask(school.eq(OTHER_SCHOOLS), OTHER_GRADES)
    for _, own in grade.groupby(school):
        grade.loc[own.index] = _enough(own, minimum, OTHER_GRADES)
    return members.assign(school=school.astype(STRING), grade_level=grade.astype(STRING))


def _enough(names: pd.Series, minimum: int, others: str) -> pd.Series:
    """Call what few have by one name, and what the next few have, until enough have that name."""
    sizes = names.value_counts().sort_index().sort_values(kind="stable")
    few = list(sizes.index[sizes < minimum])
    more = [name for name in sizes.index if name not in few]
    while few and sizes[few].sum() < minimum and more:
        few.append(more.pop(0))
    return names.mask(names.isin(few), others)


def _of_element(
    declared: Element, domain: str, rows: pd.DataFrame, members: pd.DataFrame, minimum: int
) -> pd.DataFrame:
    """Count one element, school by school; who has no value is counted, too."""
    number = declared.type in ("integer", "number", "date")
    group = pd.Series(WITH_A_VALUE, index=rows.index, dtype=STRING)
    if not number:
        # A word that few have would tell that somebody has it, whatever its count says.
        common = rows["value"].value_counts()
        group = rows["value"].where(rows["value"].isin(list(common.index[common >= minimum])), ALL_OTHERS)
    said = rows[["child", "value_number"]].assign(group=group)
    without = members.loc[~members["child"].isin(rows["child"]), ["child"]]
    rows = pd.concat([said, without], ignore_index=True)
    rows = rows.merge(members, on="child", how="left", validate="many_to_one")
    codes = [pd.factorize(rows[name], sort=True) for name in ("school", "grade_level", "group")]
    (at_school, schools), (in_grade, grades), (of_group, words) = codes
    groups = [*words, NO_VALUE]
    of_group = np.where(of_group < 0, len(words), of_group)
    counts = np.zeros((len(schools), len(grades), len(groups)), dtype="int64")
    np.add.at(counts, (at_school, in_grade, of_group), 1)
    sums = np.zeros((len(schools), len(grades)))
    np.add.at(sums, (at_school, in_grade), rows["value_number"].fillna(0.0).to_numpy(dtype="float64"))
    lines: list[tuple[object, ...]] = []
    for place, school in enumerate(schools):
        there = np.flatnonzero(counts[place].sum(axis=1))
        shown = protect(
            counts[place][there],
            minimum,
            # That everybody at a school is at that school is no news.
            whole_rows=not number and declared.name not in GROUPED_BY,
            no_value=True,
            known_rows=True,
        )
        totals = np.append(sums[place][there], sums[place].sum())
        for line, grade in enumerate([*grades[there], None]):
            hidden, told = shown.hidden[line], shown.counts[line]
            with_one = int(told[:-2].sum())
            of_children = None if hidden[-2] else with_one
            mean = totals[line] / with_one if number and not hidden.any() and with_one else None
            for column, name in enumerate(groups):
                count = None if hidden[column] else int(told[column])
                lines.append((school, grade, name, count, of_children, mean, bool(hidden[column])))
    names = ["school", "grade_level", "group", "children", "of_children", "mean", "hidden"]
    frame = pd.DataFrame(lines, columns=names)
    return frame.assign(domain=domain, element=declared.name, unit=declared.unit)[list(DTYPES)]
