"""Rows that something befalls together: those of a piece that a system is sent or sends, those of a child."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import places_among
from synthetic_data.scene import Places, Scene

__all__ = ["chosen_children", "chosen_pieces"]

# Columns that name a piece, by the files that have them: a grade of a school, a term of one, or all who
# became eligible in one way.
NAMED_BY = (
    ("District School Number", "Grade"),
    ("TermName", "SchoolName"),
    ("School", "Student Grade"),
    ("School Name", "Grade"),
    ("@StudentActivityInfoRefId", "@SchoolYear"),
    ("application_academic_school_year", "eligibility_determination_reason"),
)


def chosen_pieces(scene: Scene, rows: pd.Series | None = None) -> list[tuple[str, Places]]:
    """Choose pieces of a fault's files.

    Parameters
    ----------
    scene
        Its rate is the share of pieces.
    rows
        True for the rows that count; all do when not given.

    Returns
    -------
    list of tuple
        The name of each chosen piece, and the places of its rows.
    """
    columns = set(scene.pages[0].table.rows.columns)
    first, second = next(pair for pair in NAMED_BY if columns.issuperset(pair))
    pieces = scene.text(first) + " " + scene.text(second)
    counts = np.ones(len(pieces), dtype=bool) if rows is None else rows.to_numpy(dtype=bool)
    names = np.sort(np.asarray(pieces.loc[counts].dropna().unique(), dtype=object))
    chosen = names[scene.choose(np.arange(len(names)))]
    places, group = _among(chosen, pieces.where(counts))
    starts = np.searchsorted(group, np.arange(len(chosen) + 1))
    return [(str(name), places[starts[n] : starts[n + 1]]) for n, name in enumerate(chosen.tolist())]


def chosen_children(scene: Scene, rows: pd.Series | None = None) -> tuple[Places, Places]:
    """Choose children, and give all their rows.

    Parameters
    ----------
    scene
        Its rate is the share of children.
    rows
        True for the rows of which a child needs one to be chosen; all do when not given.

    Returns
    -------
    tuple of numpy arrays
        Places of rows, and the number of the child, counted from 0, to whom each belongs.
    """
    person = scene.people["person"]
    listed = (person if rows is None else person.loc[rows.to_numpy(dtype=bool)]).dropna().unique()
    names = np.sort(np.asarray(listed, dtype=object))
    return _among(names[scene.choose(np.arange(len(names)))], person)


def _among(names: npt.NDArray[np.object_], text: pd.Series) -> tuple[Places, Places]:
    """Find the rows that bear one of some names, name by name."""
    group = places_among(text, names)
    places = np.flatnonzero(group >= 0)
    places = places[np.argsort(group[places], kind="stable")]
    return places, group[places]
