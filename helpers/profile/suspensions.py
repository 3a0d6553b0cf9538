"""The school days on which a child was kept away from school by a disciplinary action."""

from __future__ import annotations

import numpy as np

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.found import Found, Whose
from helpers.profile.tallies import Tallies

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
    values = counted_with_zeros(element, evidence, whose.of_groups(groups), sums, groups.count(here))
    return Found(values, {"discipline_action": weighed}, {"discipline_action": (at[here], groups.of[here])})
