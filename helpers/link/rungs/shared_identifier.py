"""First rung: records that carry an equal id of systems whose ids may be compared."""

from __future__ import annotations

from helpers.link.matches import Aids, Found
from helpers.link.students import Students

__all__ = ["SHARED_IDENTIFIER", "find_shared_identifiers"]

SHARED_IDENTIFIER = 0


def find_shared_identifiers(students: Students, found: Found, aids: Aids) -> Found:
    """Find pairs of records with an equal id; names and birth dates then say whether it may be believed.

    Parameters
    ----------
    students
        The records.
    found
        What lower rungs found.
    aids
        The ids that may be believed: those of refused columns find nobody.

    Returns
    -------
    Found
        With the pairs that share an id, but for two records of a silo that keeps one a child.
    """
    agreeing, over = aids.id_columns.agreeing, aids.id_columns.passed_over
    may_be = students.may_be_one_child(agreeing["left"].to_numpy(), agreeing["right"].to_numpy())
    agreeing = agreeing[may_be]
    return found.with_pairs(SHARED_IDENTIFIER, agreeing[["left", "right"]], over, agreeing)
