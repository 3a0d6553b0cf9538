"""Count the children for whom a folder's files show what a profile begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["children_with"]

FIELDS = {
    "names": "last_surname",
    "birth dates": "birth_date",
    "grades": "grade_level",
    "schools": "school_name",
}
FACTS = {"days absent": "attendance_event", "test scores": "assessment_result"}


def children_with(district: District, links: Links) -> dict[str, int]:
    """Count the children with each of names, birth dates, grades, schools, days absent and test scores.

    Examples
    --------
    >>> {what: count > 0 for what, count in children_with(district, links).items()}["grades"]
    True
    """
    cross = links.crosswalk[["silo", "record", "child"]]
    people = _with_child(district.people[district.people["role"].eq("Student").fillna(False)], cross)
    school = people["school_name"].fillna(people["school_id"])
    people = people.assign(school_name=school)
    found = {
        what: int(people.loc[people[field].notna(), "child"].nunique()) for what, field in FIELDS.items()
    }
    children = set(people["child"])
    for what, table in FACTS.items():
        rows = _with_child(district.fact(table)[["silo", "record"]].drop_duplicates(), cross)
        found[what] = len(children & set(rows["child"]))
    return {"children": len(children), **found}


def _with_child(rows: pd.DataFrame, cross: pd.DataFrame) -> pd.DataFrame:
    return rows.merge(cross, on=["silo", "record"], how="inner", validate="many_to_one")
