"""Cells that a spreadsheet would run: behind an apostrophe in what we write, bare again where we read it.

A name such as ``=HYPERLINK(…)`` was typed by a stranger, and whoever opens a table of names shouldn't run it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

__all__ = ["guarded", "guarded_cell", "safe_cell", "unguarded", "without_guard"]

# What a spreadsheet runs as a formula, by OWASP's "CSV Injection"; the wide forms are typed in East Asia.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
GUARD = "'"
# A balance below zero is no formula.
NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?%?")
SUSPECT = (" ", GUARD, *FORMULA)


def safe_cell(text: str, *, always: bool = False) -> str:
    """Put an apostrophe before text that a spreadsheet would run or change; `unguarded` takes it away.

    Parameters
    ----------
    text
        Any text.
    always
        Whatever it begins with: for ids, since a spreadsheet takes ``00123``, ``1E5`` and ``MAR1`` for
        numbers and dates and saves others in their place.

    Returns
    -------
    str
        The same text, or the same text behind an apostrophe.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("O'Neil"), safe_cell("00123", always=True)
    ("'=1+1", "O'Neil", "'00123")
    """
    # Spreadsheets pass over blanks in front of a formula.
    begins = text.lstrip(" ").startswith(FORMULA) or text.startswith((*FORMULA, GUARD))
    return GUARD + text if begins or (always and text) else text


def unguarded(text: str) -> str:
    """Give back what `safe_cell` was given.

    Parameters
    ----------
    text
        A cell.

    Returns
    -------
    str
        Without one apostrophe in front.
    """
    return text.removeprefix(GUARD)


def guarded_cell(text: str) -> str:
    """Guard a text of a table that programs read, too: a plain number stays one.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The same text, or the same text behind an apostrophe.

    Examples
    --------
    >>> guarded_cell("-12.5"), guarded_cell("-1+1"), guarded_cell("00123")
    ('-12.5', "'-1+1", '00123')
    """
    return text if NUMBER.fullmatch(text) else safe_cell(text)


def _taken_off(text: str) -> str:
    bare = unguarded(text)
    # Somebody else's table has no guard: an apostrophe before what needs none is part of the text.
    return bare if guarded_cell(bare) == text else text


def _changed(frame: pd.DataFrame, begins: tuple[str, ...], change: Callable[[str], str]) -> pd.DataFrame:
    """Change the texts that begin so; columns without any are left as they are."""
    changed = {}
    for name in frame.columns:
        column = frame[name]
        if not pd.api.types.is_string_dtype(column):
            continue
        meant = column.str.startswith(begins).fillna(False).to_numpy(dtype=bool)
        if meant.any():
            changed[name] = column.where(~meant, column.map(change, na_action="ignore").astype(column.dtype))
    return frame.assign(**changed) if changed else frame


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Guard every text of a table that a spreadsheet would run.

    Parameters
    ----------
    frame
        Any table.

    Returns
    -------
    pandas.DataFrame
        The same cells, some behind an apostrophe; `without_guard` gives back what stood there.
    """
    return _changed(frame, SUSPECT, guarded_cell)


def without_guard(frame: pd.DataFrame) -> pd.DataFrame:
    """Take off what `guarded` put in front of texts.

    Parameters
    ----------
    frame
        A table that was read from a file that we wrote, or that somebody else wrote.

    Returns
    -------
    pandas.DataFrame
        The texts as they were.
    """
    return _changed(frame, (GUARD,), _taken_off)
