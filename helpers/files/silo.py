"""What reading gives: a silo, and a district of silos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from helpers.files.written import Written
from helpers.layouts import Layout
from helpers.standard import as_table, empty_table

__all__ = ["Silo"]


def _joined(name: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty_table(name)
    return as_table(name, pd.concat(filled, ignore_index=True)) if len(filled) > 1 else filled[0]


@dataclass(frozen=True)
class Silo:
    """One system with one id space, as its files tell it.

    Attributes
    ----------
    name, layout
        Name of the silo, and its layout.
    people, person_rows, identifiers, findings, accounts
        Standard tables.
    facts
        Standard table by name; only those that the silo has rows of.
    kinds
        File -> the kinds of file, or of record, of the layout that it was read as.
    filled_cells
        Standard table: where the values of people stand that the last of a record's rows leaves empty. Every
        other value stands in that last row.
    written
        What stands in the files as it is written; None where whoever read them had no use for it.
    """

    name: str
    layout: Layout
    people: pd.DataFrame
    person_rows: pd.DataFrame
    identifiers: pd.DataFrame
    facts: dict[str, pd.DataFrame]
    findings: pd.DataFrame
    accounts: pd.DataFrame
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filled_cells: pd.DataFrame = field(default_factory=lambda: empty_table("filled_cells"))
    written: Written | None = field(default_factory=Written)

    def fact(self, table: str) -> pd.DataFrame:
        """Give a fact table; empty, with its columns, where the silo has none."""
        return self.facts.get(table, empty_table(table))
