"""A child's gradebooks in a school year: what was assigned, what was graded, for how many points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.layouts import STRING
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.keys import listed_in

__all__ = ["GradebookYears", "gradebook_years", "newest_of_each", "only_handed_in"]

KEYS = ["child", "silo", "school_year"]
COUNTS = ["assigned", "graded", "excused"]
ROWS = [f"{name}_rows" for name in COUNTS]


@dataclass(frozen=True)
class GradebookYears:
    """Assignments by child, system and school year.

    Attributes
    ----------
    counted
        ``child, silo, school_year, record, link_band, as_of``; ``assigned, graded, excused`` (assignments),
        ``assigned_rows, graded_rows, excused_rows`` (lines of gradebooks in which they stand); ``earned,
        possible`` (points of what is graded; NA where of one of these nobody says how many were to be had).
    weighed
        One entry a row of ``assignment_score``: it was looked at.
    """

    counted: pd.DataFrame
    weighed: pd.Series


def newest_of_each(facts: pd.DataFrame, named: list[str]) -> pd.DataFrame:
    """Keep the last row of each thing of a child; what two exports hold counts once, as the later has it.

    Parameters
    ----------
    facts
        Rows of a fact table, in the order in which they were read.
    named
        Columns that say which thing it is; a row where all of them are empty is a thing of its own.

    Returns
    -------
    pandas.DataFrame
        The same columns, fewer rows.
    """
    again = facts.duplicated(["child", "silo", "year", *named], keep="last")
    return facts[~(again & facts[named].notna().any(axis="columns"))]


def only_handed_in(scores: pd.DataFrame) -> np.ndarray:
    """Say which rows only tell when something was handed in that another row of the same child tells of.

    A system may list what was handed in apart from its gradebooks, by the number of the assignment alone.

    Parameters
    ----------
    scores
        Table ``assignment_score``.

    Returns
    -------
    numpy.ndarray
        True for such rows: without a class, a score or points, where another row has the class.
    """
    bare = scores["section_id"].isna() & scores["score"].isna() & scores["score_possible"].isna()
    bare &= scores["assignment_id"].notna() & scores["record"].notna()
    if not bare.any():
        return np.zeros(len(scores), dtype=bool)
    # Numbers of assignments are compared first: they are few, and mostly decide.
    about = scores["assignment_id"].isin(scores.loc[bare, "assignment_id"].unique())
    cells = scores.loc[about & scores["section_id"].notna(), ["silo", "record", "assignment_id"]]
    theirs = scores.loc[bare, ["silo", "record", "assignment_id"]]
    told = listed_in(theirs, cells)
    found = np.zeros(len(scores), dtype=bool)
    found[np.flatnonzero(bare.to_numpy(dtype=bool))[told]] = True
    return found


def _numbered_lines(facts: pd.DataFrame) -> np.ndarray:
    """Give each source row a number."""
    file = pd.factorize(facts["file"])[0].astype("int64")
    row = facts["row"].to_numpy(dtype="int64")
    return file * (row.max(initial=0) + 1) + row


def gradebook_years(evidence: Evidence) -> GradebookYears:
    """Count every child's assignments by system and school year.

    A gradebook has a cell for each child and assignment of a class. An empty cell is an assignment without a
    grade so far, and no zero; a class in which the child doesn't sit says nothing of it.

    Parameters
    ----------
    evidence
        Records and facts by child.

    Returns
    -------
    GradebookYears
        The counts, and which rows were weighed.
    """
    scores = evidence.facts["assignment_score"]
    weighed = scores["child"].notna() & evidence.years.speak_of(scores["year"])
    cells = newest_of_each(
        scores[weighed & ~only_handed_in(scores)], ["section_id", "assignment_id", "title"]
    )
    graded = cells["score"].notna()
    status = cells["score_status"].fillna("")
    cells = cells[["child", "silo", "record", "link_band"]].assign(
        school_year=cells["year"],
        assigned=(status != "Not assigned").to_numpy(dtype=bool),
        graded=graded,
        excused=(status == "Excused").to_numpy(dtype=bool),
        earned=cells["score"].fillna(0.0),
        possible=cells["score_possible"].where(graded, 0.0).fillna(0.0),
        unknown=graded & cells["score_possible"].isna(),
    )
    by = cells.groupby(KEYS, sort=True)
    sums = by[[*COUNTS, "earned", "possible", "unknown"]].sum()
    sums = sums.assign(possible=sums["possible"].mask(sums.pop("unknown") > 0))
    # One line of a gradebook has many cells.
    lines = pd.DataFrame({"owner": by.ngroup(), "line": _numbered_lines(scores.loc[cells.index])})
    for name, rows in zip(COUNTS, ROWS, strict=True):
        behind = lines[cells[name].to_numpy(dtype=bool)].drop_duplicates()["owner"]
        sums[rows] = np.bincount(behind, minlength=len(sums))
    owners = cells[[*KEYS, "record", "link_band"]].drop_duplicates()
    owners = owners.assign(as_of=evidence.spoken(owners))
    counted = (
        sums.join(behind_one_value(owners, KEYS), how="left")
        .join(owners.groupby(KEYS)["as_of"].max(), how="left")
        .reset_index()
    )
    counted = counted.astype(
        {
            **dict.fromkeys(["child", "silo", "record", "link_band"], STRING),
            **dict.fromkeys(["school_year", *COUNTS, *ROWS], pd.Int64Dtype()),
            **dict.fromkeys(["earned", "possible"], np.dtype("float64")),
            "as_of": np.dtype("datetime64[us]"),
        }
    )
    return GradebookYears(counted, weighed)
