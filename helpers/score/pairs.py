"""Whether pairs of records are one child: for joins that come as a list of pairs, such as a lookup's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import RECORD, ScoredDistrict, persons_behind
from helpers.standard import STRING

__all__ = ["score_pairs"]


def score_pairs(
    district: ScoredDistrict, pairs: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Say of each pair of records whether both are of one child.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    pairs
        ``left_silo``, ``left_record``, ``right_silo``, ``right_record``, and whatever else it holds.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        The same rows with a column ``outcome``: *right*, or *wrong* where the two records are of two
        children, or one of them stands on rows of two.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    persons = persons_behind(district, key).groupby(RECORD)["person"].agg(["min", "max"])
    first, last = (
        [
            persons[which].reindex(pd.MultiIndex.from_frame(pairs[[f"{side}_silo", f"{side}_record"]]))
            for side in ("left", "right")
        ]
        for which in ("min", "max")
    )
    left, right = (side.to_numpy(dtype=str, na_value="") for side in first)
    one_each = [(a == b).fillna(False).to_numpy(dtype=bool) for a, b in zip(first, last, strict=True)]
    right_pair = (left == right) & (left != "") & one_each[0] & one_each[1]
    outcome = pd.Series(np.where(right_pair, "right", "wrong"), index=pairs.index, dtype=STRING)
    return pairs.assign(outcome=outcome)
