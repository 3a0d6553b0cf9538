"""Names that are nobody's, value by value: `Student Test`, `Baby Boy`, `Unknown`, `N/A`.

A filler agrees with every other filler and so would tie strangers. It is no evidence about anybody: in
linking it counts as no name. What fillers look like stands in a table with its sources; that one name stands
under many ids of one system is told where files are read.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

__all__ = ["Fillers", "fillers_in", "no_first_names"]

Kind = Literal["Value", "First", "Word", "Whole"]


class Fillers(NamedTuple):
    """Which names are fillers, one entry a row: the first name alone, the surname alone, the whole name."""

    first: np.ndarray
    last: np.ndarray
    whole: np.ndarray


@cache
def _texts(kind: Kind) -> frozenset[str]:
    """Give the fillers of one kind.

    *Value*: no name in any column. *First*: no first name (a surname may be so spelt). *Word*: a real name
    too, so that it is a filler only where every word of the whole name is one. *Whole*: as a whole name only.
    """
    with (Path(__file__).parent / "tables" / "placeholder_names.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        return frozenset(line["text"] for line in csv.DictReader(lines) if line["counts_as"] == kind)


@cache
def _words() -> frozenset[str]:
    """Give every word of which a whole name that is a filler may consist."""
    return frozenset(
        word for kind in ("Value", "First", "Word") for text in _texts(kind) for word in text.split()
    )


def _plain(text: str) -> str:
    """Give a text's words in lower case; signs and digits (`Student12`) only separate them."""
    return " ".join("".join(sign if sign.isalpha() else " " for sign in text.lower()).split())


def _of_distinct(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Give the place of each value in the list of distinct plain texts; the first is the empty one."""
    codes, distinct = pd.factorize(column)
    return codes + 1, ["", *(_plain(str(text)) for text in distinct)]


def _among(codes: np.ndarray, texts: list[str], wanted: frozenset[str]) -> np.ndarray:
    return np.array([text in wanted for text in texts], dtype=bool)[codes]


def _only_filler_words(codes: np.ndarray, texts: list[str]) -> np.ndarray:
    words = _words()
    return np.array([words.issuperset(text.split()) for text in texts], dtype=bool)[codes]


def fillers_in(first: pd.Series, last: pd.Series, whole: pd.Series) -> Fillers:
    """Find the names that are nobody's.

    Parameters
    ----------
    first, last
        First names and surnames as written; missing where a system gives none.
    whole
        Whole names of systems that keep one cell, else missing.

    Returns
    -------
    Fillers
        Boolean arrays. ``whole`` is true where nothing of a record's name is a name; where it is, so are
        ``first`` and ``last``. *Unknown* is no name in any column, *Baby Boy* no first name; *Test* and
        *Child* are surnames too, so they are fillers only beside other words that are.

    Examples
    --------
    >>> names = pd.DataFrame(
    ...     [("Student", "Test"), ("Baby Boy", "Lopez"), ("Ana", "Child")], columns=["first", "last"]
    ... )
    >>> found = fillers_in(names["first"], names["last"], pd.Series([pd.NA] * 3, dtype="string"))
    >>> found.first.tolist(), found.last.tolist(), found.whole.tolist()
    ([True, True, False], [True, False, False], [True, False, False])
    """
    of_first, firsts = _of_distinct(first)
    of_last, lasts = _of_distinct(last)
    of_whole, wholes = _of_distinct(whole)
    values, names = _texts("Value"), _texts("Value") | _texts("First")
    no_first, no_last = _among(of_first, firsts, names), _among(of_last, lasts, values)
    no_whole = _among(of_whole, wholes, names | _texts("Whole")) | _only_filler_words(of_whole, wholes)
    # A last word is looked up before two columns are put together: few records can be a John Doe.
    ends = frozenset(text.split()[-1] for text in _texts("Whole"))
    doubtful = np.flatnonzero(_among(of_last, lasts, ends))
    both = _only_filler_words(of_first, firsts) & _only_filler_words(of_last, lasts)
    both[doubtful] |= np.array(
        [
            f"{firsts[one]} {lasts[other]}" in _texts("Whole")
            for one, other in zip(of_first[doubtful].tolist(), of_last[doubtful].tolist(), strict=True)
        ],
        dtype=bool,
    )
    some = ~((of_first == 0) & (of_last == 0))
    nobody = np.where(some, both & (no_whole | (of_whole == 0)), no_whole & (of_whole > 0))
    return Fillers(no_first | nobody, no_last | nobody, nobody)


def no_first_names(column: pd.Series) -> np.ndarray:
    """Tell which first names are fillers, whatever stands beside them.

    Parameters
    ----------
    column
        First names as written.

    Returns
    -------
    numpy.ndarray
        Boolean; false where there is none.
    """
    return _among(*_of_distinct(column), _texts("Value") | _texts("First"))
