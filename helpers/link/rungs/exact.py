"""Second rung: first name, surname and birth date as they are written."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.dates import comparable
from helpers.link.matches import Aids, Found
from helpers.link.rungs.equal_keys import pairs_with_equal_keys
from helpers.link.students import Students

__all__ = ["EXACT", "find_exact_matches"]

EXACT = 1


def find_exact_matches(students: Students, found: Found, aids: Aids) -> Found:
    """Find pairs whose first name, surname and birth date are written alike.

    Parameters
    ----------
    students
        The records.
    found
        What lower rungs found.
    aids
        Not looked at.

    Returns
    -------
    Found
        With these pairs.
    """
    people = students.people
    known = comparable(people) & people["name_status"].eq("As written").to_numpy(dtype=bool)
    name = people["first_name"] + "\n" + people["last_surname"]
    day = (
        people["birth_date"].dt.year * 10_000
        + people["birth_date"].dt.month * 100
        + people["birth_date"].dt.day
    )
    record = np.flatnonzero(known & name.notna().to_numpy(dtype=bool))
    code = pd.factorize(name.take(record))[0].astype("int64")
    day_number = day.take(record).to_numpy(dtype="int64")
    return found.with_pairs(EXACT, *pairs_with_equal_keys(students, record, code, day_number))
