"""Gather a district's records and facts by child, for all children or some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.profile.facts.arrays import index_of
from helpers.profile.facts.context import Context, context_of
from helpers.profile.facts.school_years import export_days
from helpers.profile.facts.store import (
    TIE,
    Cohort,
    DistrictPart,
    FactsOfPart,
    FactStore,
    RecordLinks,
    Rows,
    TablesOfPart,
    in_numbers,
    named,
)
from helpers.profile.rules.cohort import merge_cohorts, summarize_cohort

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.layouts import Layout
    from helpers.link import Links

__all__ = ["InMemory", "gather_facts", "gather_part", "with_survey"]


def gather_part(part: DistrictPart, context: Context) -> FactStore:
    """Gather the records and facts of some children."""
    crosswalk = part.crosswalk.reset_index(drop=True)
    ties = RecordLinks(crosswalk, context.silos)
    tables: dict[str, Rows] = {}
    of_people = {}
    people = part.people
    for name, frame in (("people", people), ("identifiers", part.identifiers)):
        system = index_of(frame["silo"], context.silos)
        tie = ties.of_rows(system, frame)
        kept = np.flatnonzero(tie >= 0)
        own = frame.drop(columns=TIE, errors="ignore")
        # For a part's children, keep all rows.
        if len(kept) < len(own):
            own = own.iloc[kept]
        own = named(own.reset_index(drop=True), ties, tie[kept])
        of_people[name] = own
        tables[name] = in_numbers(own, system[kept], tie[kept], ties, np.full(len(kept), -1, dtype="int64"))
    days = export_days(people, context.newest_days)
    facts = FactsOfPart(part, context, ties, days)
    return FactStore(
        context=context,
        survey=Cohort(),
        crosswalk=crosswalk,
        ties=ties,
        people=of_people["people"],
        person_rows=part.person_rows,
        filled_cells=part.filled_cells,
        identifiers=of_people["identifiers"],
        facts=facts,
        tables=TablesOfPart(tables, facts),
        days=days,
    )


def with_survey(evidence: FactStore, surveys: Sequence[Cohort]) -> FactStore:
    """Add what rules need to know about all children, from all parts."""
    return replace(evidence, survey=merge_cohorts(surveys))


@dataclass(frozen=True)
class InMemory:
    """A whole district in memory: both `DistrictPart` and `helpers.profile.facts.context.Tables`."""

    district: District
    crosswalk: pd.DataFrame
    _facts: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def silos(self) -> Sequence[str]:
        """Names of the silos."""
        return list(self.district)

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """Layout of each silo."""
        return self.district.layouts

    @property
    def kinds(self) -> Mapping[str, tuple[str, ...]]:
        """File -> the layout's kinds of file it was read as."""
        return self.district.kinds

    @cached_property
    def people(self) -> pd.DataFrame:
        """People of all silos."""
        return self.district.people

    @property
    def identifiers(self) -> pd.DataFrame:
        """Their identifiers."""
        return self.district.identifiers

    @cached_property
    def person_rows(self) -> pd.DataFrame:
        """Their source rows."""
        return self.district.person_rows

    @property
    def filled_cells(self) -> pd.DataFrame:
        """Their cells that come from an earlier row than the last."""
        return self.district.filled_cells

    def fact(self, table: str) -> pd.DataFrame:
        """Return a fact table of all silos."""
        if table not in self._facts:
            self._facts[table] = self.district.fact(table)
        return self._facts[table]

    whole = fact

    def has(self, table: str) -> bool:
        """Return whether a fact table has any rows."""
        return len(self.fact(table)) > 0

    def counted(self, table: str, columns: Sequence[str]) -> pd.DataFrame:
        """Count equal rows of some columns of a table."""
        held = {"people": self.people, "person_rows": self.person_rows}
        frame = held[table] if table in held else self.fact(table)
        if frame.empty:
            return frame[list(columns)].assign(rows=np.empty(0, dtype="int64"))
        number = np.zeros(len(frame), dtype="int64")
        for column in columns:
            codes, different = pd.factorize(frame[column])
            number = number * (len(different) + 1) + codes + 1
        codes, numbers = pd.factorize(number)
        first = np.zeros(len(numbers), dtype="int64")
        first[codes[::-1]] = np.arange(len(frame) - 1, -1, -1)
        some = frame[list(columns)].iloc[first].reset_index(drop=True)
        return some.assign(rows=np.bincount(codes, minlength=len(numbers)))


def gather_facts(district: District, links: Links) -> FactStore:
    """Gather a district's records and facts by child."""
    tables = InMemory(district, links.crosswalk)
    evidence = gather_part(tables, context_of(tables))
    return with_survey(evidence, [summarize_cohort(evidence)])
