"""The indicators of every child, under every definition, with what each was computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.layouts import STRING, as_table, empty_table
from helpers.profile.indicators.days import days_measured, lay_out_days
from helpers.profile.indicators.declared import Definition, Indicator, declared_indicators
from helpers.profile.indicators.statuses import judged
from helpers.profile.newest_day import newest_days

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links
    from helpers.profile.children import Profiles

__all__ = ["child_indicators"]


def child_indicators(
    district: District,
    links: Links,
    profiles: Profiles,
    declared: tuple[Indicator, ...] | None = None,
) -> pd.DataFrame:
    """Judge every child of a district by every definition of every indicator.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it; the profiles were put together by the same.
    profiles
        Its profiles: the year that they show is the year of the indicators.
    declared
        Indicators; those of the kit when not given.

    Returns
    -------
    pandas.DataFrame
        Table ``indicators``, sorted by child; of each child at least one row an indicator and definition.
    """
    grades = _grades(profiles)
    spoken = newest_days(district).days
    newest = max(spoken.values(), default=pd.Timestamp(0))
    laid_out = lay_out_days(district, profiles)
    days = {"school": laid_out, "child": laid_out.of_children()}

    def measured(indicator: Indicator, definition: Definition) -> pd.DataFrame:
        return days_measured(days, definition)

    asked = declared_indicators() if declared is None else declared
    parts = [
        judged(measured(indicator, definition), indicator, definition, grades, newest)
        for indicator in asked
        for definition in indicator.definition
    ]
    whole = pd.concat(parts, ignore_index=True) if parts else empty_table("indicators")
    whole = whole.assign(school_year=profiles.school_year)
    whole = whole.iloc[whole["child"].argsort(kind="stable")]
    return as_table("indicators", whole.reset_index(drop=True))


def _grades(profiles: Profiles) -> pd.Series:
    """Give the grade level that each profile shows."""
    shown = profiles.profile.set_index("child")["roster_grade_level"]
    return shown.set_axis(shown.index.astype(STRING))
