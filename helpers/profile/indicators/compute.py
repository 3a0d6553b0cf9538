"""Indicators of every child, under several definitions."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from helpers.files import of_what, shared
from helpers.profile.facts.systems import latest_days
from helpers.profile.indicators.absence_days import lay_out_days
from helpers.profile.indicators.definitions import (
    Indicator,
    declared_indicators,
)
from helpers.profile.indicators.definitions import (
    definition as definition_of,
)
from helpers.profile.indicators.definitions import (
    indicator as indicator_of,
)
from helpers.profile.indicators.measures import ElementValues, Facts, measured_by
from helpers.profile.indicators.statuses import STATUSES, Children, indicators_table, judged, worst
from helpers.standard import STRING, empty_table

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links
    from helpers.profile.profiles import Profiles

__all__ = ["changes_between_definitions", "compute_indicators", "definitions_table", "status_by_child"]


PARTS = ("value", "numerator", "denominator", "threshold")


def status_by_child(indicators: pd.DataFrame, indicator: str, definition: str | None = None) -> pd.DataFrame:
    """Return one status per child under one definition: the most urgent of several parts.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    indicator
        Name of the indicator.
    definition
        Name of the definition; by default the indicator's default.

    Returns
    -------
    pandas.DataFrame
        ``child, status, value, numerator, denominator, threshold, unit, detail``: one row per child, with the
        numbers of the part that has this status.

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
        ``child, definition_a, definition_b, status_a, status_b``, then for both ``numerator``,
        ``denominator``, ``threshold`` and ``detail`` (``numerator_a`` …), and ``because``: which of these
        parts differ, joined by ``;``. One row per child and pair of definitions.

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
    """List the parts in which two definitions differ about each child."""
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
    """Count, for each pair of definitions, the children flagged by the first but not the second.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    indicator
        Name of the indicator.

    Returns
    -------
    pandas.DataFrame
        ``definition, title, flagged`` (children), then one column per definition: how many children flagged
        by the row's definition are not flagged by the column's.

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


def compute_indicators(
    district: District,
    links: Links,
    profiles: Profiles,
    declared: tuple[Indicator, ...] | None = None,
) -> pd.DataFrame:
    """Compute every indicator for every child, by each of its published definitions.

    Parameters
    ----------
    district
        From `read_district`.
    links
        From `link_district` for it.
    profiles
        From `build_profiles` for both; its school year is the year of the indicators.
    declared
        Indicators to compute; by default the kit's (``indicators.toml``, each with its source).

    Returns
    -------
    pandas.DataFrame
        Table ``indicators``: at least one row per child, indicator and definition. ``value`` is in ``unit``,
        with its numerator, denominator and threshold; ``status`` is Flagged, Warning, Clear,
        Unknown or Not applicable.

    Examples
    --------
    >>> indicators = compute_indicators(district, links, profiles)
    >>> absence = indicators[indicators["indicator"].eq("chronic_absence")]
    >>> absence.loc[absence["definition"].eq("by_child"), "status"].value_counts().sort_index().to_dict()
    {'Clear': 44, 'Flagged': 17, 'Unknown': 94}
    """
    known = (of_what(district), of_what(links), of_what(profiles)) if declared is None else (None,)
    return shared(
        lambda: f"indicators of {known}" if all(known) else None,
        lambda: _judged(district, profiles, declared_indicators() if declared is None else declared),
    )


def _judged(district: District, profiles: Profiles, asked: tuple[Indicator, ...]) -> pd.DataFrame:
    profile = profiles.profile
    latest = latest_days(district).days
    children = Children(
        names=pd.Index(profile["child"], dtype=STRING),
        grades=profile["roster_grade_level"].to_numpy(dtype=object),
        newest=max(latest.values(), default=pd.Timestamp(0)),
    )
    if not asked or not len(children.names):
        return empty_table("indicators")
    names = {name for each in asked for one in each.definition for name in each.elements_of(one)}
    laid_out = lay_out_days(district, profiles, latest)
    facts = Facts(
        ElementValues(profiles, sorted(names | {"days_enrolled", "days_absent"}), children.names),
        {"school": laid_out, "child": laid_out.of_children()},
        children,
    )
    parts = [
        judged(measured, indicator, definition, children, criterion, columns)
        for indicator in asked
        for definition in indicator.definition
        for measured, criterion, columns in measured_by(indicator, definition, facts)
    ]
    return indicators_table(parts, children, profiles.school_year)
