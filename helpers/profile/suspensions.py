"""The school days on which a child was kept away from school by a disciplinary action."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helpers.profile.evidence import Evidence
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.found import Found, Whose, where_none
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

__all__ = ["days_of_actions"]


def days_of_actions(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum the days of the actions that the element asks for; zero of who has other ones, or none."""
    actions = evidence.tables["discipline_action"]
    weighed = actions.told
    at = np.flatnonzero(weighed)
    here = evidence.asked("discipline_action", element.where, element.systems)[at]
    days = actions.numbers("days")[at]
    whose = Whose.of(actions, at)
    groups = whose.groups()
    sums = groups.total(np.where(here, days, 0.0))
    sums = np.where(groups.count(here & np.isnan(days)) > 0, np.nan, sums)
    found = counted_with_zeros(
        element, evidence, whose.of_groups(groups), sums, groups.count(here),
        weighed=weighed, behind=(at[here], groups.of[here]),
    )  # fmt: skip
    # Actions of another kind say that the system knows the child.
    others = where_none(at, groups.of, groups.count(here))
    return replace(found, listed={**found.listed, "discipline_action": others})
