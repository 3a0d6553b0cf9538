"""The evidence as the standard table *pairs* has it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.link import names
from helpers.link.crosswalk import STEPS
from helpers.link.dates import BIRTH_DATE_LEVELS
from helpers.link.students import Students
from helpers.standard import as_table

__all__ = ["as_pairs"]


def as_pairs(students: Students, decided: pd.DataFrame) -> pd.DataFrame:
    """Put decided pairs into words.

    Parameters
    ----------
    students
        The records.
    decided
        The pairs of `settle.Settled`.

    Returns
    -------
    pandas.DataFrame
        The standard table *pairs*, in the same order.
    """

    def worded(words: Sequence[str], column: str) -> pd.Series:
        return pd.Series(list(words), dtype="string").take(decided[column].to_numpy()).reset_index(drop=True)

    def ends(column: str, side: str) -> pd.Series:
        return students.people[column].take(decided[side].to_numpy()).reset_index(drop=True)

    one_home = decided["one_home"].to_numpy()
    siblings = decided["plainly_different"].to_numpy() & (one_home == 1)
    household = pd.Series(siblings, dtype="boolean").mask(one_home < 0)
    agrees = decided["strong_id"] | decided["weak_id"]
    identifier = np.select(
        [agrees, decided["contradicting_id"] >= 0], ["Same", "Different"], default="Missing"
    )
    decided = decided.reset_index(drop=True)
    return as_table(
        "pairs",
        pd.DataFrame(
            {
                "left_silo": ends("silo", "left"),
                "left_record": ends("record", "left"),
                "right_silo": ends("silo", "right"),
                "right_record": ends("record", "right"),
                "step": worded(STEPS, "step"),
                "rule": decided["rule"],
                "evidence_identifier": identifier,
                "evidence_first_name": worded(names.LEVELS, "first_name"),
                "evidence_last_surname": worded(names.LEVELS, "last_surname"),
                "evidence_birth_date": worded(BIRTH_DATE_LEVELS, "birth_date"),
                "match_weight": decided["match_weight"],
                "match_probability": decided["match_probability"],
                "contradiction": decided["contradiction"],
                "same_household": household,
                "decision": decided["decision"],
                "decided_by": decided["decided_by"],
                "reviewed_utc": decided["reviewed_utc"],
            }
        ),
    )
