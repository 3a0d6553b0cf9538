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
    "LINK_STATUSES",
    "TIE",
    "Cohort",
    "DistrictPart",
    "EventCoverage",
    "FactStore",
    "FactsOfPart",
    "RecordLinks",
    "Rows",
    "TablesOfPart",
    "in_numbers",
    "matching",
    "named",
    "with_child",
]


def matching(words: Sequence[str], pattern: str) -> np.ndarray:
    """Test which words match a whole pattern."""
    return np.array([re.fullmatch(pattern, word) is not None for word in [*words, ""]], dtype=bool)


Bools = npt.NDArray[np.bool_]
# From the most certain link to the least. An unlinked record is certainly itself.
LINK_STATUSES = ("Verified", "Unlinked", "Unverified", "Review")


class _NumbersFiles(Protocol):
    def files_of(self, names: pd.Series) -> Ints:
        """Return each file's number, consistent across tables; -1 if missing."""


class Rows:
    """The rows of a table, integer-coded where rules compare, count or sort; -1 is missing."""

    def __init__(
        self, frame: pd.DataFrame, *, system: Ints, tie: Ints, owner: Ints, link_status: Ints, year: Ints
    ) -> None:
        self.frame = frame
        self.system, self.tie, self.owner, self.link_status, self.year = system, tie, owner, link_status, year
        self._codes: dict[str, tuple[Ints, list[str]]] = {}
        self._texts: dict[str, Any] = {}
        self._files: Ints | None = None

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def of_a_child(self) -> Bools:
        """Which rows belong to a child."""
        return self.owner >= 0

    @property
    def usable(self) -> Bools:
        """Which rows belong to a child and to a covered school year."""
        return (self.owner >= 0) & (self.year >= 0)

    def codes(self, column: str) -> tuple[Ints, list[str]]:
        """Encode the distinct texts of a column, cached."""
        if column not in self._codes:
            codes, words = pd.factorize(self.frame[column])
            self._codes[column] = codes.astype("int64"), list(map(str, words))
        return self._codes[column]

    def code(self, column: str) -> Ints:
        """Return the code of each row's text."""
        return self.codes(column)[0]

    def texts(self, column: str, at: Ints) -> pd.Series:
        """Return the text of some rows."""
        if column not in self._texts:
            self._texts[column] = self.frame[column].astype(STRING).array
        return pd.Series(self._texts[column].take(at))

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """Return a column as numbers, NaN if missing."""
        return self.frame[column].to_numpy(dtype="float64", na_value=np.nan)

    def days(self, column: str) -> Any:
        """Return a column as dates, NaT if missing."""
        return self.frame[column].to_numpy(dtype="datetime64[us]")

    def lacks(self, column: str) -> Bools:
        """Test which rows are missing in a column."""
        return self.frame[column].isna().to_numpy(dtype=bool)

    def files(self, evidence: _NumbersFiles) -> Ints:
        """Return the number of each row's file, consistent across all tables of the store."""
        if self._files is None:
            self._files = evidence.files_of(self.frame["file"])
        return self._files

    @property
    def row(self) -> Ints:
        """Source row numbers."""
        return self.frame["row"].to_numpy(dtype="int64", na_value=-1)

    def among(self, column: str, words: Collection[str]) -> Bools:
        """Test which rows have one of some words in a column."""
        codes, known = self.codes(column)
        return np.array([*(word in words for word in known), False], dtype=bool)[codes]

    def fits(self, where: Sequence[Mapping[str, str]]) -> Bools:
        """Test which rows match one of the alternatives, or all if there are none."""
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
    """What a table of absence or incident records covers, over all children."""

    # Systems and years with any records (numbers).
    system_years: frozenset[tuple[int, int]]
    # Those of them in which a row belongs to nobody whom another system knows.
    spoilt: frozenset[tuple[int, int]]
    # System, school and year: the schools that report.
    schools: frozenset[tuple[int, str, int]]
    # ``system``, names and birth date (a number) of children whom no other system knows, and ``listed``: the
    # years in which the system itself lists them, one bit per year.
    left_over: pd.DataFrame


