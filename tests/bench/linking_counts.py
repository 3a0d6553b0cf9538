"""Count right and wrong pairs of many labelings of the same records, quickly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.score.populations import (
    ALL_NAMED,
    NAMED_KINDS,
    NAMED_POPULATIONS,
    POPULATIONS,
    RECORD_KINDS,
    population_codes,
    record_kinds,
)
from tests.bench.linking_data import LinkingData

__all__ = ["COUNTED", "COUNTED_NAMED", "Counts", "PairCounter", "error_ratio"]

# What is counted: the populations of `helpers.score`, and those with names together.
COUNTED = (*POPULATIONS, ALL_NAMED)
COUNTED_NAMED = (*NAMED_POPULATIONS, ALL_NAMED)
RECORD = ["silo", "record"]


@dataclass(frozen=True)
class Counts:
    """How many pairs there truly are, how many were joined, and how many of those rightly."""

    possible: int
    linked: int
    right: int

    @property
    def precision(self) -> float:
        """Share of joined pairs that are right; 1 where none is joined."""
        return self.right / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        """Share of true pairs that are joined; 1 where there is none."""
        return self.right / self.possible if self.possible else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        together = self.possible + self.linked
        return 2 * self.right / together if together else 1.0


class PairCounter:
    """Counts the pairs that a labeling of a district's students joins, by population.

    Records are numbered as in ``LinkingData.students``. A record whose rows belong to two people counts for
    both, and one that the key knows nobody for as a person of its own; pairs with a child's record that was
    not read as a student's can't be joined and are possible all the same: so does `helpers.score.score_links`
    count.
    """

    def __init__(self, data: LinkingData) -> None:
        students = data.students
        number = students[RECORD].assign(place=np.arange(len(students)))
        rows = number.merge(data.owners[[*RECORD, "person"]], on=RECORD, how="left", validate="one_to_many")
        self.place = rows["place"].to_numpy()
        person = rows["person"].fillna("nobody " + rows["place"].astype("string"))
        self.person = pd.factorize(person)[0].astype("int64")
        self.kind_of_record = record_kinds(students["linkable_by"])
        self.kind = self.kind_of_record[self.place]
        unlinked_person, unlinked_kind = self._not_linked(data, pd.factorize(person)[1])
        self.possible = _by_population(
            np.concatenate([self.person, unlinked_person]), np.concatenate([self.kind, unlinked_kind])
        )
        # One person a record, for pairs of records: the one on most of its rows.
        most = data.owners.sort_values([*RECORD, "rows", "person"], ascending=[True, True, False, True])
        most = most.drop_duplicates(RECORD)[[*RECORD, "person"]]
        owner = number.merge(most, on=RECORD, how="left", validate="one_to_one")["person"]
        codes = pd.factorize(owner)[0].astype("int64")
        self.owner = np.where(codes >= 0, codes, codes.max(initial=-1) + 1 + np.arange(len(codes)))

    @staticmethod
    def _not_linked(data: LinkingData, persons: pd.Index) -> tuple[np.ndarray, np.ndarray]:
        """Give person and kind of records that are children's by the key, and were not read as such."""
        others = data.people.loc[~data.people["role"].eq("Student"), [*RECORD, "linkable_by"]]
        people = data.key.people
        children = people.loc[people["role"].eq("Student"), "person"]
        theirs = others.merge(
            data.owners[[*RECORD, "person"]], on=RECORD, how="inner", validate="one_to_many"
        )
        theirs = theirs[theirs["person"].isin(children)]
        place = pd.Index(persons).get_indexer(pd.Index(theirs["person"]))
        new = pd.factorize(theirs["person"])[0] + len(persons)
        return np.where(place >= 0, place, new).astype("int64"), record_kinds(theirs["linkable_by"])

    def __call__(self, labels: np.ndarray) -> dict[str, Counts]:
        """Count a labeling: one integer a record, equal where they are held to be one child.

        Parameters
        ----------
        labels
            ``int64``, one a student, in order of silo and record.

        Returns
        -------
        dict
            Population -> counts.
        """
        label = labels[self.place]
        linked = _by_population(label, self.kind)
        both = pd.factorize(label * (int(np.max(self.person)) + 1) + self.person)[0]
        right = _by_population(both, self.kind)
        return {name: Counts(self.possible[name], linked[name], right[name]) for name in COUNTED}

    def among(self, labels: np.ndarray, records: np.ndarray) -> Counts:
        """Count all pairs of some records, whatever they can be linked by.

        Parameters
        ----------
        labels
            As for a call.
        records
            Boolean, one a student.

        Returns
        -------
        Counts
            Of all populations together.
        """
        rows = records[self.place]
        person, label = self.person[rows], labels[self.place][rows]
        both = label * (int(np.max(self.person)) + 1) + person
        return Counts(*(_pairs(column) for column in (person, label, both)))


def _pairs(label: np.ndarray) -> int:
    sizes = np.bincount(pd.factorize(label)[0])
    return int((sizes * (sizes - 1) // 2).sum())


def _by_population(label: np.ndarray, kind: np.ndarray) -> dict[str, int]:
    codes = pd.factorize(label)[0]
    sizes = [
        np.bincount(codes[kind == one], minlength=codes.max(initial=-1) + 1) for one in range(RECORD_KINDS)
    ]
    counted = dict.fromkeys(POPULATIONS, 0)
    for one, mine in enumerate(sizes):
        for other, theirs in enumerate(sizes[: one + 1]):
            pairs = mine * (mine - 1) // 2 if one == other else mine * theirs
            counted[POPULATIONS[int(population_codes(np.array(one), np.array(other)))]] += int(pairs.sum())
    return {**counted, ALL_NAMED: _pairs(label[np.isin(kind, NAMED_KINDS)])}


def error_ratio(ours: float, theirs: float) -> float:
    """Give our error as a share of theirs, error being 1 - F1.

    Parameters
    ----------
    ours, theirs
        F1 of both.

    Returns
    -------
    float
        Below 1 where ours is better; infinite where theirs has no error and ours has.
    """
    if theirs >= 1:
        return 1.0 if ours >= 1 else float("inf")
    return (1 - ours) / (1 - theirs)
