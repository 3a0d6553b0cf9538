"""For whom joins go wrong: the share of true pairs that are missed, by group of children."""

from __future__ import annotations

import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.score.groups import AS_THEY_ARE, score_groups

__all__ = ["missed_by_group"]

# Of fewer pairs nothing can be said.
LEAST_PAIRS_OF_A_GROUP = 30


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
        ``group``, ``possible`` (pairs), ``missed``, ``low`` and ``high`` (percent; interval of 95%, children
        of one household together); groups with at least 30 pairs. Of languages only whether English is
        spoken at home is told, since names tell more.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    compared = District(district.folder, district.about, {silo: district[silo] for silo in systems})
    scores = score_groups(compared, links.crosswalk[links.crosswalk["silo"].isin(systems)]).scores
    groups = scores[
        scores["measure"].eq("Recall")
        & scores["faults"].eq(AS_THEY_ARE)
        & scores["pair_kind"].eq("All")
        & scores["denominator"].ge(LEAST_PAIRS_OF_A_GROUP)
    ].rename(columns={"denominator": "possible"})
    groups = groups[~groups["group"].str.contains(r": no$|^home language|: English$")].reset_index(drop=True)
    shares = {"missed": "value", "low": "high", "high": "low"}
    return groups[["group", "possible"]].assign(
        **{name: 100 * (1 - groups[column]) for name, column in shares.items()}
    )
