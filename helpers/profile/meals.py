"""What the lunchroom says of a child."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.profile.evidence import Evidence
from helpers.profile.found import STILL, Found
from helpers.profile.newest import newest_told
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

__all__ = ["eligibility_on_the_day", "latest_balance"]


def latest_balance(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the newest balance of each meal account."""
    accounts = evidence.tables["meal_account"]
    column = str(element.column)
    at = np.flatnonzero(accounts.of_a_child & ~accounts.lacks(column))
    day = accounts.days("as_of")[at]
    return newest_told(
        element, evidence, "meal_account", at, [day], accounts.numbers(column)[at],
        weighed=accounts.of_a_child, own_day=day, year=np.full(len(at), -1, dtype="int64"),
    )  # fmt: skip


def eligibility_on_the_day(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the spell that had begun last by the day for which the system speaks; nothing if it is over.

    Of a year that is over, its last spell.
    """
    spells = evidence.tables["meal_eligibility"]
    column = str(element.column)
    weighed = spells.told
    at = np.flatnonzero(weighed & ~spells.lacks(column))
    spoken = evidence.spoken_for(spells.system[at], spells.tie[at])
    begin, end = spells.days("begin_date")[at], spells.days("end_date")[at]
    begun = ~(begin > spoken)  # where nobody knows, it has
    at, spoken, begin, end = at[begun], spoken[begun], begin[begun], end[begun]
    until = np.where(np.isnat(end), STILL.to_datetime64(), end)
    newest = evidence.years.at_export(pd.Series(spoken), spells.frame["silo"].iloc[at].reset_index(drop=True))
    today = evidence.years.places(newest.to_numpy(dtype="int64", na_value=-1)) == spells.year[at]
    over = today & (until < spoken)
    return newest_told(
        element, evidence, "meal_eligibility", at, [begin, until], spells.texts(column, at).mask(over),
        weighed=weighed, recent=begin, begin_date=begin,
    )  # fmt: skip
