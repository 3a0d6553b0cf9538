"""What is known of a district as a whole before any child is looked at: years, systems, classes."""

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

# Whether a file gives a column: systems leave out the optional ones.
PERHAPS, SURELY = 1, 2


class Tables(Protocol):
    """The standard tables of a district, wherever they are kept."""

    @property
    def silos(self) -> Sequence[str]:
        """Names of the silos."""

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """Layout of each silo, as far as known."""

    @property
    def kinds(self) -> Mapping[str, tuple[str, ...]]:
        """File -> the kinds of file of its layout that it was read as."""

    def whole(self, table: str) -> pd.DataFrame:
        """Give a fact table that is about no child."""

    def counted(self, table: str, columns: Sequence[str]) -> pd.DataFrame:
        """Give each different row of some columns of a table once, and in ``rows`` how often it stands."""


@dataclass(frozen=True)
class Context:
    """A district as a whole."""

    # Names of the silos, in order.
    silos: tuple[str, ...]
    # For which of the kit's systems each silo stands, as `authority.Authority.systems` has it.
    systems: Mapping[str, str]
    # Layout of each silo, as far as known.
    layouts: Mapping[str, Layout]
    # File -> the kinds of file of its layout that it was read as.
    kinds: Mapping[str, tuple[str, ...]]
    # Silo and name of every file behind a record, in order.
    files: tuple[tuple[str, str], ...]
    # School years.
    years: SchoolYears
    # ``silo, as_of``: the newest day for which an export of the silo speaks.
    newest_days: pd.DataFrame
    # The fact tables that are about no child.
    whole: Mapping[str, pd.DataFrame]

    def gives(self, column: str) -> list[int]:
        """Say how sure each file is to give a column of people, as far as its layout tells."""
        # Files of the same kinds give the same: a district has one for every class.
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
    """Name the fact tables that systems send about children."""
    return tuple(
        name for name in fact_tables() if standard_table(name).about == "child" and name != "attendance_day"
    )


def context_of(tables: Tables) -> Context:
    """Look at a district as a whole."""
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
    """Name the columns by which a fact table tells of school years: what the row names, and its first day."""
    named = {column.name for column in standard_table(table).columns}
    return ["silo", *(["school_year"] if "school_year" in named else []), *day_columns(table)[:1]]
