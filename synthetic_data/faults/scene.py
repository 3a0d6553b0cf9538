"""Define a declared fault, and the rows of a page that it can affect."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from helpers.files import TextTable
from helpers.layouts import FileLayout
from helpers.standard import STRING, BadInput, faults_of, nearest
from synthetic_data.columns import index_in, mapped, within
from synthetic_data.life.record_errors import ERROR_FIELDS, rates_of
from synthetic_data.observation import NOBODY, Truth
from synthetic_data.system_folders import system_folders

__all__ = [
    "STAGES",
    "CellChange",
    "Fault",
    "FaultContext",
    "NoSuchFile",
    "Page",
    "Positions",
    "chosen_children",
    "chosen_pieces",
    "declared_faults",
    "faults_on_request",
]


STAGES = ("columns", "rows", "cells", "settings")


@dataclass(frozen=True)
class Fault:
    """One kind of fault in one silo: what its system's ``faults.toml`` leaves out is in ``kinds.toml``."""

    kind: str
    silo: str
    """The name of the TOML; it isn't in it."""
    file: str
    """Kind of file in the silo's layout."""
    stage: str
    rate: float
    """What this kit uses, as a share of `rate_is`. Where `base_rate` is measured it is at least that; small
    districts get more, so that a workshop sees each kind."""
    rate_is: str
    detected_by: str
    """A kind of finding, a measure of the scorecard, a table (left_out), or Not findable."""
    looks_like: str
    consequence: str
    base_rate: str
    """As reported: `looks_like`, `consequence`, `base_rate`, `strength` and `source` are from the kit's
    catalog of faults that people reported in public about real school systems."""
    source: str
    strength: str
    """What `base_rate` is: measured, estimated, or own (the kit's own judgment)."""
    column: str = ""
    columns: str = ""
    """In place of `column`: a pattern of the names of its columns, where it has several."""
    minimum: int = 0
    """At least so many, where there are so many and the exchange level multiplies rates by 1 or more."""
    case: str | None = None
    levels: tuple[str, ...] = ("none", "manual", "rostered", "governed")
    """Fault levels at which it can happen."""
    on_request: bool = False
    """It happens only where a scenario gives its rate: it ruins a whole file, or is held out."""
    of_family: str | None = None
    """What people write wrong (`life.record_errors.ERROR_FIELDS`): the families' odds decide whose it is.
    `rate` remains the share of all candidates."""
    held_out: bool = False
    """Added when the detectors stood, to see what they make of what they weren't made for; on request too."""

    @property
    def name(self) -> str:
        """Unique name across silos."""
        return f"{self.silo}.{self.kind}"


_FAULT = TypeAdapter(Fault)


@cache
def declared_faults() -> tuple[Fault, ...]:
    """Return every declared kind of fault by silo, in the order in which they happen within a stage.

    Kinds that happen only on request aren't included.
    """
    return tuple(fault for fault in _all_faults() if not fault.on_request)


@cache
def faults_on_request() -> tuple[Fault, ...]:
    """Return the kinds of fault that happen only if a scenario sets their rate; after all others."""
    return tuple(fault for fault in _all_faults() if fault.on_request)


def _all_faults() -> tuple[Fault, ...]:
    return tuple(_fault(silo, entry) for silo in system_folders() for entry in _entries(silo))


def _entries(silo: str) -> list[dict[str, Any]]:
    return list(system_folders()[silo].declared("faults.toml").get("fault", ()))


# What a declaration needn't say.
USUAL = {"stage": "cells", "base_rate": "not given", "strength": "own"}


@cache
def _kinds() -> dict[str, dict[str, Any]]:
    """Read what a kind of fault is in every system that doesn't say otherwise."""
    return tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))


