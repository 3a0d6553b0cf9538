"""Whom of a role a view can be opened for: teachers, guardians, schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.share.allowed import allowed_for, asked
from helpers.share.policy import Policy, read_policy
from helpers.share.whose import UNSEEN, Ties
from helpers.standard import STRING

if TYPE_CHECKING:
    from helpers.profile.store.source import Source

__all__ = ["whos"]

COLUMNS = ["who", "name", "school", "children"]


def whos(source: Source, role: str, policy: Policy | None = None) -> pd.DataFrame:
    """List for whom of a role a view can be opened.

    Parameters
    ----------
    source
        Where the children are kept.
    role
        Name of a role.
    policy
        The kit's own where nothing is given.

    Returns
    -------
    pandas.DataFrame
        ``who`` (what `view` takes), ``name`` (of a teacher, a guardian or a student; else as `who`),
        ``school`` (NA where there is none), ``children`` (how many they have to do with). Names of students
        and guardians are in it: it is for choosing, inside the district.

    Raises
    ------
    Refused
        When the policy has no such role.
    """
    policy = policy or read_policy()
    found, purpose = asked(policy, role, None)
    ties = Ties(source, policy)
    if found.who == "district":
        frame = pd.DataFrame(
            {"who": ["district"], "name": ["district"], "children": [len(source.children())]}
        )
    elif found.who == "child":
        known = source.children()
        name = (known["first_name"].fillna("") + " " + known["last_surname"].fillna("")).str.strip()
        frame = pd.DataFrame({"who": known["child"], "name": name, "school": known["school"], "children": 1})
    elif found.who == "recipient":
        frame = pd.DataFrame(columns=COLUMNS)
    elif found.who == "adult":
        frame = _adults(ties.relations, "Guardian" if found.scope == "own child" else "Teacher")
    else:
        hidden = allowed_for(policy, found, purpose, source.systems()).unknown
        frame = _schools(ties.schools(hidden), found.name == "counsellor")
    texts = frame.reindex(columns=COLUMNS[:3]).astype(STRING)
    return texts.assign(children=frame.get("children", pd.Series(dtype="Int64"))).astype(
        {"children": "Int64"}
    )


def _adults(relations: pd.DataFrame, role: str) -> pd.DataFrame:
    rows = relations[(relations["role"].eq(role) & relations["adult"].notna()).to_numpy(dtype=bool)]
    # A guardian without rights, or who may be another child's, isn't offered.
    refused = rows["without_rights"].fillna(False) | rows["in_doubt"].fillna(False)
    refused |= rows["link_band"].eq(UNSEEN).fillna(False) & (role == "Guardian")
    rows = rows[~refused.to_numpy(dtype=bool)]
    rows = rows.assign(who=rows["silo"] + ":" + rows["adult"])
    by = rows.groupby("who", sort=False)
    frame = pd.DataFrame(
        {
            "name": by["adult_name"].first(),
            "school": by["school_name"].first(),
            "children": by["child"].nunique(),
        }
    )
    return frame.reset_index().sort_values(["school", "name", "who"], ignore_index=True)


def _schools(rows: pd.DataFrame, with_grades: bool) -> pd.DataFrame:
    counts = rows.groupby("school_name")["child"].nunique()
    frame = pd.DataFrame({"who": counts.index, "school": counts.index, "children": counts.to_numpy()})
    if with_grades:
        grades = (
            rows.groupby(["school_name", "grade_level"])["child"].nunique().rename("children").reset_index()
        )
        more = grades.assign(
            who=grades["school_name"] + ", grade " + grades["grade_level"], school=grades["school_name"]
        )
        frame = pd.concat([frame, more[["who", "school", "children"]]], ignore_index=True)
    return frame.assign(name=frame["who"]).sort_values("who", ignore_index=True)
