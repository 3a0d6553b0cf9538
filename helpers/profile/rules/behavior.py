"""Rules for incidents and suspensions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helpers.profile.facts.arrays import one_number
from helpers.profile.facts.store import FactStore
from helpers.profile.rules.results import FactKeys, RuleResult, absent_values
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.profile.rules.zeros import count_with_zeros
from helpers.standard import Element

__all__ = ["days_of_actions", "discipline_days", "incidents_counted"]


def incidents_counted(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count a child's incidents with the role that the element asks for."""
    incidents = evidence.tables["incident"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(incidents, at)
    groups = whose.groups()
    # An incident without a number counts by its source row.
    number = incidents.code("incident_id")[at]
    source_rows = one_number(incidents.files(evidence)[at], incidents.row[at])[0]
    of_its_own = np.unique(source_rows, return_inverse=True)[1] + int(np.max(number, initial=-1)) + 1
    counts = groups.distinct(np.where(number >= 0, number, of_its_own))
    return count_with_zeros(
        element, evidence, whose.of_groups(groups), counts, groups.size(),
        weighed=weighed, behind=(at, groups.of),
    )  # fmt: skip


def discipline_days(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Sum the school days of a child's disciplinary actions; unknown if one length is."""
    actions = evidence.tables["discipline_action"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(actions, at)
    groups = whose.groups()
    days = actions.numbers("days")[at]
    sums = np.where(groups.count(np.isnan(days)) > 0, np.nan, groups.total(days))
    return count_with_zeros(
        element, evidence, whose.of_groups(groups), sums, groups.size(),
        weighed=weighed, behind=(at, groups.of),
    )  # fmt: skip


def days_of_actions(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Sum the days of the actions that the element asks for; zero for covered children without any."""
    actions = evidence.tables["discipline_action"]
    weighed = actions.usable
    at = np.flatnonzero(weighed)
    here = evidence.asked("discipline_action", element.where, element.systems)[at]
    days = actions.numbers("days")[at]
    whose = FactKeys.of(actions, at)
    groups = whose.groups()
    sums = groups.total(np.where(here, days, 0.0))
    sums = np.where(groups.count(here & np.isnan(days)) > 0, np.nan, sums)
    found = count_with_zeros(
        element, evidence, whose.of_groups(groups), sums, groups.count(here),
        weighed=weighed, behind=(at[here], groups.of[here]),
    )  # fmt: skip
    # Actions of another kind show that the system covers the child.
    others = absent_values(at, groups.of, groups.count(here))
    return replace(found, listed={**found.listed, "discipline_action": others})
