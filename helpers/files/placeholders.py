"""Names that are nobody's: `Last 1`, `StudentFirst1`, one name under many ids."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["placeholder_names"]

WORD_AND_NUMBER = r"^[^\W\d_]+[ _-]?\d+$"
# One name under many ids is a filler only where it is too frequent to be a common name.
SAME_NAME = 3
SAME_NAME_SHARE = 0.05


def placeholder_names(people: pd.DataFrame) -> pd.Series:
    """Find the records of one silo whose names are placeholders.

    Parameters
    ----------
    people
        Records of one silo: columns first_name, last_surname, full_name, birth_date, local_id.

    Returns
    -------
    pandas.Series
        Boolean, one a record. True where at least half of the silo's records, and two, have names that are a
        word with a number; or where three or more ids have one full name *and* birth date, or, without birth
        dates, one full name that at least one record in twenty has.
    """
    result = np.zeros(len(people), bool)
    if len(people) < 2:
        return pd.Series(result, index=people.index)
    names = people[["first_name", "last_surname", "full_name"]]
    numbered = np.zeros(len(people), bool)
    for column in names.columns:
        numbered |= names[column].str.match(WORD_AND_NUMBER).fillna(False).to_numpy(bool)
    if numbered.sum() >= max(2, len(people) / 2):
        result |= numbered
    whole = people["full_name"].fillna(
        people["first_name"].fillna("") + " " + people["last_surname"].fillna("")
    )
    whole = whole.str.strip()
    there = (whole != "") & people["local_id"].notna()
    keys = pd.DataFrame({"name": pd.factorize(whole)[0], "birth_date": people["birth_date"]})[there]
    again = keys[keys.duplicated(["name", "birth_date"], keep=False)]
    again = again.assign(id=people.loc[again.index, "local_id"])
    if len(again):
        count = again.groupby(["name", "birth_date"], dropna=False, sort=False)["id"].transform("nunique")
        enough = (count >= SAME_NAME) & (
            again["birth_date"].notna() | (count >= SAME_NAME_SHARE * len(people))
        )
        result[people.index.get_indexer(again.index[enough])] = True
    return pd.Series(result, index=people.index)
