"""What is told of a child's conduct: incidents, and the school days that actions took."""

from __future__ import annotations

import numpy as np

from helpers.profile.evidence import Evidence
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.found import Found, Whose
from helpers.profile.groups import one_number
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

__all__ = ["discipline_days", "incidents_counted"]


def incidents_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count the incidents in which a child took part in the way that the element asks for."""
    incidents = evidence.tables["incident"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = Whose.of(incidents, at)
    groups = whose.groups()
    # An incident without a number is one of its own, wherever it is written.
    number = incidents.code("incident_id")[at]
    written = one_number(incidents.files(evidence)[at], incidents.row[at])[0]
    of_its_own = np.unique(written, return_inverse=True)[1] + int(np.max(number, initial=-1)) + 1
    counts = groups.distinct(np.where(number >= 0, number, of_its_own))
    return counted_with_zeros(
        element, evidence, whose.of_groups(groups), counts, groups.size(),
        weighed=weighed, behind=(at, groups.of),
    )  # fmt: skip


def discipline_days(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum the school days of a child's disciplinary actions; unknown where the length of one is."""
    actions = evidence.tables["discipline_action"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = Whose.of(actions, at)
    groups = whose.groups()
    days = actions.numbers("days")[at]
    sums = np.where(groups.count(np.isnan(days)) > 0, np.nan, groups.total(days))
    return counted_with_zeros(
        element, evidence, whose.of_groups(groups), sums, groups.size(),
        weighed=weighed, behind=(at, groups.of),
    )  # fmt: skip
