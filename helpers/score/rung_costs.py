"""What a way to join costs, in children: who is put together, who falls apart, who gets another's record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.score.answer_key import can_be_judged, read_answer_key
from helpers.score.children import score_children
from helpers.score.flags import flags_lost, true_flags
from helpers.score.truth import RECORD, persons_behind

__all__ = ["children_by_outcome", "flags_missed", "of_named_pairs"]

NAMED = ("Name and birth date", "Name only")
PAIRS_OF_NAMED = ("Both with birth date", "One without", "Names only")
OUTCOMES = ("right", "missed", "wrong")
# Without a key only how surely a child's records are tied can be told; what comes later is weaker.
TIES = {"Sure": "joined", "Alone": "alone", "Review": "review", "Unverified": "unverified"}


def children_by_outcome(district: District, links: Links) -> dict[str, int]:
    """Count the children of whom some system has a name, by what became of their records.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who, by some way to join.

    Returns
    -------
    dict of int
        With an answer key *right* (all its records and no other's), *missed* (they fell apart), *wrong*
        (another child's record is among them). Without one how surely they are tied: *joined*, *alone*,
        *review*, *unverified*, each child by its weakest tie. Only records with a name count: of a number
        alone that nobody shares no way to join can say whose it is, and with it no child would be whole.
        Nor does a record count in which its own system put two children: no way to join mends or makes that.
    """
    crosswalk = links.crosswalk[links.crosswalk["linkable_by"].isin(NAMED)]
    if can_be_judged(district.folder):
        key = read_answer_key(district.folder)
        behind = persons_behind(district, key)[[*RECORD, "person"]].drop_duplicates()
        two_in_one = behind.loc[behind.duplicated(RECORD), RECORD]
        crosswalk = crosswalk[~_among(crosswalk, two_in_one)]
        told = score_children(
            _only(district, crosswalk[RECORD]), replace(links, crosswalk=crosswalk), key=key
        )["outcome"].value_counts()
        return {outcome: int(told.get(outcome, 0)) for outcome in OUTCOMES}
    order = list(TIES)
    place = crosswalk["band"].map(order.index).groupby(crosswalk["child"]).max()
    counts = place.value_counts()
    return {TIES[band]: int(counts.get(number, 0)) for number, band in enumerate(order)}


def flags_missed(district: District, rungs: Mapping[str, Links]) -> pd.DataFrame:
    """Count, for each way to join, the children whose flag it hides.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    rungs
        Rung -> who is who.

    Returns
    -------
    pandas.DataFrame
        ``joined by`` and a column a flag: children who truly have it and aren't found; and *flagged without
        cause*, over all flags. The last line says how many truly have it.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    truly = true_flags(district, next(iter(rungs.values())))
    found = {
        rung: flags_lost(district, links, truly=truly).set_index("flag") for rung, links in rungs.items()
    }
    rows = {
        rung: {**lost["missed"].to_dict(), "flagged without cause": int(lost["wrongly"].sum())}
        for rung, lost in found.items()
    }
    rows["who truly have it"] = next(iter(found.values()))["truly"].to_dict()
    return pd.DataFrame.from_dict(rows, orient="index").astype("Int64").reset_index(names="joined by")


def of_named_pairs(scores: pd.DataFrame) -> tuple[float, float]:
    """Sum up pairs of records that both have a name.

    Parameters
    ----------
    scores
        The standard table *scores*.

    Returns
    -------
    tuple of float
        Recall and F1; NaN where there is no such pair.
    """
    whole = scores[scores["left_silo"].isna() & scores["group"].eq("All")]
    counts = whole.loc[whole["pair_kind"].isin(PAIRS_OF_NAMED), ["possible", "linked", "right"]].sum()
    possible, linked, right = (float(counts[name]) for name in ("possible", "linked", "right"))
    both = possible + linked
    return right / possible if possible else np.nan, 2 * right / both if both else np.nan


def _among(frame: pd.DataFrame, records: pd.DataFrame) -> np.ndarray:
    """Tell which rows are of one of some records."""
    return pd.MultiIndex.from_frame(frame[RECORD]).isin(pd.MultiIndex.from_frame(records[RECORD]))


def _only(district: District, records: pd.DataFrame) -> District:
    """Leave only some records in a district."""
    silos = {}
    for name, silo in district.items():
        people = silo.people[_among(silo.people, records)]
        rows = silo.person_rows[_among(silo.person_rows, records)]
        silos[name] = replace(silo, people=people, person_rows=rows)
    return District(district.folder, district.about, silos)