def _fault(silo: str, declared: dict[str, Any]) -> Fault:
    place = f"systems/{silo}/faults.toml, {declared.get('kind')}"
    usual = {**USUAL, "minimum": 0 if declared.get("on_request") else 1}
    entry = {**usual, **_kinds().get(str(declared.get("kind")), {}), **declared}
    known = [key for key in Fault.__dataclass_fields__ if key != "silo"]
    unknown = [key for key in entry if key not in known]
    if unknown:
        raise BadInput(
            f"{place}: unknown key {unknown[0]!r}.{nearest(unknown[0], known)} There are: {', '.join(known)}."
        )
    fields = Fault.__dataclass_fields__.values()
    missing = [field.name for field in fields if field.default is MISSING and field.name not in entry]
    missing = [name for name in missing if name != "silo"]
    if missing:
        raise BadInput(f"{place}: key {missing[0]!r} is missing; give it.")
    try:
        fault = _FAULT.validate_python({**entry, "silo": silo})
    except ValidationError as error:
        raise BadInput(f"{place} can't be used:\n{faults_of(error)}\nCorrect what it names.") from None
    if fault.stage not in STAGES:
        raise BadInput(f"{place}: no stage {fault.stage!r}. There are: {', '.join(STAGES)}.")
    if fault.of_family not in (None, *ERROR_FIELDS):
        raise BadInput(f"{place}: no of_family {fault.of_family!r}. There are: {', '.join(ERROR_FIELDS)}.")
    return fault


Positions = npt.NDArray[np.int64]


class NoSuchFile(LookupError):
    """Raised if a fault needs a kind of file that the export lacks."""


