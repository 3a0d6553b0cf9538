"""What a child plans to do after high school."""

from __future__ import annotations

import numpy as np

from helpers.profile.evidence import Evidence
from helpers.profile.found import Found
from helpers.profile.newest import newest_told
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

__all__ = ["newest_plan"]


def newest_plan(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the plan that a child names on the newest day of the year."""
    plans = evidence.tables["career_plan"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~plans.lacks("plan"))
    day = plans.days("date")[at]
    return newest_told(
        element, evidence, "career_plan", at, [day], plans.texts("plan", at), weighed=weighed, as_of=day
    )
