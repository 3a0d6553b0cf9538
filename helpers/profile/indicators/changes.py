"""Which children have another status under another definition, and why."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from helpers.profile.indicators.declared import definition as definition_of
from helpers.profile.indicators.declared import indicator as indicator_of
from helpers.profile.indicators.statuses import STATUSES, worst
from helpers.standard import STRING

__all__ = ["changes_between_definitions", "definitions_table", "status_by_child"]

PARTS = ("value", "numerator", "denominator", "threshold")


def status_by_child(indicators: pd.DataFrame, indicator: str, definition: str | None = None) -> pd.DataFrame:
    """Give one status a child under one definition: of several parts the one that calls loudest.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    indicator
        Name of the indicator.
    definition
        Name of the definition; the default when not given.

    Returns
    -------
    pandas.DataFrame
        ``child, status, value, numerator, denominator, threshold, unit, detail``: one row a child, the
        numbers of the part whose status it is.

    Raises
    ------
    BadInput
        When there is no such indicator or definition.
    """
    name = definition_of(indicator, definition).name
    rows = indicators[(indicators["indicator"] == indicator) & (indicators["definition"] == name)]
    rank = rows["status"].map({status: place for place, status in enumerate(STATUSES)}).astype("int64")
    first = rows.assign(rank=rank).sort_values(["child", "rank"], kind="stable").drop_duplicates("child")
    return first[["child", "status", *PARTS, "unit", "detail"]].reset_index(drop=True)


def changes_between_definitions(indicators: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """List the children whose status differs between two definitions of one indicator.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    indicator
        Name of the indicator.

    Returns
    -------
    pandas.DataFrame
        ``child, definition_a, definition_b, status_a, status_b``, then of each of the two ``numerator``,
        ``denominator``, ``threshold`` and ``detail`` (``numerator_a`` …), and ``because``: which of these
        parts differ, joined by ``;``. One row a child and pair of definitions.

    Raises
    ------
    BadInput
        When there is no such indicator.
    """
    names = [each.name for each in indicator_of(indicator).definition]
    by_name = {name: status_by_child(indicators, indicator, name) for name in names}
    parts = []
    for first, second in combinations(names, 2):
        both = by_name[first].merge(
            by_name[second], on="child", how="inner", validate="one_to_one", suffixes=("_a", "_b")
        )
        parts.append(
            both[both["status_a"] != both["status_b"]].assign(definition_a=first, definition_b=second)
        )
    shown = ["numerator", "denominator", "threshold", "detail"]
    columns = ["child", "definition_a", "definition_b", "status_a", "status_b"]
    columns += [f"{part}_{side}" for part in shown for side in ("a", "b")]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    found = found.astype({"definition_a": STRING, "definition_b": STRING})
    return found.assign(because=_because(found, indicator))[[*columns, "because"]]


def _because(changes: pd.DataFrame, indicator: str) -> pd.Series:
    """Say in which parts two definitions differ about a child."""
    of = {each.name: each for each in indicator_of(indicator).definition}
    whole = pd.Series("", index=changes.index, dtype=STRING)
    a, b = (changes[name].map(of) for name in ("definition_a", "definition_b"))
    differ = {
        "days of whom": changes["denominator_a"].ne(changes["denominator_b"])
        & ~(changes["denominator_a"].isna() & changes["denominator_b"].isna()),
        "what counts": changes["numerator_a"].ne(changes["numerator_b"])
        & ~(changes["numerator_a"].isna() & changes["numerator_b"].isna()),
        "threshold": pd.Series(
            [one.flag != other.flag or one.warn != other.warn for one, other in zip(a, b, strict=True)],
            index=changes.index, dtype=bool,
        ),
        "least days": pd.Series(
            [one.minimum != other.minimum for one, other in zip(a, b, strict=True)],
            index=changes.index, dtype=bool,
        ),
        "grades": pd.Series(
            [one.grades != other.grades for one, other in zip(a, b, strict=True)],
            index=changes.index, dtype=bool,
        ),
    }  # fmt: skip
    for words, here in differ.items():
        between = whole.map({"": ""}).fillna(";")
        whole = whole.where(~here, whole + between + words)
    return whole


def definitions_table(indicators: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Count, for each pair of definitions, the children whom the one flags and the other doesn't.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    indicator
        Name of the indicator.

    Returns
    -------
    pandas.DataFrame
        ``definition, title, flagged`` (children), then a column a definition: how many of those whom the
        row's definition flags that column's doesn't flag (children).

    Raises
    ------
    BadInput
        When there is no such indicator.
    """
    whole = indicator_of(indicator)
    names = [each.name for each in whole.definition]
    rows = indicators[(indicators["indicator"] == indicator) & indicators["definition"].isin(names)]
    status = worst(rows["status"], [rows["child"], rows["definition"]])
    flagged = status.eq("Flagged").unstack(fill_value=False).reindex(columns=names, fill_value=False)
    flagged = flagged.astype(bool)
    table = {
        "definition": pd.array(names, dtype=STRING),
        "title": pd.array([each.title for each in whole.definition], dtype=STRING),
        "flagged": pd.array([int(flagged[name].sum()) for name in names], dtype="Int64"),
    }
    for other in names:
        table[other] = pd.array(
            [int((flagged[name] & ~flagged[other]).sum()) for name in names], dtype="Int64"
        )
    return pd.DataFrame(table)
