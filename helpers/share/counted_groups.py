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
        ``domain, element, school, grade_level`` (NA: all grades of the school), ``group`` (a value in words,
        or "with a value" of a number), ``children`` (NA where hidden), ``of_children`` (those of the school
        and grade with a value; NA where hidden), ``mean`` (of numbers; NA where hidden), ``unit``,
        ``hidden``. Of one element and school no hidden number can be worked out from the others; between two
        elements, or two days, it still may.
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
    parts = []
    for domain, listed in told.items():
        counted = chosen[chosen["child"].isin(list(sets[domain])).to_numpy(dtype=bool)]
        for name in listed:
            rows = counted[counted["element"].eq(name).to_numpy(dtype=bool)]
            parts += _of_element(element(name), domain, rows, policy.minimum(domain))
    return pd.concat(parts, ignore_index=True).astype(DTYPES) if parts else empty


def _of_element(declared: Element, domain: str, rows: pd.DataFrame, minimum: int) -> list[pd.DataFrame]:
    """Count one element, school by school."""
    number = declared.type in ("integer", "number", "date")
    rows = rows.assign(
        group=pd.Series(WITH_A_VALUE, index=rows.index, dtype=STRING) if number else rows["value"],
        school=rows["school"].fillna("no school known"),
        grade_level=rows["grade_level"].fillna("not known"),
    )
    parts = []
    for school, there in rows.groupby("school", sort=True):
        table = there.groupby(["grade_level", "group"]).size().unstack(fill_value=0)
        shown = protect(table.to_numpy(dtype="int64"), minimum, whole_rows=not number)
        grades: list[str | None] = [*map(str, table.index), None]
        means = there.groupby("grade_level")["value_number"].mean().reindex(table.index).tolist()
        means.append(float(there["value_number"].mean()))
        for place, grade in enumerate(grades):
            counts, hidden = shown.counts[place], shown.hidden[place]
            parts.append(
                pd.DataFrame(
                    {
                        "domain": domain,
                        "element": declared.name,
                        "school": str(school),
                        "grade_level": grade,
                        "group": [str(group) for group in table.columns],
                        "children": pd.array(np.where(hidden[:-1], -1, counts[:-1]), dtype="Int64"),
                        "of_children": -1 if hidden[-1] else int(counts[-1]),
                        "mean": means[place] if number and not hidden[0] and not hidden[-1] else np.nan,
                        "unit": declared.unit,
                        "hidden": hidden[:-1],
                    }
                )
            )
    for part in parts:
        for name in ("children", "of_children"):
            part[name] = part[name].astype("Int64").mask(part[name].eq(-1))
    return parts
