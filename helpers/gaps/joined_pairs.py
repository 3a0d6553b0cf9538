"""How well each two systems are joined, in one row a pair: what a terminal shows of a scorecard."""

from __future__ import annotations

import pandas as pd

__all__ = ["joined_pairs"]

PAIR = ["left_silo", "right_silo"]
# Column -> the measure and the figure of it.
SHOWN = {
    "joined": ("match rate", "numerator"),
    "out of": ("match rate", "denominator"),
    "rate": ("match rate", "value"),
    "only in left": ("only in left", "numerator"),
    "only in right": ("only in right", "numerator"),
    "to review": ("pairs to review", "numerator"),
    "refused": ("pairs refused", "numerator"),
}


def joined_pairs(scorecard: pd.DataFrame) -> pd.DataFrame:
    """Put what says how well two systems are joined into one row a pair.

    Parameters
    ----------
    scorecard
        Table ``scorecard``; hidden numbers stay hidden.

    Returns
    -------
    pandas.DataFrame
        ``left_silo, right_silo``, then children joined, of how many, their share, children whom only one has,
        pairs that wait for a person and pairs that were refused.
    """
    lines = scorecard[scorecard["right_silo"].notna()]
    pairs = lines[PAIR].drop_duplicates(ignore_index=True)
    for column, (measure, figure) in SHOWN.items():
        said = lines.loc[lines["measure"] == measure, [*PAIR, figure]].rename(columns={figure: column})
        pairs = pairs.merge(said, on=PAIR, how="left", validate="one_to_one")
    return pairs
