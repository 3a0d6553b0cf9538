"""What persons decided at the review desk, as the ladder takes it: before everything else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.students import Students

__all__ = ["Persons", "persons_decided"]

ENDS = ("left", "right")


@dataclass(frozen=True)
class Persons:
    """Pairs that persons decided: ``left``, ``right`` (numbers, left below right), ``match``, ``reviewed_utc``.

    ``pairs`` is distinct by left and right, in that order.
    """

    pairs: pd.DataFrame
    count: int

    def __len__(self) -> int:
        return len(self.pairs)

    def together(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Tell which pairs a person called one child."""
        return self._among(self.pairs[self.pairs["match"]], left, right)

    def apart(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Tell which pairs a person called two children."""
        return self._among(self.pairs[~self.pairs["match"]], left, right)

    def _among(self, pairs: pd.DataFrame, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        if pairs.empty:
            return np.zeros(len(left), dtype=bool)
        known = pairs["left"].to_numpy() * self.count + pairs["right"].to_numpy()
        return np.isin(np.minimum(left, right) * self.count + np.maximum(left, right), known)


def persons_decided(students: Students, decisions: pd.DataFrame | None) -> Persons:
    """Number the records that persons decided about; the latest word on a pair holds.

    Parameters
    ----------
    students
        The records.
    decisions
        The standard table of that name: ``left_silo``, ``left_record``, ``right_silo``, ``right_record``,
        ``decision`` (Match or No match; anything else leaves the pair open), ``reviewed_utc``.

    Returns
    -------
    Persons
        Without pairs of which a record is no longer there.
    """
    count = len(students)
    nothing = pd.DataFrame({"left": [], "right": []}, dtype="int64").assign(
        match=pd.Series([], dtype=bool), reviewed_utc=pd.Series([], dtype="datetime64[us]")
    )
    if decisions is None or decisions.empty:
        return Persons(nothing, count)
    place = pd.MultiIndex.from_frame(students.people[["silo", "record"]].astype(object))
    one, other = (
        place.get_indexer(
            pd.MultiIndex.from_frame(decisions[[f"{end}_silo", f"{end}_record"]].astype(object))
        )
        for end in ENDS
    )
    pairs = pd.DataFrame(
        {
            "left": np.minimum(one, other).astype("int64"),
            "right": np.maximum(one, other).astype("int64"),
            "match": decisions["decision"].eq("Match").to_numpy(dtype=bool, na_value=False),
            "decided": decisions["decision"].isin(["Match", "No match"]).to_numpy(dtype=bool),
            "reviewed_utc": decisions["reviewed_utc"].to_numpy(dtype="datetime64[us]"),
        }
    )
    pairs = pairs[(pairs["left"] >= 0) & (pairs["left"] != pairs["right"])]
    pairs = pairs.sort_values(["left", "right", "reviewed_utc"], kind="stable", na_position="first")
    pairs = pairs.drop_duplicates(["left", "right"], keep="last", ignore_index=True)
    pairs = pairs[pairs["decided"]].drop(columns="decided").reset_index(drop=True)
    return Persons(pairs if len(pairs) else nothing, count)
