"""What the rules of the profile may look at: every record and fact with the child whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.cohort import Survey
from helpers.profile.context import PERHAPS, SURELY, Context, child_tables
from helpers.profile.fact_years import fact_years
from helpers.profile.pairs import Pairs, places_of
from helpers.profile.rows import Rows
from helpers.profile.school_years import SchoolYears
from helpers.profile.ties import TIE, Ties, named
from helpers.standard import STRING
from helpers.standard.elements import Element

__all__ = ["Evidence", "FactsOfPart", "Part", "TablesOfPart", "in_numbers"]

Ints = npt.NDArray[np.int64]


class Part(Protocol):
    """The standard tables of some children of a district, with all rows of each; or of nobody's child."""

    @property
    def crosswalk(self) -> pd.DataFrame:
        """Table ``crosswalk`` of these children."""

    @property
    def people(self) -> pd.DataFrame:
        """Their ``people``; others may be there too."""

    @property
    def identifiers(self) -> pd.DataFrame:
        """Their ``identifiers``."""

    @property
    def person_rows(self) -> pd.DataFrame:
        """Their ``person_rows``."""

    @property
    def filled_cells(self) -> pd.DataFrame:
        """Their ``filled_cells``."""

    def fact(self, table: str) -> pd.DataFrame:
        """Give their rows of a fact table about children, in the order of the district's own table."""

    def has(self, table: str) -> bool:
        """Say whether they have any."""


class FactsOfPart(Mapping[str, pd.DataFrame]):
    """Fact tables by name, each read and gathered when it is first asked for.

    Parameters
    ----------
    part
        Standard tables of some children.
    context
        The district as a whole.
    ties
        Whose each record is.
    days
        Days for which exports speak.
    """

    def __init__(self, part: Part, context: Context, ties: Ties, days: pd.DataFrame) -> None:
        self._part, self._context, self._ties, self._days = part, context, ties, days
        self._rows: dict[str, Rows] = {}

    def __iter__(self) -> Iterator[str]:
        return iter((*self._context.whole, *child_tables()))

    def __len__(self) -> int:
        return len(self._context.whole) + len(child_tables())

    def __getitem__(self, name: str) -> pd.DataFrame:
        whole = self._context.whole
        return whole[name] if name in whole else self.rows(name).frame

    def filled(self) -> frozenset[str]:
        """Name the tables of which there is a row, without reading them."""
        whole = [name for name, rows in self._context.whole.items() if len(rows)]
        return frozenset([*whole, *filter(self._part.has, child_tables())])

    def rows(self, name: str) -> Rows:
        """Give a table about children in numbers."""
        if name not in self._rows:
            context, ties = self._context, self._ties
            frame = self._part.fact(name)
            system = places_of(frame["silo"], context.silos)
            tie = ties.of_rows(system, frame)
            frame = named(frame.drop(columns=TIE, errors="ignore"), ties, tie)
            year = fact_years(name, frame, context.whole, context.years, self._days)
            place = context.years.places(year.to_numpy(dtype="int64", na_value=-1))
            self._rows[name] = in_numbers(frame.assign(year=year), system, tie, ties, place)
        return self._rows[name]


class TablesOfPart(Mapping[str, Rows]):
    """The same tables, and people and identifiers, in numbers."""

    def __init__(self, people: Mapping[str, Rows], facts: FactsOfPart) -> None:
        self._people, self._facts = people, facts

    def __iter__(self) -> Iterator[str]:
        return iter((*self._people, *child_tables()))

    def __len__(self) -> int:
        return len(self._people) + len(child_tables())

    def __getitem__(self, name: str) -> Rows:
        return self._people[name] if name in self._people else self._facts.rows(name)


def in_numbers(
    frame: pd.DataFrame, system: np.ndarray, tie: np.ndarray, ties: Ties, year: np.ndarray
) -> Rows:
    """Give a table in numbers."""
    owner, band = np.append(ties.owner, -1)[tie], np.append(ties.band, -1)[tie]
    return Rows(frame, system=system, tie=tie, owner=owner, band=band, year=year)