@dataclass(frozen=True)
class Cohort:
    """What rules need to know about all children together; systems and school years are numbers."""

    # Fact tables with any rows.
    tables: frozenset[str] = frozenset()
    # Columns of people, and the systems that fill them for anybody.
    filled: frozenset[tuple[str, int]] = frozenset()
    # ``system, name_of, name, children``: names for school numbers; see
    # `helpers.profile.facts.systems.school_names_from_rosters`.
    school_names: pd.DataFrame = field(default_factory=pd.DataFrame)
    # By system and year, the latest first day of a child's class.
    newest_classes: Mapping[tuple[int, int], Any] = field(default_factory=dict)
    # Whether any row has a submission date.
    keeps_submissions: bool = False
    # Systems and years in which a child's row has one.
    years_handed_in: frozenset[tuple[int, int]] = frozenset()
    # By table of absence or incident records, what must be known of all children.
    reports: Mapping[str, EventCoverage] = field(default_factory=dict)
    # By system, the numbers of schools with enrolled children.
    enrolled_schools: Mapping[int, frozenset[str]] = field(default_factory=dict)
    # By element that counts logins or messages, systems and years with any.
    years_of_families: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    # Last day of the attendance exports.
    reach: Reach = field(default_factory=Reach)
    # Systems with enrollment.
    rostered: frozenset[int] = frozenset()


# Column with a row's position in the crosswalk, if stored.
TIE = "tie"


class RecordLinks:
    """The child of each record, integer-coded."""

    def __init__(self, crosswalk: pd.DataFrame, silos: tuple[str, ...]) -> None:
        self.system = index_of(crosswalk["silo"], silos)
        owner, children = pd.factorize(crosswalk["child"], sort=True)
        self.children = pd.Index(children, dtype=STRING)
        self.owner = owner.astype("int64")
        self.link_status = index_of(crosswalk["link_status"], LINK_STATUSES)
        self.pairs = KeyIndex(self.system, crosswalk["record"])

    def of(self, system: Ints, records: pd.Series) -> Ints:
        """Return each record's position in the crosswalk; -1 if it is no student's."""
        return self.pairs.of(system, records)

    def of_rows(self, system: Ints, rows: pd.DataFrame) -> Ints:
        """Return the crosswalk position of each row's record, stored or looked up."""
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
    """Add the child and link status of each row's record."""
    owner = np.append(ties.owner, -1)[tie]
    link_status = np.append(ties.link_status, -1)[tie]
    words = pd.Series(pd.array([*LINK_STATUSES, None], dtype=STRING))
    child = ties.children.array.take(owner, allow_fill=True)
    return frame.assign(
        child=pd.Series(child, index=frame.index),
        link_status=pd.Series(words.array.take(link_status), index=frame.index),
    )


Ints = npt.NDArray[np.int64]


class DistrictPart(Protocol):
    """The standard tables of some children, with all rows of each; or the rows without a child."""

    @property
    def crosswalk(self) -> pd.DataFrame:
        """Table ``crosswalk`` of these children."""

    @property
    def people(self) -> pd.DataFrame:
        """Their ``people``; may include others."""

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
        """Return their rows of a fact table about children, in the order of the district's own table."""

    def has(self, table: str) -> bool:
        """Return whether they have any rows."""


class FactsOfPart(Mapping[str, pd.DataFrame]):
    """Fact tables by name, each read on first use."""

    def __init__(self, part: DistrictPart, context: Context, ties: RecordLinks, days: pd.DataFrame) -> None:
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
        """List the tables with any rows, without reading them."""
        whole = [name for name, rows in self._context.whole.items() if len(rows)]
        return frozenset([*whole, *filter(self._part.has, child_tables())])

    def rows(self, name: str) -> Rows:
        """Return an integer-coded table about children."""
        if name not in self._rows:
            context, ties = self._context, self._ties
            frame = self._part.fact(name)
            system = index_of(frame["silo"], context.silos)
            tie = ties.of_rows(system, frame)
            frame = named(frame.drop(columns=TIE, errors="ignore"), ties, tie)
            year = fact_years(name, frame, context.whole, context.years, self._days)
            place = context.years.positions(year.to_numpy(dtype="int64", na_value=-1))
            self._rows[name] = in_numbers(frame.assign(year=year), system, tie, ties, place)
        return self._rows[name]


