"""For whom joins go wrong: the share of true pairs that are missed, by group of children."""

from __future__ import annotations

import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.score.links import score_links

__all__ = ["missed_by_group"]

# Of fewer pairs nothing can be said.
LEAST_PAIRS = 30


def missed_by_group(district: District, links: Links, systems: list[str]) -> pd.DataFrame:
    """Say which share of the pairs of one child's records a join misses, by group.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    links
        Who is who.
    systems
        The systems to compare: in those that nothing joins, everybody is missed alike.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``possible`` (pairs), ``missed``, ``low`` and ``high`` (percent; Wilson's interval of 95%);
        groups with at least 30 pairs. Languages are left out, since names tell more.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    compared = District(district.folder, district.about, {silo: district[silo] for silo in systems})
    scores = score_links(compared, links.crosswalk[links.crosswalk["silo"].isin(systems)])
    groups = scores[
        scores["left_silo"].isna() & scores["pair_kind"].eq("All") & scores["possible"].ge(LEAST_PAIRS)
    ]
    groups = groups[~groups["group"].str.contains(": no$|^home language")].reset_index(drop=True)
    shares = {"missed": "recall", "low": "high", "high": "low"}
    return groups[["group", "possible"]].assign(
        **{name: 100 * (1 - groups[column]) for name, column in shares.items()}
    )
