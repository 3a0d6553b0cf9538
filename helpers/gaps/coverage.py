"""Whom a system knows of all children, what it says of them, and whether two systems say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.gaps.known import Known
from helpers.gaps.measures import line

if TYPE_CHECKING:
    from helpers.layouts.layout import Layout

__all__ = ["agreement", "completeness", "coverage"]

# What is needed to say who a child is, where she belongs and how to talk with her family.
NEEDED = (
    "local_id", "first_name", "last_surname", "birth_date", "sex", "grade_level", "school_id",
    "home_language",
)  # fmt: skip
# What two systems can be compared by without a translation of codes.
COMPARED = ("first_name", "last_surname", "birth_date", "sex", "grade_level")

Lines = list[dict[str, Any]]


def coverage(known: Known) -> Lines:
    """Measure which share of all children each system knows.

    Parameters
    ----------
    known
        Who is in which system.

    Returns
    -------
    list of dict
        A line *children known* a system.
    """
    everyone = len(known.holds)
    lines: Lines = []
    for place, silo in enumerate(known.silos):
        count = int(known.holds[:, place].sum())
        missing = known.example(~known.holds[known.child, place])
        lines.append(line("children known", silo, None, count, everyone, **missing))
    return lines


def _filled(known: Known, column: str) -> npt.NDArray[np.bool_]:
    """Mark the records that say something in a column; a placeholder says nothing."""
    filled = known.records[column].notna()
    if column in ("first_name", "last_surname"):
        filled = (filled | known.records["full_name"].notna()) & (
            known.records["name_status"] != "Placeholder"
        )
    if column == "birth_date":
        filled &= known.records["birth_date_status"] != "Placeholder"
    return filled.to_numpy(dtype=bool)


def _collects(layout: Layout | None, column: str) -> bool:
    """Say whether a system's export has a column at all, as far as its layout tells."""
    if layout is None:
        return False
    wanted = (
        {"first_name", "last_surname", "full_name"} if column in ("first_name", "last_surname") else {column}
    )
    return any(
        wanted & {*makes.take, *makes.set, *makes.flags}
        for file in layout.files
        for makes in file.makes
        if makes.table == "people"
    )


def completeness(known: Known, layouts: Mapping[str, Layout]) -> Lines:
    """Measure how often each system fills the columns that are needed to know a child.

    Parameters
    ----------
    known
        Who is in which system.
    layouts
        Layout by system: a column that an export doesn't have is a limit, not a gap.

    Returns
    -------
    list of dict
        A line *column filled* a system and needed column.
    """
    lines: Lines = []
    for column in NEEDED:
        filled = _filled(known, column)
        for place, silo in enumerate(known.silos):
            mine = known.of(place)
            count, total = int((filled & mine).sum()), int(mine.sum())
            limit = count == 0 and not _collects(layouts.get(silo), column)
            example = {} if limit else known.example(mine & ~filled)
            lines.append(line("column filled", silo, None, count, total, column, is_limit=limit, **example))
    return sorted(lines, key=lambda each: known.silos.index(each["left_silo"]))


def agreement(known: Known) -> Lines:
    """Measure whether two systems say the same of the children whom both know.

    A child with several records in a system is compared by the first.

    Parameters
    ----------
    known
        Who is in which system.

    Returns
    -------
    list of dict
        Lines *says the same* for each pair of systems and compared column.
    """
    first = [np.flatnonzero(known.of(place))[::-1] for place in range(len(known.silos))]
    # One entry a child and system: the place of its first record, -1 where there is none.
    record = np.full(known.holds.shape, -1, dtype="int64")
    for place, rows in enumerate(first):
        record[known.child[rows], place] = rows
    codes = {}
    for column in COMPARED:
        words = known.records[column].where(pd.Series(_filled(known, column)))
        codes[column] = pd.factorize(words)[0]
    lines: Lines = []
    for left_place, right_place in known.pairs():
        left, right = record[:, left_place], record[:, right_place]
        shared = (left >= 0) & (right >= 0)
        for column, code in codes.items():
            one, other = code[left[shared]], code[right[shared]]
            both = (one >= 0) & (other >= 0)
            total, same = int(both.sum()), int((both & (one == other)).sum())
            if total == 0:
                continue
            unlike = np.zeros(len(known.records), dtype=bool)
            unlike[left[shared][both & (one != other)]] = True
            systems = known.silos[left_place], known.silos[right_place]
            lines.append(line("says the same", *systems, same, total, column, **known.example(unlike)))
    return lines
