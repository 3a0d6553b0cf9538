"""Rules for what children say of themselves."""

from __future__ import annotations

import numpy as np

from helpers.profile.facts.store import FactStore
from helpers.profile.rules.results import RuleResult, latest_as_of
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.standard import Element

__all__ = ["latest_statement"]


def latest_statement(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return what a child said on the latest day of the year: a plan, a goal, an answer in her own words."""
    answers, column = evidence.tables[element.table], str(element.column)
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~answers.lacks(column))
    day = answers.days("date")[at]
    return latest_as_of(
        element, evidence, element.table, at, [day], answers.texts(column, at), weighed=weighed, as_of=day
    )
