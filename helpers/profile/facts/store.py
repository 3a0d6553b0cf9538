"""Integer-coded fact tables by child."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.arrays import KeyIndex, index_of
from helpers.profile.facts.attendance import Reach
from helpers.profile.facts.context import PERHAPS, SURELY, Context, child_tables
from helpers.profile.facts.school_years import SchoolYears, fact_years
from helpers.standard import STRING, Element

__all__ = [
    "BANDS",
    "TIE",
    "Cohort",
    "EventCoverage",
    "FactStore",
    "FactsOfPart",
    "Part",
    "RecordLinks",
    "Rows",
    "TablesOfPart",
    "in_numbers",
    "matching",
    "named",
    "with_child",
]


def matching(words: Sequence[str], pattern: str) -> np.ndarray:
    """Say of each word whether a pattern matches the whole of it."""
    return np.array([re.fullmatch(pattern, word) is not None for word in [*words, ""]], dtype=bool)


Bools = npt.NDArray[np.bool_]
# From the surest tie to the weakest. A record alone is sure to be itself.
BANDS = ("Sure", "Alone", "Unverified", "Review")


class _NumbersFiles(Protocol):
    def files_of(self, names: pd.Series) -> Ints:
        """Give each file a number, alike over all tables; -1 where there is none."""


class Rows:
    """The rows of a table, in numbers where a rule compares, counts or sorts; -1 stands for nothing."""

    def __init__(
        self, frame: pd.DataFrame, *, system: Ints, tie: Ints, owner: Ints, band: Ints, year: Ints
    ) -> None:
        self.frame = frame
        self.system, self.tie, self.owner, self.band, self.year = system, tie, owner, band, year
        self._codes: dict[str, tuple[Ints, list[str]]] = {}
        self._texts: dict[str, Any] = {}
        self._files: Ints | None = None

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def of_a_child(self) -> Bools:
        """Say of each row whether it is a child's."""
        return self.owner >= 0

    @property
    def told(self) -> Bools:
        """Say of each row whether it is a child's and lies in a year of which a system speaks."""
        return (self.owner >= 0) & (self.year >= 0)

    def codes(self, column: str) -> tuple[Ints, list[str]]:
        """Give the different texts of a column numbers, once."""
        if column not in self._codes:
            codes, words = pd.factorize(self.frame[column])
            self._codes[column] = codes.astype("int64"), list(map(str, words))
        return self._codes[column]

    def code(self, column: str) -> Ints:
        """Give the number of each row's text."""
        return self.codes(column)[0]

    def texts(self, column: str, at: Ints) -> pd.Series:
        """Take the text of some rows."""
        if column not in self._texts:
            self._texts[column] = self.frame[column].astype(STRING).array
        return pd.Series(self._texts[column].take(at))

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """Give a column as numbers, NaN where nothing is known."""
        return self.frame[column].to_numpy(dtype="float64", na_value=np.nan)

    def days(self, column: str) -> Any:
        """Give a column as days, NaT where nothing is known."""
        return self.frame[column].to_numpy(dtype="datetime64[us]")

    def lacks(self, column: str) -> Bools:
        """Say of each row whether it has nothing in a column."""
        return self.frame[column].isna().to_numpy(dtype=bool)

    def files(self, evidence: _NumbersFiles) -> Ints:
        """Give the number of each row's file, alike over all tables of the evidence."""
        if self._files is None:
            self._files = evidence.files_of(self.frame["file"])
        return self._files

    @property
    def row(self) -> Ints:
        """Give the number of each source row."""
        return self.frame["row"].to_numpy(dtype="int64", na_value=-1)

    def among(self, column: str, words: Collection[str]) -> Bools:
        """Say of each row whether the text of a column is one of some words."""
        codes, known = self.codes(column)
        return np.array([*(word in words for word in known), False], dtype=bool)[codes]

    def fits(self, where: Sequence[Mapping[str, str]]) -> Bools:
        """Say of each row whether it fits an alternative; see `helpers.profile.facts.store`."""
        fits = np.full(len(self), not where)
        for alternative in where:
            this = np.ones(len(self), dtype=bool)
            for column, pattern in alternative.items():
                codes, words = self.codes(column)
                this &= matching(words, pattern)[codes]
            fits |= this
        return fits


