"""Rows about no child: totals, gradebook points, page headers, notes, placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["NotData", "nobodies", "rows_of_no_child"]

ALWAYS = 0.95  # of the other rows fill a column that every row about a child fills
LACKS = 2  # of these columns, or half of them
MOST_NOBODIES = 10  # names of placeholders that a draft lists
# Kind of row -> pattern of its first cell, in a layout's syntax (without \b). Remaining single cells are
# notes: a legend, a sentence.
MARKS = {
    "totals": r"(?i)^\s*(?:grand |sub-?|report )?totals?(?:\W|$)",
    "averages": r"(?i)^\s*(?:class |overall |district )?(?:average|mean|median)s?(?:\W|$)",
    "points": r"(?i)^\s*(?:max(?:imum)? )?(?:points?|score)(?: possible)?\s*:?\s*$",
    "dates": r"(?i)^\s*(?:due )?dates?\s*:?\s*$",
    "pages": r"(?i)^\s*page:? \d+",
    "counts": r"(?i)^\s*(?:students?|patrons?|records?|rows?|count|number)(?: (?:tested|listed|of))?(?:\W|$)",
    "printed": r"(?i)^\s*(?:printed|run (?:date|on)|report (?:date|run)|end of report|generated|as of)"
    r"(?:\W|$)",
    "titles": r"(?i)(?:^|\W)(?:school dist(?:rict)?|report|balances|roster|listing)(?:\W|$)",
    "notes": r"[=*:]|(?:\S+\s+){3}\S",
}
EXAMPLES = {
    "totals": "Total",
    "averages": "Average",
    "points": "Points",
    "dates": "Date",
    "pages": "Page 2",
    "counts": "Students listed",
    "printed": "Printed",
    "titles": "District report",
    "notes": "* a note",
}
ALONE = ("pages", "printed", "titles", "notes", "counts")  # rows of one or two cells
PLACEHOLDER = re.compile(
    r"(?:nobody|no one|no patron|no student|none)\b.*|z*(?:test|demo|sample|fake|dummy),? ?(?:student|patron"
    r"|pupil|child|user|kid)s?\b.*|(?:student|patron|pupil|child|user),? ?(?:test|demo|sample|fake|dummy)s?\b"
    r".*|(?:unknown|lost),? ?(?:patron|student|unknown)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NotData:
    """One kind of row about no child, as a layout declares it."""

    # Its name, the pattern of its first cell, an example.
    name: str
    first: str
    example: str
    # Columns that are empty in it and filled in nearly every other row.
    empty: tuple[str, ...]
    # Positions of such rows.
    rows: np.ndarray


def rows_of_no_child(rows: pd.DataFrame) -> list[NotData]:
    """Find the rows of a table that are about no child."""
    if rows.shape[1] < 2 or len(rows) < 3:
        return []
    first = rows.iloc[:, 0]
    marked = {
        name: first.str.contains(mark, regex=True).fillna(False).to_numpy(bool)
        for name, mark in MARKS.items()
    }
    filled = rows.iloc[:, 1:].notna()
    # A note has nothing else in its row; a name may contain a colon.
    marked["notes"] &= ~filled.to_numpy(bool).any(axis=1)
    others = ~np.any(list(marked.values()), axis=0)
    if not others.any():
        return []
    always = [name for name in filled.columns if filled.loc[others, name].mean() >= ALWAYS]
    if not always:
        return []
    missing = (~filled[always]).to_numpy(bool).sum(axis=1)
    lacks = (missing >= LACKS) | (missing >= 0.5 * len(always))
    few = filled.to_numpy(bool).sum(axis=1) <= 1
    found: list[NotData] = []
    claimed = np.zeros(len(rows), bool)
    for name, mark in MARKS.items():
        these = marked[name] & lacks & ~claimed & (few if name in ALONE else True)
        if not these.any():
            continue
        empty = tuple(str(column) for column in always if not filled.loc[these, column].any())
        if empty:
            claimed |= these
            found.append(NotData(name, mark, EXAMPLES[name], empty, np.flatnonzero(these)))
    return found


def nobodies(rows: pd.DataFrame, fields: Mapping[str, str]) -> list[dict[str, list[str]]]:
    """Find placeholder names: *Nobody, Nobody*, *Student, Test*."""
    columns = [fields["full_name"]] if "full_name" in fields else []
    if not columns and {"first_name", "last_surname"} <= set(fields):
        columns = [fields["last_surname"], fields["first_name"]]
    if not columns:
        return []
    names = rows[columns].dropna().drop_duplicates()
    found = [
        dict(zip(columns, [[str(text)] for text in name], strict=True))
        for name in names.itertuples(index=False, name=None)
        if PLACEHOLDER.fullmatch(" ".join(map(str, name)))
    ]
    return found[:MOST_NOBODIES]
