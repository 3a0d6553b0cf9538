"""A spreadsheet's lookup: records joined because a number is the same, and nothing else is asked.

It is here to be compared with the ladder, not to be used. Each number stands on one record only on either
side, so that every test of keys passes; whether two systems mean the same thing by their number, nobody asks.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.clusters import components
from helpers.link.crosswalk import STEPS, Links, make_crosswalk
from helpers.link.students import make_ready
from helpers.standard import as_table, empty_table

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
    return _found_by(_numbers_of(people, identifiers), [left, right])


def _numbers_of(people: pd.DataFrame, identifiers: pd.DataFrame) -> pd.DataFrame:
    """List the numbers that stand on one child only of their system, with its record."""
    children = people.loc[people["role"].eq("Student"), RECORD]
    numbers = identifiers[~identifiers["identification_system"].isin(NOT_NUMBERS)]
    numbers = numbers[[*RECORD, "identifier"]].dropna().drop_duplicates()
    numbers = numbers.merge(children, on=RECORD, how="inner", validate="many_to_one")
    return numbers[~numbers.duplicated(["silo", "identifier"], keep=False)]


def _found_by(numbers: pd.DataFrame, silos: list[str]) -> pd.DataFrame:
    """Find equal numbers, of all pairs of some systems at once; the earlier system stands left."""
    place = {silo: number for number, silo in enumerate(silos)}
    numbers = numbers[numbers["silo"].isin(silos)]
    numbers = numbers.assign(place=numbers["silo"].map(place).astype("int64"))
    left, right = (
        numbers.rename(columns={name: f"{side}_{name}" for name in (*RECORD, "place")})
        for side in ("left", "right")
    )
    # In a system a number stands once, so that no pair of systems has more rows than numbers.
    found = left.merge(right, on="identifier", how="inner", validate="many_to_many")
    found = found[found["left_place"] < found["right_place"]]
    pair = ["left_place", "right_place", "left_record", "right_record"]
    found = found.sort_values([*pair, "identifier"]).drop_duplicates(pair, ignore_index=True)
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
    found = _found_by(_numbers_of(people, identifiers), known["silo"].unique().tolist())
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