@dataclass
class Page:
    """One file before it is saved: its text, and the person of every row."""

    silo: str
    path: str
    """Path below `silos/`."""
    file: FileLayout
    table: TextTable
    people: pd.DataFrame
    spare: pd.DataFrame
    """Text of rows that the system no longer lists."""
    spare_people: pd.DataFrame
    sorted_by: tuple[str, ...] = ()
    """Columns by which the system sorts this file; none: rows stay as they were made."""
    new: list[NewRows] = field(default_factory=list)
    dropped: list[tuple[Positions, Positions, Fault]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Kind of file in the layout; a system may write several files of one kind."""
        return self.file.name

    @property
    def first_row(self) -> int:
        """Row number of the first data row, as a spreadsheet counts."""
        if self.file.nested:
            return 1
        titles: Any = self.table.settings.get("title_rows", ())
        return 1 + len(titles) + (1 if self.table.settings.get("header_row", 1) else 0)


@dataclass(frozen=True)
class NewRows:
    """Rows that a fault inserts after rows of the clean file."""

    after: Positions
    """Positions in the clean file; -1: before the first."""
    rows: pd.DataFrame
    people: pd.DataFrame
    group: Positions
    """Which of the fault's instances each row belongs to."""
    fault: Fault


@dataclass(frozen=True)
class CellChange:
    """Cells in one column of one page that get new text."""

    page: Page
    column: str
    positions: Positions
    after: list[str | None]
    group: Positions


class FaultContext:
    """Input of a fault's function: pages of its silo, the truth, its random stream, its rate.

    A fault applies to all pages of its kind of file at once: row numbers run from 0 through all of them, and
    rate and minimum are for all of them together.
    """

    def __init__(
        self,
        fault: Fault,
        pages: Mapping[str, Page],
        truth: Truth,
        rng: np.random.Generator,
        rate: float,
        minimum: int,
    ) -> None:
        self.fault = fault
        self.pages = tuple(page for page in pages.values() if page.kind == fault.file)
        self.truth = truth
        self.rng = rng
        self.rate = rate
        self.minimum = minimum
        self.cells: list[CellChange] = []
        self.settings: list[tuple[Page, int, str, Any]] = []
        self.columns: list[tuple[Page, int, list[int] | None, list[str] | None]] = []
        self._all = pages
        self._groups = 0

    @cached_property
    def starts(self) -> Positions:
        """Index of each page's first row."""
        lengths = [len(page.table.rows) for page in self.pages]
        return np.cumsum([0, *lengths], dtype="int64")[:-1]

    @cached_property
    def people(self) -> pd.DataFrame:
        """Person of every row, through all pages of the fault's kind."""
        frames = [page.people for page in self.pages]
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)

    @property
    def page(self) -> Page:
        """The only file of the fault's kind."""
        return self.of_kind(self.fault.file)

    def of_kind(self, kind: str) -> Page:
        """Return the only file of a kind."""
        pages = [page for page in self._all.values() if page.kind == kind]
        if not pages:
            raise NoSuchFile(kind)
        (page,) = pages
        return page

    def text(self, column: str | None = None) -> pd.Series:
        """Return the text of a column through all pages; NA if a row has no person or no cell."""
        name = column or self.fault.column
        texts = [
            page.table.rows[name]
            if name in page.table.rows.columns
            else pd.Series([pd.NA] * len(page.table.rows), dtype=STRING)
            for page in self.pages
        ]
        whole = texts[0] if len(texts) == 1 else pd.concat(texts, ignore_index=True)
        return whole.mask(self._nobody) if self._nobody.any() else whole

    @cached_property
    def _nobody(self) -> npt.NDArray[np.bool_]:
        return np.asarray((self.people["part"] == NOBODY).fillna(False), dtype=bool)

    def odds(self, person: Any) -> npt.NDArray[np.float64]:
        """Return the odds with which the fault happens to records of these persons, one against another."""
        if self.fault.of_family is None:
            return np.ones(len(person))
        place = index_in(person, self.truth.population.children["person"])
        known = self.truth.life.record_errors[self.fault.of_family]
        return np.where(place >= 0, known[place], 1.0)

    def choose(self, candidates: npt.ArrayLike, person: Any = None) -> Positions:
        """Choose among candidates by the fault's rate, and at least its minimum if there are enough.

        Candidates are rows, by number or as a mask, unless it says of which `person` each is.
        """
        if isinstance(candidates, pd.Series):
            candidates = candidates.fillna(False).to_numpy(dtype=bool)
        known = np.asarray(candidates)
        positions = np.flatnonzero(known) if known.dtype == bool else known.astype("int64")
        draw = self.rng.random(len(positions))
        if self.fault.of_family is None:
            hit, order = draw < self.rate, draw
        else:
            odds = self.odds(self.people["person"].iloc[positions] if person is None else person)
            hit, order = draw < rates_of(odds, self.rate), draw / odds
        if hit.sum() < self.minimum:
            hit[np.argsort(order, kind="stable")[: self.minimum]] = True
        return positions[hit]

    def change_text(
        self, change: Callable[[pd.Series, np.random.Generator], pd.Series], among: str | None = None
    ) -> None:
        """Change cells of the fault's column, or columns.

        The rate is the share of cells that `change` changes. We try only the cells drawn, and more until we
        reach the minimum. With `among`, only rows about that part.
        """
        if self.fault.of_family is not None:
            self._change_of_families(change, among)
            return
        strips = self.strips()
        ends = np.cumsum([len(page.table.rows) for page, _ in strips], dtype="int64")
        count = int(ends[-1]) if len(ends) else 0
        draw = self.rng.random(count)
        order = np.flatnonzero(draw < self.rate)
        order = order[np.argsort(draw[order], kind="stable")]
        drawn = len(order)
        start, reach, found = 0, drawn, 0
        while True:
            positions = order[start:reach]
            strip = np.searchsorted(ends, positions, side="right")
            now = self._gather(strips, strip, positions - np.r_[0, ends][strip], among)
            new = change(now.fillna(""), self.rng).astype(STRING)
            hits = np.flatnonzero((now.notna() & (new != now.fillna(""))).to_numpy(dtype=bool))
            if start >= drawn and reach > drawn:
                hits = hits[: self.minimum - found]
            group = np.arange(len(hits)) + self._groups
            self._change(
                strips, strip[hits], (positions - np.r_[0, ends][strip])[hits], new.iloc[hits], group
            )
            found += len(hits)
            if found >= self.minimum or reach == count:
                return
            if len(order) < count:
                order = np.argsort(draw, kind="stable")
            start, reach = reach, min(count, reach + 64)

    def _change_of_families(
        self, change: Callable[[pd.Series, np.random.Generator], pd.Series], among: str | None
    ) -> None:
        """Change cells by the odds of their families: the rate is a share of all that `change` can change."""
        strips = self.strips()
        lengths = np.array([len(page.table.rows) for page, _ in strips], dtype="int64")
        strip, row = np.repeat(np.arange(len(strips)), lengths), within(lengths)
        draw = self.rng.random(len(row))
        now = self._gather(strips, strip, row, among)
        new = change(now.fillna(""), self.rng).astype(STRING)
        can = np.flatnonzero((now.notna() & (new != now.fillna(""))).to_numpy(dtype=bool))
        person = pd.concat([page.people["person"] for page, _ in strips], ignore_index=True)
        odds = self.odds(person.iloc[can])
        hit = draw[can] < rates_of(odds, self.rate)
        if hit.sum() < self.minimum:
            hit[np.argsort(draw[can] / odds, kind="stable")[: self.minimum]] = True
        hits = can[hit]
        self._change(strips, strip[hits], row[hits], new.iloc[hits], np.arange(len(hits)) + self._groups)

    def change_each(self, change: Callable[[str], str], among: str | None = None) -> None:
        """Change cells of the fault's column one by one; rate and `among` as in `change_text`."""
        self.change_text(lambda text, rng: mapped(text, change), among)

    def strips(self) -> list[tuple[Page, str]]:
        """Return the columns that the fault affects, page by page."""
        if not self.fault.columns:
            return [(page, self.fault.column) for page in self.pages if self.fault.column in page.table.rows]
        shape = re.compile(self.fault.columns)
        return [
            (page, name)
            for page in self.pages
            for name in map(str, page.table.rows.columns)
            if shape.search(name)
        ]

    def _gather(
        self, strips: list[tuple[Page, str]], strip: Positions, row: Positions, among: str | None
    ) -> pd.Series:
        """Read cells; NA if the row is about another part, or about nobody."""
        pieces, positions = [pd.Series(dtype=STRING)], [np.zeros(0, dtype="int64")]
        for number, there in _by(strip):
            page, column = strips[number]
            part, cells = page.people["part"], page.table.rows[column]
            if not np.array_equal(row[there], np.arange(len(cells))):
                part, cells = part.iloc[row[there]], cells.iloc[row[there]]
            wanted = (part != NOBODY).fillna(True) if among is None else (part == among).fillna(False)
            pieces.append(cells.where(wanted.to_numpy(dtype=bool)))
            positions.append(there)
        order = np.argsort(np.concatenate(positions))
        return pd.concat(pieces, ignore_index=True).take(order).reset_index(drop=True)

    def _change(
        self, strips: list[tuple[Page, str]], strip: Positions, row: Positions, after: Any, group: Positions
    ) -> None:
        new = np.asarray(after, dtype=object)
        for number, there in _by(strip):
            page, column = strips[number]
            self.cells.append(CellChange(page, column, row[there], list(new[there]), group[there]))
        if len(group):
            self._groups = int(np.max(group)) + 1

    def write(
        self,
        positions: npt.ArrayLike,
        after: Any,
        column: str | None = None,
        groups: npt.ArrayLike | None = None,
    ) -> None:
        """Replace the text of cells; cells of one group are one fault, and else each is one."""
        at = np.asarray(positions, dtype="int64")
        group = np.arange(len(at)) if groups is None else np.asarray(groups)
        page = np.searchsorted(self.starts, at, side="right") - 1
        strips = [(one, column or self.fault.column) for one in self.pages]
        self._change(strips, page, at - self.starts[page], after, group)

    def add_rows(
        self,
        after: npt.ArrayLike,
        rows: pd.DataFrame,
        people: pd.DataFrame,
        groups: npt.ArrayLike | None = None,
        page: Page | None = None,
    ) -> None:
        """Insert rows of text after rows of one page of the clean files; rows of one group are one fault."""
        at = np.asarray(after, dtype="int64")
        group = np.arange(len(at)) if groups is None else np.asarray(groups)
        where = page or self.page
        where.new.append(
            NewRows(
                at,
                rows.reset_index(drop=True),
                people[["person", "part"]].reset_index(drop=True),
                group,
                self.fault,
            )
        )

    def drop_rows(self, positions: npt.ArrayLike, groups: npt.ArrayLike) -> None:
        """Delete rows, numbered through all pages of the fault's kind; rows of one group are one fault."""
        at, group = np.asarray(positions, dtype="int64"), np.asarray(groups)
        for number, there in _by(np.searchsorted(self.starts, at, side="right") - 1):
            self.pages[number].dropped.append((at[there] - self.starts[number], group[there], self.fault))

    def save_as(self, page: Page, setting: str, value: Any) -> None:
        """Write a page with another setting, such as encoding, line_end or delimiter, as one fault."""
        self.settings.append((page, self._groups, setting, value))
        self._groups += 1

    def reshape(self, page: Page, order: list[int] | None = None, header: list[str] | None = None) -> None:
        """Reorder a page's columns, or change the texts of its header, as one fault."""
        self.columns.append((page, self._groups, order, header))
        self._groups += 1


