"""Whose each record is: the crosswalk in numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.pairs import Pairs, places_of
from helpers.profile.rows import BANDS
from helpers.standard import STRING

__all__ = ["TIE", "Ties", "named", "with_child"]

Ints = npt.NDArray[np.int64]
# Where a row's record stands in the crosswalk, where that was written beside the row.
TIE = "tie"


class Ties:
    """Whose each record is, in numbers.

    Parameters
    ----------
    crosswalk
        Table ``crosswalk``.
    silos
        Names of the systems, in the order of their numbers.

    Attributes
    ----------
    children
        Every child, in order.
    system, owner, band
        Of each record of the crosswalk its system, its child and how sure that is.
    """

    def __init__(self, crosswalk: pd.DataFrame, silos: tuple[str, ...]) -> None:
        self.system = places_of(crosswalk["silo"], silos)
        owner, children = pd.factorize(crosswalk["child"], sort=True)
        self.children = pd.Index(children, dtype=STRING)
        self.owner = owner.astype("int64")
        self.band = places_of(crosswalk["band"], BANDS)
        self.pairs = Pairs(self.system, crosswalk["record"])

    def of(self, system: Ints, records: pd.Series) -> Ints:
        """Say where each record stands in the crosswalk; -1 where it is no student's."""
        return self.pairs.of(system, records)

    def of_rows(self, system: Ints, rows: pd.DataFrame) -> Ints:
        """Say where each row's record stands in the crosswalk, as is written beside it or looked up."""
        if TIE in rows.columns:
            return rows[TIE].to_numpy(dtype="int64")
        return self.of(system, rows["record"])


def with_child(frame: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Add the child of each row's record.

    Parameters
    ----------
    frame
        A table with ``silo`` and ``record``.
    crosswalk
        Table ``crosswalk``.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order, with ``child`` and ``link_band``; NA where the record is no
        student's.
    """
    silos = tuple(map(str, crosswalk["silo"].unique()))
    ties = Ties(crosswalk, silos)
    tie = ties.of(places_of(frame["silo"], silos), frame["record"])
    return named(frame, ties, tie)


def named(frame: pd.DataFrame, ties: Ties, tie: Ints) -> pd.DataFrame:
    """Add the child of each row's record, and how sure the link is.

    Parameters
    ----------
    frame
        Any rows.
    ties
        Whose each record is.
    tie
        The record of each row: its place in the crosswalk, -1 for none.

    Returns
    -------
    pandas.DataFrame
        The rows with ``child`` and ``link_band``.
    """
    owner = np.append(ties.owner, -1)[tie]
    band = np.append(ties.band, -1)[tie]
    words = pd.Series(pd.array([*BANDS, None], dtype=STRING))
    child = ties.children.array.take(owner, allow_fill=True)
    return frame.assign(
        child=pd.Series(child, index=frame.index),
        link_band=pd.Series(words.array.take(band), index=frame.index),
    )
