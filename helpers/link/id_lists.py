"""Lists within a column of ids: what somebody pasted, sent or shifted by itself.

A column is rarely wrong from end to end. One school's grade comes with another system's numbers; a cell was
deleted, and all below it moved up. Such a list is refused by itself, and the rest of the column is used.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.intervals import wilson
from helpers.link.students import Students

__all__ = ["wrong_lists"]


def wrong_lists(
    students: Students, ids: pd.DataFrame, entry: np.ndarray, wrong: np.ndarray, line: float, fewest: int
) -> list[tuple[str | None, np.ndarray]]:
    """Find lists of one column whose ids stand with other children.

    Parameters
    ----------
    students
        The records: school and grade of each, as its own system says.
    ids
        From `identifiers.comparable_ids`, with ``column``.
    entry
        Places in `ids` of those ids of the column that can be compared.
    wrong
        Boolean, one for each: it stands with another child.
    line
        The rate above which a list is refused: the lower end of its interval.
    fewest
        So many ids stand with other children in it, at least.

    Returns
    -------
    list of tuple
        Name of each list, and a mask over all `ids`; a stretch of rows only where no school or grade tells.
    """
    mine = np.flatnonzero(ids["column"].to_numpy() == ids["column"].iloc[entry[0]])
    found: list[tuple[str | None, np.ndarray]] = []
    taken = np.zeros(len(ids), dtype=bool)
    for name in (_of_a_file, _of_a_grade, _of_a_school):
        names = pd.Series(pd.NA, index=range(len(ids)), dtype="string")
        names.iloc[mine] = name(students, ids.iloc[mine]).to_numpy()
        left = ~taken[entry]
        for one in _above(names.iloc[entry[left]], wrong[left], line, fewest):
            members = names.eq(one).to_numpy(dtype=bool, na_value=False) & ~taken
            found.append((one, members))
            taken |= members
    left = ~taken[entry]
    for members, told in _stretches(ids, mine, entry[left], wrong[left], line, 2 * fewest):
        found.append((told, members & ~taken))
    return found


def _of_a_file(students: Students, ids: pd.DataFrame) -> pd.Series:
    file = ids["file"].reset_index(drop=True)
    return "file " + file if file.nunique() > 1 else file.mask(file.notna())


def _of_a_grade(students: Students, ids: pd.DataFrame) -> pd.Series:
    return _of_a_school(students, ids) + ", grade " + _told(students, ids, "grade_level")


def _of_a_school(students: Students, ids: pd.DataFrame) -> pd.Series:
    school = _told(students, ids, "school_name").fillna(_told(students, ids, "school_id"))
    return "school " + school


def _told(students: Students, ids: pd.DataFrame, column: str) -> pd.Series:
    return students.people[column].take(ids["number"].to_numpy(dtype="int64")).reset_index(drop=True)


def _above(names: pd.Series, wrong: np.ndarray, line: float, fewest: int) -> list[str]:
    counted = pd.DataFrame({"name": names.to_numpy(), "wrong": wrong}).astype({"name": "string"})
    counted = counted.dropna().groupby("name")["wrong"].agg(["sum", "size"])
    low = wilson(counted["sum"], counted["size"])["low"]
    return [str(name) for name in counted.index[(low > line) & (counted["sum"] >= fewest)]]


def _stretches(
    ids: pd.DataFrame, mine: np.ndarray, entry: np.ndarray, wrong: np.ndarray, line: float, fewest: int
) -> list[tuple[np.ndarray, str]]:
    """Find runs of rows in which more than `line` are wrong: those that gain most, one after the other.

    Each wrong id counts 1, each right one so much less than nothing that a run in which `line` of all are
    wrong comes to 0; the run with the largest sum is where the column moved.
    """
    order = np.lexsort((ids["row"].to_numpy(dtype="float64", na_value=0)[entry], _file(ids)[entry]))
    entry, gain = entry[order], np.where(wrong[order], 1.0, -line / (1 - line))
    file, row = _file(ids), ids["row"].to_numpy(dtype="float64", na_value=0)
    found: list[tuple[np.ndarray, str]] = []
    while len(gain):
        total = np.concatenate([[0.0], np.cumsum(gain)])
        lowest = np.minimum.accumulate(total)
        end = int(np.argmax(total - lowest))
        begin = int(np.flatnonzero(total[: end + 1] == lowest[end])[-1])
        if (gain[begin:end] > 0).sum() < fewest or total[end] - total[begin] < fewest * (1 - line):
            return found
        first, last = entry[begin], entry[end - 1]
        members = np.zeros(len(ids), dtype=bool)
        after = (file[mine] > file[first]) | ((file[mine] == file[first]) & (row[mine] >= row[first]))
        before = (file[mine] < file[last]) | ((file[mine] == file[last]) & (row[mine] <= row[last]))
        members[mine[after & before]] = True
        found.append((members, f"rows {row[first]:.0f} to {row[last]:.0f}"))
        gain = gain.copy()
        gain[begin:end] = -float(len(gain))
    return found


def _file(ids: pd.DataFrame) -> np.ndarray:
    return pd.factorize(ids["file"], sort=True)[0]
