"""A list of schools for a plan: a file of one's own, read and checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.standard import BadInput

__all__ = ["read_schools"]

COLUMNS = {"school": True, "children": True, "at_risk": False}


def read_schools(path: Path | str) -> pd.DataFrame:
    """Read a list of schools.

    Parameters
    ----------
    path
        A CSV in UTF-8 with the columns ``school`` and ``children``, and ``at_risk`` where that is to be the
        order; a row a school. Other columns are passed over.

    Returns
    -------
    pandas.DataFrame
        ``school`` (string), ``children`` and, where it is there, ``at_risk`` (int64), in the file's order.

    Raises
    ------
    BadInput
        When it can't be read, lacks a column, or a number of children is none.
    """
    path = Path(path)
    try:
        read = pd.read_csv(path, dtype="string", encoding="utf-8-sig", skip_blank_lines=True)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} can't be read as a CSV: {str(error).splitlines()[0]}") from error
    read = read.rename(columns=lambda head: str(head).strip().casefold())
    absent = [name for name, needed in COLUMNS.items() if needed and name not in read.columns]
    if absent:
        raise BadInput(
            f"{path} has no column {' and no column '.join(absent)}. It has: {', '.join(read.columns)}. "
            "Name its columns school, children and, if you like, at_risk."
        )
    read = read[[name for name in COLUMNS if name in read.columns]]
    numbers = [name for name in read.columns if name != "school"]
    counted = read.assign(
        school=read["school"].str.strip(),
        **{name: pd.to_numeric(read[name], errors="coerce") for name in numbers},
    )
    for name in numbers:
        no_count = counted[name].isna() | counted[name].lt(0) | counted[name].mod(1).ne(0)
        wrong = no_count.fillna(True).to_numpy(dtype=bool)
        if wrong.any():
            place = int(np.argmax(wrong))
            value = read[name].fillna("").tolist()[place]
            raise BadInput(f"{path}, row {place + 2}: {name} is {value!r}, and no whole number of children.")
    if counted["school"].isna().any():
        raise BadInput(f"{path}: a row has no name of a school.")
    return counted.astype(dict.fromkeys(numbers, "int64"))
