"""The newest row of each record in a school year: what a system says last is what it says."""

from __future__ import annotations

import pandas as pd

__all__ = ["newest_in_year"]


def newest_in_year(
    rows: pd.DataFrame, order: list[str], *, largest_last: list[bool] | None = None
) -> pd.DataFrame:
    """Keep each record's newest row of a year, and count the rows among which it was.

    Parameters
    ----------
    rows
        Rows of a fact table, with ``silo, record, year``.
    order
        Columns by which the newest is found; what is missing comes first, of equals the last row counts.
    largest_last
        Of each of these, whether the largest is the newest; all, when not given.

    Returns
    -------
    pandas.DataFrame
        One row a record and year, with ``school_year`` and ``rows``.
    """
    key = ["silo", "record", "school_year"]
    used = rows.assign(school_year=rows["year"])
    used = used.sort_values(
        [*key, *order, "row"],
        ascending=[True, True, True, *(largest_last or [True] * len(order)), True],
        kind="stable",
        na_position="first",
    )
    used = used.assign(rows=used.groupby(key)["row"].transform("size"))
    return used.drop_duplicates(key, keep="last").reset_index(drop=True)
