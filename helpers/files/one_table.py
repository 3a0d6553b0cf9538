"""One file that somebody named, read by a layout as a table: its columns, its findings, and its account."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.files.findings import Findings, findings_of
from helpers.files.folder import opened
from helpers.files.read_file import ReadFile
from helpers.files.read_silo import OneFile, account, read_ones
from helpers.layouts import Layout
from helpers.standard import as_table, empty_table

__all__ = ["OneTable"]


class OneTable:
    """A file that makes no record of a person, read by its layout.

    Who uses its rows says which of them were used and tells why others weren't; `findings` and `accounts`
    then add up as those of a district do.

    Parameters
    ----------
    path
        A CSV or an xlsx; what is wrong inside is a finding.
    layout
        What it may be.

    Raises
    ------
    BadInput
        When there is no such file.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self._name = layout.silo
        found, refused = opened(path)
        self._ones = read_ones(self._name, layout, found)
        for refusal in refused:
            one = OneFile(refusal.path, Findings(self._name, refusal.path))
            one.aside = 0
            one.findings.add(refusal.kind, "file_set_aside", value=refusal.reason)
            self._ones.append(one)

    @property
    def reads(self) -> list[ReadFile]:
        """The tables that the layout knows: one, or one a sheet of a workbook."""
        return [read for one in self._ones for read in one.reads]

    def use(self, read: ReadFile, used: np.ndarray) -> None:
        """Say which rows of a table were used; each other one must have been told as set aside.

        Parameters
        ----------
        read
            One of `reads`.
        used
            Boolean, one a row.
        """
        one = next(one for one in self._ones if any(read is each for each in one.reads))
        one.used.append(used)
        one.apart -= int((~used).sum())

    def set_aside(self, read: ReadFile, kind: str, *, value: str | None, expected: str | None) -> None:
        """Set a whole table aside, which its layout seemed to know.

        Parameters
        ----------
        read
            One of `reads`.
        kind
            Kind of finding.
        value, expected
            What is there, and what should be.
        """
        one = next(one for one in self._ones if any(read is each for each in one.reads))
        one.findings.add(kind, "file_set_aside", value=value, expected=expected)
        one.reads, one.structure, one.apart, one.aside = [], 0, 0, one.rows

    def findings(self) -> pd.DataFrame:
        """Give what was wrong or odd, table ``findings``."""
        return findings_of([one.findings for one in self._ones])

    def accounts(self) -> pd.DataFrame:
        """Give table ``accounts``: every row is used, structure, set aside or kept apart."""
        rows = [account(self._name, one) for one in self._ones]
        return as_table("accounts", pd.DataFrame(rows)) if rows else empty_table("accounts")
