"""What profiles tell of an element in one year: its chosen value of every child, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.profile.rows import BANDS
from helpers.standard import STRING

if TYPE_CHECKING:
    from helpers.profile.children import Profiles

__all__ = ["Told", "weakest"]

# Why no system says anything of a child: none has the element, none that has it knows the child, or one does.
REASONS = ("Not collected", "Not linked", "Empty")


def weakest(*bands: pd.Series) -> pd.Series:
    """Take the weakest of several ties, row by row; a missing one says nothing.

    Parameters
    ----------
    *bands
        Words of `BANDS`, on one index.

    Returns
    -------
    pandas.Series
        Words.
    """
    rank = {band: place for place, band in enumerate(BANDS)}
    numbers = pd.concat([each.map(rank).astype("float64") for each in bands], axis="columns")
    return numbers.max(axis="columns").map(dict(enumerate(BANDS))).astype(STRING)


class Told:
    """Chosen values of the year that profiles show, by element.

    Parameters
    ----------
    profiles
        Profiles.
    names
        The elements that are asked for.
    children
        All children; what is told of an element stands in their order.
    """

    def __init__(self, profiles: Profiles, names: list[str], children: pd.Index) -> None:
        said = profiles.said
        of_year = said["school_year"].isna() | said["school_year"].isin([profiles.school_year])
        wanted = (said["element"].isin(names) & of_year).to_numpy(dtype=bool)
        self._children = children
        self._said = said.loc[
            wanted,
            ["child", "element", "value", "value_number", "status", "silo", "as_of", "link_band", "chosen"],
        ]
        self._child = children.get_indexer(pd.Index(self._said["child"]))
        self._places = self._said.groupby("element", sort=False).indices
        known = profiles.crosswalk
        at = children.get_indexer(pd.Index(known["child"]))
        self._knows: dict[str, np.ndarray] = {}
        for silo, rows in known.groupby("silo").indices.items():
            mask = np.zeros(len(children), dtype=bool)
            mask[at[rows][at[rows] >= 0]] = True
            self._knows[str(silo)] = mask
        self._told: dict[str, pd.DataFrame] = {}

    def of(self, element: str) -> pd.DataFrame:
        """Give what is told of an element.

        Parameters
        ----------
        element
            Name of an element.

        Returns
        -------
        pandas.DataFrame
            ``value, value_number, as_of, link_band, why`` (NA where reported; else a status of the values)
            and ``not_for`` (the element doesn't apply), indexed by child: one row a child, in order.
        """
        if element not in self._told:
            self._told[element] = self._look_up(element)
        return self._told[element]

    def _look_up(self, element: str) -> pd.DataFrame:
        places = self._places.get(element, np.zeros(0, "int64"))
        rows, child = self._said.iloc[places], self._child[places]
        holds = ~rows["status"].eq("Empty").to_numpy(dtype=bool)
        known = np.zeros(len(self._children), dtype=bool)
        for silo in rows.loc[holds, "silo"].unique():
            known |= self._knows.get(str(silo), known)
        reason = known.astype("int64") + 1 if holds.any() else known.astype("int64")
        chosen = np.flatnonzero(rows["chosen"].to_numpy(dtype=bool) & (child >= 0))
        at = np.full(len(self._children), -1)
        at[child[chosen]] = chosen
        status = rows["status"].array.take(at, allow_fill=True)
        reported = pd.Series(status).eq("Reported").fillna(False).to_numpy(dtype=bool)
        shown = np.where(reported, at, -1)
        why = pd.Series(status).fillna(pd.Series(pd.array(REASONS, dtype=STRING).take(reason)))
        frame = pd.DataFrame(
            {name: rows[name].array.take(shown, allow_fill=True) for name in ("value", "as_of", "link_band")},
            index=self._children,
        )
        frame["value_number"] = np.append(rows["value_number"].to_numpy(dtype="float64"), np.nan)[shown]
        frame["why"] = why.where(~reported).array
        frame["not_for"] = pd.Series(status).eq("Not applicable").fillna(False).to_numpy(dtype=bool)
        return frame
