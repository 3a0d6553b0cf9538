"""The systems of a district: what each is called, what it is for, and the newest day of which it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.profile.authority import stands_for
from helpers.profile.newest_day import newest_days
from helpers.standard import as_table

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["systems_of"]


def systems_of(district: District) -> pd.DataFrame:
    """List the systems of a district.

    Parameters
    ----------
    district
        A district that was read.

    Returns
    -------
    pandas.DataFrame
        Table ``systems``: one row a silo, in the district's order: ``silo, system`` (which of the kit's
        systems it is, else its own name), ``stands_for, layout, title, domain, newest_day``. ``stands_for``
        is what its layout claims, never what files showed: it decides at which school a child is, and so who
        sees it, which a person has to write down.
    """
    days = newest_days(district).days
    layouts = district.layouts
    names = list(district)
    return as_table(
        "systems",
        pd.DataFrame(
            {
                "silo": names,
                "system": [layouts[name].silo for name in names],
                "stands_for": [stands_for(name, layouts[name]) for name in names],
                "layout": [layouts[name].layout for name in names],
                "title": [layouts[name].title for name in names],
                "domain": [layouts[name].domain for name in names],
                "newest_day": pd.Series([days.get(name, pd.NaT) for name in names], dtype="datetime64[us]"),
            }
        ),
    )
