"""What a child wants to become, and where it applies."""

from __future__ import annotations

import numpy as np

from helpers.profile.evidence import Evidence
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.found import Found, Whose
from helpers.profile.newest import newest_told
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

__all__ = ["applications_counted", "first_named_interest"]


def first_named_interest(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the interest that a child names first on the newest day of the year."""
    interests = evidence.tables["career_interest"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~interests.lacks("interest"))
    # Of a list without numbers the upper row is named first.
    strength = interests.numbers("strength")[at]
    place = np.where(np.isnan(strength), interests.row[at], strength)
    day = interests.days("date")[at]
    return newest_told(
        element, evidence, "career_interest", at, [day, -place], interests.texts("interest", at),
        weighed=weighed, as_of=day,
    )  # fmt: skip


def applications_counted(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Count a child's applications in a year; zero only for a child whom the system itself lists."""
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = Whose.of(evidence.tables["application"], at)
    groups = whose.groups()
    size = groups.size()
    return counted_with_zeros(
        element, evidence, whose.of_groups(groups), size, size,
        weighed=weighed, behind=(at, groups.of), elsewhere=False,
    )  # fmt: skip
