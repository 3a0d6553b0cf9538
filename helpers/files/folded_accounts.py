"""The accounts of a district as a person reads them: many files of one kind are one line."""

from __future__ import annotations

from os.path import commonpath

import pandas as pd

from helpers.files.silo__district import District
from helpers.standard import STRING

__all__ = ["MANY", "folded_accounts"]

MANY = 4  # so many files of one kind are told in one line


def folded_accounts(district: District) -> pd.DataFrame:
    """Give the accounts with one line for many files of one kind; their rows add up as before.

    Parameters
    ----------
    district
        A district that was read.

    Returns
    -------
    pandas.DataFrame
        Columns of the accounts; ``file`` says the folder, how many files it stands for, and of what kind.
    """
    accounts = district.accounts
    kinds = district.kinds
    kind = pd.Series([", ".join(kinds.get(file, ())) for file in accounts["file"]], dtype=STRING)
    groups = accounts.groupby([accounts["silo"], kind], sort=False)["file"]
    many = (groups.transform("size") >= MANY).fillna(False).to_numpy(bool) & (kind != "").to_numpy(bool)
    number = pd.Series(range(len(accounts)), index=accounts.index)
    first_of = dict(zip(accounts["file"], number, strict=True))
    together = number.where(~many, groups.transform("first").map(first_of))
    shown = accounts["file"].copy()
    for first, files in accounts["file"][many].groupby(together[many]):
        folder = commonpath(files.tolist())
        shown.iloc[int(first)] = f"{folder}: {len(files)} files, {kind.iloc[int(first)]}"
    counts = [str(name) for name in accounts.columns if str(name).startswith("rows")]
    sums = accounts.assign(file=shown).groupby(together, sort=True)
    folded = sums[["silo", "file"]].first()
    return folded.join(sums[counts].sum()).reset_index(drop=True)[list(accounts.columns)]
