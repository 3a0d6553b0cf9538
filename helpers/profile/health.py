"""What the nurse's office says of a child."""

from __future__ import annotations

import numpy as np

from helpers.profile.evidence import Evidence
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.found import Found, Whose, told_of_groups
from helpers.profile.groups import is_first
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

__all__ = ["vaccines_recorded", "visits_counted"]


def vaccines_recorded(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the different vaccines of which a dose with its day is on record, whenever it was given.

    Zero is told of a child of whom the system says that it has none on record, or an exemption; the rows that
    say so stand behind it.
    """
    doses = evidence.tables["immunization"]
    weighed = doses.of_a_child
    at = np.flatnonzero(weighed)
    whose = Whose.of(doses, at, year=False)
    groups = whose.groups()
    day = doses.days("date")[at]
    given = np.where(np.isnat(day), -1, doses.code("vaccine")[at])
    # One source row may tell of many doses; where there is one, those that tell of none stand behind nothing.
    dose = given >= 0
    once = is_first(groups.of, doses.files(evidence)[at], doses.row[at], dose)
    some = groups.count(dose) > 0
    behind = np.flatnonzero(once & (dose | ~some[groups.of]))
    rows = np.bincount(groups.of[behind], minlength=len(groups))
    values = told_of_groups(
        element, evidence, whose, groups, groups.distinct(given), rows=rows, begin_date=groups.oldest(day)
    )
    return Found(values, {"immunization": weighed}, {"immunization": (at[behind], groups.of[behind])})


def visits_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count a child's visits to the nurse; zero only for a child whom the office is known to cover."""
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = Whose.of(evidence.tables["health_visit"], at)
    groups = whose.groups()
    size = groups.size()
    # An office may not know every child of its schools: only its own list says whom it covers.
    return counted_with_zeros(
        element, evidence, whose.of_groups(groups), size, size,
        weighed=weighed, behind=(at, groups.of), elsewhere=False,
    )  # fmt: skip
