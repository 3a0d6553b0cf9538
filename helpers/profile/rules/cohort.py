"""Summarize the cohort: what rules need to know about other children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from helpers.profile.facts.attendance import joined_reach, reach_of
from helpers.profile.facts.store import Cohort, EventCoverage, FactStore
from helpers.profile.rules.family import years_with_records
from helpers.profile.rules.learning import newest_classes, years_handed_in
from helpers.profile.rules.roster import filled_columns, learnable_names
from helpers.profile.rules.zeros import event_coverage, merge_event_coverage
from helpers.systems import declared_elements

__all__ = ["merge_cohorts", "summarize_cohort", "summarize_cohort_for_child"]

# Rules by which a missing record may be a zero; their tables contain absence or incident records.
SILENCE_COUNTS = (
    "incidents_counted", "discipline_days", "days_of_actions", "visits_counted", "applications_counted",
    "days_logged_in",
)  # fmt: skip
OF_FAMILIES = ("messages_counted", "logins_of_adults")


def summarize_cohort(evidence: FactStore) -> Cohort:
    """Summarize some children's facts for the rules."""
    fields = {str(element.column) for element in declared_elements() if element.rule == "person_field"}
    exceptions = {element.table for element in declared_elements() if element.rule in SILENCE_COUNTS}
    work = evidence.tables["assignment_score"]
    return Cohort(
        tables=evidence.facts.filled(),
        reach=reach_of(
            {name: evidence.facts[name] for name in ("calendar", "attendance_event")}
            | {"people": evidence.people}
        ),
        rostered=_rostered(evidence),
        filled=filled_columns(evidence, fields),
        school_names=learnable_names(evidence),
        newest_classes=newest_classes(evidence),
        keeps_submissions=not bool(work.lacks("submitted_utc").all()),
        years_handed_in=years_handed_in(evidence),
        reports={table: event_coverage(evidence, table) for table in sorted(exceptions)},
        enrolled_schools=_enrolled_schools(evidence),
        years_of_families={
            element.name: years_with_records(element, evidence)
            for element in declared_elements()
            if element.rule in OF_FAMILIES
        },
    )


def summarize_cohort_for_child(evidence: FactStore) -> Cohort:
    """Summarize one child as if its systems covered everybody, since its values are known already."""
    own = summarize_cohort(evidence)
    pairs = frozenset(product(range(len(evidence.silos)), range(len(evidence.years.years))))
    schools = frozenset().union(*own.enrolled_schools.values())
    everywhere = frozenset((system, school, year) for system, year in pairs for school in schools)
    classes = dict.fromkeys(pairs, np.datetime64("NaT", "us"))
    columns = {str(element.column) for element in declared_elements() if element.rule == "person_field"}
    return replace(
        own,
        tables=frozenset(evidence.facts),
        filled=frozenset(product(columns, range(len(evidence.silos)))),
        newest_classes={**classes, **own.newest_classes},
        keeps_submissions=True,
        years_handed_in=pairs,
        reports={
            table: EventCoverage(pairs, frozenset(), everywhere, each.left_over.iloc[:0])
            for table, each in own.reports.items()
        },
        years_of_families=dict.fromkeys(own.years_of_families, pairs),
    )


def _rostered(evidence: FactStore) -> frozenset[int]:
    periods = evidence.tables["school_enrollment"]
    return frozenset(np.unique(periods.system[~periods.lacks("record")]).tolist())


def _enrolled_schools(evidence: FactStore) -> dict[int, frozenset[str]]:
    periods = evidence.tables["school_enrollment"]
    codes, words = periods.codes("school_id")
    schools: dict[int, frozenset[str]] = {}
    for system in np.unique(periods.system[periods.usable]):
        there = np.unique(codes[periods.usable & (periods.system == system)])
        schools[int(system)] = frozenset(words[code] for code in there if code >= 0)
    return schools


def merge_cohorts(surveys: Sequence[Cohort]) -> Cohort:
    """Combine the summaries of several parts of the children."""
    if len(surveys) == 1:
        return surveys[0]
    names = pd.concat([each.school_names for each in surveys], ignore_index=True)
    names = names.groupby(["system", "name_of", "name"])[["children"]].sum().reset_index()
    newest: dict[tuple[int, int], Any] = {}
    for each in surveys:
        for pair, day in each.newest_classes.items():
            before = newest.get(pair, day)
            newest[pair] = day if np.isnat(before) or day > before else before
    return Cohort(
        tables=frozenset().union(*(each.tables for each in surveys)),
        filled=frozenset().union(*(each.filled for each in surveys)),
        school_names=names,
        newest_classes=newest,
        keeps_submissions=any(each.keeps_submissions for each in surveys),
        years_handed_in=frozenset().union(*(each.years_handed_in for each in surveys)),
        reports={
            table: merge_event_coverage([each.reports[table] for each in surveys])
            for table in surveys[0].reports
        },
        enrolled_schools=_united([each.enrolled_schools for each in surveys]),
        rostered=frozenset().union(*(each.rostered for each in surveys)),
        reach=joined_reach([each.reach for each in surveys]),
        years_of_families=_united([each.years_of_families for each in surveys]),
    )


def _united(parts: Sequence[Mapping[Any, frozenset[Any]]]) -> dict[Any, frozenset[Any]]:
    names = {name for part in parts for name in part}
    return {name: frozenset().union(*(part.get(name, frozenset()) for part in parts)) for name in names}