class TablesOfPart(Mapping[str, Rows]):
    """The same tables, and people and identifiers, integer-coded."""

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
    """Return a table, integer-coded."""
    owner, link_status = np.append(ties.owner, -1)[tie], np.append(ties.link_status, -1)[tie]
    return Rows(frame, system=system, tie=tie, owner=owner, link_status=link_status, year=year)


@dataclass(frozen=True)
class FactStore:
    """All facts by child, of all children of a district or some of them."""

    # The district as a whole, whichever children are included.
    context: Context
    # What rules need to know about the other children.
    survey: Cohort
    # Every record of a student, with child and link status.
    crosswalk: pd.DataFrame
    # The same, integer-coded.
    ties: RecordLinks
    # Columns of ``people`` for those records, with ``child`` and ``link_status``.
    people: pd.DataFrame
    # Source rows of records.
    person_rows: pd.DataFrame
    # Sources of values of people that don't come from the last row of their record.
    filled_cells: pd.DataFrame
    # Their ids, with ``child`` and ``link_status``.
    identifiers: pd.DataFrame
    # Fact tables by name; those about children have ``child`` and ``link_status``, NA if the row names no
    # student, and ``year``, the school year of the fact. Rows are in the order of the district's own table.
    facts: FactsOfPart
    # The same tables, and people and identifiers, integer-coded.
    tables: Mapping[str, Rows]
    # ``silo, record, as_of``: with NA as record, the latest as-of date of the silo; otherwise a record with
    # an earlier one.
    days: pd.DataFrame
    # Results that rules share between elements, by name.
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
        """The kit's systems that each silo stands in for, separated by blanks."""
        return self.context.systems

    @property
    def silos(self) -> tuple[str, ...]:
        """Names of the silos, in the order of their numbers."""
        return self.context.silos

    def are(self, systems: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Test which silos stand in for one of the systems (all if none is named), plus False for no silo."""
        asked = [
            not systems or not set(systems).isdisjoint(self.systems[silo].split(" ")) for silo in self.silos
        ]
        return np.array([*asked, False], dtype=bool)

    def asked(
        self, table: str, where: Sequence[Mapping[str, str]] = (), systems: tuple[str, ...] = ()
    ) -> npt.NDArray[np.bool_]:
        """Test which rows of a fact table belong to a child and match, in any year."""
        rows = self.tables[table]
        asked = rows.of_a_child
        if where:
            asked = asked & rows.fits(where)
        return asked & self.are(systems)[rows.system] if systems else asked

    def asked_in_a_year(self, element: Element) -> npt.NDArray[np.bool_]:
        """Test which rows belong to a child, match an element, and are in a covered year."""
        in_a_year = self.tables[element.table].year >= 0
        return self.asked(element.table, element.where, element.systems) & in_a_year

    def files_of(self, names: pd.Series) -> Ints:
        """Return each file's number, consistent across tables; -1 if missing."""
        codes, words = pd.factorize(names)
        numbers = [self._files.setdefault(str(word), len(self._files)) for word in words]
        return np.array([*numbers, -1], dtype="int64")[codes]

    @property
    def file_names(self) -> tuple[str, ...]:
        """Names of the numbered files so far, in order."""
        return tuple(self._files)

    @cached_property
    def _days_of_ties(self) -> tuple[Any, Any]:
        """Return the as-of date of each record and each silo, with an extra NaT for none."""
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

    def as_of_dates(self, system: Ints, tie: Ints) -> Any:
        """Return the as-of date of each record, else of its system."""
        of_tie, of_silo = self._days_of_ties
        if len(of_tie) == 0:
            return of_silo[system]
        return np.where(tie >= 0, of_tie[tie], of_silo[system])

    @cached_property
    def behind_records(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Return record, file and row of each person row, and the number of rows per record."""
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
        """Find the source row of a column of ``people`` for each record."""
        tie, place, row, count = self.behind_records
        people = self.tables["people"]
        known = np.zeros(len(self.crosswalk), dtype=bool)
        known[people.tie[~people.lacks(column)]] = True
        gives = np.array(self.context.gives(column), "int64")
        # A known value comes from the last row, or from the one that the reader recorded.
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
