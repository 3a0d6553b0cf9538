"""What persons decided at the review desk, as the ladder takes it: before everything else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.review.decisions import pairs_of, stale
from helpers.link.students import Students

__all__ = ["Persons", "persons_decided"]

ENDS = ("left", "right")
ENDS_OF_A_PAIR = list(ENDS)


@dataclass(frozen=True)
class Persons:
    """What persons decided about pairs of the ``count`` records.

    ``pairs`` has ``left``, ``right`` (numbers, left below right), ``is_match`` and ``reviewed_utc``, one row
    a pair. ``again`` has ``left``, ``right`` and ``why``: pairs of which a decision no longer stands, so that
    somebody has to look again; ``stale`` the decisions themselves.
    """

    pairs: pd.DataFrame
    again: pd.DataFrame
    stale: pd.DataFrame
    count: int

    def together(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Tell which pairs a person called one child."""
        return self._among(self.pairs[self.pairs["is_match"].to_numpy(dtype=bool)], left, right)

    def apart(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Tell which pairs a person called two children."""
        return self._among(self.pairs[~self.pairs["is_match"].to_numpy(dtype=bool)], left, right)

    def _among(self, pairs: pd.DataFrame, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        if pairs.empty:
            return np.zeros(len(left), dtype=bool)
        known = pairs["left"].to_numpy() * self.count + pairs["right"].to_numpy()
        return np.isin(np.minimum(left, right) * self.count + np.maximum(left, right), known)


def persons_decided(students: Students, decisions: pd.DataFrame | None) -> Persons:
    """Give the decisions of persons by the numbers of records.

    Parameters
    ----------
    students
        The records.
    decisions
        The standard table of that name, or nothing.

    Returns
    -------
    Persons
        Decisions that stand, and those that have to be asked again.
    """
    count = len(students)
    if decisions is None or decisions.empty:
        ends = pd.DataFrame({"left": [], "right": []}, dtype="int64")
        return Persons(
            ends.assign(
                is_match=pd.Series([], dtype=bool), reviewed_utc=pd.Series([], dtype="datetime64[us]")
            ),
            ends.assign(why=pd.Series([], dtype="string")),
            pd.DataFrame(),
            count,
        )
    pairs = pairs_of(decisions, students.people).sort_values(ENDS_OF_A_PAIR, ignore_index=True)
    old = stale(decisions, students.people)
    place = pd.MultiIndex.from_frame(students.people[["silo", "record"]].astype(object))
    one, other = (
        place.get_indexer(pd.MultiIndex.from_frame(old[[f"{end}_silo", f"{end}_record"]].astype(object)))
        for end in ENDS
    )
    again = pd.DataFrame(
        {"left": np.minimum(one, other), "right": np.maximum(one, other), "why": old["why"].to_numpy()}
    ).astype({"left": "int64", "right": "int64", "why": "string"})
    again = again[(again["left"] >= 0) & (again["left"] != again["right"])]
    again = again.drop_duplicates(ENDS_OF_A_PAIR, ignore_index=True)
    held = pairs["left"] * count + pairs["right"]
    again = again[~(again["left"] * count + again["right"]).isin(held)].reset_index(drop=True)
    return Persons(pairs, again, old, count)
