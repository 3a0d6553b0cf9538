"""Lists within a column of ids: what somebody pasted, sent or shifted by itself.

A column is rarely wrong from end to end. One school's grade comes with another system's numbers; a cell was
deleted, and all below it moved up. Such a list is refused by itself, and the rest of the column is used.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.intervals import wilson
from helpers.link.students import Students

__all__ = ["is_sound", "wrong_lists"]


def wrong_lists(
    students: Students, ids: pd.DataFrame, heard: pd.DataFrame, line: float, fewest: int
) -> list[tuple[str, np.ndarray]]:
    """Find lists of one column whose ids stand with other children.

    Parameters
    ----------
    students
        The records: school and grade of each, as its own system says.
    ids
        From `identifiers.comparable_ids`, with ``column``.
    heard
        The ids of the column that can be compared: ``entry`` (place in `ids`), ``same``, ``another``
        (boolean: it stands with the right child, with another one).
    line
        The rate above which a list is refused: the lower end of its interval.
    fewest
        So many ids stand with other children in it, at least.

    Returns
    -------
    list of tuple
        Name of each list, and a mask over all `ids`. A list is a file, a school in it, a grade of that, or a
        stretch of rows where none of these tells: the narrowest beside which the rest is sound.
    """
    mine = np.flatnonzero(ids["column"].to_numpy() == ids["column"].iloc[int(heard["entry"].iloc[0])])
    levels = []
    for name in (_of_a_file, _of_a_school, _of_a_grade):
        names = pd.Series(pd.NA, index=range(len(ids)), dtype="string")
        names.iloc[mine] = name(students, ids.iloc[mine]).to_numpy()
        levels.append(names)

    def within(
        heard: pd.DataFrame, levels: list[pd.Series], scope: np.ndarray
    ) -> list[tuple[str, np.ndarray]]:
        if not levels:
            return _stretches(ids, scope, heard, line, 2 * fewest)
        names = levels[0].take(heard["entry"].to_numpy())
        found: list[tuple[str, np.ndarray]] = []
        left, beside = np.ones(len(heard), dtype=bool), scope.copy()
        for one in _above(names, heard["another"].to_numpy(), line, fewest):
            inside = names.eq(one).to_numpy(dtype=bool, na_value=False)
            members = scope & levels[0].eq(one).to_numpy(dtype=bool, na_value=False)
            narrower = within(heard[inside], levels[1:], members)
            listed = np.logical_or.reduce([mask for _, mask in narrower] or [np.zeros(len(ids), dtype=bool)])
            rest = heard[inside & ~listed[heard["entry"].to_numpy()]]
            found.extend(narrower if narrower and is_sound(rest, line, 1) else [(one, members)])
            left &= ~inside
            beside &= ~members
        return [*found, *within(heard[left], levels[1:], beside)]

    return within(heard, levels, ids["column"].eq(ids["column"].iloc[mine[0]]).to_numpy(dtype=bool))


def is_sound(heard: pd.DataFrame, line: float, fewest: int) -> bool:
    """Tell whether ids are sound where their wrong lists are taken out.

    Parameters
    ----------
    heard, line, fewest
        As for `wrong_lists`.

    Returns
    -------
    bool
        Enough of them stand with the right child, and few enough with another.
    """
    return bool(heard["same"].sum() >= fewest and heard["another"].sum() <= line * len(heard))


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
    ids: pd.DataFrame, scope: np.ndarray, heard: pd.DataFrame, line: float, fewest: int
) -> list[tuple[str, np.ndarray]]:
    """Find runs of rows in which more than `line` are wrong: those that gain most, one after the other.

    Each wrong id counts 1, each right one so much less than nothing that a run in which `line` of all are
    wrong comes to 0; the run with the largest sum is where the column moved.
    """
    file = pd.factorize(ids["file"], sort=True)[0]
    row = ids["row"].to_numpy(dtype="float64", na_value=0)
    entry = heard["entry"].to_numpy()
    order = np.lexsort((row[entry], file[entry]))
    entry, gain = entry[order], np.where(heard["another"].to_numpy()[order], 1.0, -line / (1 - line))
    found: list[tuple[str, np.ndarray]] = []
    while len(gain):
        total = np.concatenate([[0.0], np.cumsum(gain)])
        lowest = np.minimum.accumulate(total)
        end = int(np.argmax(total - lowest))
        begin = int(np.flatnonzero(total[: end + 1] == lowest[end])[-1])
        if (gain[begin:end] > 0).sum() < fewest or total[end] - total[begin] < fewest * (1 - line):
            break
        first, last = entry[begin], entry[end - 1]
        after = (file > file[first]) | ((file == file[first]) & (row >= row[first]))
        before = (file < file[last]) | ((file == file[last]) & (row <= row[last]))
        found.append((f"rows {row[first]:.0f} to {row[last]:.0f}", scope & after & before))
        gain = gain.copy()
        gain[begin:end] = -float(len(gain))
    return found
