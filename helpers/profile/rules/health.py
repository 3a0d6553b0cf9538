"""Rules for the nurse's office and the lunchroom."""

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
    """Count the distinct vaccines with a dated dose on record, from any time.

    It is zero for a child whom the system records as having none, or as exempt; the source rows are the ones
    that record this.
    """
    doses = evidence.tables["immunization"]
    weighed = doses.of_a_child
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(doses, at, year=False)
    groups = whose.groups()
    day = doses.days("date")[at]
    given = np.where(np.isnat(day), -1, doses.code("vaccine")[at])
    # One source row may have several doses. If any row has one, rows without a dose are no sources.
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
    """Count a child's visits to the nurse; zero only if the office is known to cover the child."""
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(evidence.tables["health_visit"], at)
    groups = whose.groups()
    size = groups.size()
    # An office may not cover every child of its schools: only its own list shows whom it covers.
    return count_with_zeros(
        element, evidence, whose.of_groups(groups), size, size,
        weighed=weighed, behind=(at, groups.of), elsewhere=False,
    )  # fmt: skip


def latest_balance(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return the latest balance of each meal account."""
    accounts = evidence.tables["meal_account"]
    column = str(element.column)
    at = np.flatnonzero(accounts.of_a_child & ~accounts.lacks(column))
    day = accounts.days("as_of")[at]
    return latest_as_of(
        element, evidence, "meal_account", at, [day], accounts.numbers(column)[at],
        weighed=accounts.of_a_child, own_day=day, year=np.full(len(at), -1, dtype="int64"),
    )  # fmt: skip


def eligibility_on_the_day(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return the eligibility that began last before the as-of date; missing if it has ended.

    For a past year, its last eligibility.
    """
    periods = evidence.tables["meal_eligibility"]
    column = str(element.column)
    weighed = periods.usable
    at = np.flatnonzero(weighed & ~periods.lacks(column))
    as_of = evidence.as_of_dates(periods.system[at], periods.tie[at])
    begin, end = periods.days("begin_date")[at], periods.days("end_date")[at]
    begun = ~(begin > as_of)  # a period without dates counts as begun
    at, as_of, begin, end = at[begun], as_of[begun], begin[begun], end[begun]
    until = np.where(np.isnat(end), STILL.to_datetime64(), end)
    newest = evidence.years.at_export(pd.Series(as_of), periods.frame["silo"].iloc[at].reset_index(drop=True))
    today = evidence.years.positions(newest.to_numpy(dtype="int64", na_value=-1)) == periods.year[at]
    over = today & (until < as_of)
    return latest_as_of(
        element, evidence, "meal_eligibility", at, [begin, until], periods.texts(column, at).mask(over),
        weighed=weighed, recent=begin, begin_date=begin,
    )  # fmt: skip
