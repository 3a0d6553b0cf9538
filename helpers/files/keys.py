"""Keys of a file: rows that stand twice, and keys that two different rows have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.parsed import Parsed
from helpers.files.values import trimmed
from helpers.layouts import Column, FileLayout

__all__ = ["without_repeated"]


def _codes(columns: list[pd.Series]) -> np.ndarray:
    """Give each distinct combination of some columns a number; -1 where one of them is empty."""
    whole = np.zeros(len(columns[0]), "int64")
    empty = np.zeros(len(columns[0]), bool)
    for column in columns:
        codes, distinct = pd.factorize(column, use_na_sentinel=True)
        empty |= codes < 0
        if len(columns) == 1:
            return np.asarray(codes)
        whole = whole * (len(distinct) + 1) + codes + 1
        _, whole = np.unique(whole, return_inverse=True)
    return np.where(empty, -1, whole)


def without_repeated(
    parsed: Parsed, file: FileLayout, columns: Mapping[str, Column], findings: Findings
) -> Parsed:
    """Set aside rows that stand in a keyed file a second time, and tell keys that two different rows have.

    Parameters
    ----------
    parsed
        Rows of one file.
    file
        Its kind; without a `key` nothing is checked, since equal rows may then be two events.
    columns
        Name in the file -> declaration.
    findings
        Gets row_repeated and key_repeated.

    Returns
    -------
    Parsed
        Without the repeated rows.
    """
    rows = parsed.table.rows
    names = {column.name: name for name, column in columns.items()}
    if not file.key or not len(rows) or any(key not in names for key in file.key):
        return parsed
    keys = [trimmed(rows[names[key]]) for key in file.key]
    codes = _codes(keys)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    again = (codes >= 0) & (counts[codes] > 1)
    if not again.any():
        return parsed
    order = np.argsort(parsed.row[again], kind="stable")
    places = np.flatnonzero(again)[order]
    twice = rows.iloc[places].fillna("").duplicated().to_numpy(bool)
    shown = ["; ".join(str(key.iloc[place]) for key in keys) for place in places]
    key_name = ", ".join(file.key)
    findings.add_rows(
        "row_repeated",
        "row_set_aside",
        parsed.row[places[twice]],
        column=key_name,
        value=[one for one, gone in zip(shown, twice, strict=True) if gone],
        expected="each row once",
    )
    left = places[~twice]
    other = pd.Series(codes[left]).duplicated().to_numpy(bool)
    findings.add_rows(
        "key_repeated",
        "nothing",
        parsed.row[left[other]],
        column=key_name,
        value=[one for one, gone in zip(np.array(shown, object)[~twice], other, strict=True) if gone],
        expected="each key once",
    )
    gone = np.zeros(len(rows), bool)
    gone[places[twice]] = True
    return parsed.without(gone)