def _by(numbers: Positions) -> list[tuple[int, Positions]]:
    """Return the positions of each number."""
    if len(numbers) == 0:
        return []
    order = np.argsort(numbers, kind="stable")
    cuts = np.flatnonzero(np.diff(numbers[order])) + 1
    return [(int(numbers[part[0]]), part) for part in np.split(order, cuts)]


# Columns that identify a piece, by the files with them: a grade of a school, a term of one, or all who became
# eligible in one way.
NAMED_BY = (
    ("District School Number", "Grade"),
    ("TermName", "SchoolName"),
    ("School", "Student Grade"),
    ("School Name", "Grade"),
    ("@StudentActivityInfoRefId", "@SchoolYear"),
    ("application_academic_school_year", "eligibility_determination_reason"),
)


def chosen_pieces(scene: FaultContext, rows: pd.Series | None = None) -> list[tuple[str, Positions]]:
    """Choose pieces of a fault's files."""
    columns = set(scene.pages[0].table.rows.columns)
    first, second = next(pair for pair in NAMED_BY if columns.issuperset(pair))
    pieces = scene.text(first) + " " + scene.text(second)
    counts = np.ones(len(pieces), dtype=bool) if rows is None else rows.to_numpy(dtype=bool)
    names = np.sort(np.asarray(pieces.loc[counts].dropna().unique(), dtype=object))
    chosen = names[scene.choose(np.arange(len(names)))]
    positions, group = _among(chosen, pieces.where(counts))
    starts = np.searchsorted(group, np.arange(len(chosen) + 1))
    return [(str(name), positions[starts[n] : starts[n + 1]]) for n, name in enumerate(chosen.tolist())]


def chosen_children(scene: FaultContext, rows: pd.Series | None = None) -> tuple[Positions, Positions]:
    """Choose children, and return all their rows."""
    person = scene.people["person"]
    listed = (person if rows is None else person.loc[rows.to_numpy(dtype=bool)]).dropna().unique()
    names = np.sort(np.asarray(listed, dtype=object))
    return _among(names[scene.choose(np.arange(len(names)), names)], person)


def _among(names: npt.NDArray[np.object_], text: pd.Series) -> tuple[Positions, Positions]:
    """Find the rows with one of some names, name by name."""
    group = index_in(text, names)
    positions = np.flatnonzero(group >= 0)
    positions = positions[np.argsort(group[positions], kind="stable")]
    return positions, group[positions]
