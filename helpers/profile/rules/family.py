"""Family rules: adults on record, their language, logins and messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.arrays import KeyIndex, is_first
from helpers.profile.facts.store import FactStore
from helpers.profile.rules.results import (
    NOTHING,
    FactKeys,
    RuleResult,
    absent_values,
    latest_as_of,
    stated_by_group,
)
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.profile.rules.zeros import ListedChildren, add_zeros
from helpers.standard import Element

__all__ = [
    "adults_on_record",
    "contact_language",
    "last_opened",
    "logins_of_adults",
    "messages_counted",
    "years_with_records",
]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def adults_on_record(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count the adults whom a system links to a child."""
    ties = evidence.tables["contact"]
    weighed = evidence.asked("contact", element.where, element.systems)
    at = np.flatnonzero(weighed & ~ties.lacks("contact_record"))
    whose = FactKeys.of(ties, at, year=False)
    groups = whose.groups()
    counts = groups.distinct(ties.code("contact_record")[at])
    values = stated_by_group(element, evidence, whose, groups, counts)
    return RuleResult(values, {"contact": weighed}, {"contact": (at, groups.of)})


def contact_language(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return the language of the adult to call first."""
    ties = evidence.tables["contact"]
    weighed = evidence.asked("contact", element.where, element.systems)
    at = np.flatnonzero(weighed & ~ties.lacks("language"))
    priority = ties.numbers("priority")[at]
    # The first priority counts here, and of equals the upper row.
    order = [-np.where(np.isnan(priority), np.inf, priority), -ties.row[at], -np.arange(len(at))]
    return latest_as_of(
        element, evidence, "contact", at, order, ties.texts("language", at), weighed=weighed,
        year=np.full(len(at), -1, dtype="int64"),
    )  # fmt: skip


def _asked_of_adults(element: Element, evidence: FactStore) -> Bools:
    """Test which logins an element asks for, of anybody."""
    logins = evidence.tables["login"]
    asked = (logins.year >= 0) & ~logins.lacks("record")
    return asked & logins.fits(element.where) & evidence.are(element.systems)[logins.system]


def years_with_records(element: Element, evidence: FactStore) -> frozenset[tuple[int, int]]:
    """List the systems and years with any logins or messages that an element counts."""
    rows = evidence.tables[element.table]
    if element.rule == "logins_of_adults":
        asked = _asked_of_adults(element, evidence)
    else:
        asked = evidence.asked_in_a_year(element)
    at = np.flatnonzero(asked)
    at = at[is_first(rows.system[at], rows.year[at])]
    return frozenset(zip(rows.system[at].tolist(), rows.year[at].tolist(), strict=True))


def _with_silent_families(
    element: Element,
    evidence: FactStore,
    counts: FactKeys,
    values: npt.NDArray[Any],
    rows: Ints,
    *,
    weighed: Bools,
    behind: tuple[Ints, Ints],
) -> RuleResult:
    """Add a zero for every child whose adults a system lists, in years with any records."""
    ties = evidence.tables["contact"]
    at = np.flatnonzero(evidence.asked("contact", (), element.systems))
    covered = ListedChildren.of("contact", at[:0], FactKeys.of(ties, at[:0]))
    for system, year in sorted(evidence.survey.years_of_families[element.name]):
        here = at[ties.system[at] == system]
        known = FactKeys.of(ties, here, year=False)
        in_year = FactKeys(known.owner, known.system, np.full(len(here), year), known.tie, known.link_status)
        covered = covered.followed_by(ListedChildren.of("contact", here, in_year))
    both, listed = add_zeros(element, evidence, counts, values, rows, covered)
    return RuleResult(both, {element.table: weighed}, {element.table: behind}, listed)


def logins_of_adults(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count the logins of a child's adults; zero if they never logged in."""
    logins, ties = evidence.tables["login"], evidence.tables["contact"]
    if not len(ties) or "login" not in evidence.survey.tables:
        return NOTHING
    tied = np.flatnonzero(evidence.asked("contact", (), element.systems) & ~ties.lacks("contact_record"))
    adult = ties.code("contact_record")[tied]
    tied = tied[is_first(ties.owner[tied], ties.system[tied], adult)]
    # Sorted, so that each adult's children are adjacent.
    system, record = ties.system[tied], ties.texts("contact_record", tied)
    adults = KeyIndex(system, record)
    number = adults.of(system, record)
    order = np.argsort(number, kind="stable")
    children = tied[order]
    first = np.searchsorted(number[order], np.arange(len(tied)))
    last = np.searchsorted(number[order], np.arange(len(tied)), side="right")
    of_login = adults.of(logins.system, logins.frame["record"])
    weighed = _asked_of_adults(element, evidence) & (of_login >= 0)
    asked = np.flatnonzero(weighed)
    who = of_login[asked]
    count = last[who] - first[who]
    at = np.repeat(asked, count)
    within = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    tie = children[np.repeat(first[who], count) + within]
    whose = FactKeys(ties.owner[tie], ties.system[tie], logins.year[at], ties.tie[tie], ties.link_status[tie])
    groups = whose.groups()
    sessions = logins.numbers("sessions")[at]
    sums = groups.total(np.where(np.isnan(sessions), 1.0, sessions))
    return _with_silent_families(
        element, evidence, whose.of_groups(groups), sums, groups.size(),
        weighed=weighed, behind=(at, groups.of),
    )  # fmt: skip


def messages_counted(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Count the messages about a child, one per recipient; zero if the child's adults received none."""
    messages = evidence.tables["message"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed)
    whose = FactKeys.of(messages, at)
    groups = whose.groups()
    counted = np.ones(len(at), dtype=bool)
    if element.column == "opened":
        counted = ~messages.lacks("opened_utc")[at]
    counts = groups.count(counted)
    found = _with_silent_families(
        element, evidence, whose.of_groups(groups), counts, counts,
        weighed=weighed, behind=(at[counted], groups.of[counted]),
    )  # fmt: skip
    return replace(found, listed={**found.listed, "message": absent_values(at, groups.of, counts)})


def last_opened(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return the day on which the latest message that an adult opened was sent."""
    messages = evidence.tables["message"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~messages.lacks("opened_utc") & ~messages.lacks("sent_utc"))
    sent = messages.days("sent_utc")[at]
    return latest_as_of(
        element, evidence, "message", at, [sent], pd.Series(sent).dt.normalize(), weighed=weighed
    )
