"""What speaks for and against a pair of records being one child."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.dates import compare_birth_dates
from helpers.link.forms import compare_names
from helpers.link.identifiers import contradicting
from helpers.link.students import Students

__all__ = ["gather_evidence"]


def gather_evidence(
    students: Students, left: np.ndarray, right: np.ndarray, agreeing_ids: pd.DataFrame
) -> pd.DataFrame:
    """Compare the ids, names, birth dates and homes of pairs of records.

    Parameters
    ----------
    students
        The records.
    left, right
        Numbers of the two records of each pair, left below right, distinct.
    agreeing_ids
        From `identifiers.agreeing_pairs`.

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``left``, ``right``; ``strong_id``, ``weak_id`` (booleans: an id of that kind agrees);
        ``contradicting_id`` (place in `identifiers.CONTRADICTING`, -1: none); ``first_name``,
        ``last_surname`` (places in `names.LEVELS`), ``plainly_different`` (boolean, of first names);
        ``birth_date`` (place in `dates.BIRTH_DATE_LEVELS`); ``one_home`` (1 same telephone or address, 0 none
        the same, -1 unknown).
    """
    pairs = pd.DataFrame({"left": left, "right": right})
    agreeing = pairs.merge(agreeing_ids, on=["left", "right"], how="left", validate="one_to_one")["strong"]
    strong = agreeing.eq(True).to_numpy(dtype=bool, na_value=False)
    names = compare_names(students.names, len(students), left, right)
    return pairs.assign(
        strong_id=strong,
        weak_id=agreeing.notna().to_numpy(dtype=bool) & ~strong,
        contradicting_id=contradicting(students.ids, len(students), left, right),
        first_name=names.first,
        last_surname=names.last,
        plainly_different=names.plainly_different,
        birth_date=compare_birth_dates(students.people, left, right),
        one_home=_one_home(students, left, right),
    )


def _one_home(students: Students, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    same = np.zeros(len(left), dtype=bool)
    known = np.zeros(len(left), dtype=bool)
    for codes in (students.telephone, students.address):
        both = (codes[left] >= 0) & (codes[right] >= 0)
        known |= both
        same |= both & (codes[left] == codes[right])
    return np.select([same, known], [1, 0], default=-1).astype("int8")
