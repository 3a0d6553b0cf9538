"""Roster rules: names, dates, ids, and the school and grade of a year."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers.profile.facts.arrays import Groups, last_of_each
from helpers.profile.facts.store import FactStore, Rows
from helpers.profile.facts.systems import school_names_from_rosters, school_names_of
from helpers.profile.rules.results import STILL, FactKeys, RuleResult, stated_values
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.standard import STRING, Element, missing

__all__ = ["filled_columns", "identifier", "latest_enrolment", "learnable_names", "person_field"]

# A date that a system makes up for lack of a better one, or with ambiguous day and month.
DOUBTFUL_DATES = ("Placeholder", "Day and month ambiguous", "Month only", "Year only")
# With a placeholder name, the birth date is a placeholder too.
BESIDE_A_NAME = ("first_name", "last_surname", "birth_date")


def _given(people: Rows, column: str) -> np.ndarray:
    """Test which people have a value in a column."""
    given = ~people.lacks(column)
    if column in BESIDE_A_NAME:
        given &= ~people.fits([{"name_status": "Placeholder"}])
    return given


def filled_columns(evidence: FactStore, columns: set[str]) -> frozenset[tuple[str, int]]:
    """List the columns of people that each system fills for anybody."""
    people = evidence.tables["people"]
    return frozenset(
        (column, int(system))
        for column in columns
        for system in np.unique(people.system[_given(people, column)])
    )


def _ends(rows: Rows, at: np.ndarray) -> Any:
    """Return the last day of periods; an open end counts as later than any date."""
    end = rows.days("end_date")[at]
    return np.where(np.isnat(end), STILL.to_datetime64(), end)


def person_field(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return a column of people, from every system that fills it for anybody."""
    column = str(element.column)
    people = evidence.tables["people"]
    fills = [(column, place) in evidence.survey.filled for place in range(len(evidence.silos))]
    at = np.flatnonzero(np.array(fills, dtype=bool)[people.system])
    given = _given(people, column)[at]
    values = people.frame[column].iloc[at].reset_index(drop=True).where(given)
    source, row, rows = evidence.sources(column)
    tie = people.tie[at]
    more: dict[str, Any] = {}
    if column == "birth_date":
        doubtful = people.fits([{"birth_date_status": "|".join(DOUBTFUL_DATES)}])
        more["doubtful"] = doubtful[at]
        other = people.frame["birth_date_other"].iloc[at].reset_index(drop=True)
        more["other_reading"] = other.dt.strftime("%Y-%m-%d").astype(STRING)
    found = stated_values(
        element, evidence, FactKeys.of(people, at), values,
        source=source[tie], row=row[tie], rows=rows[tie],
        as_of=people.days("as_of")[at], recent=_ends(people, at), **more,
    )  # fmt: skip
    return RuleResult(found, behind={"people": (at, np.arange(len(at)))})


