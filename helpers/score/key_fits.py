"""Whether the answer key still fits the files beside it: one may have been cut since the key was written."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pandas as pd

from helpers.score.answer_key import read_answer_key

__all__ = ["rows_not_there"]


class ReadDistrict(Protocol):
    """What has to be known of a district that was read."""

    @property
    def accounts(self) -> pd.DataFrame:
        """The accounts of its files."""

    @property
    def folder(self) -> Path:
        """Where the district lies."""


def rows_not_there(district: ReadDistrict) -> pd.DataFrame:
    """Name the files that end before a row of which the key says whose it is, or that are gone.

    A row that was put in place of another isn't seen, nor is a system that was taken away as a whole: whoever
    does that means to.

    Parameters
    ----------
    district
        A district that was read, with its answer key.

    Returns
    -------
    pandas.DataFrame
        ``file``, ``named`` (the last row that the key names) and ``rows`` (how many the file has; 0 where it
        is gone); empty where the key fits.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key, accounts = read_answer_key(district.folder).rows, district.accounts
    there = key[key["silo"].isin(accounts["silo"].dropna())]
    named = there.groupby("file")["row"].max().rename("named").reset_index()
    known = accounts[["file", "rows"]].drop_duplicates("file")
    found = named.merge(known, on="file", how="left", validate="one_to_one")
    found = found.assign(rows=found["rows"].fillna(0).astype("int64"))
    return found[found["rows"] < found["named"]].reset_index(drop=True)