@dataclass(frozen=True)
class EventCoverage:
    """What a table of exceptions tells of all children together."""

    # Systems and years of which it has anything to tell (numbers).
    told: frozenset[tuple[int, int]]
    # Of these, those in which a row is about nobody whom another system knows.
    spoilt: frozenset[tuple[int, int]]
    # System, school and year: the schools that report.
    schools: frozenset[tuple[int, str, int]]
    # ``system``, names and birth date (a number) of children whom no other system knows, and ``listed``: the
    # years in which the system itself lists them, one bit a year.
    left_over: pd.DataFrame


@dataclass(frozen=True)
class Cohort:
    """What is told of all children together; systems and school years are numbers."""

    # Fact tables of which there is a row.
    tables: frozenset[str] = frozenset()
    # Columns of people, and the systems that fill them for anybody.
    filled: frozenset[tuple[str, int]] = frozenset()
    # ``system, name_of, name, children``: what the numbers of schools are called; see
    # `helpers.profile.facts.systems.school_names_from_rosters`.
    school_names: pd.DataFrame = field(default_factory=pd.DataFrame)
    # By system and year, the newest day on which a child's class begins.
    newest_classes: Mapping[tuple[int, int], Any] = field(default_factory=dict)
    # Some row tells when something was handed in.
    keeps_submissions: bool = False
    # Systems and years in which a child's row tells so.
    years_handed_in: frozenset[tuple[int, int]] = frozenset()
    # By table of exceptions, what has to be known of all children.
    reports: Mapping[str, EventCoverage] = field(default_factory=dict)
    # By system, the numbers of schools at which it enrols children.
    schools_of_spells: Mapping[int, frozenset[str]] = field(default_factory=dict)
    # By element that counts log-ins or messages, systems and years of which it is told of anybody.
    years_of_families: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    # Up to which day the exports of attendance speak.
    reach: Reach = field(default_factory=Reach)
    # Systems that enrol anybody.
    rostered: frozenset[int] = frozenset()


# Where a row's record stands in the crosswalk, where that was written beside the row.
TIE = "tie"


class RecordLinks:
    """Whose each record is, in numbers."""

    def __init__(self, crosswalk: pd.DataFrame, silos: tuple[str, ...]) -> None:
        self.system = index_of(crosswalk["silo"], silos)
        owner, children = pd.factorize(crosswalk["child"], sort=True)
        self.children = pd.Index(children, dtype=STRING)
        self.owner = owner.astype("int64")
        self.band = index_of(crosswalk["band"], BANDS)
        self.pairs = KeyIndex(self.system, crosswalk["record"])

    def of(self, system: Ints, records: pd.Series) -> Ints:
        """Say where each record stands in the crosswalk; -1 where it is no student's."""
        return self.pairs.of(system, records)

    def of_rows(self, system: Ints, rows: pd.DataFrame) -> Ints:
        """Say where each row's record stands in the crosswalk, as is written beside it or looked up."""
        if TIE in rows.columns:
            return rows[TIE].to_numpy(dtype="int64")
        return self.of(system, rows["record"])


