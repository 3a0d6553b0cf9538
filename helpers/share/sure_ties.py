"""Which ties between records are sure enough for a page that goes to a family.

Links are made so that few records are missed, and a person looks at what is doubtful. Nobody looks at a page
before a family does, so a tie counts here only if two of number, name and birth date agree and nothing
contradicts them, or if a person has said yes. What a model finds likely is likely, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.link.resolve.clusters import components

__all__ = ["RECORD", "sure_pairs", "tied_by_machine_key", "tied_for_sure"]

RECORD = ["silo", "record"]
# The only rule that joins two records by one thing alone.
NUMBER_ALONE = "a strong id alone, nothing to verify it"
# A key of 128 bits, as software makes it: nobody types one, and a slip in it meets nobody.
MACHINE_KEY = r"[0-9a-f]{32}"
ALIKE = ("Same", "Nickname", "Order swapped")
NEARLY = ("Spelling",)
AS_IT_IS = ("Same", "Order swapped")


def sure_pairs(pairs: pd.DataFrame, siblings: np.ndarray, twins: np.ndarray) -> np.ndarray:
    """Tell which pairs are one child for sure.

    Parameters
    ----------
    pairs
        The standard table *pairs*.
    siblings, twins
        Booleans, one a pair: a brother or sister of the child is in the district's schools; one who was born
        on the same day.

    Returns
    -------
    numpy.ndarray
        Boolean, one a pair: a person said yes; or a rule did, by two of number, name and birth date, with
        nothing against them. A surname may have changed where number, first name and birth date agree. Of
        brothers and sisters the first name has to be more than alike (Jayden is spelt nearly as Hayden is);
        of twins it has to be there, and the same, since Alex may be either of Alexander and Alexandra.
    """
    match = pairs["decision"].eq("Match")
    by_person = match & pairs["decided_by"].eq("Person")
    by_rule = match & pairs["decided_by"].eq("Rule") & pairs["rule"].ne(NUMBER_ALONE)
    first, against = pairs["evidence_first_name"], pairs["contradiction"]
    number = pairs["evidence_identifier"].eq("Same")
    born = pairs["evidence_birth_date"].eq("Same")
    new_surname = against.eq("surname") & number & born & first.isin(ALIKE)
    unspoken = against.isna() | new_surname
    nearly, as_it_is = first.isin(NEARLY), first.isin(AS_IT_IS)
    plain = ~(nearly & siblings) & (as_it_is | ~twins)
    sure: np.ndarray = (by_person | by_rule & unspoken & plain).fillna(False).to_numpy(dtype=bool)
    return sure


def tied_by_machine_key(
    pairs: pd.DataFrame, identifiers: pd.DataFrame, by_machines: Sequence[str]
) -> np.ndarray:
    """Tell which pairs share a key that software made and software wrote.

    Parameters
    ----------
    pairs
        The standard table *pairs*.
    identifiers
        The standard table of that name.
    by_machines
        Systems whose files only software writes; one of the two must be of them.

    Returns
    -------
    numpy.ndarray
        Boolean, one a pair that rules joined by a number alone.
    """
    alone = pairs["decision"].eq("Match") & pairs["rule"].eq(NUMBER_ALONE)
    nested = pairs["left_silo"].isin(list(by_machines)) | pairs["right_silo"].isin(list(by_machines))
    rows = np.flatnonzero((alone & nested).fillna(False).to_numpy(dtype=bool))
    result = np.zeros(len(pairs), dtype=bool)
    key = identifiers["identifier"].str.casefold().str.replace(r"[-{}]", "", regex=True)
    made = key.str.fullmatch(MACHINE_KEY).fillna(False).to_numpy(dtype=bool)
    keys = identifiers.loc[made, RECORD].assign(key=key[made]).drop_duplicates()
    ends = pairs.iloc[rows].assign(place=rows)
    sides = [
        ends[["place", f"{side}_silo", f"{side}_record"]]
        .set_axis(["place", *RECORD], axis="columns")
        .merge(keys, on=RECORD, how="inner", validate="many_to_many")[["place", "key"]]
        for side in ("left", "right")
    ]
    both = sides[0].merge(sides[1], on=["place", "key"], how="inner", validate="one_to_one")
    result[both["place"].to_numpy(dtype="int64")] = True
    return result


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
