"""A child's gradebooks in a school year: what was assigned, what was graded, for how many points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.evidence import Evidence
from helpers.profile.found import Whose
from helpers.profile.groups import is_first, is_last, one_number
from helpers.profile.keys import listed_in
from helpers.profile.rows import Rows

__all__ = ["GradebookYears", "gradebook_years", "newest_of_each", "only_handed_in"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class GradebookYears:
    """Assignments by child, system and school year.

    Attributes
    ----------
    whose
        Whose each is.
    counts
        ``assigned, graded, excused`` (assignments), ``earned, possible`` (points of what is graded; NaN where
        of one of these nobody says how many were to be had).
    rows
        Of ``assigned, graded, excused``: lines of gradebooks in which they stand.
    lines
        These lines: of each the place of a row of ``assignment_score``, and of its child and year.
    as_of
        The newest day for which the records speak.
    weighed
        One entry a row of ``assignment_score``: it was looked at.
    """

    whose: Whose
    counts: Mapping[str, npt.NDArray[Any]]
    rows: Mapping[str, Ints]
    lines: Mapping[str, tuple[Ints, Ints]]
    as_of: npt.NDArray[Any]
    weighed: npt.NDArray[np.bool_]


def newest_of_each(rows: Rows, at: Ints, named: Sequence[str]) -> Ints:
    """Keep the last row of each thing of a child; what two exports hold counts once, as the later has it.

    Parameters
    ----------
    rows
        A fact table, in the order in which it was read.
    at
        Places of the rows that are looked at.
    named
        Columns that say which thing it is; a row where all of them are empty is a thing of its own.

    Returns
    -------
    numpy.ndarray
        Some of these places.
    """
    codes = [rows.code(name)[at] + 1 for name in named]
    last = is_last(rows.owner[at], rows.system[at], rows.year[at], *codes)
    nameless = np.sum(codes, axis=0) == 0
    return at[last | nameless]


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
    scores = evidence.tables["assignment_score"]
    weighed = scores.told
    at = np.flatnonzero(weighed & ~only_handed_in(scores.frame))
    at = newest_of_each(scores, at, ["section_id", "assignment_id", "title"])
    whose = Whose.of(scores, at)
    groups = whose.groups()
    score, possible = scores.numbers("score")[at], scores.numbers("score_possible")[at]
    graded = ~np.isnan(score)
    cells = {
        "assigned": ~scores.among("score_status", ["Not assigned"])[at],
        "graded": graded,
        "excused": scores.among("score_status", ["Excused"])[at],
    }
    unknown = groups.count(graded & np.isnan(possible)) > 0
    points = groups.total(np.where(graded & ~np.isnan(possible), possible, 0.0))
    counts: dict[str, npt.NDArray[Any]] = {name: groups.count(which) for name, which in cells.items()}
    counts["earned"] = groups.total(np.where(graded, score, 0.0))
    counts["possible"] = np.where(unknown, np.nan, points)
    # One line of a gradebook has many cells.
    line = one_number(scores.files(evidence)[at], scores.row[at])[0]
    lines = {}
    for name, which in cells.items():
        places = np.flatnonzero(which)
        places = places[is_first(groups.of[places], line[places])]
        lines[name] = at[places], groups.of[places]
    return GradebookYears(
        whose=whose.of_groups(groups),
        counts=counts,
        rows={name: np.bincount(of, minlength=len(groups)) for name, (_, of) in lines.items()},
        lines=lines,
        as_of=groups.newest(evidence.spoken_for(whose.system, whose.tie)),
        weighed=weighed,
    )
