"""Split off."""

from __future__ import annotations

import numpy as np

from helpers.link.students import Students

__all__ = ["anchors"]


def anchors(students: Students, label: np.ndarray) -> np.ndarray:
    """Give each record the anchor of its child: the record in the silo that comes first.

    A record without a name is one only where all of the child's are so, and one without a birth date, too,
    only where none of these has one: nothing could be held against it.

    Parameters
    ----------
    students
        The records.
    label
        Cluster of each record.

    Returns
    -------
    numpy.ndarray
        The number of the anchor, one a record.
    """
    said = students.bare.astype("int64") + students.says_nothing
    order = np.lexsort((np.arange(len(label)), students.silo, said, label))
    sorted_label = label[order]
    first = order[np.flatnonzero(np.diff(sorted_label, prepend=-1))]
    anchor_of = np.zeros(len(label), dtype="int64")
    anchor_of[label[first]] = first
    return anchor_of[label]
