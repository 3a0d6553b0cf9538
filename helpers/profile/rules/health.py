"""Rules of the nurse's office and the lunchroom."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.profile.facts.arrays import is_first
from helpers.profile.facts.store import FactStore
from helpers.profile.rules.results import STILL, FactKeys, RuleResult, latest_as_of, stated_by_group
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.profile.rules.zeros import count_with_zeros
from helpers.standard import Element

__all__ = ["eligibility_on_the_day", "latest_balance", "vaccines_recorded", "visits_counted"]


def vaccines_recorded(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count the different vaccines of which a dose with its day is on record, whenever it was given.

    Zero is told of a child of whom the system says that it has none on record, or an exemption; the rows that
    say so stand behind it.
    """
    doses = evidence.tables["immunization"]
    weighed = doses.of_a_child
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(doses, at, year=False)
    groups = whose.groups()
    day = doses.days("date")[at]
    given = np.where(np.isnat(day), -1, doses.code("vaccine")[at])
    # One source row may tell of many doses; where there is one, those that tell of none stand behind nothing.
    dose = given >= 0
    once = is_first(groups.of, doses.files(evidence)[at], doses.row[at], dose)
    some = groups.count(dose) > 0
    behind = np.flatnonzero(once & (dose | ~some[groups.of]))
    rows = np.bincount(groups.of[behind], minlength=len(groups))
    values = stated_by_group(
        element, evidence, whose, groups, groups.distinct(given), rows=rows, begin_date=groups.oldest(day)
    )
    return RuleResult(values, {"immunization": weighed}, {"immunization": (at[behind], groups.of[behind])})


def visits_counted(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count a child's visits to the nurse; zero only for a child whom the office is known to cover."""
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(evidence.tables["health_visit"], at)
    groups = whose.groups()
    size = groups.size()
    # An office may not know every child of its schools: only its own list says whom it covers.
    return count_with_zeros(
        element, evidence, whose.of_groups(groups), size, size,
        weighed=weighed, behind=(at, groups.of), elsewhere=False,
    )  # fmt: skip


def latest_balance(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Take the newest balance of each meal account."""
    accounts = evidence.tables["meal_account"]
    column = str(element.column)
    at = np.flatnonzero(accounts.of_a_child & ~accounts.lacks(column))
    day = accounts.days("as_of")[at]
    return latest_as_of(
        element, evidence, "meal_account", at, [day], accounts.numbers(column)[at],
        weighed=accounts.of_a_child, own_day=day, year=np.full(len(at), -1, dtype="int64"),
    )  # fmt: skip


def eligibility_on_the_day(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
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
    return latest_as_of(
        element, evidence, "meal_eligibility", at, [begin, until], spells.texts(column, at).mask(over),
        weighed=weighed, recent=begin, begin_date=begin,
    )  # fmt: skip
