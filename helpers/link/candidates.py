"""Pairs that names and birth dates find: as they are written, and as they are meant."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.blocks import pairs_within
from helpers.link.dates import comparable, order_free
from helpers.link.forms import name_keys
from helpers.link.students import Students

__all__ = ["LARGEST_BLOCK", "exact_pairs", "standardised_pairs"]

# A value that more records than this share is no key of a child: no child has a hundred records.
LARGEST_BLOCK = 100


def exact_pairs(students: Students) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find pairs whose first name, surname and birth date are written alike.

    Parameters
    ----------
    students
        The records.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right``, distinct.
    pandas.DataFrame
        One row: ``keys`` and ``records`` that were passed over.
    """
    people = students.people
    known = comparable(people) & people["name_status"].eq("As written").to_numpy(dtype=bool)
    name = people["first_name"] + "\n" + people["last_surname"]
    day = people["birth_date"].to_numpy(dtype="datetime64[D]").astype("int64")
    record = np.flatnonzero(known & name.notna().to_numpy(dtype=bool))
    return _pairs(students, pd.factorize(name.take(record))[0].astype("int64"), day[record], record)


def standardised_pairs(students: Students) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find pairs whose names and birth dates agree once habits of writing are taken off.

    Parameters
    ----------
    students
        The records.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right``, distinct.
    pandas.DataFrame
        One row: ``keys`` and ``records`` that were passed over.
    """
    record, key = name_keys(students.names)
    dated = comparable(students.people)[record]
    day = order_free(students.people["birth_date"])
    return _pairs(students, key[dated], day[record[dated]], record[dated])


def _pairs(
    students: Students, name: np.ndarray, day: np.ndarray, record: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    key, _ = pd.factorize(name * 100_000_000 + day)
    left, right, passed = pairs_within(key.astype("int64"), record, LARGEST_BLOCK)
    allowed = students.may_be_one_child(left, right)
    pairs = pd.DataFrame({"left": left[allowed], "right": right[allowed]}).drop_duplicates(ignore_index=True)
    return pairs, pd.DataFrame([passed], columns=["keys", "records"])