def identifier(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return the ids of one identification system."""
    ids = evidence.tables["identifiers"]
    codes, words = ids.codes("identification_system")
    at = np.flatnonzero(np.array([*(word == element.column for word in words), False])[codes])
    whose = FactKeys.of(ids, at)
    values = stated_values(
        element, evidence, whose, ids.texts("identifier", at), rows=np.ones(len(at), dtype="int64"),
        source=ids.files(evidence)[at], row=ids.row[at], as_of=evidence.as_of_dates(whose.system, whose.tie),
    )  # fmt: skip
    return RuleResult(values, behind={"identifiers": (at, np.arange(len(at)))})


def _latest_periods(evidence: FactStore, column: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find each record's latest enrollment period of a year with a value."""
    periods = evidence.tables["school_enrollment"]
    at = np.flatnonzero(periods.usable & ~periods.lacks(column))
    main = periods.frame["is_primary"].iloc[at].fillna(True).to_numpy(dtype=bool)
    groups = Groups(periods.tie[at], periods.year[at])
    last = last_of_each(groups, [main, periods.days("begin_date")[at], periods.row[at]])
    return at[last], at, groups.of


def _persons(evidence: FactStore, column: str, periods: np.ndarray) -> tuple[np.ndarray, FactKeys]:
    """Find people with a value in their own record, but in no enrollment period of the export's year."""
    people = evidence.tables["people"]
    at = np.flatnonzero(~people.lacks(column))
    year = evidence.years.at_export(people.frame["as_of"].iloc[at], people.frame["silo"].iloc[at])
    whose = FactKeys.of(people, at)
    place = evidence.years.positions(year.to_numpy(dtype="int64", na_value=-1))
    whose = FactKeys(whose.owner, whose.system, place, whose.tie, whose.link_status)
    enrollment = evidence.tables["school_enrollment"]
    years = len(evidence.years.years) + 1
    there = np.isin(whose.tie * years + place, enrollment.tie[periods] * years + enrollment.year[periods])
    kept = (place >= 0) & ~there
    return at[kept], whose.taken(kept)


def _child_schools(evidence: FactStore) -> pd.DataFrame:
    """List each child's schools: from the latest enrollment period of a year, else from the person record."""
    periods = evidence.tables["school_enrollment"]
    latest, _, _ = _latest_periods(evidence, "school_id")
    # Children take the name of the first record that names their school, by system and record.
    latest = latest[np.lexsort([periods.year[latest], periods.tie[latest], periods.system[latest]])]
    persons, whose = _persons(evidence, "school_id", latest)
    whose = FactKeys.of(periods, latest).followed_by(whose)
    numbers, names = _schools(evidence, latest, persons)
    return pd.DataFrame(
        {
            "owner": whose.owner, "system": whose.system, "year": whose.year,
            "school_id": numbers, "school_name": names,
        }
    )  # fmt: skip


def _schools(evidence: FactStore, periods: np.ndarray, persons: np.ndarray) -> tuple[pd.Series, pd.Series]:
    """Return school numbers, and the names in person records; enrollment periods have none."""
    people = evidence.tables["people"]
    enrolled_at = evidence.tables["school_enrollment"].texts("school_id", periods)
    numbers = [enrolled_at, people.texts("school_id", persons)]
    names = [pd.Series(missing(len(periods), STRING)), people.texts("school_name", persons)]
    return pd.concat(numbers, ignore_index=True), pd.concat(names, ignore_index=True)


def learnable_names(evidence: FactStore) -> pd.DataFrame:
    """Count children by a school's number in one system and its name in others."""
    return school_names_from_rosters(_child_schools(evidence), evidence.facts["school"], evidence.silos)


def latest_enrolment(element: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    """Return a column of each record's latest enrollment period of a year, else of the person record."""
    column = str(element.column)
    periods, people = evidence.tables["school_enrollment"], evidence.tables["people"]
    latest, among, of = _latest_periods(evidence, column)
    persons, whose = _persons(evidence, column, latest)
    keys = FactKeys.of(periods, latest).followed_by(whose)
    if column == "school_id":
        numbers, names = _schools(evidence, latest, persons)
        learned = evidence.survey.school_names
        schools = evidence.facts["school"]
        values = school_names_of(keys.system, numbers, names, schools, evidence.silos, learned)
    else:
        values = pd.concat([periods.texts(column, latest), people.texts(column, persons)], ignore_index=True)
    source, row, rows = evidence.sources(column)
    as_of = evidence.as_of_dates(periods.system[latest], periods.tie[latest])
    no_day = np.full(len(persons), np.datetime64("NaT", "us"))
    found = stated_values(
        element, evidence, keys, values,
        source=np.concatenate([periods.files(evidence)[latest], source[whose.tie]]),
        row=np.concatenate([periods.row[latest], row[whose.tie]]),
        rows=np.concatenate([np.bincount(of, minlength=len(latest)), rows[whose.tie]]),
        as_of=np.concatenate([as_of, people.days("as_of")[persons]]),
        recent=np.concatenate([_ends(periods, latest), _ends(people, persons)]),
        begin_date=np.concatenate([periods.days("begin_date")[latest], no_day]),
    )  # fmt: skip
    by_person = persons, len(latest) + np.arange(len(persons))
    return RuleResult(
        found, {"school_enrollment": periods.usable}, {"school_enrollment": (among, of), "people": by_person}
    )
