"""Where a view, a page or a question reads children from: frames in memory, or a store on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from helpers.profile.example_child import pick_example_child
from helpers.profile.facts.context import Context, context_of
from helpers.profile.facts.store import FactStore, Part
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

# What a search finds a child by, and the elements that the profile has of it.
FOUND_BY = {
    "first_name": "roster_first_name",
    "last_surname": "roster_last_surname",
    "school": "roster_school",
    "grade_level": "roster_grade_level",
    "birth_date": "roster_birth_date",
}


class Source(Protocol):
    """What is known of a district's children, wherever it is kept."""

    @property
    def school_year(self) -> int | None:
        """The year that profiles show."""

    @property
    def synthetic(self) -> bool:
        """Whether everybody in it is invented."""

    @property
    def folder(self) -> Path | None:
        """The district's folder, in which the files stand that rows name."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What ``district.json`` says."""

    @property
    def followed(self) -> str | None:
        """The child whom the notebooks follow; None of a real district."""

    def children(self) -> pd.DataFrame:
        """Table ``children``: one row a child."""

    def profile(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a child, one column an element; of all children or of some."""

    def values(
        self, children: Sequence[str] | None = None, elements: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Table ``values``, of all children and elements or of some; of one value the best choice first."""

    def timeline(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``timeline``, of all children or of some."""

    def indicators(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``indicators``, of all children or of some."""

    def relations(self) -> pd.DataFrame:
        """Table ``relations``: who has to do with which child."""

    def systems(self) -> pd.DataFrame:
        """Table ``systems``."""

    def trust(self) -> Mapping[str, Mapping[str, int]]:
        """Element -> system -> its rank, as values were chosen: the smallest is trusted most."""

    def evidence(self, child: str, tables: Sequence[str]) -> FactStore:
        """Gather the records of one child, and its rows of some fact tables; the others are empty."""


def children_of(profile: pd.DataFrame) -> pd.DataFrame:
    """List the children of a profile, as a search finds them."""
    columns = {name: profile[column] for name, column in FOUND_BY.items()}
    return as_table("children", profile[["child", "band", "silos"]].assign(**columns))


def optional_table(name: str, frame: pd.DataFrame | None) -> pd.DataFrame:
    """Give a table that somebody may have brought, else an empty one."""
    if frame is not None:
        return as_table(name, frame)
    return empty_table(name) if name in table_names() else pd.DataFrame()


def of_elements(values: pd.DataFrame, elements: Sequence[str] | None) -> pd.DataFrame:
    """Keep the values of some elements; of all, where none is named."""
    if elements is None:
        return values
    return values[values["element"].isin(list(elements)).to_numpy(dtype=bool)].reset_index(drop=True)


class Shelf:
    """A frame sorted by child, from which the rows of one child are taken without looking at the rest."""

    def __init__(self, frame: pd.DataFrame) -> None:
        """Find where each child's rows begin."""
        self.frame = frame
        codes, names = pd.factorize(frame["child"])
        starts = np.searchsorted(codes, np.arange(len(names) + 1))
        self._spans = {
            str(name): (int(begin), int(end))
            for name, begin, end in zip(names, starts[:-1], starts[1:], strict=True)
        }

    def of(self, children: Sequence[str] | None) -> pd.DataFrame:
        """Give the rows of some children, in the frame's order; of all, where none is named."""
        if children is None:
            return self.frame
        spans = sorted(self._spans[child] for child in set(children) if child in self._spans)
        places = [np.arange(begin, end) for begin, end in spans]
        taken = np.concatenate(places) if places else np.zeros(0, "int64")
        return self.frame.take(taken).reset_index(drop=True)


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
        """Keep what was put together; see `source_of`."""
        self.district = district
        self.links = links
        self.profiles = profiles
        self._indicators = optional_table("indicators", indicators)
        self._relations = relations
        self._shelves: dict[str, Shelf] = {}
        # Of the child who was asked for last, by fact tables: a page asks for one value after the other.
        self._gathered: tuple[str, dict[tuple[str, ...], FactStore]] = ("", {})

    @property
    def school_year(self) -> int | None:
        """The year that profiles show."""
        return self.profiles.school_year

    @property
    def synthetic(self) -> bool:
        """Whether everybody in it is invented."""
        return self.district.synthetic

    @property
    def folder(self) -> Path | None:
        """The district's folder."""
        return self.district.folder

    @property
    def about(self) -> Mapping[str, Any]:
        """What ``district.json`` says."""
        return self.district.about

    @cached_property
    def followed(self) -> str | None:
        """The child whom the notebooks follow; None of a real district, or of one without children."""
        known = self.synthetic and len(self.links.crosswalk)
        return pick_example_child(self.district, self.links) if known else None

    @cached_property
    def _children(self) -> pd.DataFrame:
        return children_of(self.profiles.profile)

    def children(self) -> pd.DataFrame:
        """Table ``children``: one row a child."""
        return self._children

    def _taken(self, name: str, frame: pd.DataFrame, children: Sequence[str] | None) -> pd.DataFrame:
        if children is None or "child" not in frame.columns:
            return frame
        if name not in self._shelves:
            self._shelves[name] = Shelf(frame)
        return self._shelves[name].of(children)

    def profile(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a child, one column an element; of all children or of some."""
        return self._taken("profile", self.profiles.profile, children)

    def values(
        self, children: Sequence[str] | None = None, elements: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Table ``values``, of all children and elements or of some; see `Source.values`."""
        return of_elements(self._taken("values", self.profiles.values, children), elements)

    def timeline(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``timeline``, of all children or of some."""
        return self._taken("timeline", self.profiles.timeline, children)

    def indicators(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``indicators``, of all children or of some; empty where nobody computed any."""
        if children is not None and "indicators" not in self._shelves and len(self._indicators):
            self._indicators = self._indicators.sort_values("child", kind="stable", ignore_index=True)
        return self._taken("indicators", self._indicators, children)

    def relations(self) -> pd.DataFrame:
        """Table ``relations``: who has to do with which child; made when first asked for."""
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
        """Element -> system -> its rank, as values were chosen."""
        return self._trust

    @cached_property
    def _whole(self) -> tuple[InMemory, Context]:
        tables = InMemory(self.district, self.links.crosswalk)
        return tables, context_of(tables)

    def evidence(self, child: str, tables: Sequence[str]) -> FactStore:
        """Gather the records of one child, and its rows of some fact tables; the others are empty."""
        whole, context = self._whole
        if self._gathered[0] != child:
            self._gathered = (child, {})
        gathered, asked = self._gathered[1], tuple(sorted(tables))
        if asked not in gathered:
            gathered[asked] = facts_of_child(OneChild(whole, child, asked), context)
        return gathered[asked]


@dataclass(frozen=True)
class OneChild:
    """One child's share of a district in memory."""

    whole: InMemory
    child: str
    tables: tuple[str, ...]

    @cached_property
    def crosswalk(self) -> pd.DataFrame:
        """Table ``crosswalk`` of the child."""
        every = self.whole.crosswalk
        return every[every["child"].eq(self.child).to_numpy(dtype=bool)].reset_index(drop=True)

    def _own(self, frame: pd.DataFrame) -> pd.DataFrame:
        # Another system may call another child's record alike; such rows are nobody's here.
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
        """Rows of a fact table, and the log-ins of the child's adults."""
        if table not in self.tables:
            return empty_table(table)
        frame = self.whole.fact(table)
        own = isin_text(frame["record"], self.crosswalk["record"])
        if table == "login":
            own |= isin_text(frame["record"], self.fact("contact")["contact_record"])
        return frame[own].reset_index(drop=True)


def facts_of_child(part: Part, context: Context) -> FactStore:
    """Gather one child's records and facts, as if all that can be told of others were told."""
    evidence = gather_part(part, context)
    return with_survey(evidence, [summarize_cohort_for_child(evidence)])


def source_of(
    district: District,
    links: Links,
    profiles: Profiles,
    indicators: pd.DataFrame | None = None,
    relations: pd.DataFrame | None = None,
) -> MemorySource:
    """Give what is known of a district's children as one source, in memory.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.
    profiles
        What was put together of its children.
    indicators
        Table ``indicators``; without it the source has none.
    relations
        Table ``relations``; made from the district when it isn't given.

    Returns
    -------
    MemorySource
        A `Source`.
    """
    return MemorySource(district, links, profiles, indicators, relations)
