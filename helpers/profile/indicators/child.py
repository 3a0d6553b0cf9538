"""The indicators of every child, under every definition, with what each was computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.files.run_cache import of_what, shared
from helpers.profile.indicators.days import lay_out_days
from helpers.profile.indicators.declared import Indicator, declared_indicators
from helpers.profile.indicators.measures import Facts, measured_by
from helpers.profile.indicators.statuses import Children, judged, written
from helpers.profile.indicators.told import Told
from helpers.profile.newest_day import newest_days
from helpers.standard import STRING, empty_table

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
    known = (of_what(district), of_what(links), of_what(profiles)) if declared is None else (None,)
    return shared(
        lambda: f"indicators of {known}" if all(known) else None,
        lambda: _judged(district, profiles, declared_indicators() if declared is None else declared),
    )


def _judged(district: District, profiles: Profiles, asked: tuple[Indicator, ...]) -> pd.DataFrame:
    profile = profiles.profile
    spoken = newest_days(district).days
    children = Children(
        names=pd.Index(profile["child"], dtype=STRING),
        grades=profile["roster_grade_level"].to_numpy(dtype=object),
        newest=max(spoken.values(), default=pd.Timestamp(0)),
    )
    if not asked or not len(children.names):
        return empty_table("indicators")
    names = {name for each in asked for one in each.definition for name in each.elements_of(one)}
    laid_out = lay_out_days(district, profiles, spoken)
    facts = Facts(
        Told(profiles, sorted(names | {"days_enrolled", "days_absent"}), children.names),
        {"school": laid_out, "child": laid_out.of_children()},
        children,
    )
    parts = [
        judged(measured, indicator, definition, children, flag=flag, warn=warn)
        for indicator in asked
        for definition in indicator.definition
        for measured, flag, warn in measured_by(indicator, definition, facts)
    ]
    return written(parts, children, profiles.school_year)
