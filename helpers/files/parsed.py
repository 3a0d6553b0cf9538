"""What every reader of a native format gives: rows of text with their place in the file."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.files.text_table import TextTable

__all__ = ["Parsed"]


@dataclass(frozen=True)
class Parsed:
    """Rows of one file.

    Attributes
    ----------
    table
        The text as it stands; rows that could not be read as rows are not in it, but in the findings.
    row
        Place of each row of `table`, int64, as a spreadsheet numbers it.
    rows
        How many rows the file has, header included, counted apart from the rows that were read.
    structure
        How many of them are header and title rows.
    """

    table: TextTable
    row: np.ndarray
    rows: int
    structure: int

    def bare(self) -> Parsed:
        """Keep the places of the rows and nothing of their text."""
        return replace(self, table=replace(self.table, rows=self.table.rows.iloc[:, :0]))

    def without(self, gone: np.ndarray) -> Parsed:
        """Leave out rows that were set aside.

        Parameters
        ----------
        gone
            Boolean, one a row of `table`.
        """
        if not gone.any():
            return self
        first = int(np.argmin(gone)) if not gone.all() else len(gone)
        if not gone[first:].any():  # only the first ones, as rows of structure are: nothing is copied
            rows = self.table.rows.iloc[first:].set_axis(pd.RangeIndex(len(gone) - first))
        else:
            rows = self.table.rows.loc[~gone].reset_index(drop=True)
        return Parsed(
            TextTable(self.table.header, rows, self.table.settings),
            self.row[~gone],
            self.rows,
            self.structure,
        )
