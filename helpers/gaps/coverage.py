"""Whom a system knows of all children, and whether two systems say the same of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers.gaps.completeness import filled
from helpers.gaps.known import Known
from helpers.gaps.measures import line
from helpers.gaps.scope import Scope, worded
from helpers.gaps.years_told import years_told
from helpers.profile.facts.systems import Newest

__all__ = ["agreement", "coverage"]

# What two systems can be compared by without a translation of codes.
COMPARED = ("first_name", "last_surname", "birth_date", "sex", "grade_level")
OF_A_YEAR = ("grade_level",)

UNTOLD = "{}: first make its records joinable; till then nobody can say which of the children it knows."

Lines = list[dict[str, Any]]


def coverage(known: Known, scope: Scope) -> Lines:
    """Measure which share of all children each system knows, and whom it isn't for.

    Parameters
    ----------
    known
        Who is in which system.
    scope
        Whom the systems are for.

    Returns
    -------
    list of dict
        A line *children known* a system, of all children who are surely children of their own; NA of a system
        most of whose records may be anybody's, and a limit where it keeps only who takes part or has a plan.
        Where it isn't for every grade or school, *meant children known* and the limits *outside its grades*
        (named in ``column``) and *outside its schools*.
    """
    everyone = int(known.counts.sum())
    lines: Lines = []
    for place, silo in enumerate(known.silos):
        holds, meant = known.holds[:, place], scope.meant[:, place]
        if not known.is_told_apart(place):
            lines.append(line("children known", silo, None, None, everyone, next_step=UNTOLD.format(silo)))
            continue
        count, total = int((holds & known.counts).sum()), everyone
        if silo in known.of_some:
            lines.append(line("children known", silo, None, count, total, is_limit=True))
            continue
        if meant.all():
            missing = known.example((known.counts & ~holds)[known.child])
            lines.append(line("children known", silo, None, count, total, **missing))
            continue
        lines.append(line("children known", silo, None, count, total))
        missing = known.example((known.counts & meant & ~holds)[known.child])
        whom = int((known.counts & meant).sum())
        lines.append(line("meant children known", silo, None, count, whom, **missing))
        for name, outside, column in (
            ("outside its grades", scope.by_grade[:, place], worded(scope.outside_grades[place])),
            ("outside its schools", scope.by_school[:, place], None),
        ):
            number = int((outside & known.counts).sum())
            if number:
                lines.append(line(name, silo, None, number, everyone, column, is_limit=True))
    return lines


def agreement(known: Known, newest: Newest) -> Lines:
    """Measure whether two systems say the same of the children whom both know.

    A child with several records in a system is compared by the first. What changes with the school year is
    compared where both tell it of one year: that a test of last spring names last spring's grade is no
    disagreement.

    Parameters
    ----------
    known
        Who is in which system.
    newest
        The newest day of which each system speaks: what bears no school year is of that of the newest.

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
        words = known.records[column].where(pd.Series(filled(known, column)))
        codes[column] = pd.factorize(words)[0]
    year = years_told(known, newest)
    lines: Lines = []
    for left_place, right_place in known.pairs():
        left, right = record[:, left_place], record[:, right_place]
        shared = (left >= 0) & (right >= 0)
        for column, code in codes.items():
            one, other = code[left[shared]], code[right[shared]]
            both = (one >= 0) & (other >= 0)
            if column in OF_A_YEAR:
                both &= year[left[shared]] == year[right[shared]]
            total, same = int(both.sum()), int((both & (one == other)).sum())
            if total == 0:
                continue
            unlike = np.zeros(len(known.records), dtype=bool)
            apart = both & (one != other)
            unlike[left[shared][apart]] = unlike[right[shared][apart]] = True
            systems = known.silos[left_place], known.silos[right_place]
            lines.append(line("says the same", *systems, same, total, column, **known.example(unlike)))
    return lines
