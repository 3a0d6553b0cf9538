"""One pair of records to look at where a join is wrong, or was missed: for each two systems, by the key."""

from __future__ import annotations

import pandas as pd

from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import ScoredDistrict, true_children
from helpers.standard import STRING

__all__ = ["MISSED", "WRONG", "misjudged_pairs"]

WRONG, MISSED = "Wrong", "Missed"
SIDES = ["left_silo", "left_record", "right_silo", "right_record"]


def misjudged_pairs(
    district: ScoredDistrict, crosswalk: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Give the first wrong and the first missed pair of each two systems.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    crosswalk
        The standard table *crosswalk*.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        ``why`` (Wrong: joined, and two children; Missed: one child, and not joined), ``left_silo``,
        ``left_record``, ``right_silo``, ``right_record``: systems by name, one row a pair of systems and
        ``why`` where there is any.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    truth = true_children(district, key or read_answer_key(district.folder), crosswalk)
    truth = truth[["silo", "record", "child", "person"]]
    parts = [
        _first(truth[truth["child"].notna()], "child", "person").assign(why=WRONG),
        _first(truth, "person", "child").assign(why=MISSED),
    ]
    found = pd.concat(parts, ignore_index=True)
    return found[["why", *SIDES]].astype(STRING)


def _first(truth: pd.DataFrame, alike: str, apart: str) -> pd.DataFrame:
    """Give for each two systems the first pair of records with the same one and another other."""
    # Only who has several of the other can have such a pair: few, where links are good.
    several = truth.groupby(alike)[apart].transform(lambda own: own.nunique(dropna=False)) > 1
    some = truth[several].drop_duplicates(["silo", alike, apart])
    both = some.merge(some, on=alike, how="inner", suffixes=("_left", "_right"), validate="many_to_many")
    other = both[f"{apart}_left"].ne(both[f"{apart}_right"]).fillna(True)
    both = both[other & (both["silo_left"] < both["silo_right"])]
    both = both.drop_duplicates(["silo_left", "silo_right"])
    return both[["silo_left", "record_left", "silo_right", "record_right"]].set_axis(SIDES, axis="columns")
