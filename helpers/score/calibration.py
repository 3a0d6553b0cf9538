"""Whether probabilities are what they say: that of the pairs at .9 nine in ten are one child."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.quality import BANDS, probability_bands
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.pairs import score_pairs
from helpers.score.rates import rate_of
from helpers.score.truth import ScoredDistrict, persons_behind
from helpers.standard import as_table

__all__ = ["score_calibration"]


def score_calibration(
    district: ScoredDistrict, pairs: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Compare the probabilities of pairs with how many are one child.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    pairs
        The standard table *pairs*.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        The standard table *match_calibration*, one row a band of probability that has pairs; pairs of rules
        stand in a band of their own, without an expectation. Pairs of one child (whose the left record is)
        count together in the interval.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    right = score_pairs(district, pairs, key=key)["outcome"].eq("right").to_numpy(dtype="float64")
    owners = persons_behind(district, key).drop_duplicates(["silo", "record"])
    ends = pairs[["left_silo", "left_record"]].set_axis(["silo", "record"], axis="columns")
    child = ends.merge(
        owners[["silo", "record", "person"]], on=["silo", "record"], how="left", validate="many_to_one"
    )["person"]
    cluster = pd.factorize(child.fillna("nobody"))[0].astype("int64")
    band = probability_bands(pairs).to_numpy()
    rows = []
    for name in BANDS:
        here = band == name
        if not here.any():
            continue
        rate = rate_of(right[here], np.ones(int(here.sum())), pd.factorize(cluster[here])[0].astype("int64"))
        low, high = rate.interval()
        mean = pairs.loc[here, "match_probability"].astype("float64").mean()
        rows.append((name, int(here.sum()), mean, int(rate.numerator), rate.value, low, high))
    columns = ["band", "pairs", "expected", "right", "share", "low", "high"]
    return as_table("match_calibration", pd.DataFrame(rows, columns=columns))
