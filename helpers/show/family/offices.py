"""Whom a family calls: a list that the district keeps, since no export holds it."""

from __future__ import annotations

from pathlib import Path

from helpers.files.save import read_text_table, unguarded
from helpers.show.family.page import Office
from helpers.standard import BadInput

__all__ = ["read_offices"]

COLUMNS = ("school", "person", "telephone", "email")


def read_offices(path: Path) -> dict[str, Office]:
    """Read whom to call at each school.

    Parameters
    ----------
    path
        CSV with ``school, person, telephone, email``; a school as the pages name it.

    Returns
    -------
    dict
        Office by school.

    Raises
    ------
    BadInput
        When the file or a column isn't there, a cell is empty, or a school stands there twice.
    """
    table = read_text_table(path)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise BadInput(f"{path} has no column {missing[0]!r}: it needs {', '.join(COLUMNS)}.")
    faults = [
        f"  row {row}: no {name}"
        for name in COLUMNS
        for row in table.index[table[name].isna().to_numpy(dtype=bool)].tolist()
    ]
    twice = table.loc[table["school"].duplicated() & table["school"].notna()]
    faults += [f"  row {row}: {school!r} stands there twice" for row, school in twice["school"].items()]
    if faults:
        told = "\n".join(faults)
        raise BadInput(f"{path} doesn't say whom to call:\n{told}")
    cells = {name: [unguarded(text) for text in table[name].tolist()] for name in COLUMNS}
    return {
        school: Office(person, telephone, email)
        for school, person, telephone, email in zip(*(cells[name] for name in COLUMNS), strict=True)
    }
