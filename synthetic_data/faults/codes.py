"""Codes that nobody agreed on, codes that stand for nothing, and markers that differ."""

from __future__ import annotations

import numpy as np

from synthetic_data.faults.pieces import chosen_pieces
from synthetic_data.scene import Scene

__all__ = ["gender_marker_differs", "grade_level_codes", "neither_absent_nor_tardy", "null_as_text"]

OTHER_MARKER = {"F": "M", "M": "F"}
ENDINGS = {"1": "1st", "2": "2nd", "3": "3rd"}


def gender_marker_differs(scene: Scene) -> None:
    """F -> M, in a child's latest row: changed in one system, and in no other."""
    person, text = scene.people["person"], scene.text()
    latest = (~person.duplicated(keep="last") & person.notna()).to_numpy(dtype=bool)
    chosen = scene.choose(np.flatnonzero(latest & text.isin(list(OTHER_MARKER)).to_numpy(dtype=bool)))
    scene.write(chosen, text.iloc[chosen].map(OTHER_MARKER), groups=np.arange(len(chosen)))


def grade_level_codes(scene: Scene) -> None:
    """3 -> 3rd, in the whole list of a grade: a grade in words of one's own."""
    text = scene.text()
    for group, (_, places) in enumerate(chosen_pieces(scene)):
        own = ["Kinder" if grade == "K" else ENDINGS.get(grade, f"{grade}th") for grade in text.iloc[places]]
        scene.write(places, own, groups=np.full(len(places), group))


def neither_absent_nor_tardy(scene: Scene) -> None:
    """Dismissed, and nothing else: an event of a kind that no list of codes knows."""
    text = scene.text()
    chosen = scene.choose(np.flatnonzero(text.str.contains("#", regex=False).fillna(False)))
    after = text.iloc[chosen].str.replace(r"#.*$", "#Dismissed", regex=True)
    scene.write(chosen, after, groups=np.arange(len(chosen)))


def null_as_text(scene: Scene) -> None:
    """Empty -> NULL: a database's word for nothing, written out as if it were an answer."""
    empty = (scene.text() == "").fillna(False) & (scene.people["part"] == "Subject").fillna(False)
    chosen = scene.choose(np.flatnonzero(empty.to_numpy(dtype=bool)))
    scene.write(chosen, ["NULL"] * len(chosen), groups=np.arange(len(chosen)))
