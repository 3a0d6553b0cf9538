"""For whom a system is, as far as its own files tell: the grades and the schools of which it knows anybody.

A learning system that only middle and high schools use, or a test that is given in some grades, isn't meant
to know the others: that nobody of them is in it is a limit, not a gap. No export says so. But a grade, or a
school, of which a system knows hardly anybody while it knows others well is one that it is not for; who runs
the system can say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.gaps.known import Known

__all__ = ["SMALLEST_GROUP", "Scope", "scope_of", "worded"]

# A system is for a grade, or a school, of which it knows at least this share of the children: a few who were
# promoted, moved or joined wrongly don't make it one of a whole grade.
LEAST_SHARE = 0.1
# Of a smaller group nobody may be known by chance; and of a real district no such group is told.
SMALLEST_GROUP = 10
# A system of whose children fewer than this share have a known grade says nothing about grades.
KNOWN_SHARE = 0.5
GRADES = ("PK", "KG", *(f"{number:02d}" for number in range(1, 13)))

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scope:
    """Whom the systems are for.

    Attributes
    ----------
    meant
        A row a child, a column a system: the system knows the child, or is for her grade and her school, as
        far as anybody can tell. A system of those who take part or have a plan is meant for nobody else.
    outside_grades
        By system, the grades that it is not for, in order; empty where it is for all, or nobody knows.
    by_grade, by_school
        A row a child, a column a system: outside because of her grade; because of her school alone.
    """

    meant: Flags
    outside_grades: tuple[tuple[str, ...], ...]
    by_grade: Flags
    by_school: Flags


def scope_of(known: Known) -> Scope:
    """Find for which grades and schools each system is.

    Parameters
    ----------
    known
        Who is in which system.

    Returns
    -------
    Scope
        Grades are those of the first system, in order, that says one of the child; schools are those of the
        roster, since each system has its own numbers for them.
    """
    grade = _first_said(known, "grade_level", range(len(known.silos)))
    school = _first_said(known, "school_id", range(min(1, len(known.silos))))
    by_grade, grades = _outside(known, grade)
    by_school, _ = _outside(known, school)
    by_school &= ~by_grade
    order = {name: place for place, name in enumerate(GRADES)}
    named = tuple(tuple(sorted(own, key=lambda name: (order.get(name, len(order)), name))) for own in grades)
    meant = ~(by_grade | by_school)
    for place, silo in enumerate(known.silos):
        if silo in known.of_some:
            meant[:, place] = known.holds[:, place]
    return Scope(meant, named, by_grade, by_school)


def _first_said(known: Known, column: str, places: range) -> pd.Series:
    """Give each child what the first of some systems says of her; records are in order of systems."""
    said = known.records[column].where(pd.Series(np.isin(known.place, list(places))))
    spoken = pd.DataFrame({"child": known.child, "said": said}).dropna().drop_duplicates("child")
    return spoken.set_index("child")["said"].reindex(range(len(known.holds)))


def _outside(known: Known, group: pd.Series) -> tuple[Flags, list[list[str]]]:
    """Mark children of groups of which a system knows hardly anybody, and name these groups by system."""
    code, names = pd.factorize(group)
    outside = np.zeros(known.holds.shape, dtype=bool)
    empty: list[list[str]] = []
    spoken = (code >= 0) & known.counts
    size = np.bincount(code[spoken], minlength=len(names))
    for place in range(len(known.silos)):
        holds = known.holds[:, place] & known.counts
        held = np.bincount(code[spoken & holds], minlength=len(names))
        whole = int(holds.sum())
        not_for = (held < LEAST_SHARE * size) & (size >= SMALLEST_GROUP)
        if whole == 0 or held.sum() < KNOWN_SHARE * whole or known.is_for_some(place):
            not_for[:] = False
        if len(names):
            outside[:, place] = spoken & ~holds & not_for[code]
        empty.append([str(name) for name in names[not_for]])
    return outside, empty


def worded(grades: tuple[str, ...]) -> str:
    """Say grades in words: those that follow one another as from and to.

    Parameters
    ----------
    grades
        Codes in order.

    Returns
    -------
    str
        ``grades KG to 05, 12``.

    Examples
    --------
    >>> worded(("KG", "01", "02", "12"))
    'grades KG to 02, 12'
    """
    runs: list[list[str]] = []
    for grade in grades:
        follows = (
            bool(runs)
            and grade in GRADES
            and runs[-1][-1] in GRADES
            and GRADES.index(grade) == GRADES.index(runs[-1][-1]) + 1
        )
        if follows:
            runs[-1].append(grade)
        else:
            runs.append([grade])
    parts = [run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    return f"{'grade' if len(grades) == 1 else 'grades'} {', '.join(parts)}"
