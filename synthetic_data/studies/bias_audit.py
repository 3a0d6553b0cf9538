"""Asks whether an outcome differs by race, origin, language or sex beyond what was declared.

Every element of the profile that the truth knows is asked for, whatever system records it. Children are
ranked inside their grade of their school, so that neither can stand behind a difference; children of one
household count together. In a fair district no difference is declared. In one that isn't, the published rates
of chronic absence by group are; what follows from them is marked *declared*.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import as_table
from synthetic_data.columns import text, truth, whole
from synthetic_data.studies.intervals import differ
from synthetic_data.studies.outcomes import GROUPINGS, Outcomes

__all__ = ["bias_audit"]

DOUBT = 0.001  # the chance that a fair district shows any difference
# In a district that isn't fair: days missed, and what goes with them through `direct_effects`.
DOMAIN_OF_ABSENCE = "attendance"
FOLLOWS = frozenset(
    {
        "course_average", "assignments_graded", "assignments_excused", "points_earned", "points_share",
        "submissions", "submissions_late", "lms_logins", "messages_sent", "messages_opened", "health_visits",
        "incidents", "discipline_days",
    }
)  # fmt: skip


def bias_audit(outcomes: Outcomes) -> pd.DataFrame:
    """Compare groups of children in every outcome.

    Parameters
    ----------
    outcomes
        A district's children.

    Returns
    -------
    pandas.DataFrame
        The standard table *bias_audit*, without scenario and seed.
    """
    codes = {name: pd.factorize(outcomes.children[name], sort=True)[0].astype("int64") for name in GROUPINGS}
    rows = []
    for name, element in outcomes.declared.items():
        for part, numbers in outcomes.parts(name).items():
            for grouping in GROUPINGS:
                chance, largest, groups = differ(numbers, codes[grouping], outcomes.household, outcomes.cell)
                children = int((~np.isnan(numbers)).sum())
                rows.append((grouping, part, element.domain, children, groups, largest, chance))
    columns = list(zip(*rows, strict=True))
    chances = np.array(columns[6])
    joint = np.minimum(1.0, chances * len(chances))
    declared = np.array(
        [
            not outcomes.scenario.fair
            and grouping != "sex"
            and (domain == DOMAIN_OF_ABSENCE or element in FOLLOWS)
            for grouping, element, domain in zip(*columns[:3], strict=True)
        ]
    )
    found = pd.DataFrame(
        {
            "grouping": text(columns[0]),
            "element": text(columns[1]),
            "domain": text(columns[2]),
            "children": whole(np.array(columns[3])),
            "groups": whole(np.array(columns[4])),
            "largest_difference": np.array(columns[5], dtype="float64"),
            "p_value": chances,
            "p_joint": joint,
            "declared": truth(declared),
            "verdict": text(np.where(declared | (joint >= DOUBT), "pass", "miss").astype(object)),
        }
    )
    return as_table("bias_audit", found)
