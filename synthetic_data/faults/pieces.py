"""The pieces in which a system is sent its rows, or sends them: some faults befall all rows of one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic_data.scene import Places, Scene

__all__ = ["chosen_pieces"]

# Columns that name a piece, by the files that have them: a grade of a school, or a term of one.
NAMED_BY = (
    ("District School Number", "Grade"),
    ("TermName", "SchoolName"),
    ("School", "Student Grade"),
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
    chosen = [str(names[at]) for at in scene.choose(np.arange(len(names))).tolist()]
    return [(name, np.flatnonzero(counts & (pieces == name).to_numpy(dtype=bool))) for name in chosen]
