"""How joins fare when records go wrong half as often, or twice as often.

The rates are partly measured, partly judged (`faults/`). A figure that depends on them is therefore told for
a range of the dial, not for one setting alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.files import read_district
from helpers.link import link_district, look_up_everywhere
from helpers.score import score_links
from helpers.standard import as_table
from synthetic_data.district import make_district

__all__ = ["DIALS", "over_the_dial"]

DIALS = (0.0, 0.5, 1.0, 2.0)


def over_the_dial(
    dials: Sequence[float] = DIALS,
    *,
    students: int = 150,
    seeds: Sequence[int] = (7,),
    level: str = "manual",
) -> pd.DataFrame:
    """Make, read and join small districts that differ in how often records go wrong, and in nothing else.

    Parameters
    ----------
    dials
        Factors on every rate, from 0 to 3.
    students
        Children of each district. Only files that name persons are made, since only these are joined.
    seeds
        A district each at every dial; they are counted together.
    level
        What the systems exchange.

    Returns
    -------
    pandas.DataFrame
        Table ``fault_dial``: one row a dial and a way to join, with the pairs of records that belong to one
        child (possible), those that are joined, rightly and wrongly, and those that are missed.
    """
    found = []
    for dial in dials:
        for seed in seeds:
            folder = make_district(
                "workshop", students=students, seed=seed, level=level, faults=dial, people_only=True
            )
            district = read_district(folder, written=False)
            ways = {
                "Looked up by number": look_up_everywhere(district.people, district.identifiers),
                "Standardised": link_district(district, "standardised"),
                "Decided": link_district(district, "decided"),
            }
            for way, links in ways.items():
                scores = score_links(district, links.crosswalk)
                whole = scores[
                    scores["left_silo"].isna() & scores["group"].eq("All") & scores["pair_kind"].eq("All")
                ]
                counts = whole[["possible", "linked", "right", "wrong", "missed"]]
                found.append(counts.assign(dial=dial, method=way))
    every = pd.concat(found, ignore_index=True)
    return as_table("fault_dial", every.groupby(["dial", "method"], sort=False).sum().reset_index())
