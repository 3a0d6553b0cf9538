"""Decide when a missing absence or incident record means zero: the system covers the child."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.arrays import Groups, KeyIndex, is_first
from helpers.profile.facts.store import EventCoverage, FactStore
from helpers.profile.rules.results import FactKeys, RuleResult, stated_values
from helpers.standard import STRING, Element

__all__ = [
    "ListedChildren",
    "add_zeros",
    "count_with_zeros",
    "event_coverage",
    "is_covered",
    "merge_event_coverage",
]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# Two systems share school numbers if at least this share of one's numbers are numbers of the other.
SAME_NUMBERS = 0.5
NAMES = ("first_name", "last_surname", "full_name")
# Tables that can show coverage of a child.
LISTS = ("school_enrollment", "people", "contact")


def _pairs(system: Ints, year: Ints) -> frozenset[tuple[int, int]]:
    first = is_first(system + 1, year + 1)
    return frozenset(zip(system[first].tolist(), year[first].tolist(), strict=True))


def _among(system: Ints, year: Ints, pairs: Iterable[tuple[int, int]], evidence: FactStore) -> Bools:
    """Test which systems and years are among some pairs; -1 is in none."""
    there = np.zeros((len(evidence.silos) + 1, len(evidence.years.years) + 1), dtype=bool)
    for one, of in pairs:
        there[one, of] = True
    return there[system, year]


@dataclass(frozen=True)
class ListedChildren:
    """Children whom a system covers, and the rows that show it."""

    # Keys of each row; without a record if another system's enrollment covers the child.
    whose: FactKeys
    # Its table: a position in `LISTS`.
    table: Ints
    # Its position in that table.
    at: Ints

    @classmethod
    def of(cls, table: str, at: Ints, whose: FactKeys) -> ListedChildren:
        """Build from some rows of one table."""
        return cls(whose, np.full(len(at), LISTS.index(table)), at)

    def taken(self, which: npt.NDArray[Any]) -> ListedChildren:
        """Filter to some rows."""
        return ListedChildren(self.whose.taken(which), self.table[which], self.at[which])

    def followed_by(self, other: ListedChildren) -> ListedChildren:
        """Append other rows."""
        return ListedChildren(
            self.whose.followed_by(other.whose),
            np.append(self.table, other.table),
            np.append(self.at, other.at),
        )


def _own_lists(evidence: FactStore) -> ListedChildren:
    """List whom each system lists in which year: by enrollment, or in an export as of that year."""
    periods, people = evidence.tables["school_enrollment"], evidence.tables["people"]
    enrolled = np.flatnonzero(periods.usable)
    days = people.frame["as_of"]
    year = evidence.years.positions(evidence.years.of(days).to_numpy(dtype="int64", na_value=-1))
    at = np.flatnonzero(year >= 0)
    who = FactKeys.of(people, at)
    by_day = FactKeys(who.owner, who.system, year[at], who.tie, who.link_status)
    by_period = ListedChildren.of("school_enrollment", enrolled, FactKeys.of(periods, enrolled))
    return by_period.followed_by(ListedChildren.of("people", at, by_day))


def _names(evidence: FactStore) -> dict[str, pd.Series]:
    """Return the names of people in lowercase."""
    people = evidence.tables["people"]
    if "names" not in evidence.kept:
        names = {}
        for name in NAMES:
            codes, words = people.codes(name)
            plain = pd.array([*(word.casefold() for word in words), None], dtype=STRING)
            names[name] = pd.Series(plain.take(codes))
        evidence.kept["names"] = names
    return evidence.kept["names"]


def _born(evidence: FactStore) -> Ints:
    days = evidence.tables["people"].days("birth_date")
    return np.where(np.isnat(days), -1, days.astype("datetime64[D]").astype("int64") + (1 << 30))


def event_coverage(evidence: FactStore, table: str) -> EventCoverage:
    """Summarize a table of absence or incident records over all children."""
    rows = evidence.tables[table]
    dated = rows.year >= 0
    known_to = Groups(evidence.ties.owner).distinct(evidence.ties.system)
    single = np.append(known_to < 2, True)[rows.owner]
    loose = dated & single
    codes, words = rows.codes("school_id")
    named = np.flatnonzero(dated & (codes >= 0))
    named = named[is_first(rows.system[named], codes[named], rows.year[named])]
    schools = frozenset((int(rows.system[at]), words[codes[at]], int(rows.year[at])) for at in named)
    mine = np.flatnonzero(loose & rows.of_a_child)
    mine = mine[is_first(rows.tie[mine])]
    lists = _own_lists(evidence).whose
    width = len(evidence.silos) + 1
    listed: dict[int, int] = {}
    about = np.isin(lists.owner, rows.owner[mine])
    key = lists.owner[about] * width + lists.system[about]
    for one, year in zip(key.tolist(), lists.year[about].tolist(), strict=True):
        listed[one] = listed.get(one, 0) | 1 << year
    people = evidence.tables["people"]
    person = np.full(len(evidence.crosswalk) + 1, -1, dtype="int64")
    person[people.tie] = np.arange(len(people))
    at = person[rows.tie[mine]]
    left_over = pd.DataFrame(
        {
            "system": rows.system[mine],
            **{name: words.array.take(at, allow_fill=True) for name, words in _names(evidence).items()},
            "birth_date": np.append(_born(evidence), -1)[at],
            "listed": [listed.get(one, 0) for one in (rows.owner[mine] * width + rows.system[mine]).tolist()],
        }
    )
    return EventCoverage(
        _pairs(rows.system[dated], rows.year[dated]), _pairs(rows.system[loose], rows.year[loose]), schools,
        left_over,
    )  # fmt: skip


def merge_event_coverage(parts: Sequence[EventCoverage]) -> EventCoverage:
    """Combine the coverage from several parts of the children."""
    return EventCoverage(
        frozenset().union(*(each.system_years for each in parts)),
        frozenset().union(*(each.spoilt for each in parts)),
        frozenset().union(*(each.schools for each in parts)),
        pd.concat([each.left_over for each in parts], ignore_index=True),
    )


def count_with_zeros(
    element: Element,
    evidence: FactStore,
    counts: FactKeys,
    values: npt.NDArray[Any],
    rows: Ints,
    *,
    weighed: Bools,
    behind: tuple[Ints, Ints],
    elsewhere: bool = True,
) -> RuleResult:
    """Add a zero for every covered child without a count."""
    covered = is_covered(evidence, element, elsewhere=elsewhere)
    both, listed = add_zeros(element, evidence, counts, values, rows, covered)
    return RuleResult(both, {element.table: weighed}, {element.table: behind}, listed)


def add_zeros(
    element: Element,
    evidence: FactStore,
    counts: FactKeys,
    values: npt.NDArray[Any],
    rows: Ints,
    covered: ListedChildren,
) -> tuple[pd.DataFrame, dict[str, tuple[Ints, Ints]]]:
    """Add a zero for every covered child without a count; also return the rows that show coverage."""
    groups = covered.whose.groups()
    silent = covered.whose.of_groups(groups)
    width, years = len(evidence.silos) + 1, len(evidence.years.years) + 1

    def number(whose: FactKeys) -> Ints:
        return (whose.owner * width + whose.system) * years + whose.year + 1

    kept = ~np.isin(number(silent), number(counts))
    of = np.where(kept, len(counts) + np.cumsum(kept) - 1, -1)[groups.of]
    there = np.flatnonzero(of >= 0)
    listed = {}
    for place in np.unique(covered.table[there]):
        some = there[covered.table[there] == place]
        listed[LISTS[place]] = covered.at[some], of[some]
    silent = silent.taken(kept)
    both = counts.followed_by(silent)
    found = stated_values(
        element, evidence, both, np.append(values.astype("float64"), np.zeros(len(silent))),
        rows=np.append(rows, np.zeros(len(silent), dtype="int64")),
        as_of=evidence.as_of_dates(both.system, both.tie),
    )  # fmt: skip
    return found, listed


def is_covered(evidence: FactStore, element: Element, *, elsewhere: bool = True) -> ListedChildren:
    """List the children whom a system of absence or incident records covers in a school year.

    A system covers children whom it enrolls itself in a year with any records, or has on its roster as of
    that year. Where it lists nobody, it covers those whom another system enrolls at a school that reports to
    it. Even then no record means zero only if no unlinked record could be the child's: an unlinked name may
    be just this child. If the system lists the child itself, only records that share a name or the birth date
    matter.
    """
    reports = evidence.survey.reports[element.table]
    asked = evidence.are(element.systems)
    pairs = [(system, year) for system, year in reports.system_years if asked[system]]
    own = _own_lists(evidence)
    own = own.taken(_among(own.whose.system, own.whose.year, pairs, evidence))
    own = own.taken(~_may_have_a_record_left_over(evidence, reports, pairs)[own.whose.tie])
    if not elsewhere:
        return own
    return own.followed_by(_enrolled_elsewhere(evidence, reports, asked))


def _may_have_a_record_left_over(
    evidence: FactStore, reports: EventCoverage, pairs: Iterable[tuple[int, int]]
) -> Bools:
    """Test for which records an unlinked one shares a name or birth date, and may be the same child."""
    doubtful = np.zeros(len(evidence.crosswalk) + 1, dtype=bool)
    loose = reports.left_over
    # A record isn't unlinked if the system lists its child in a year with any records.
    covered = np.zeros(len(evidence.silos) + 1, dtype="int64")
    for system, year in pairs:
        covered[system] |= 1 << year
    at = loose["system"].to_numpy(dtype="int64")
    loose = loose[(covered[at] > 0) & ((loose["listed"].to_numpy(dtype="int64") & covered[at]) == 0)]
    if loose.empty:
        return doubtful
    people = evidence.tables["people"]
    system = loose["system"].to_numpy(dtype="int64")
    alike = np.zeros(len(people), dtype=bool)
    for name, words in _names(evidence).items():
        alike |= KeyIndex(system, loose[name]).of(people.system, words) >= 0
    born, theirs = _born(evidence), loose["birth_date"].to_numpy(dtype="int64")
    known = theirs >= 0
    alike |= (born >= 0) & np.isin((people.system << 40) + born, (system[known] << 40) + theirs[known])
    doubtful[people.tie[alike]] = True
    return doubtful


def _enrolled_elsewhere(evidence: FactStore, reports: EventCoverage, asked: Bools) -> ListedChildren:
    """Find children enrolled elsewhere, at a school that reports and has no unlinked records."""
    periods = evidence.tables["school_enrollment"]
    codes, words = periods.codes("school_id")
    place = {word: at for at, word in enumerate(words)}
    numbers: dict[int, set[str]] = {}
    open_to: dict[int, list[tuple[int, int]]] = {}
    for system, school, year in reports.schools:
        if asked[system]:
            numbers.setdefault(system, set()).add(school)
            if (system, year) not in reports.spoilt and school in place:
                open_to.setdefault(system, []).append((place[school], year))
    enrolled = np.flatnonzero(periods.usable & (codes >= 0))
    nobody = np.zeros(0, dtype="int64")
    result = ListedChildren.of("school_enrollment", nobody, FactKeys.of(periods, nobody))
    for system, schools in sorted(open_to.items()):
        alike = np.zeros(len(evidence.silos) + 1, dtype=bool)
        for other, theirs in evidence.survey.enrolled_schools.items():
            shared = len(numbers[system] & theirs)
            alike[other] = other != system and shared >= SAME_NUMBERS * len(numbers[system])
        there = np.zeros((len(words) + 1, len(evidence.years.years) + 1), dtype=bool)
        for at_school, year in schools:
            there[at_school, year] = True
        at = enrolled[alike[periods.system[enrolled]] & there[codes[enrolled], periods.year[enrolled]]]
        whose = FactKeys(
            periods.owner[at], np.full(len(at), system), periods.year[at],
            np.full(len(at), -1, dtype="int64"), periods.link_status[at],
        )  # fmt: skip
        result = result.followed_by(ListedChildren.of("school_enrollment", at, whose))
    return result
