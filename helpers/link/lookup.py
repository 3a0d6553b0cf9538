"""A spreadsheet's lookup: records joined because a number is the same, and nothing else is asked.

It is here to be compared with the ladder, not to be used. Each number stands on one record only on either
side, so that every test of keys passes; whether two systems mean the same thing by their number, nobody asks.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from helpers.layouts import as_table, empty_table
from helpers.link.clusters import components
from helpers.link.crosswalk import STEPS, make_crosswalk
from helpers.link.ladder import Links
from helpers.link.students import make_ready

__all__ = ["NOT_NUMBERS", "look_up", "look_up_everywhere"]

# What a person types to get in or to be written to: nobody looks a child up by it.
NOT_NUMBERS = ("Login", "Email", "PIN", "School")
RECORD = ["silo", "record"]


def look_up(people: pd.DataFrame, identifiers: pd.DataFrame, left: str, right: str) -> pd.DataFrame:
    """Join the children of two systems by equal numbers, as a spreadsheet does, and verify nothing.

    Parameters
    ----------
    people, identifiers
        The standard tables of those names.
    left, right
        The two systems.

    Returns
    -------
    pandas.DataFrame
        ``left_silo``, ``left_record``, ``right_silo``, ``right_record``, ``identifier``: one row a pair of
        records, in order of the left record. A number that stands on two records of one system is left out:
        there a test of keys fails, and somebody would notice.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {"silo": ["sis", "meals"], "record": ["a", "b"], "role": "Student"}, dtype="string"
    ... )
    >>> ids = people[["silo", "record"]].assign(identification_system="District", identifier="4711")
    >>> look_up(people, ids, "sis", "meals")[["left_record", "right_record"]].values.tolist()
    [['a', 'b']]
    """
    children = people.loc[people["role"].eq("Student"), RECORD]
    numbers = identifiers[~identifiers["identification_system"].isin(NOT_NUMBERS)]
    numbers = numbers[[*RECORD, "identifier"]].dropna().drop_duplicates()
    numbers = numbers.merge(children, on=RECORD, how="inner", validate="many_to_one")
    sides = []
    for side, silo in (("left", left), ("right", right)):
        own = numbers[numbers["silo"].eq(silo)]
        own = own[~own.duplicated("identifier", keep=False)]
        sides.append(own.rename(columns={name: f"{side}_{name}" for name in RECORD}))
    found = sides[0].merge(sides[1], on="identifier", how="inner", validate="one_to_one")
    found = found.sort_values(["left_record", "right_record", "identifier"])
    found = found.drop_duplicates(["left_record", "right_record"], ignore_index=True)
    return found[["left_silo", "left_record", "right_silo", "right_record", "identifier"]]


def look_up_everywhere(people: pd.DataFrame, identifiers: pd.DataFrame) -> Links:
    """Look every system up in every other one: a crosswalk to set beside that of the ladder.

    Parameters
    ----------
    people, identifiers
        The standard tables of those names, of all silos.

    Returns
    -------
    Links
        As from ``link_children``, so that the same functions judge it. Every record that is joined to another
        one, the anchor aside, is *Unverified*; there are no findings, since nothing was compared.
    """
    students = make_ready(people, identifiers, anchor_order=("sis",))
    known = students.people[RECORD]
    silos = known["silo"].unique().tolist()
    looked_up = [look_up(people, identifiers, left, right) for left, right in combinations(silos, 2)]
    found = pd.concat(looked_up, ignore_index=True) if looked_up else look_up(people, identifiers, "", "")
    place = pd.MultiIndex.from_frame(known)
    left, right = (
        place.get_indexer(pd.MultiIndex.from_frame(found[[f"{side}_silo", f"{side}_record"]]))
        for side in ("left", "right")
    )
    matches = pd.DataFrame(
        {
            "left": left,
            "right": right,
            "step": np.zeros(len(found), dtype="int64"),
            "decision": "Match",
            "verified": False,
        }
    )
    label = components(len(known), left, right)
    pairs = found.drop(columns="identifier").assign(
        step=STEPS[0],
        rule="equal numbers",
        evidence_identifier="Same",
        decision="Match",
        decided_by="Rule",
    )
    return Links(
        crosswalk=make_crosswalk(students, label, matches),
        pairs=as_table("pairs", pairs),
        findings=empty_table("findings"),
        passed_over=pd.DataFrame(
            {"step": pd.Series([STEPS[0]], dtype="string"), "keys": [0], "records": [0]}
        ).astype({"keys": "Int64", "records": "Int64"}),
    )
