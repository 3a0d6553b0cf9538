"""Define the populations of every score of links: pairs by what their records have, children by outcome."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING

__all__ = [
    "ALL_NAMED",
    "BOTH_DATED",
    "BY_NUMBER_ONLY",
    "COMPLETE",
    "MIXED",
    "NAMED_KINDS",
    "NAMED_POPULATIONS",
    "OUTCOMES",
    "POPULATIONS",
    "RECORD_KINDS",
    "SPLIT",
    "child_outcomes",
    "population_codes",
    "record_kinds",
]

BOTH_DATED, ONE_DATED, NONE_DATED, BY_NUMBER_ONLY = "Both dated", "One dated", "None dated", "By number only"
# Every pair of records belongs to exactly one; the order is that of `population_codes`.
POPULATIONS = (BOTH_DATED, ONE_DATED, NONE_DATED, BY_NUMBER_ONLY)
NAMED_POPULATIONS = (BOTH_DATED, ONE_DATED, NONE_DATED)
# Names of totals: of the populations with names, and of all four.
ALL_NAMED, ALL = "All named", "All"

# Kinds of records, as `record_kinds` encodes them: name and usable birth date; name alone; no name.
RECORD_KINDS = 3
NAMED_KINDS = (0, 1)
_NO_NAME = 2

COMPLETE, SPLIT, MIXED = "complete", "split", "mixed"
OUTCOMES = (COMPLETE, SPLIT, MIXED)

Codes = npt.NDArray[np.int64]


def record_kinds(linkable_by: pd.Series) -> Codes:
    """Encode what a record can be linked by: 0 name and birth date, 1 name alone, 2 no name."""
    dated, named = (linkable_by.eq(word).fillna(False) for word in ("Name and birth date", "Name only"))
    return np.select([dated, named], [0, 1], default=_NO_NAME).astype("int64")


def population_codes(left: Codes, right: Codes) -> Codes:
    """Index `POPULATIONS` by the kinds of two records; the arrays broadcast."""
    either = np.asarray(left + right, dtype="int64")
    return np.where(np.maximum(left, right) == _NO_NAME, POPULATIONS.index(BY_NUMBER_ONLY), either)


def child_outcomes(records: pd.DataFrame) -> pd.Series:
    """Classify each child by the clusters of its records.

    Parameters
    ----------
    records
        One row per record and person behind it: ``person`` (its true child; a record that no key knows is a
        person of its own), ``child`` (its cluster; missing: in none) and, where some persons aren't
        children, boolean ``is_child``. Others' records count only as strangers in a child's cluster.

    Returns
    -------
    pandas.Series
        By person: *mixed* (a record of another person is in one of its clusters), else *split* (in several
        clusters, or a record in none), else *complete*. A child both split and mixed counts as mixed, so that
        the three shares add up to 1.
    """
    persons = records.groupby("child")["person"].nunique()
    mine = records[records["is_child"]] if "is_child" in records else records
    mixed = mine["child"].map(persons).gt(1).fillna(False).astype(bool)
    of_person = mine.assign(mixed=mixed, unlinked=mine["child"].isna()).groupby("person", sort=True)
    apart = (of_person["child"].nunique() > 1) | of_person["unlinked"].any()
    outcome = np.select([of_person["mixed"].any(), apart], [MIXED, SPLIT], default=COMPLETE)
    return pd.Series(outcome, index=apart.index, dtype=STRING)
