"""The table of a sector: the columns declared for every system, then one column an item of the survey."""

from __future__ import annotations

import pandas as pd

from helpers.layouts.survey import declared_survey
from helpers.layouts.tables import as_table, cast

__all__ = ["as_sector", "item_columns"]


def item_columns() -> list[str]:
    """Name the items of the survey, in order."""
    return list(declared_survey().items)


def as_sector(frame: pd.DataFrame) -> pd.DataFrame:
    """Bring a frame into the shape of the table ``sector``, with its items.

    Parameters
    ----------
    frame
        Columns of the table ``sector``, and items of the survey; items that aren't there are missing.

    Returns
    -------
    pandas.DataFrame
        The declared columns, then every item as Int64.

    Raises
    ------
    BadInput
        When another column is there, or a required one is empty somewhere.
    """
    items = item_columns()
    about = as_table("sector", frame.drop(columns=items, errors="ignore"))
    given = frame.reindex(columns=items).reset_index(drop=True)
    return pd.concat([about, given.apply(lambda column: cast(column, pd.Int64Dtype()))], axis=1)
