"""The rosters of a district, and the adults whom they name beside a child."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.link.values.contacts import emails, telephones
from helpers.profile.authority import authority_in
from helpers.standard import STRING

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["agents_of", "on_the_roster", "roster_silos"]

RECORD = ["silo", "record"]


def roster_silos(district: District) -> list[str]:
    """Name the systems that say who the district's children are.

    Parameters
    ----------
    district
        A district that was read.

    Returns
    -------
    list of str
        The authority for the roster, as layouts claim it or files show it; the first system where nobody
        lists children.
    """
    return list(authority_in(district).rosters) or list(district.silos)[:1]


def agents_of(people: pd.DataFrame) -> pd.DataFrame:
    """List the adults whom a system names beside a child.

    Parameters
    ----------
    people
        The standard table *people*, further columns as they are.

    Returns
    -------
    pandas.DataFrame
        The same rows, once an adult: ``agent``, the adult's local id in that system.
    """
    named = people[people["agents"].notna()]
    listed = named.assign(agent=named["agents"].str.split(";")).explode("agent", ignore_index=True)
    listed = listed.assign(agent=listed["agent"].astype(STRING).str.strip())
    return listed[listed["agent"].ne("").fillna(False)].reset_index(drop=True)


def on_the_roster(district: District, links: Links, ties: pd.DataFrame) -> np.ndarray:
    """Tell which adults the roster itself has beside the child, by e-mail address or telephone.

    Then it doesn't matter how surely the other system is tied: the adult is the child's.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.
    ties
        ``child, silo, guardian``: adults by their record.

    Returns
    -------
    numpy.ndarray
        Boolean, one a row of `ties`.
    """
    people = district.people
    rosters = roster_silos(district)
    reached = pd.concat(
        [
            people[[*RECORD, "local_id"]].assign(way=emails(people["email"])),
            people[[*RECORD, "local_id"]].assign(way=telephones(people["telephone"])),
        ],
        ignore_index=True,
    ).dropna(subset=["way"])
    child = links.crosswalk[[*RECORD, "child"]]
    listed = people[people["silo"].isin(rosters)].merge(child, on=RECORD, how="inner", validate="one_to_one")
    agents = agents_of(listed)[["silo", "agent", "child"]].drop_duplicates()
    ways = agents.merge(
        reached.dropna(subset=["local_id"]).rename(columns={"local_id": "agent"})[["silo", "agent", "way"]],
        on=["silo", "agent"],
        how="inner",
        validate="many_to_many",
    )
    mine = ties[["child", "silo", "guardian"]].assign(place=np.arange(len(ties)))
    mine = mine.merge(
        reached.rename(columns={"record": "guardian"})[["silo", "guardian", "way"]],
        on=["silo", "guardian"],
        how="inner",
        validate="many_to_many",
    )
    met = mine.merge(
        ways[["child", "way"]].drop_duplicates(), on=["child", "way"], how="inner", validate="many_to_one"
    )
    result: np.ndarray = np.isin(np.arange(len(ties)), met["place"].to_numpy())
    return result
