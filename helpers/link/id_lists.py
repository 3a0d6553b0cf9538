"""Lists within a column of ids: what somebody pasted, sent or shifted by itself.

A column is rarely wrong from end to end. One school's grade comes with another system's numbers; a cell was
deleted, and all below it moved up. Such a list is refused by itself, and the rest of the column is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.students import Students
from helpers.standard.intervals import wilson

__all__ = ["Heard", "Lists", "is_sound", "wrong_lists"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Heard:
    """The ids of one column that can be compared: whether each stands with the right child, or another."""

    entry: Ints
    same: Mask
    another: Mask

    def among(self, chosen: Mask) -> Heard:
        """Keep chosen ones."""
        return Heard(self.entry[chosen], self.same[chosen], self.another[chosen])


@dataclass(frozen=True)
class Lists:
    """In which lists each id stands.

    ``levels`` has codes and names for each kind of list, wide ones first: a file (where a column stands in
    several), a school, a grade of it; -1 is none. ``file`` and ``row`` say where an id stands.
    """

    column: Ints
    levels: tuple[tuple[Ints, list[str]], ...]
    file: Ints
    row: npt.NDArray[np.float64]

    @staticmethod
    def of(students: Students, ids: pd.DataFrame) -> Lists:
        """Say for each id where it stands, and what its own system says of school and grade.

        Parameters
        ----------
        students
            The records.
        ids
            From `identifiers.comparable_ids`, with ``column``.

        Returns
        -------
        Lists
            One code an id and level.
        """
        column, number = (ids[name].to_numpy(dtype="int64") for name in ("column", "number"))
        file, files = pd.factorize(ids["file"], sort=True)
        several = np.bincount(
            pd.DataFrame({"column": column, "file": file}).drop_duplicates()["column"],
            minlength=int(np.max(column, initial=-1)) + 1,
        )
        people = students.people
        school = "school " + people["school_name"].fillna(people["school_id"])
        levels = [(np.where(several[column] > 1, file, -1), [f"file {name}" for name in files])]
        for text in (school, school + ", grade " + people["grade_level"]):
            codes, names = pd.factorize(text)
            levels.append((codes.astype("int64")[number], [str(name) for name in names]))
        row = ids["row"].to_numpy(dtype="float64", na_value=0)
        return Lists(column, tuple(levels), file.astype("int64"), row)

    def of_some(self, ids: Ints) -> Lists:
        """Keep some ids, by their places."""
        levels = tuple((codes[ids], names) for codes, names in self.levels)
        return Lists(self.column[ids], levels, self.file[ids], self.row[ids])


def wrong_lists(lists: Lists, heard: Heard, line: float, fewest: int) -> list[tuple[str, Mask]]:
    """Find lists of one column whose ids stand with other children.

    Parameters
    ----------
    lists
        Where ids stand.
    heard
        The ids of the column that can be compared.
    line
        The rate above which a list is refused: the lower end of its interval.
    fewest
        So many ids stand with other children in it, at least.

    Returns
    -------
    list of tuple
        Name of each list, and a mask over all ids. A list is a file, a school in it, a grade of that, or a
        stretch of rows where none of these tells: the narrowest beside which the rest is sound.
    """
    mine = np.flatnonzero(lists.column == lists.column[heard.entry[0]])
    here = Heard(np.searchsorted(mine, heard.entry), heard.same, heard.another)
    found = []
    for name, members in _within(lists.of_some(mine), here, 0, np.ones(len(mine), dtype=bool), line, fewest):
        everywhere = np.zeros(len(lists.column), dtype=bool)
        everywhere[mine[members]] = True
        found.append((name, everywhere))
    return found


def _within(
    lists: Lists, heard: Heard, level: int, scope: Mask, line: float, fewest: int
) -> list[tuple[str, Mask]]:
    if heard.another.sum() < fewest:
        return []
    if level == len(lists.levels):
        return _stretches(lists, heard, scope, line, 2 * fewest)
    codes, names = lists.levels[level]
    mine = codes[heard.entry]
    found: list[tuple[str, Mask]] = []
    wrong = _above(mine, heard.another, line, fewest)
    for one in wrong:
        inside, members = heard.among(mine == one), scope & (codes == one)
        narrower = _within(lists, inside, level + 1, members, line, fewest)
        listed = np.zeros(len(inside.entry), dtype=bool)
        for _, mask in narrower:
            listed |= mask[inside.entry]
        fits = bool(narrower) and is_sound(inside.among(~listed), line, 1)
        found.extend(narrower if fits else [(names[one], members)])
    beside = scope & ~np.isin(codes, wrong) if wrong else scope
    left = heard.among(~np.isin(mine, wrong)) if wrong else heard
    return [*found, *_within(lists, left, level + 1, beside, line, fewest)]


def is_sound(heard: Heard, line: float, fewest: int) -> bool:
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
    return bool(heard.same.sum() >= fewest and heard.another.sum() <= line * len(heard.entry))


def _above(codes: Ints, wrong: Mask, line: float, fewest: int) -> list[int]:
    known = codes >= 0
    size, bad = np.bincount(codes[known]), np.bincount(codes[known & wrong])
    bad = np.pad(bad, (0, len(size) - len(bad)))
    suspect = np.flatnonzero(bad >= fewest)
    low = wilson(pd.Series(bad[suspect]), pd.Series(size[suspect]))["low"].to_numpy()
    return [int(code) for code in suspect[low > line]]


def _stretches(lists: Lists, heard: Heard, scope: Mask, line: float, fewest: int) -> list[tuple[str, Mask]]:
    """Find runs of rows in which more than `line` are wrong: those that gain most, one after the other.

    Each wrong id counts 1, each right one so much less than nothing that a run in which `line` of all are
    wrong comes to 0; the run with the largest sum is where the column moved.
    """
    file, row = lists.file, lists.row
    order = np.lexsort((row[heard.entry], file[heard.entry]))
    entry, gain = heard.entry[order], np.where(heard.another[order], 1.0, -line / (1 - line))
    found: list[tuple[str, Mask]] = []
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
        gain[begin:end] = -float(len(gain))
    return found
