"""Say which data no file has, and how many questions each of them would answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.profile.conditions import Column
from helpers.profile.facts.store import matching
from helpers.profile.questions.definitions import Question, Questions, kit_questions
from helpers.profile.questions.known import elements_behind
from helpers.profile.relations import roster_silos
from helpers.profile.rules.yearly_counts import OF_DAYS
from helpers.standard import as_table, standard_table
from helpers.systems import element

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["missing_data"]

PEOPLE, IDENTIFIERS = "people", "identifiers"
# Elements of several tables: an absence says nothing of the days at school, and a log-in not whose it is.
OF_SEVERAL = {
    **dict.fromkeys(("days_enrolled", "days_present", "rate", "chronically_absent"), OF_DAYS),
    "portal_logins": ("login", "contact"),
}
# What a file of people says as well as one of enrollment.
ON_PEOPLE = {"school": "school_id", "grade_level": "grade_level"}


@dataclass(frozen=True, order=True)
class Lack:
    """A table that is nowhere, or an element that no row of a table has."""

    table: str
    # Empty: the whole table.
    element: str = ""

    @property
    def name(self) -> str:
        """The table or the element, in words."""
        if not self.element:
            return standard_table(self.table).called or self.table.replace("_", " ")
        return element(self.element).display_name or self.element.replace("_", " ")

    @property
    def line(self) -> str:
        """What one line of such a file is."""
        return standard_table(self.table).row_is.partition(";")[0].removesuffix(", one spell")


def missing_data(district: District, declared: Questions | None = None) -> pd.DataFrame:
    """List the data that no file of a district has and that questions wait for, the most useful first.

    Parameters
    ----------
    district
        A read district; its records needn't be linked.
    declared
        Your own questions, from `read_questions`; by default the kit's.

    Returns
    -------
    pandas.DataFrame
        Table ``missing_data``. A question stands in one row at most: that of the last data that it waits
        for, if those of the rows above were there.

    Examples
    --------
    >>> missing_data(district)["data"].tolist()
    []
    """
    questions = (declared or kit_questions()).question
    found = _Found(district)
    waits = {one.id: lacks for one in questions if (lacks := found.lacks(one))}
    concerned = _children_concerned([one for one in questions if one.id in waits], district)
    rows, had = [], frozenset[Lack]()
    while waits:
        chosen = _most_useful(waits, concerned, had)
        opened = [name for name, lacks in waits.items() if lacks <= had | chosen]
        rows.append(
            {
                "data": "; ".join(one.name for one in sorted(chosen)),
                "row_is": "; ".join(dict.fromkeys(one.line for one in sorted(chosen))),
                "whole_file": not any(one.element for one in chosen),
                "silos": "; ".join(found.beside(chosen)) or None,
                "questions": len(opened),
                "of_questions": len(questions),
                "children": max(concerned[name] for name in opened),
                "opens": "; ".join(opened),
            }
        )
        had |= chosen
        waits = {name: lacks for name, lacks in waits.items() if name not in opened}
    return as_table("missing_data", pd.DataFrame(rows))


def _most_useful(
    waits: Mapping[str, frozenset[Lack]], concerned: Mapping[str, int], had: frozenset[Lack]
) -> frozenset[Lack]:
    """Choose the data that open most questions each, and then those about most children."""

    def rank(lacks: frozenset[Lack]) -> tuple[float, int, list[Lack]]:
        opened = [name for name, needs in waits.items() if needs <= had | lacks]
        children = sum(concerned[name] for name in opened)
        return -len(opened) / len(lacks) ** 2, -children, sorted(lacks)

    return min({lacks - had for lacks in waits.values()}, key=rank)


def _children_concerned(questions: Sequence[Question], district: District) -> dict[str, int]:
    """Count the students on the roster whom each question is about, as far as their grade says it."""
    people = district.people
    listed = people["silo"].isin(roster_silos(district)) & people["role"].eq("Student").fillna(False)
    grade = people.loc[listed].drop_duplicates(["silo", "record"])["grade_level"].reset_index(drop=True)
    unknown = Column(np.full(len(grade), np.nan))
    counts = {}
    for one in questions:
        known = dict.fromkeys(one.inputs(), unknown) | {"grade_level": Column.of(grade)}
        counts[one.id] = len(grade) if one.of is None else int(one.of.holds(known).fillna(True).sum())
    return counts


class _Found:
    """Which elements a district's files have."""

    def __init__(self, district: District) -> None:
        self._silos = district.silos
        self._lacks_of = cache(self._lacking)
        self._words = cache(self._factorized)

    def lacks(self, question: Question) -> frozenset[Lack]:
        """List what a question waits for."""
        elements = {one for name in question.inputs() for one in elements_behind(name)}
        return frozenset(lack for one in elements for lack in self._lacks_of(one))

    def beside(self, lacks: Collection[Lack]) -> list[str]:
        """Name the systems with the table's other rows; a calendar belongs to the absences."""
        tables = {OF_DAYS[-1] if not one.element and one.table in OF_DAYS else one.table for one in lacks}
        return [name for name in self._silos if any(len(self._frame(name, table)) for table in tables)]

    def _lacking(self, name: str) -> tuple[Lack, ...]:
        what = element(name)
        if name in ON_PEOPLE and self._has(PEOPLE, column=ON_PEOPLE[name]):
            return ()
        gone = tuple(Lack(table) for table in OF_SEVERAL.get(name, (what.table,)) if not self._has(table))
        if gone or what.table == IDENTIFIERS:
            return gone
        return () if self._has(what.table, what.where, what.column) else (Lack(what.table, name),)

    def _has(self, table: str, where: Sequence[Mapping[str, str]] = (), column: str | None = None) -> bool:
        """Check whether any system has a row that fits, with a value in the column, if the table has one."""
        return any(self._fits(silo, table, one, column) for silo in self._silos for one in where or ({},))

    def _fits(self, silo: str, table: str, patterns: Mapping[str, str], column: str | None) -> bool:
        frame = self._frame(silo, table)
        fits = np.ones(len(frame), dtype=bool)
        if column in frame.columns:
            fits &= frame[column].notna().to_numpy(dtype=bool)
        for name, pattern in patterns.items():
            codes, words = self._words(silo, table, name)
            fits &= matching(words, pattern)[codes]
        return bool(fits.any())

    def _frame(self, silo: str, table: str) -> pd.DataFrame:
        read = self._silos[silo]
        return {PEOPLE: read.people, IDENTIFIERS: read.identifiers}.get(table, read.fact(table))

    def _factorized(self, silo: str, table: str, column: str) -> tuple[np.ndarray, list[str]]:
        codes, words = pd.factorize(self._frame(silo, table)[column])
        return codes, [str(word) for word in words]
