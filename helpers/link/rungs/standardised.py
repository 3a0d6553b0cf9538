"""Third rung: names and birth dates once habits of writing are taken off them."""

from __future__ import annotations

from helpers.link.dates import comparable, order_free
from helpers.link.forms import name_keys
from helpers.link.matches import Aids, Found
from helpers.link.rungs.equal_keys import pairs_with_equal_keys
from helpers.link.students import Students

__all__ = ["STANDARDIZED", "find_standardized_matches"]

STANDARDIZED = 2


def find_standardized_matches(students: Students, found: Found, aids: Aids) -> Found:
    """Find pairs whose names and birth dates agree once standardised.

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
    record, key = name_keys(students.names)
    dated = comparable(students.people)[record]
    day = order_free(students.people["birth_date"])
    return found.with_pairs(
        STANDARDIZED, *pairs_with_equal_keys(students, record[dated], key[dated], day[record[dated]])
    )
