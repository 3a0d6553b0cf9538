"""Score links across districts, and systems as owners of the roster."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.gaps import keys_of, load_presence
from helpers.link import Links
from helpers.score.answer_key import read_answer_key
from helpers.score.links import pair_totals, with_rates
from helpers.score.truth import true_children
from helpers.standard import STRING, as_table, empty_table

__all__ = ["score_movers", "score_region", "score_roster_owners", "true_region"]


WITHIN, ACROSS = "Within districts", "Across districts"


def true_region(districts: Iterable[tuple[str, District]], crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return the true person and the linked child of each record in a region.

    Parameters
    ----------
    districts
        Name and district of each, with its answer key; a child who moved is one person in both keys.
    crosswalk
        Table ``crosswalk`` with a first column ``district``, from ``helpers.link.districts``.

    Returns
    -------
    pandas.DataFrame
        As ``helpers.score.truth.true_children``, with ``district``.

    Raises
    ------
    BadInput
        If a district has no answer key.
    """
    parts = []
    for name, district in districts:
        key = read_answer_key(district.folder)
        here = crosswalk[crosswalk["district"].eq(name)].drop(columns="district")
        truth = true_children(district, key, here)
        nobody = truth["person"].str.startswith("nobody ")
        # Records of two districts without a person in the keys aren't one person.
        person = truth["person"].mask(nobody, name + " " + truth["person"])
        parts.append(truth.assign(district=name, person=person))
    return pd.concat(parts, ignore_index=True).astype({"district": STRING})


def score_region(truth: pd.DataFrame) -> pd.DataFrame:
    """Compare the linked pairs of a region with the true pairs.

    Parameters
    ----------
    truth
        From `true_region`.

    Returns
    -------
    pandas.DataFrame
        Table ``region_scores``: pairs within a district, and pairs across districts, by population.
    """
    whole = pair_totals(truth)
    within = whole * 0
    for _, part in truth.groupby("district"):
        within += pair_totals(part)
    parts = [counted.assign(pairs=where) for where, counted in ((WITHIN, within), (ACROSS, whole - within))]
    return as_table("region_scores", with_rates(pd.concat(parts).reset_index()))


def score_movers(truth: pd.DataFrame) -> pd.DataFrame:
    """Check whether the records of each child who moved between districts are linked.

    Parameters
    ----------
    truth
        From `true_region`.

    Returns
    -------
    pandas.DataFrame
        ``person``, ``districts`` (Int64) and ``outcome``: *joined* (the records of all her districts are one
        child, without another person's record from another district), *missed*, or *wrong* (linked with
        another person's record from another district). Children of one district who are linked with somebody
        from another count as *wrong*, too.
    """
    mine = truth[truth["is_child"] & truth["child"].notna()]
    districts = mine.groupby("person")["district"].nunique()
    held = truth.dropna(subset=["child"])[["child", "person", "district"]].drop_duplicates()
    ties = mine[["person", "child", "district"]].drop_duplicates()
    beside = ties.merge(held, on="child", how="inner", validate="many_to_many", suffixes=("", "_other"))
    foreign = beside["person"].ne(beside["person_other"]) & beside["district"].ne(beside["district_other"])
    wrong = districts.index.isin(beside.loc[foreign, "person"])
    widest = ties.groupby(["person", "child"])["district"].nunique().groupby("person").max()
    joined = widest.reindex(districts.index).eq(districts).to_numpy(dtype=bool)
    outcome = np.select([wrong, joined], ["wrong", "joined"], default="missed")
    scored = pd.DataFrame(
        {
            "person": districts.index.astype(STRING).to_numpy(),
            "districts": districts.to_numpy(),
            "outcome": outcome,
        }
    ).astype({"person": STRING, "districts": "Int64", "outcome": STRING})
    return scored[scored["districts"].gt(1) | scored["outcome"].eq("wrong")].reset_index(drop=True)


ENROLLED = "school"
# The key gives a school for all children of the school year; these have left it, or never came.
GONE = ("left", "no_show")
# A system can take over from a roster by number if at least this share of its records has one; the kit's own.
TAKES_OVER = 0.8


def score_roster_owners(district: District, links: Links) -> pd.DataFrame:
    """Score each system as the owner of the roster: the list from which all others update.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        What `link_district` returned for it.

    Returns
    -------
    pandas.DataFrame
        Table ``roster_owners``, one row per system that records children's schools. On the latest day,
        ``found`` counts enrolled children on its list, ``missed`` those who aren't on it, ``wrong`` children
        on it who aren't enrolled, ``twice`` children with two records. ``takes_over`` lists the other systems
        that have its numbers and could update by them.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = read_answer_key(district.folder)
    newest = key.values["as_of"].isna() | key.values["as_of"].eq(key.values["as_of"].max())
    here = key.values[newest & key.values["element"].eq(ENROLLED) & key.values["value"].notna()]
    gone = key.cases.loc[key.cases["case"].isin(GONE), "person"]
    enrolled = set(here["person"]) - set(gone)
    truth = true_children(district, key, links.crosswalk)
    truth = truth[truth["is_child"]]
    people = district.people.dropna(subset=["school_id"])
    known = load_presence(district, links)
    keys = keys_of(known, district.identifiers)
    rows = []
    for silo in known.silos:
        listed = set(people.loc[people["silo"].eq(silo), "record"])
        mine = truth[truth["silo"].eq(silo) & truth["record"].isin(listed)]
        if mine.empty:
            continue
        persons = set(mine["person"])
        others = [other for other in known.silos if other != silo]
        over = [
            float(keys.meeting(other, silo)[known.of(known.silos.index(other))].mean()) >= TAKES_OVER
            for other in others
        ]
        rows.append(
            {
                "silo": silo,
                "of_children": len(enrolled),
                "listed": len(persons),
                "found": len(persons & enrolled),
                "missed": len(enrolled - persons),
                "wrong": len(persons - enrolled),
                "twice": int(mine.groupby("person")["record"].nunique().gt(1).sum()),
                "takes_over": sum(over),
                "other_systems": len(others),
            }
        )
    if not rows:  # no system records where a child goes to school
        return empty_table("roster_owners")
    frame = pd.DataFrame(rows).sort_values(["missed", "wrong", "silo"], kind="stable")
    return as_table("roster_owners", frame)
