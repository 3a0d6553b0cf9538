"""Rules for tests, screeners and surveys: scores by window."""

from __future__ import annotations

import numpy as np

from helpers.profile.facts.arrays import Groups, last_of_each
from helpers.profile.facts.store import FactStore
from helpers.profile.rules.results import FactKeys, RuleResult, latest_as_of, stated_values
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.standard import Element

__all__ = ["growth_in_a_year", "latest_result", "latest_screening", "mean_answer"]


def latest_result(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return each record's latest result of the kind that the element asks for, by year."""
    results = evidence.tables["assessment_result"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~results.lacks("result"))
    day = results.days("administration_date")[at]
    return latest_as_of(
        element, evidence, "assessment_result", at, [day], results.numbers("result")[at],
        weighed=weighed, as_of=day,
    )  # fmt: skip


def growth_in_a_year(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return a child's latest result of a year minus that of the same term one year earlier.

    So the growth is that of a year, whichever term it is, even if the system's layouts have changed in
    between. Without a result in that term there is no growth.
    """
    results = evidence.tables["assessment_result"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~results.lacks("result") & ~results.lacks("term"))
    owner, system, year = results.owner[at], results.system[at], results.year[at]
    # A term on one scale: a system may give several tests.
    terms_and_scales = np.column_stack([results.code("term")[at], results.code("scale")[at]])
    term = np.unique(terms_and_scales, axis=0, return_inverse=True)[1].reshape(-1)
    order = [results.days("administration_date")[at], results.row[at]]
    of_term = Groups(owner, system, year, term)
    last_of_term = last_of_each(of_term, order)
    of_year = Groups(owner, system, year)
    now = last_of_each(of_year, order)
    # Find the last result with the same child, system and term one year earlier.
    named = np.asarray(evidence.years.years, dtype="int64")
    before = np.append(evidence.years.positions(named - 1), -1)[year[now]]
    terms = int(np.max(term, initial=0)) + 1
    years = len(named) + 1
    width = len(evidence.silos)

    def number(rows: np.ndarray, its_year: np.ndarray) -> np.ndarray:
        return ((owner[rows] * width + system[rows]) * years + its_year) * terms + term[rows]

    theirs = number(last_of_term, year[last_of_term])
    sought = np.where(before >= 0, number(now, before), -1)
    order_of = np.argsort(theirs)
    found_at = np.searchsorted(theirs[order_of], sought)
    found_at = np.minimum(found_at, max(len(theirs) - 1, 0))
    there = np.flatnonzero((theirs[order_of][found_at] == sought) & (before >= 0)) if len(theirs) else now
    first = last_of_term[order_of][found_at[there]] if len(theirs) else now
    latest = at[now[there]]
    whose = FactKeys.of(results, latest)
    day = results.days("administration_date")[latest]
    result = results.numbers("result")
    values = stated_values(
        element, evidence, whose, result[latest] - result[at[first]], rows=np.full(len(latest), 2),
        source=results.files(evidence)[latest], row=results.row[latest],
        as_of=np.where(np.isnat(day), evidence.as_of_dates(whose.system, whose.tie), day),
    )  # fmt: skip
    both = np.concatenate([latest, at[first]]), np.tile(np.arange(len(latest)), 2)
    return RuleResult(values, {"assessment_result": weighed}, {"assessment_result": both})


# A child may need several days for a survey; answers up to this many days before the latest belong to it.
DAYS_OF_A_WINDOW = 30


def latest_screening(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return the latest form of the year, of the kind and scale that the element asks for."""
    forms = evidence.tables["screener_result"]
    column = str(element.column)
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~forms.lacks(column))
    values = forms.texts(column, at) if element.type == "string" else forms.numbers(column)[at]
    day = forms.days("date")[at]
    return latest_as_of(element, evidence, "screener_result", at, [day], values, weighed=weighed, as_of=day)


def mean_answer(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Average a child's answers about one competency, in the latest window of the year."""
    answers = evidence.tables["survey_response"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~answers.lacks("response"))
    day = answers.days("date")[at]
    of_record = Groups(answers.tie[at], answers.year[at])
    newest = of_record.newest(day)[of_record.of]
    # Comparisons with NaT are false, so an answer without a date counts alone or not at all.
    kept = (newest - day < np.timedelta64(DAYS_OF_A_WINDOW + 1, "D")) | np.isnat(newest)
    at, day = at[kept], day[kept]
    whose = FactKeys.of(answers, at)
    groups = Groups(whose.tie, whose.year)
    of = whose.of_groups(groups)
    as_of = groups.newest(day)
    values = stated_values(
        element, evidence, of, groups.mean(answers.numbers("response")[at]), rows=groups.size(),
        as_of=np.where(np.isnat(as_of), evidence.as_of_dates(of.system, of.tie), as_of),
    )  # fmt: skip
    return RuleResult(values, {"survey_response": weighed}, {"survey_response": (at, groups.of)})
