"""What a fault's function works on: the pages of its silo, and the changes that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files.text_table import TextTable
from helpers.layouts import STRING, FileLayout
from synthetic_data.kinds import Fault
from synthetic_data.silos.observation import Truth

__all__ = ["NewRows", "Page", "Places", "Scene"]

Places = npt.NDArray[np.int64]


@dataclass
class Page:
    """One file on its way to be written: its text, and whom every row is about."""

    silo: str
    path: str
    """Path below `silos/`."""
    file: FileLayout
    table: TextTable
    people: pd.DataFrame
    spare: pd.DataFrame
    """Text of rows that the system no longer lists."""
    spare_people: pd.DataFrame
    new: list[NewRows] = field(default_factory=list)
    dropped: list[tuple[Places, Places, Fault]] = field(default_factory=list)

    @property
    def first_row(self) -> int:
        """Row number, as a spreadsheet counts, of the first data row."""
        if self.file.format != "csv":
            return 1
        titles: Any = self.table.settings.get("title_rows", ())
        return 1 + len(titles) + (1 if self.table.settings.get("header_row", 1) else 0)


@dataclass(frozen=True)
class NewRows:
    """Rows that a fault adds behind rows of the clean file."""

    after: Places
    """Places in the clean file; -1: before the first."""
    rows: pd.DataFrame
    people: pd.DataFrame
    group: Places
    """Which of the fault's instances each row belongs to."""
    fault: Fault


class Scene:
    """What a fault's function is given: pages of its silo, the truth, its stream, how often it happens."""

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
        self.pages = pages
        self.page = pages[fault.file]
        self.truth = truth
        self.rng = rng
        self.rate = rate
        self.minimum = minimum
        self.cells: list[pd.DataFrame] = []
        self.settings: list[tuple[str, Any]] = []
        self.columns: list[tuple[list[int] | None, list[str] | None]] = []
        self._groups = 0

    def text(self, column: str | None = None) -> pd.Series:
        """Give the text of a column of the fault's own file."""
        return self.page.table.rows[column or self.fault.column]

    def choose(self, candidates: npt.ArrayLike) -> Places:
        """Choose among candidates by the fault's rate, at least its minimum where there are so many."""
        places = np.asarray(candidates, dtype="int64")
        draw = self.rng.random(len(places))
        hit = draw < self.rate
        if hit.sum() < self.minimum:
            hit[np.argsort(draw, kind="stable")[: self.minimum]] = True
        return places[hit]

    def change_text(
        self, change: Callable[[pd.Series, np.random.Generator], pd.Series], among: str | None = None
    ) -> None:
        """Change cells of the fault's column.

        The rate is the share of cells in which `change` changes anything, so only those that are drawn are
        tried; more are, where the minimum isn't reached. With `among`, only rows about that part.
        """
        text = self.text()
        if among is not None:
            text = text.where((self.page.people["part"] == among).fillna(False))
        draw = self.rng.random(len(text))
        order = np.argsort(draw, kind="stable")
        drawn = int((draw < self.rate).sum())
        start, reach, found = 0, drawn, 0
        while True:
            places = order[start:reach]
            now = text.iloc[places]
            new = change(now.fillna(""), self.rng).astype(STRING)
            hits = np.flatnonzero((now.notna() & (new != now.fillna(""))).to_numpy(dtype=bool))
            if start >= drawn and reach > drawn:
                hits = hits[: self.minimum - found]
            self.write(places[hits], new.iloc[hits], groups=np.arange(len(hits)) + self._groups)
            found += len(hits)
            if found >= self.minimum or reach == len(text):
                return
            start, reach = reach, min(len(text), reach + 64)

    def change_each(self, change: Callable[[str], str], among: str | None = None) -> None:
        """Change cells of the fault's column, each by itself; rate and `among` are those of `change_text`."""
        self.change_text(lambda text, rng: text.map(change), among)

    def write(
        self,
        places: npt.ArrayLike,
        after: Any,
        column: str | None = None,
        groups: npt.ArrayLike | None = None,
        page: Page | None = None,
    ) -> None:
        """Write other text into cells.

        Parameters
        ----------
        places
            Rows, counted from 0 in the page as it is.
        after
            Their new text.
        column
            The fault's own column when not given.
        groups
            Cells of one number are one fault; all are one when not given.
        page
            The fault's own file when not given.
        """
        at = np.asarray(places, dtype="int64")
        group = np.zeros(len(at), dtype="int64") + self._groups if groups is None else np.asarray(groups)
        self.cells.append(
            pd.DataFrame(
                {
                    "group": group,
                    "page": [page.path if page else self.page.path] * len(at),
                    "place": at,
                    "column": [column or self.fault.column] * len(at),
                    "after": pd.array(list(after), dtype=STRING),
                }
            )
        )
        if len(at):
            self._groups = int(group.max()) + 1

    def add_rows(
        self,
        after: npt.ArrayLike,
        rows: pd.DataFrame,
        people: pd.DataFrame,
        groups: npt.ArrayLike | None = None,
        page: Page | None = None,
    ) -> None:
        """Add rows of text behind rows of the clean file; rows of one group are one fault."""
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

    def drop_rows(self, places: npt.ArrayLike, groups: npt.ArrayLike) -> None:
        """Drop rows of the fault's own file; rows of one group are one fault."""
        self.page.dropped.append((np.asarray(places), np.asarray(groups), self.fault))