def with_child(frame: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Add the child of each row's record."""
    silos = tuple(map(str, crosswalk["silo"].unique()))
    ties = RecordLinks(crosswalk, silos)
    tie = ties.of(index_of(frame["silo"], silos), frame["record"])
    return named(frame, ties, tie)


def named(frame: pd.DataFrame, ties: RecordLinks, tie: Ints) -> pd.DataFrame:
    """Add the child of each row's record, and how sure the link is."""
    owner = np.append(ties.owner, -1)[tie]
    band = np.append(ties.band, -1)[tie]
    words = pd.Series(pd.array([*BANDS, None], dtype=STRING))
    child = ties.children.array.take(owner, allow_fill=True)
    return frame.assign(
        child=pd.Series(child, index=frame.index),
        link_band=pd.Series(words.array.take(band), index=frame.index),
    )


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
    """Fact tables by name, each read and gathered when it is first asked for."""

    def __init__(self, part: Part, context: Context, ties: RecordLinks, days: pd.DataFrame) -> None:
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
            system = index_of(frame["silo"], context.silos)
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
    frame: pd.DataFrame, system: np.ndarray, tie: np.ndarray, ties: RecordLinks, year: np.ndarray
) -> Rows:
    """Give a table in numbers."""
    owner, band = np.append(ties.owner, -1)[tie], np.append(ties.band, -1)[tie]
    return Rows(frame, system=system, tie=tie, owner=owner, band=band, year=year)


@dataclass(frozen=True)
class FactStore:
    """Everything that is known, by child: of all children of a district, or of some of them."""

    # What is known of the district as a whole, whichever children are looked at.
    context: Context
    # What other children tell that a rule has to know.
    survey: Cohort
    # Every record of a student, with child and band.
    crosswalk: pd.DataFrame
    # The same in numbers.
    ties: RecordLinks
    # Columns of ``people`` for those records, with ``child`` and ``link_band``.
    people: pd.DataFrame
    # Source rows behind records.
    person_rows: pd.DataFrame
    # Where the values of people stand that are not in the last row behind their record.
    filled_cells: pd.DataFrame
    # Their ids, with ``child`` and ``link_band``.
    identifiers: pd.DataFrame
    # Fact tables by name; those about children have ``child`` and ``link_band``, NA where the row names no
    # student, and ``year``, the school year in which the fact lies. Rows stand in the order of the district's
    # own table.
    facts: FactsOfPart
    # The same tables, and people and identifiers, in numbers.
    tables: Mapping[str, Rows]
    # ``silo, record, as_of``: NA as record: the newest day for which an export of the silo speaks; and the
    # records whose own export speaks for an older one.
    days: pd.DataFrame
    # What rules keep from one element to the next, by name.
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
        system = index_of(self.days["silo"], self.silos)
        whole = self.days["record"].isna().to_numpy(dtype=bool)
        of_silo = np.full(len(self.silos) + 1, nothing)
        of_silo[system[whole]] = days[whole]
        of_silo[-1] = nothing
        of_tie = of_silo[self.ties.system]
        tie = self.ties.of(system[~whole], self.days["record"][~whole])
        of_tie[tie[tie >= 0]] = days[~whole][tie >= 0]
        return of_tie, of_silo

    def spoken_for(self, system: Ints, tie: Ints) -> Any:
        """Say for which day each record speaks; where no one record is named, its silo."""
        of_tie, of_silo = self._days_of_ties
        if len(of_tie) == 0:
            return of_silo[system]
        return np.where(tie >= 0, of_tie[tie], of_silo[system])

    @cached_property
    def behind_records(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Give each source row behind a record: record, file (its place), row; and rows by record."""
        rows = self.person_rows
        system = index_of(rows["silo"], self.silos)
        tie = self.ties.of_rows(system, rows)
        named_files = pd.DataFrame(list(self.context.files), columns=["silo", "file"], dtype=STRING)
        files = KeyIndex(index_of(named_files["silo"], self.silos), named_files["file"])
        place = files.of(system, rows["file"])
        kept = tie >= 0
        count = np.bincount(tie[kept], minlength=len(self.crosswalk)).astype("int64")
        return tie[kept], place[kept], rows["row"].to_numpy(dtype="int64")[kept], count

    def sources(self, column: str) -> tuple[Ints, Ints, Ints]:
        """Say which source row gave a column of ``people``."""
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
        at = self.ties.of_rows(index_of(cells["silo"], self.silos), cells)
        fits = (at >= 0) & (np.append(count, 0)[at] > 1)
        file_of[at[fits]] = self.files_of(cells["file"])[fits]
        row_of[at[fits]] = cells["row"].to_numpy(dtype="int64")[fits]
        return file_of, row_of, count
