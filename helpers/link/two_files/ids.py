"""Columns of ids that can be believed: an id is evidence only where names and birth dates bear it out.

A column may hold another system's ids, or be shifted by a row. Every test of keys passes then, and every row
finds a stranger.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helpers.link.two_files.candidates import pairs_that_share
from helpers.link.two_files.comparisons import comparisons_of
from helpers.link.two_files.levels import compare
from helpers.link.two_files.persons import Persons

__all__ = ["believed_ids"]

FEWEST = 5  # pairs from which a column can be judged
BORNE_OUT = 0.5  # share of pairs of one id that agree in a name or the birth date
BY_WHICH = ("given", "family", "middle")


def believed_ids(persons: Persons) -> tuple[Persons, list[str]]:
    """Leave out ids that say nothing, or that names and birth dates contradict.

    Parameters
    ----------
    persons
        Of both files.

    Returns
    -------
    Persons
        Without the ids that were left out.
    list of str
        Why they were.
    """
    notes = []
    kept = dict(persons.texts)
    plain = replace(persons, texts={name: kept[name] for name in BY_WHICH if name in kept}, age=None)
    comparisons = [one for one in comparisons_of(plain) if one.kind in ("given", "family", "birth")]
    for name in [name for name in kept if name.startswith(("national_id", "local_id"))]:
        said = name.replace("_", " ").removesuffix(" 1")
        left, right = pairs_that_share(kept[name].codes, persons)
        if not len(left):
            where = "no value of it is in both files" if persons.two else "no two rows have one in common"
            notes.append(f"{said}: not compared, {where}")
            del kept[name]
            continue
        levels = compare(plain, comparisons, left, right)
        known = np.flatnonzero((levels >= 0).any(axis=1))
        floor = np.array([3 if one.kind == "birth" else 2 for one in comparisons], dtype="int8")
        agree = np.any(levels >= floor, axis=1)
        share = float(agree[known].mean()) if len(known) else 1.0
        if len(known) >= FEWEST and share < BORNE_OUT:
            notes.append(
                f"{said}: refused, it seems to hold other ids: of the pairs of rows with one value only "
                f"{100 * share:.0f}% agree in a name or the birth date"
            )
            del kept[name]
    return replace(persons, texts=kept), notes
