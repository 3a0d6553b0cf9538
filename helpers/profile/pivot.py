"""One row a child: a pivot of the chosen values that holds nothing of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers.profile.rows import BANDS
from helpers.standard import STRING
from helpers.standard.elements import DTYPES, Element

__all__ = ["profile_of"]


def profile_of(
    values: pd.DataFrame,
    crosswalk: pd.DataFrame,
    school_year: int | None,
    elements: tuple[Element, ...],
    *,
    also_due: np.ndarray | None = None,
) -> pd.DataFrame:
    """Pivot the chosen values of one year, and those without a year, into one row a child.

    Parameters
    ----------
    values
        Table ``values``.
    crosswalk
        Table ``crosswalk``: how many systems know the child, and the weakest tie of its records.
    school_year
        The year; None: only what has no year.
    elements
        Elements, in the order of the columns.
    also_due
        By child, in order: elements that some system has and that apply, without a row in `values`.

    Returns
    -------
    pandas.DataFrame
        ``child, band, silos, completeness`` (rate: reported of ``complete_of``, the elements that some system
        has and that apply to the child), ``complete_of``, then one column an element, ``domain_name``.
    """
    weakness = crosswalk["band"].map({band: place for place, band in enumerate(BANDS)}).astype("int64")
    by_child = crosswalk.assign(weakness=weakness).groupby("child", sort=True)
    profile = pd.DataFrame(
        {
            "band": by_child["weakness"].max().map(dict(enumerate(BANDS))).astype(STRING),
            "silos": by_child["silo"].nunique().astype("Int64"),
        }
    )
    in_year = values["school_year"].isna()
    if school_year is not None:
        in_year |= values["school_year"].eq(school_year).fillna(False)
    chosen = values[(values["chosen"] & in_year).to_numpy(dtype=bool)]
    row = profile.index.get_indexer(pd.Index(chosen["child"]))
    reported = chosen["status"].eq("Reported").to_numpy(dtype=bool)
    applies = ~chosen["status"].isin(["Not collected", "Not applicable"]).to_numpy(dtype=bool)
    due = np.bincount(row[applies], minlength=len(profile))
    due = due + also_due if also_due is not None else due
    complete = np.full(len(profile), np.nan)
    np.divide(np.bincount(row[reported], minlength=len(profile)), due, out=complete, where=due > 0)
    profile["completeness"] = complete
    profile["complete_of"] = pd.array(due, dtype="Int64")
    by_element = chosen.groupby("element").indices
    columns = {}
    for element in elements:
        own = by_element.get(element.name, np.zeros(0, "int64"))
        at = np.full(len(profile), -1)
        at[row[own]] = own
        columns[element.profile_column] = _typed(chosen, at, element)
    shown = pd.DataFrame(columns, index=profile.index)
    return pd.concat([profile, shown], axis="columns").reset_index()


def _typed(values: pd.DataFrame, at: np.ndarray, element: Element) -> Any:
    """Take the values at some places (-1: none there), and give canonical text back its type."""
    dtype = DTYPES[element.type]
    if element.type in ("string", "date"):
        text = pd.Series(values["value"].array.take(at, allow_fill=True))
        text = text if element.type == "string" else pd.to_datetime(text, format="%Y-%m-%d")
        return text.astype(dtype).array
    number = pd.Series(np.append(values["value_number"].to_numpy(), np.nan)[at])
    if element.type == "number":
        return number.astype(dtype).array
    return number.astype("Int64").astype(dtype).array
