"""Pairs of records counted child by child, so that figures of groups and their intervals are sums of them.

Records of one child are alike when they are of one kind (linkable by name and birth date, by name, by
neither) and one class of fault; a child has so many of each, and its pairs follow from these numbers alone.
Pairs are never listed: a linker that draws everybody together would make too many.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["KINDS", "PAIR_KINDS", "PairCounts", "count_pairs", "kind_codes", "pair_totals"]

PAIR_KINDS = ("Both with birth date", "One without", "Names only", "Identifier only")
# Kinds of records: name and birth date, name only, neither.
KINDS = 3

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def kind_codes(linkable_by: pd.Series) -> Codes:
    """Rank what a record can be linked by: 0 name and birth date, 1 name only, 2 neither."""
    return np.select(
        [linkable_by.eq("Name and birth date"), linkable_by.eq("Name only")], [0, 1], default=2
    ).astype("int64")


@dataclass(frozen=True)
class PairCounts:
    """Pairs of each person's records, a column a stratum.

    Attributes
    ----------
    possible, right
        Persons × strata: pairs of one person's records; those of them that are joined.
    pair_kind
        One entry a stratum: its place in `PAIR_KINDS`.
    """

    possible: Numbers
    right: Numbers
    pair_kind: Codes
    _persons: Codes
    _children: Codes
    _sizes: Numbers
    _stratum: Codes

    def wrong(self, members: Mask) -> Numbers:
        """Count the pairs of two persons that are joined and touch a group.

        Parameters
        ----------
        members
            One entry a person: belongs to the group.

        Returns
        -------
        numpy.ndarray
            Persons × strata. A pair inside the group counts half with each of the two; one with somebody
            outside counts with the member alone, so that the sum over members is the number of pairs.
        """
        mine = members[self._persons]
        touching = self._with_others(np.ones(len(mine), dtype=bool), mine)
        inside = self._with_others(mine, mine)
        counted = np.zeros_like(self.possible)
        np.add.at(counted, self._persons[mine], touching - 0.5 * inside)
        return counted

    def _with_others(self, partners: Mask, rows: Mask) -> Numbers:
        """Count, for some rows (a person in a child), pairs with rows of other persons in the same child."""
        totals = np.zeros((int(np.max(self._children, initial=-1)) + 1, self._sizes.shape[1]))
        np.add.at(totals, self._children[partners], self._sizes[partners])
        own = self._sizes[rows]
        others = totals[self._children[rows]] - own * partners[rows, None]
        counted = np.zeros((len(own), len(self.pair_kind)))
        for x in np.flatnonzero(own.any(axis=0)):
            for y in np.flatnonzero(others.any(axis=0)):
                counted[:, self._stratum[x, y]] += own[:, x] * others[:, y]
        return counted


def count_pairs(
    person: Codes, child: Codes, kind: Codes, fault: Codes | None = None, faults: int = 1
) -> PairCounts:
    """Count pairs of records by person.

    Parameters
    ----------
    person
        One entry a record: whose it truly is, numbered from 0.
    child
        Which child it became; -1: none.
    kind
        From `kind_codes`.
    fault
        Its class of fault, from 0; all alike when not given.
    faults
        How many classes there are.

    Returns
    -------
    PairCounts
        A stratum is a kind of pair with the higher class of its two records.
    """
    cells = KINDS * faults
    cell = kind * faults + (np.zeros_like(kind) if fault is None else fault)
    stratum, pair_kind = _strata(faults)
    persons = int(np.max(person, initial=-1)) + 1
    possible = _pairs_within(_sizes(person, cell, persons, cells), stratum, len(pair_kind))

    linked = child >= 0
    children = int(np.max(child, initial=-1)) + 1
    held, row = np.unique(person[linked] * children + child[linked], return_inverse=True)
    of_person, of_child = np.divmod(held, max(children, 1))
    sizes = _sizes(row, cell[linked], len(held), cells)
    right = np.zeros_like(possible)
    np.add.at(right, of_person, _pairs_within(sizes, stratum, len(pair_kind)))
    # All joined pairs that are not right lie in children made of two persons: few, and only they are kept.
    mixed = np.bincount(of_child)[of_child] > 1 if len(of_child) else np.zeros(0, dtype=bool)
    renumbered = pd.factorize(of_child[mixed])[0].astype("int64")
    return PairCounts(possible, right, pair_kind, of_person[mixed], renumbered, sizes[mixed], stratum)


def pair_totals(truth: pd.DataFrame) -> pd.DataFrame:
    """Count the pairs of everybody, by kind of pair alone.

    Parameters
    ----------
    truth
        ``person``, ``child`` (NA: none) and ``linkable_by``, one row a record and person behind it, as from
        ``helpers.score.truth.true_children``.

    Returns
    -------
    pandas.DataFrame
        By kind of pair, *All* first: ``possible``, ``linked``, ``right`` (pairs).
    """
    counts = count_pairs(
        pd.factorize(truth["person"])[0].astype("int64"),
        pd.factorize(truth["child"])[0].astype("int64"),
        kind_codes(truth["linkable_by"]),
    )
    wrong = counts.wrong(np.ones(len(counts.possible), dtype=bool)).sum(axis=0)
    right = counts.right.sum(axis=0)
    summed = np.zeros((len(PAIR_KINDS), 3))
    np.add.at(summed, counts.pair_kind, np.column_stack([counts.possible.sum(axis=0), right + wrong, right]))
    whole = np.vstack([summed.sum(axis=0), summed])
    index = pd.Index(["All", *PAIR_KINDS], name="pair_kind")
    return pd.DataFrame(np.rint(whole), index=index, columns=["possible", "linked", "right"]).astype("int64")


def _sizes(row: Codes, cell: Codes, rows: int, cells: int) -> Numbers:
    counted = np.bincount(row * cells + cell, minlength=rows * cells)
    return counted.reshape(rows, cells).astype("float64")


def _pairs_within(sizes: Numbers, stratum: Codes, strata: int) -> Numbers:
    counted = np.zeros((len(sizes), strata))
    columns = np.ascontiguousarray(sizes.T)
    rows = [np.flatnonzero(column) for column in columns]
    for x, here in enumerate(rows):
        counted[here, stratum[x, x]] += columns[x, here] * (columns[x, here] - 1) / 2
        # Rare kinds of fault fill few rows: only these are looked at.
        for y in range(x + 1, len(rows)):
            fewer = here if len(here) < len(rows[y]) else rows[y]
            counted[fewer, stratum[x, y]] += columns[x, fewer] * columns[y, fewer]
    return counted


def _strata(faults: int) -> tuple[Codes, Codes]:
    """Give the number of the stratum of two cells, and each stratum's kind of pair."""
    cells = KINDS * faults
    kind, fault = np.divmod(np.arange(cells), faults)
    either = kind[:, None] + kind
    pair_kind = np.where(np.maximum(kind[:, None], kind) == 2, 3, either)
    codes = pair_kind * faults + np.maximum(fault[:, None], fault)
    known, numbered = np.unique(codes, return_inverse=True)
    return numbered.reshape(cells, cells).astype("int64"), known // faults
