"""What a child takes part in beside lessons, and for how long."""

from __future__ import annotations

import numpy as np

from helpers.profile.evidence import Evidence
from helpers.profile.found import Found, Whose, told_of_groups
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

__all__ = ["activities_counted", "hours_summed"]


def activities_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the different activities of a child in a year; who runs them doesn't list who could have come.

    So there is no zero: nobody says of a child who is on no list whether the list would have held it.
    """
    spells = evidence.tables["participation"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = Whose.of(spells, at)
    groups = whose.groups()
    counts = groups.distinct(spells.code("activity")[at]).astype("float64")
    values = told_of_groups(element, evidence, whose, groups, np.where(counts > 0, counts, np.nan))
    return Found(values, {"participation": weighed}, {"participation": (at, groups.of)})


def hours_summed(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum a child's hours in a year; unknown where those of one activity are."""
    spells = evidence.tables["participation"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = Whose.of(spells, at)
    groups = whose.groups()
    hours = spells.numbers("hours")[at]
    sums = np.where(groups.count(np.isnan(hours)) > 0, np.nan, groups.total(hours))
    values = told_of_groups(element, evidence, whose, groups, sums)
    return Found(values, {"participation": weighed}, {"participation": (at, groups.of)})
