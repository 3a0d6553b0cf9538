"""The context of a district as a whole: years, systems, classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from helpers.profile.facts.school_years import SchoolYears, day_columns, latest_export_days, school_years
from helpers.profile.facts.systems import COUNTED_BY, authority_of
from helpers.standard import fact_tables, standard_table

if TYPE_CHECKING:
    from helpers.layouts import Layout

__all__ = ["PERHAPS", "SURELY", "Context", "Tables", "child_tables", "context_of"]

# Whether a file has a column: systems omit the optional ones.
PERHAPS, SURELY = 1, 2


class Tables(Protocol):
    """The standard tables of a district, wherever they are stored."""

    @property
    def silos(self) -> Sequence[str]:
        """Names of the silos."""

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """Layout of each silo, as far as known."""

    @property
    def kinds(self) -> Mapping[str, tuple[str, ...]]:
        """File -> the layout's kinds of file it was read as."""

    def whole(self, table: str) -> pd.DataFrame:
        """Return a fact table that isn't about children."""

    def counted(self, table: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return the distinct rows of some columns, with their counts in ``rows``."""


@dataclass(frozen=True)
class Context:
    """A district as a whole."""

    # Names of the silos, in order.
    silos: tuple[str, ...]
    # The kit's systems that each silo stands in for, as in `systems.Authority.systems`.
    systems: Mapping[str, str]
    # Layout of each silo, as far as known.
    layouts: Mapping[str, Layout]
    # File -> the layout's kinds of file it was read as.
    kinds: Mapping[str, tuple[str, ...]]
    # Silo and name of every file with person rows, in order.
    files: tuple[tuple[str, str], ...]
    # School years.
    years: SchoolYears
    # ``silo, as_of``: latest as-of date of each silo.
    newest_days: pd.DataFrame
    # The fact tables that aren't about children.
    whole: Mapping[str, pd.DataFrame]

    def gives(self, column: str) -> list[int]:
        """Return how certainly each file has a column of people, by its layout."""
        # Files of the same kinds have the same columns, and a district has one per class.
        known: dict[tuple[str, tuple[str, ...]], int] = {}
        for silo, file in self.files:
            kinds = self.kinds.get(file, ())
            if (silo, kinds) not in known:
                known[silo, kinds] = self._give(silo, kinds, column)
        return [known[silo, self.kinds.get(file, ())] for silo, file in self.files]

    def _give(self, silo: str, kinds: tuple[str, ...], column: str) -> int:
        layout = self.layouts.get(silo)
        sure = 0
        for kind in layout.files if layout else ():
            if kind.name not in kinds:
                continue
            optional = {one.name for one in kind.named() if one.optional}
            for make in kind.makes:
                if make.table != "people" or column not in {**make.take, **make.set, **make.flags}:
                    continue
                sure = max(sure, PERHAPS if make.take.get(column) in optional else SURELY)
        return sure


def child_tables() -> tuple[str, ...]:
    """List the fact tables about children that systems export."""
    return tuple(
        name for name in fact_tables() if standard_table(name).about == "child" and name != "attendance_day"
    )


def context_of(tables: Tables) -> Context:
    """Compute a district's context."""
    of_children = child_tables()
    whole = {
        name: tables.whole(name)
        for name in fact_tables()
        if name not in of_children and name != "attendance_day"
    }
    layouts = dict(tables.layouts)
    files = tables.counted("person_rows", ["silo", "file"])
    return Context(
        silos=tuple(sorted(map(str, tables.silos))),
        systems=authority_of(
            tuple(map(str, tables.silos)), layouts, tables.counted("people", COUNTED_BY)
        ).systems,
        layouts=layouts,
        kinds=tables.kinds,
        files=tuple(sorted(zip(files["silo"].map(str), files["file"].map(str), strict=True))),
        years=school_years({**whole, **{name: tables.counted(name, _dated(name)) for name in of_children}}),
        newest_days=latest_export_days(tables.counted("people", ["silo", "as_of"])),
        whole=whole,
    )


def _dated(table: str) -> list[str]:
    """List the columns that date a fact table's rows: its school year and its first date."""
    named = {column.name for column in standard_table(table).columns}
    return ["silo", *(["school_year"] if "school_year" in named else []), *day_columns(table)[:1]]
