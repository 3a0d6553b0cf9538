"""Intervals beside what was put in, where who answers depends on what nobody records."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from helpers.gaps.sector.answered import answered_of
from helpers.gaps.sector.comparing import compare
from helpers.gaps.sector.reading import Sector, read_sector
from helpers.standard import as_table

__all__ = ["KIT_VOLUNTEERS", "beside_planted", "kit_seed", "kit_volunteers"]

# What `bigpicture make-sector FOLDER --sector volunteers` writes; a test makes it again.
KIT_VOLUNTEERS = Path(__file__).parent / "kit_volunteers"


def beside_planted(comparisons: pd.DataFrame, planted: pd.DataFrame) -> pd.DataFrame:
    """Put the intervals of a made sector beside what was put in.

    Parameters
    ----------
    comparisons
        Table ``sector_comparisons``.
    planted
        Table ``sector_planted`` of the same sector.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_beside_planted``: each year's differences among systems alike that may be shown.
    """
    shown = comparisons[
        comparisons["comparison"].eq("adjusted")
        & comparisons["year"].notna()
        & comparisons[["difference", "low", "high"]].notna().all(axis=1)
    ]
    truth = planted[planted["comparison"].eq("adjusted")].rename(columns={"points": "planted"})
    keys = ["grouping", "domain", "year"]
    truth = truth.drop_duplicates(keys)[[*keys, "planted"]]
    met = shown.merge(truth, on=keys, how="inner", validate="one_to_one")
    # As they are read: to two decimals, so that no interval fails by a digit that nobody sees. Zero takes the
    # minus from a zero.
    seen = met[["difference", "low", "high", "planted"]].round(2) + 0.0
    holds = seen["low"].le(seen["planted"]) & seen["high"].ge(seen["planted"])
    return as_table("sector_beside_planted", met[keys].join(seen).assign(holds=holds.astype("boolean")))


@cache
def kit_volunteers() -> pd.DataFrame:
    """Analyse the kit's own volunteers as any other sector, and put what was put in beside it.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_beside_planted``. Read it, never write into it.
    """
    read = _kit()
    return beside_planted(compare(answered_of(read.frame)), read.planted)


def kit_seed() -> int:
    """Give the seed of the kit's own volunteers.

    Returns
    -------
    int
        As it stands beside their file.
    """
    return int(_kit().about["seed"])


@cache
def _kit() -> Sector:
    return read_sector(KIT_VOLUNTEERS)
