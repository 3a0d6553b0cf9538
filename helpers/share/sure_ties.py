"""Which ties between records are sure enough for a page that goes to a family.

Links are made so that few records are missed, and a person looks at what is doubtful. Nobody looks at a page
before a family does, so a tie counts here only if two of number, name and birth date agree and nothing
contradicts them, or if a person has said yes. What a model finds likely is likely, and no more.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.clusters import components

__all__ = ["RECORD", "sure_pairs", "tied_for_sure"]

RECORD = ["silo", "record"]
# The only rule that joins two records by one thing alone.
NUMBER_ALONE = "a strong id alone, nothing to verify it"
ALIKE = ("Same", "Nickname", "Order swapped")


def sure_pairs(pairs: pd.DataFrame) -> np.ndarray:
    """Tell which pairs are one child for sure.

    Parameters
    ----------
    pairs
        The standard table *pairs*.

    Returns
    -------
    numpy.ndarray
        Boolean, one a pair: a person said yes; or a rule did, by two of number, name and birth date, with
        nothing against them. A surname may have changed where number, first name and birth date agree.
    """
    match = pairs["decision"].eq("Match")
    by_person = match & pairs["decided_by"].eq("Person")
    by_rule = match & pairs["decided_by"].eq("Rule") & pairs["rule"].ne(NUMBER_ALONE).fillna(False)
    against = pairs["contradiction"]
    number = pairs["evidence_identifier"].eq("Same")
    born = pairs["evidence_birth_date"].eq("Same")
    new_surname = against.eq("surname") & number & born & pairs["evidence_first_name"].isin(ALIKE)
    unspoken = against.isna() | new_surname
    sure: np.ndarray = (by_person | by_rule & unspoken).fillna(False).to_numpy(dtype=bool)
    return sure


def tied_for_sure(records: pd.DataFrame, pairs: pd.DataFrame, doubted: np.ndarray) -> np.ndarray:
    """Label records that sure ties hold together, none of which leads through a record in doubt.

    Parameters
    ----------
    records
        ``silo``, ``record``, distinct.
    pairs
        The standard table *pairs*, of the ties that are sure.
    doubted
        Boolean, one a record.

    Returns
    -------
    numpy.ndarray
        ``int64``, one a record: equal for records that are tied.
    """
    place = pd.MultiIndex.from_frame(records[RECORD])
    ends = [
        place.get_indexer(pd.MultiIndex.from_frame(pairs[[f"{side}_silo", f"{side}_record"]]))
        for side in ("left", "right")
    ]
    both = (ends[0] >= 0) & (ends[1] >= 0)
    left, right = ends[0][both], ends[1][both]
    plain = ~(doubted[left] | doubted[right])
    return components(len(records), left[plain], right[plain])
