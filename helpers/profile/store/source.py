"""Sources of children for views, pages and questions: frames in memory, or a store on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from helpers.profile.example_children import match_example_rules
from helpers.profile.facts.context import Context, context_of
from helpers.profile.facts.store import DistrictPart, FactStore
from helpers.profile.facts.systems import systems_of
from helpers.profile.gather import InMemory, gather_part, with_survey
from helpers.profile.relations import relations as relations_of
from helpers.profile.rules.cohort import summarize_cohort_for_child
from helpers.standard import as_table, empty_table, isin_text, table_names

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links
    from helpers.profile.profiles import Profiles

__all__ = ["MemorySource", "Source", "children_of", "source_of"]

# Search fields of a child, and the profile columns with them.
FOUND_BY = {
    "first_name": "roster_first_name",
    "last_surname": "roster_last_surname",
    "school": "roster_school",
    "grade_level": "roster_grade_level",
    "birth_date": "roster_birth_date",
}


class Source(Protocol):
    """The data of a district's children, wherever stored."""

    @property
    def school_year(self) -> int | None:
        """The year that profiles show."""

    @property
    def synthetic(self) -> bool:
        """Whether the district is synthetic: everybody in it is invented."""

    @property
    def folder(self) -> Path | None:
        """The district's folder, with the source files that rows name."""

    @property
    def about(self) -> Mapping[str, Any]:
        """Content of ``district.json``."""

    @property
    def followed(self) -> tuple[str, ...]:
        """The children whom the notebooks follow, at most two; none of a real district."""

    def children(self) -> pd.DataFrame:
        """Table ``children``: one row per child."""

    def profile(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """One row per child, one column per element; for all children or some."""

    def values(
        self, children: Sequence[str] | None = None, elements: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Table ``values``, for all children and elements or some; the best choice of each comes first."""

    def timeline(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``timeline``, for all children or some."""

    def indicators(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``indicators``, for all children or some."""

    def relations(self) -> pd.DataFrame:
        """Table ``relations``: who is related to which child."""

    def systems(self) -> pd.DataFrame:
        """Table ``systems``."""

    def trust(self) -> Mapping[str, Mapping[str, int]]:
        """Element -> system -> its rank, as for choosing values: the smallest is trusted most."""

    def evidence(self, child: str, tables: Sequence[str]) -> FactStore:
        """Gather the records of one child, and its rows of some fact tables; the others are empty."""


def children_of(profile: pd.DataFrame) -> pd.DataFrame:
    """List the children of a profile, with the fields for searching."""
    columns = {name: profile[column] for name, column in FOUND_BY.items()}
    return as_table("children", profile[["child", "link_status", "silos"]].assign(**columns))


def optional_table(name: str, frame: pd.DataFrame | None) -> pd.DataFrame:
    """Return an optional table, or an empty one."""
    if frame is not None:
        return as_table(name, frame)
    return empty_table(name) if name in table_names() else pd.DataFrame()


def of_elements(values: pd.DataFrame, elements: Sequence[str] | None) -> pd.DataFrame:
    """Filter values to some elements; all if none is named."""
    if elements is None:
        return values
    return values[values["element"].isin(list(elements)).to_numpy(dtype=bool)].reset_index(drop=True)


class Shelf:
    """A frame sorted by child, with fast access to the rows of one child."""

    def __init__(self, frame: pd.DataFrame) -> None:
        """Index the beginning of each child's rows."""
        self.frame = frame
        codes, names = pd.factorize(frame["child"])
        starts = np.searchsorted(codes, np.arange(len(names) + 1))
        self._spans = {
            str(name): (int(begin), int(end))
            for name, begin, end in zip(names, starts[:-1], starts[1:], strict=True)
        }

    def of(self, children: Sequence[str] | None) -> pd.DataFrame:
        """Return the rows of some children, in the frame's order; all if none is named."""
        if children is None:
            return self.frame
        spans = sorted(self._spans[child] for child in set(children) if child in self._spans)
        positions = [np.arange(begin, end) for begin, end in spans]
        taken = np.concatenate(positions) if positions else np.zeros(0, "int64")
        return self.frame.take(taken).reset_index(drop=True)


class LastEvidence:
    """The evidence of the last requested child, by fact tables: a page asks for one value after another."""

    def __init__(self, gather: Callable[[str, tuple[str, ...]], FactStore]) -> None:
        """Start without any child."""
        self._gather = gather
        self._kept: tuple[str, dict[tuple[str, ...], FactStore]] = ("", {})

    def of(self, child: str, tables: Sequence[str]) -> FactStore:
        """Return the evidence of a child, gathered once."""
        if self._kept[0] != child:
            self._kept = (child, {})
        gathered, asked = self._kept[1], tuple(sorted(tables))
        if asked not in gathered:
            gathered[asked] = self._gather(child, asked)
        return gathered[asked]


class MemorySource:
    """A `Source` of frames in memory."""

    def __init__(
        self,
        district: District,
        links: Links,
        profiles: Profiles,
        indicators: pd.DataFrame | None = None,
        relations: pd.DataFrame | None = None,
    ) -> None:
        """Set up a source; see `source_of`."""
        self.district = district
        self.links = links
        self.profiles = profiles
        self._indicators = optional_table("indicators", indicators)
        self._relations = relations
        self._shelves: dict[str, Shelf] = {}
        self._evidence = LastEvidence(self._gather)

    @property
    def school_year(self) -> int | None:
        """The year that profiles show."""
        return self.profiles.school_year

    @property
    def synthetic(self) -> bool:
        """Whether the district is synthetic: everybody in it is invented."""
        return self.district.synthetic

    @property
    def folder(self) -> Path | None:
        """The district's folder."""
        return self.district.folder

    @property
    def about(self) -> Mapping[str, Any]:
        """Content of ``district.json``."""
        return self.district.about

    @cached_property
    def followed(self) -> tuple[str, ...]:
        """The children whom the notebooks follow; none of a real district."""
        if not self.synthetic or self.links.crosswalk.empty:
            return ()
        chosen = match_example_rules(self.district, self.links, self.profiles.profile)
        return tuple(one.child for one in chosen)

    @cached_property
    def _children(self) -> pd.DataFrame:
        return children_of(self.profiles.profile)

    def children(self) -> pd.DataFrame:
        """Table ``children``: one row per child."""
        return self._children

    def _taken(self, name: str, frame: pd.DataFrame, children: Sequence[str] | None) -> pd.DataFrame:
        if children is None or "child" not in frame.columns:
            return frame
        if name not in self._shelves:
            self._shelves[name] = Shelf(frame)
        return self._shelves[name].of(children)

    def profile(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """One row per child, one column per element; for all children or some."""
        return self._taken("profile", self.profiles.profile, children)

    def values(
        self, children: Sequence[str] | None = None, elements: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Table ``values``, for all children and elements or some; see `Source.values`."""
        return of_elements(self._taken("values", self.profiles.values, children), elements)

    def timeline(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``timeline``, for all children or some."""
        return self._taken("timeline", self.profiles.timeline, children)

    def indicators(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``indicators``, for all children or some; empty if nobody computed any."""
        if children is not None and "indicators" not in self._shelves and len(self._indicators):
            self._indicators = self._indicators.sort_values("child", kind="stable", ignore_index=True)
        return self._taken("indicators", self._indicators, children)

    def relations(self) -> pd.DataFrame:
        """Table ``relations``: who is related to which child; built on first use."""
        if self._relations is None:
            self._relations = relations_of(self.district, self.links)
        return self._relations

    @cached_property
    def _systems(self) -> pd.DataFrame:
        return systems_of(self.district)

    def systems(self) -> pd.DataFrame:
        """Table ``systems``."""
        return self._systems

    @cached_property
    def _trust(self) -> Mapping[str, Mapping[str, int]]:
        return self.profiles.coverage.trust()

    def trust(self) -> Mapping[str, Mapping[str, int]]:
        """Element -> system -> its rank, as for choosing values."""
        return self._trust

    @cached_property
    def _whole(self) -> tuple[InMemory, Context]:
        tables = InMemory(self.district, self.links.crosswalk)
        return tables, context_of(tables)

    def evidence(self, child: str, tables: Sequence[str]) -> FactStore:
        """Gather the records of one child, and its rows of some fact tables; the others are empty."""
        return self._evidence.of(child, tables)

    def _gather(self, child: str, tables: tuple[str, ...]) -> FactStore:
        whole, context = self._whole
        return facts_of_child(OneChild(whole, child, tables), context)


@dataclass(frozen=True)
class OneChild:
    """One child's part of a district in memory."""

    whole: InMemory
    child: str
    tables: tuple[str, ...]

    @cached_property
    def crosswalk(self) -> pd.DataFrame:
        """Table ``crosswalk`` of the child."""
        every = self.whole.crosswalk
        return every[every["child"].eq(self.child).to_numpy(dtype=bool)].reset_index(drop=True)

    def _own(self, frame: pd.DataFrame) -> pd.DataFrame:
        # Another system may use the same record name for another child; here such rows belong to nobody.
        return frame[isin_text(frame["record"], self.crosswalk["record"])].reset_index(drop=True)

    @property
    def people(self) -> pd.DataFrame:
        """Rows of ``people``."""
        return self._own(self.whole.people)

    @property
    def identifiers(self) -> pd.DataFrame:
        """Rows of ``identifiers``."""
        return self._own(self.whole.identifiers)

    @property
    def person_rows(self) -> pd.DataFrame:
        """Rows of ``person_rows``."""
        return self._own(self.whole.person_rows)

    @property
    def filled_cells(self) -> pd.DataFrame:
        """Rows of ``filled_cells``."""
        return self._own(self.whole.filled_cells)

    def has(self, table: str) -> bool:
        """Whether the child may have a row of a fact table."""
        return table in self.tables and len(self.whole.fact(table)) > 0

    def fact(self, table: str) -> pd.DataFrame:
        """Rows of a fact table, and the logins of the child's adults."""
        if table not in self.tables:
            return empty_table(table)
        frame = self.whole.fact(table)
        own = isin_text(frame["record"], self.crosswalk["record"])
        if table == "login":
            own |= isin_text(frame["record"], self.fact("contact")["contact_record"])
        return frame[own].reset_index(drop=True)


def facts_of_child(part: DistrictPart, context: Context) -> FactStore:
    """Gather one child's records and facts, as if its systems covered everybody else."""
    evidence = gather_part(part, context)
    return with_survey(evidence, [summarize_cohort_for_child(evidence)])


def source_of(
    district: District,
    links: Links,
    profiles: Profiles,
    indicators: pd.DataFrame | None = None,
    relations: pd.DataFrame | None = None,
) -> MemorySource:
    """Combine a district's data into one source, in memory.

    Parameters
    ----------
    district
        From `read_district`.
    links
        From `link_district` for it.
    profiles
        From `build_profiles` for both.
    indicators
        Table ``indicators``; without it the source has none.
    relations
        Table ``relations``; by default built from the district.

    Returns
    -------
    MemorySource
        A `Source`.
    """
    return MemorySource(district, links, profiles, indicators, relations)
