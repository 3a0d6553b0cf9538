"""Pairs that wait though a person's answer about two other records of the same children settles them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.clusters import components
from helpers.link.review.sides import SIDES
from helpers.standard import STRING

__all__ = ["settled_by_persons"]


def settled_by_persons(pairs: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.Series:
    """Say which waiting pairs need not be asked any more, and what their answer is.

    Parameters
    ----------
    pairs, crosswalk
        The standard tables of those names, of one run.

    Returns
    -------
    pandas.Series
        Text with the index of `pairs`. *Match* where a person's yes about two other records joined what both
        records stand in; *No match* where a person's no stands between their two children; NA else, and for
        all that doesn't wait. A doubt within one child that no person's yes tied stays open.
    """
    answer = pd.Series(None, index=pairs.index, dtype=STRING)
    by_person = pairs["decided_by"].eq("Person") & pairs["decision"].isin(["Match", "No match"])
    waits = pairs["decision"].eq("Review")
    if not by_person.any() or not waits.any():
        return answer
    joined = pairs["decision"].eq("Match")
    used = pairs[by_person | waits | joined]
    key = [
        used[f"{side}_silo"].astype(STRING) + "\n" + used[f"{side}_record"].astype(STRING) for side in SIDES
    ]
    codes, names = pd.factorize(pd.concat(key, ignore_index=True))
    left, right = codes[: len(used)], codes[len(used) :]
    persons, open_, ties = (mask.loc[used.index].to_numpy(dtype=bool) for mask in (by_person, waits, joined))
    # What rules and the model hold together, and then the same with people's answers.
    part = components(len(names), left[ties & ~persons], right[ties & ~persons])
    whole = components(len(names), part[left[ties & persons]], part[right[ties & persons]])
    one, other = part[left], part[right]
    yes = open_ & (one != other) & (whole[one] == whole[other])
    child_of = crosswalk["silo"].astype(STRING) + "\n" + crosswalk["record"].astype(STRING)
    child = pd.Series(crosswalk["child"].to_numpy(), index=child_of).reindex(names)
    number = pd.factorize(child)[0].astype("int64")
    near, far = np.minimum(number[left], number[right]), np.maximum(number[left], number[right])
    between = near * (int(number.max()) + 1) + far
    told_no = persons & ~ties & (near != far)
    no = open_ & (near != far) & np.isin(between, between[told_no])
    answer.loc[used.index[yes]] = "Match"
    answer.loc[used.index[no]] = "No match"
    return answer
