"""Gradebooks that somebody edited: what a teacher types, and what a spreadsheet makes of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.scene import Scene
from synthetic_data.silos.observation import NOBODY

__all__ = ["assignment_id_lost", "points_row_lost", "score_typed_as_word", "score_with_comma"]

WORDS = ("absent", "late", "see me", "redo")


def assignment_id_lost(scene: Scene) -> None:
    """Quiz 3 (3104177) -> Quiz 3: somebody tidied a column title."""
    strips = scene.strips()
    for number in scene.choose(np.arange(len(strips))).tolist():
        page, column = strips[number]
        header = list(page.table.header)
        at = list(page.table.rows.columns).index(column)
        header[at] = header[at].rpartition(" (")[0]
        scene.reshape(page, header=header)


def points_row_lost(scene: Scene) -> None:
    """Lose the row that says how many points there were: sorted away, or taken for an empty line."""
    structure = np.asarray((scene.people["part"] == NOBODY).fillna(False), dtype=bool)
    first = pd.concat([page.table.rows.iloc[:, 0] for page in scene.pages], ignore_index=True)
    points = first.str.strip() == "Points Possible"
    chosen = scene.choose(np.flatnonzero(structure & points.to_numpy(dtype=bool)))
    scene.drop_rows(chosen, np.arange(len(chosen)))


def score_typed_as_word(scene: Scene) -> None:
    """8.00 -> absent: a remark where a number belongs."""

    def remarked(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        words = np.array(WORDS, dtype=object)[rng.integers(0, len(WORDS), len(text))]
        typed = pd.Series(words, index=text.index, dtype=STRING)
        return text.where(~text.str.contains(r"\d"), typed)

    scene.change_text(remarked, among="Subject")


def score_with_comma(scene: Scene) -> None:
    """8.50 -> 8,50: typed on a computer whose decimal mark is a comma."""
    scene.change_each(lambda text: text.replace(".", ","), among="Subject")
