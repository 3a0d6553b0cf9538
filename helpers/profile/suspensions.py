"""The school days on which a child was kept away from school by a disciplinary action."""

from __future__ import annotations

import pandas as pd

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.exceptions import counted_with_zeros
from helpers.profile.fitting import fitting
from helpers.profile.found import NOTHING, Found
from helpers.profile.tallies import Tallies

__all__ = ["days_of_actions"]

KEYS = ["child", "silo", "school_year"]


def days_of_actions(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Sum the days of the actions that the element asks for; zero of who has other ones, or none."""
    actions = evidence.facts["discipline_action"]
    if actions.empty:
        return NOTHING
    weighed = actions["child"].notna() & evidence.years.speak_of(actions["year"])
    used = actions[weighed]
    here = fitting(used, element.where, evidence.of_systems(element.systems))
    used = used.assign(
        school_year=used["year"],
        counted=used["days"].where(here, 0.0),
        unknown=used["days"].isna() & here,
        row_here=here.astype("int64"),
    )
    by = used.groupby(KEYS, sort=True)
    counts = pd.DataFrame(
        {"value": by["counted"].sum().mask(by["unknown"].any()), "rows": by["row_here"].sum()}
    ).astype({"value": "float64", "rows": "int64"})
    return counted_with_zeros(counts, used, element, evidence, weighed)