@dataclass(frozen=True)
class Evidence:
    """Everything that is known, by child: of all children of a district, or of some of them.

    Attributes
    ----------
    context
        What is known of the district as a whole, whichever children are looked at.
    survey
        What other children tell that a rule has to know.
    crosswalk
        Every record of a student, with child and band.
    ties
        The same in numbers.
    people
        Columns of ``people`` for those records, with ``child`` and ``link_band``.
    person_rows
        Source rows behind records.
    filled_cells
        Where the values of people stand that are not in the last row behind their record.
    identifiers
        Their ids, with ``child`` and ``link_band``.
    facts
        Fact tables by name; those about children have ``child`` and ``link_band``, NA where the row names no
        student, and ``year``, the school year in which the fact lies. Rows stand in the order of the
        district's own table.
    tables
        The same tables, and people and identifiers, in numbers.
    days
        ``silo, record, as_of``: NA as record: the newest day for which an export of the silo speaks; and the
        records whose own export speaks for an older one.
    kept
        What rules keep from one element to the next, by name.
    """

    context: Context
    survey: Survey
    crosswalk: pd.DataFrame
    ties: Ties
    people: pd.DataFrame
    person_rows: pd.DataFrame
    filled_cells: pd.DataFrame
    identifiers: pd.DataFrame
    facts: FactsOfPart
    tables: Mapping[str, Rows]
    days: pd.DataFrame
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _files: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def children(self) -> pd.Index:
        """Every child, in order."""
        return self.ties.children

    @property
    def years(self) -> SchoolYears:
        """School years of the district."""
        return self.context.years

    @property
    def systems(self) -> Mapping[str, str]:
        """For which of the kit's systems each silo stands, parted by blanks."""
        return self.context.systems

    @property
    def silos(self) -> tuple[str, ...]:
        """Name the silos, in the order of their numbers."""
        return self.context.silos

    def are(self, systems: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Say of each silo, and last of none, whether it is asked for; all when none is named."""
        asked = [
            not systems or not set(systems).isdisjoint(self.systems[silo].split(" ")) for silo in self.silos
        ]
        return np.array([*asked, False], dtype=bool)

    def asked(
        self, table: str, where: Sequence[Mapping[str, str]] = (), systems: tuple[str, ...] = ()
    ) -> npt.NDArray[np.bool_]:
        """Say which rows of a fact table are a child's and asked for, in whatever year they lie."""
        rows = self.tables[table]
        asked = rows.of_a_child
        if where:
            asked = asked & rows.fits(where)
        return asked & self.are(systems)[rows.system] if systems else asked

    def asked_in_a_year(self, element: Element) -> npt.NDArray[np.bool_]:
        """Say which rows an element asks for that are a child's, in years of which systems speak."""
        in_a_year = self.tables[element.table].year >= 0
        return self.asked(element.table, element.where, element.systems) & in_a_year

    def files_of(self, names: pd.Series) -> Ints:
        """Give each file a number, alike over all tables; -1 where there is none."""
        codes, words = pd.factorize(names)
        numbers = [self._files.setdefault(str(word), len(self._files)) for word in words]
        return np.array([*numbers, -1], dtype="int64")[codes]

    @property
    def file_names(self) -> tuple[str, ...]:
        """Name the files that have a number so far, in order."""
        return tuple(self._files)

    @cached_property
    def _days_of_ties(self) -> tuple[Any, Any]:
        """Give the day for which each record speaks, and each silo; NaT for none in the last place."""
        nothing = np.datetime64("NaT", "us")
        days = self.days["as_of"].to_numpy(dtype="datetime64[us]")
        system = places_of(self.days["silo"], self.silos)
        whole = self.days["record"].isna().to_numpy(dtype=bool)
        of_silo = np.full(len(self.silos) + 1, nothing)
        of_silo[system[whole]] = days[whole]
        of_silo[-1] = nothing
        of_tie = of_silo[self.ties.system]
        tie = self.ties.of(system[~whole], self.days["record"][~whole])
        of_tie[tie[tie >= 0]] = days[~whole][tie >= 0]
        return of_tie, of_silo

    def spoken_for(self, system: Ints, tie: Ints) -> Any:
        """Say for which day each record speaks; where no one record is named, its silo.

        Parameters
        ----------
        system, tie
            Numbers of silo and record.

        Returns
        -------
        numpy.ndarray
            Days; NaT where none is known.
        """
        of_tie, of_silo = self._days_of_ties
        if len(of_tie) == 0:
            return of_silo[system]
        return np.where(tie >= 0, of_tie[tie], of_silo[system])

    @cached_property
    def behind_records(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Give each source row behind a record: record, file (its place), row; and rows by record."""
        rows = self.person_rows
        system = places_of(rows["silo"], self.silos)
        tie = self.ties.of_rows(system, rows)
        named_files = pd.DataFrame(list(self.context.files), columns=["silo", "file"], dtype=STRING)
        files = Pairs(places_of(named_files["silo"], self.silos), named_files["file"])
        place = files.of(system, rows["file"])
        kept = tie >= 0
        count = np.bincount(tie[kept], minlength=len(self.crosswalk)).astype("int64")
        return tie[kept], place[kept], rows["row"].to_numpy(dtype="int64")[kept], count

    def sources(self, column: str) -> tuple[Ints, Ints, Ints]:
        """Say which source row gave a column of ``people``.

        Parameters
        ----------
        column
            Column of ``people``.

        Returns
        -------
        tuple of numpy.ndarray
            Of each record of the crosswalk: the number of the file (see `files_of`), the row, and how many
            rows stand behind the record. Where the column is empty, the last row of the files that are surest
            to have it; -1 where several rows stand behind the record and none of their files has it.
        """
        tie, place, row, count = self.behind_records
        people = self.tables["people"]
        known = np.zeros(len(self.crosswalk), dtype=bool)
        known[people.tie[~people.lacks(column)]] = True
        gives = np.array(self.context.gives(column), "int64")
        # What is known stands in the last row, or else in the one that the reader names.
        given = np.where(known[tie] | (count[tie] == 1), SURELY, gives[place])
        last = np.full(len(self.crosswalk), -1, dtype="int64")
        for least in (PERHAPS, SURELY):
            telling = np.flatnonzero(given == least)
            last[tie[telling]] = telling
        files = self.files_of(pd.Series([file for _, file in self.context.files], dtype=STRING))
        file_of = np.where(last >= 0, np.append(files[place], -1)[last], -1)
        row_of = np.where(last >= 0, np.append(row, -1)[last], -1)
        cells = self.filled_cells[self.filled_cells["column"] == column]
        at = self.ties.of_rows(places_of(cells["silo"], self.silos), cells)
        fits = (at >= 0) & (np.append(count, 0)[at] > 1)
        file_of[at[fits]] = self.files_of(cells["file"])[fits]
        row_of[at[fits]] = cells["row"].to_numpy(dtype="int64")[fits]
        return file_of, row_of, count
