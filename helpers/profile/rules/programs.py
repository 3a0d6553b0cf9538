"""Rules for plans, services and activities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.arrays import is_first
from helpers.profile.facts.store import FactStore
from helpers.profile.rules.results import STILL, FactKeys, RuleResult, latest_as_of, stated_by_group
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.standard import STRING, Element

__all__ = [
    "activities_counted",
    "hours_summed",
    "interests_named",
    "names_of_activities",
    "plan_in_force",
    "services_of_the_plan",
]


def activities_counted(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count a child's distinct activities in a year, without zeros.

    There is no zero, because activity lists don't show who could have come: nobody knows whether they would
    include a child who isn't on one.
    """
    participation = evidence.tables["participation"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(participation, at)
    groups = whose.groups()
    counts = groups.distinct(participation.code("activity")[at]).astype("float64")
    values = stated_by_group(element, evidence, whose, groups, np.where(counts > 0, counts, np.nan))
    return RuleResult(values, {"participation": weighed}, {"participation": (at, groups.of)})


def hours_summed(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Sum a child's hours in a year; unknown if those of one activity are."""
    participation = evidence.tables["participation"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(participation, at)
    groups = whose.groups()
    hours = participation.numbers("hours")[at]
    sums = np.where(groups.count(np.isnan(hours)) > 0, np.nan, groups.total(hours))
    values = stated_by_group(element, evidence, whose, groups, sums)
    return RuleResult(values, {"participation": weighed}, {"participation": (at, groups.of)})


def plan_in_force(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return a column of the latest plan that was active at some time in a year.

    The plan's status is the system's own as of its date. For an earlier year, or without a status, the plan's
    last day decides whether it had ended by then.
    """
    plans = evidence.tables["program"]
    column = str(element.column)
    fits = evidence.asked("program", element.where, element.systems)
    begin, end = plans.days("begin_date"), plans.days("end_date")
    until = np.where(np.isnat(end), STILL.to_datetime64(), end)
    weighed = np.zeros(len(plans), dtype=bool)
    parts, years, lasts = [], [], []
    for number, year in enumerate(evidence.years.years):
        first, last = (day.to_datetime64() for day in evidence.years.span_of(year))
        here = fits & ~(begin > last) & ~(until < first)
        weighed |= here
        parts.append(np.flatnonzero(here))
        years.append(np.full(len(parts[-1]), number, dtype="int64"))
        lasts.append(np.full(len(parts[-1]), last, dtype="datetime64[us]"))
    at = np.concatenate(parts or [np.zeros(0, "int64")])
    place = np.concatenate(years or [np.zeros(0, "int64")])
    by_then = np.concatenate(lasts or [np.zeros(0, "datetime64[us]")])
    as_of = evidence.as_of_dates(plans.system[at], plans.tie[at])
    newest = evidence.years.at_export(pd.Series(as_of), plans.texts("silo", at))
    now = evidence.years.positions(newest.to_numpy(dtype="int64", na_value=-1)) == place
    by_then = np.where(now & ~np.isnat(as_of), as_of, by_then)
    if column == "status":
        by_date = pd.Series(np.where(until[at] <= by_then, "Exited", "Active"), dtype="string")
        values = plans.texts("status", at).where(now).fillna(by_date)
    elif element.type == "string":
        values = plans.texts(column, at)
    else:
        values = pd.Series(plans.numbers(column)[at])
    some = np.flatnonzero(values.notna().to_numpy(dtype=bool))
    at, place = at[some], place[some]
    return latest_as_of(
        element, evidence, "program", at, [begin[at], until[at]], values.iloc[some], weighed=weighed,
        own_day=as_of[some], year=place, begin_date=begin[at],
    )  # fmt: skip


Ints = npt.NDArray[np.int64]


def _joined(
    element: Element,
    evidence: FactStore,
    at: Ints,
    column: str,
    order: Sequence[npt.NDArray[Any]],
    weighed: npt.NDArray[np.bool_],
) -> RuleResult:
    """Join the distinct names of each child and year, in some order."""
    rows = evidence.tables[element.table]
    whose = FactKeys.of(rows, at)
    groups = whose.groups()
    codes, words = rows.codes(column)
    sorted_rows = np.lexsort([*reversed(order), groups.of])
    once = sorted_rows[is_first(groups.of[sorted_rows], codes[at[sorted_rows]])]
    names: list[list[str]] = [[] for _ in range(len(groups))]
    for group, code in zip(groups.of[once].tolist(), codes[at[once]].tolist(), strict=True):
        names[group].append(words[code])
    text = pd.Series(["; ".join(each) for each in names], dtype=STRING)
    values = stated_by_group(element, evidence, whose, groups, text)
    return RuleResult(values, {element.table: weighed}, {element.table: (at, groups.of)})


def names_of_activities(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """List a child's activities in a year, in alphabetical order."""
    participation = evidence.tables["participation"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~participation.lacks("activity"))
    codes, words = participation.codes("activity")
    by_alphabet = np.argsort(np.argsort(np.array([*words, ""], dtype=object), kind="stable"), kind="stable")
    return _joined(element, evidence, at, "activity", [by_alphabet[codes[at]]], weighed)


def interests_named(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """List a child's interests on the latest day of the year, in the child's order."""
    interests = evidence.tables["career_interest"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~interests.lacks("interest"))
    day = interests.days("date")[at]
    groups = FactKeys.of(interests, at).groups()
    newest = groups.newest(day)[groups.of]
    at = at[np.isnat(newest) | (day == newest)]
    strength = interests.numbers("strength")[at]
    place = np.where(np.isnan(strength), interests.row[at], strength)
    return _joined(element, evidence, at, "interest", [place, interests.row[at]], weighed)


def services_of_the_plan(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """List the services of a year's latest plan, without the reason for the plan."""
    plan = plan_in_force(element, evidence, tallies)
    words = plan.values["value"].str.replace(r"\s*;\s*", "; ", regex=True)
    return RuleResult(plan.values.assign(value=words), plan.weighed, plan.behind)
