"""Turn measures into statuses: flagged, warning, clear, unknown, or not applicable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.conditions import FALSE, TRUE, Column, Condition, Truth
from helpers.profile.conditions import UNKNOWN as NOT_KNOWN
from helpers.profile.conditions.types import STATUSES
from helpers.profile.indicators.definitions import Criterion, Definition, Indicator
from helpers.standard import STRING, as_table, cast, missing

__all__ = ["STATUSES", "Children", "Judged", "detailed", "indicators_table", "judged", "worst"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

FLAGGED, WARNING, UNKNOWN, CLEAR, NOT_APPLICABLE = range(len(STATUSES))
TOO_OLD = "why=too old"
MEASURED: dict[str, Any] = {
    **dict.fromkeys(["child", "word", "detail", "link_status"], STRING),
    **dict.fromkeys(["value", "numerator", "denominator"], np.dtype("float64")),
    **dict.fromkeys(["as_of", "fresh_on"], np.dtype("datetime64[us]")),
    "not_for": np.dtype("bool"),
}


@dataclass(frozen=True)
class Children:
    """The children of a district."""

    # Children, in order.
    names: pd.Index
    # Grade level of each; None if unknown.
    grades: npt.NDArray[np.object_]
    # The latest day of any system.
    newest: pd.Timestamp


@dataclass(frozen=True)
class Judged:
    """Children under one definition: positions of children and of `STATUSES`, and the measures."""

    indicator: Indicator
    definition: Definition
    child: Ints
    status: Ints
    measured: pd.DataFrame
    threshold: float | None


def detailed(**parts: pd.Series) -> pd.Series:
    """Format parts as ``name=text; name=text``, without missing ones."""
    index = next(iter(parts.values())).index
    whole = pd.Series(pd.NA, index=index, dtype=STRING)
    for name, texts in parts.items():
        if texts.isna().all():
            continue
        part = name + "=" + texts.astype(STRING).str.replace(r"[;=]", ",", regex=True)
        whole = (whole + "; " + part).fillna(whole).fillna(part)
    return whole


def worst(statuses: pd.Series, by: list[pd.Series]) -> pd.Series:
    """Return the most urgent status."""
    rank = statuses.map({status: place for place, status in enumerate(STATUSES)}).astype("int64")
    return rank.groupby(by, sort=True).min().map(dict(enumerate(STATUSES))).astype(STRING)


def judged(
    measured: pd.DataFrame,
    indicator: Indicator,
    definition: Definition,
    children: Children,
    criterion: Criterion | None = None,
    columns: Mapping[str, Column] | None = None,
) -> Judged:
    """Give every child a status under one criterion of a definition.

    ``columns`` has the elements that its conditions ask for, in the order of the children; without it they
    ask for the measured value alone.
    """
    criterion = criterion or definition.criteria[0]
    have = measured.reset_index(drop=True)
    at = children.names.get_indexer(pd.Index(have["child"]))
    have, at = have[at >= 0], at[at >= 0]
    lacking = np.ones(len(children.names), dtype=bool)
    lacking[at] = False
    others = np.flatnonzero(lacking)
    rows = _with_others(have, len(others))
    child = np.concatenate([at, others]).astype("int64")

    known = (rows["value"].notna() | rows["word"].notna()).to_numpy(dtype=bool)
    value = Column.of(rows["word"] if rows["word"].notna().any() else rows["value"])
    asked = {str(criterion.judged): value, **(columns or {})}
    flag, warn = (_truth(rule, asked, known) for rule in (criterion.flag, criterion.warn))
    flagged = flag == TRUE
    warned = ~flagged & (warn == TRUE)
    known = flagged | (known & (flag != NOT_KNOWN) & (warn != NOT_KNOWN))
    age = (children.newest - rows["fresh_on"].fillna(rows["as_of"])).dt.days
    old = (age > indicator.days_until_stale).fillna(False).to_numpy(dtype=bool)
    stale = known & ~flagged & old
    status = np.full(len(rows), CLEAR, dtype="int64")
    for place, here in ((WARNING, warned), (FLAGGED, flagged), (UNKNOWN, ~known | stale)):
        status[here] = place
    if definition.minimum is not None:
        status[known & (rows["denominator"].to_numpy() < definition.minimum)] = NOT_APPLICABLE
    status[rows["not_for"].to_numpy(dtype=bool)] = NOT_APPLICABLE
    if definition.grades:
        grade = children.grades[child]
        without = pd.isna(grade)
        status[without] = UNKNOWN
        status[~without & ~np.isin(grade.astype(str), definition.grades)] = NOT_APPLICABLE
    aged = stale & (status == UNKNOWN)
    if aged.any():
        detail = rows["detail"]
        rows = rows.assign(detail=detail.mask(aged, (detail + "; ").fillna("") + TOO_OLD))
    return Judged(indicator, definition, child, status, rows, criterion.threshold)


def _truth(rule: Condition | None, columns: Mapping[str, Column], known: Bools) -> Truth:
    """Say for each child whether a rule holds; no rule holds for nobody who is known."""
    return np.where(known, FALSE, NOT_KNOWN) if rule is None else rule.truth(columns)


def _with_others(have: pd.DataFrame, others: int) -> pd.DataFrame:
    """Complete the columns of measured rows, and add an empty row for each child without one."""
    columns = {}
    for name, dtype in MEASURED.items():
        if name == "child":
            continue
        if name == "not_for":
            own = have[name].to_numpy(dtype=bool) if name in have else np.zeros(len(have), bool)
            columns[name] = np.concatenate([own, np.zeros(others, bool)])
            continue
        first = cast(have[name], dtype).array if name in have else missing(len(have), dtype)
        both = [pd.Series(first), pd.Series(missing(others, dtype))]
        columns[name] = pd.concat(both, ignore_index=True).array
    return pd.DataFrame(columns, copy=False)


def indicators_table(parts: list[Judged], children: Children, school_year: int | None) -> pd.DataFrame:
    """Write judged children as the table ``indicators``."""
    child = np.concatenate([part.child for part in parts])
    which = np.repeat(np.arange(len(parts)), [len(part.child) for part in parts])
    order = np.lexsort((np.arange(len(child)), which, child))
    which = which[order]

    def each(values: list[Any], dtype: Any) -> Any:
        return pd.array(values, dtype=dtype).take(which)

    measured = pd.concat([part.measured for part in parts], ignore_index=True).iloc[order]
    status = np.concatenate([part.status for part in parts])[order]
    whole = pd.DataFrame(
        {
            "child": children.names.array.take(child[order]),
            "school_year": pd.array([school_year], dtype="Int64").take(np.zeros(len(child), "int64")),
            "indicator": each([part.indicator.name for part in parts], STRING),
            "definition": each([part.definition.name for part in parts], STRING),
            "status": pd.array(STATUSES, dtype=STRING).take(status),
            "value": measured["value"].array,
            "unit": each([part.definition.in_unit for part in parts], STRING),
            "numerator": measured["numerator"].array,
            "denominator": measured["denominator"].array,
            "threshold": np.array(
                [np.nan if part.threshold is None else part.threshold for part in parts], dtype="float64"
            )[which],
            "detail": measured["detail"].array,
            "elements": each(
                [";".join(part.indicator.elements_of(part.definition)) for part in parts], STRING
            ),
            "as_of": measured["as_of"].array,
            "link_status": measured["link_status"].array,
        },
        copy=False,
    )
    return as_table("indicators", whole)
