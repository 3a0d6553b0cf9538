"""Fourth rung: a cascade of keys, strictest first, as a district's analyst would write it.

Each pass joins records that agree in all its fields, and only where the key is one child's in every system:
two namesakes in one system make a key useless, however well it fits. A record that an earlier pass has joined
to a system with ids is not joined to that system again. What the passes look at stands in `PASSES`; no
weight is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.link.addresses import addresses
from helpers.link.blocks import pairs_within
from helpers.link.dates import DIFFERENT, comparable, compare_birth_dates, order_free
from helpers.link.emails import emails
from helpers.link.forms import first_name_forms, name_keys, surname_forms_of
from helpers.link.grades import grade_numbers
from helpers.link.many_valued import Values, distinct_pairs
from helpers.link.matches import LARGEST_BLOCK, Aids, Found
from helpers.link.phones import shared_by_many, telephones
from helpers.link.school_names import school_codes
from helpers.link.students import Students
from helpers.link.unit_keys import Keys, first_letters

__all__ = ["CASCADE", "PASSES", "Pass", "cascade_pairs", "find_cascade_matches"]

CASCADE = 3

# More surnames than this under one telephone number or address are an office's or a block of flats'.
MOST_SURNAMES = 4


class Pass(NamedTuple):
    """One pass: its name in the evidence, what must agree, and whether birth dates may differ."""

    rule: str
    fields: tuple[str, ...]
    birth_dates_may_differ: bool = False


PASSES = (
    Pass("full name and birth date", ("name", "birth date")),
    Pass("surname, first letter, birth date and school", ("surname", "first letter", "birth date", "school")),
    Pass("first name, birth date and contact", ("first name", "birth date", "contact")),
    Pass("full name, school and most of the birth date", ("name", "school", "part of birth date"), True),
    Pass("full name and contact", ("name", "contact")),
    Pass("full name, school and grade", ("name", "school", "grade")),
    Pass("full name and grade", ("name", "grade")),
    Pass("full name that nobody else has", ("name",)),
)


def find_cascade_matches(students: Students, found: Found, aids: Aids) -> Found:
    """Find pairs that some pass of the cascade joins.

    Parameters
    ----------
    students
        The records.
    found
        What lower rungs found.
    aids
        The table of schools, so that their names and numbers agree.

    Returns
    -------
    Found
        With these pairs, each with the rule of the pass that found it first.
    """
    return found.with_pairs(CASCADE, *cascade_pairs(students, aids.schools))


def cascade_pairs(
    students: Students, schools: pd.DataFrame | None = None, passes: tuple[Pass, ...] = PASSES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find pairs of records by a cascade of keys.

    Parameters
    ----------
    students
        The records.
    schools
        The standard fact table *school*.
    passes
        Strictest first.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right`` (numbers, left below right), distinct, and ``rule``.
    pandas.DataFrame
        One row: ``keys`` and ``records`` that were passed over, since too many share them.
    """
    fields = _Fields(students, school_codes(students.people, schools))
    identity = fields.identity()
    systems = int(np.max(students.silo)) + 1 if len(students) else 1
    joined = np.zeros(len(students) * systems, dtype=bool)  # whether a record is joined to a system
    # A list without ids of its own may have several rows of one child.
    with_id = students.people["local_id"].notna().to_numpy(dtype=bool)
    found, over = [], np.zeros(2, dtype="int64")
    for one in passes:
        keys = _unambiguous(fields.keys(one.fields), students.silo, identity)
        codes = pd.factorize(keys.key)[0].astype("int64")
        left, right, passed = pairs_within(codes, keys.unit, LARGEST_BLOCK)
        left, right = distinct_pairs(left, right)
        kept = students.may_be_one_child(left, right)
        if not one.birth_dates_may_differ:
            kept &= compare_birth_dates(students.people, left, right) != DIFFERENT
        ends = left * systems + students.silo[right], right * systems + students.silo[left]
        kept &= ~(joined[ends[0]] | joined[ends[1]])
        found.append(pd.DataFrame({"left": left[kept], "right": right[kept]}).assign(rule=one.rule))
        joined[ends[0][kept & with_id[right]]] = True
        joined[ends[1][kept & with_id[left]]] = True
        over += passed
    pairs = pd.concat(found, ignore_index=True).astype({"rule": "string"})
    return pairs, pd.DataFrame([over.tolist()], columns=["keys", "records"])


def _unambiguous(keys: Keys, silo: np.ndarray, identity: np.ndarray) -> Keys:
    """Leave out keys under which some system has two children."""
    if len(keys) == 0:
        return keys
    codes = pd.factorize(keys.key)[0].astype("int64")
    systems = int(np.max(silo)) + 1
    place, _ = distinct_pairs(codes * systems + silo[keys.unit], identity[keys.unit])
    twice = place[1:][place[1:] == place[:-1]] // systems
    ambiguous = np.zeros(int(np.max(codes)) + 1, dtype=bool)
    ambiguous[twice] = True
    kept = ~ambiguous[codes]
    return Keys(keys.unit[kept], keys.key[kept])


class _Fields:
    """The fields of records, each made when a pass first asks for it."""

    def __init__(self, students: Students, school: pd.Series) -> None:
        self.students = students
        self.school = school
        self.grade = grade_numbers(students.people)
        self.made: dict[str, Values] = {}

    def keys(self, names: tuple[str, ...]) -> Keys:
        """Give the keys of several fields together; a record without one of them has none."""
        keys = Keys.of(self[names[0]])
        for name in names[1:]:
            keys = keys.with_value(self[name])
        return keys

    def __getitem__(self, name: str) -> Values:
        if name not in self.made:
            self.made[name] = self._makers()[name]()
        return self.made[name]

    def _makers(self) -> dict[str, Callable[[], Values]]:
        names = self.students.names
        rows = np.arange(len(self.students), dtype="int64")
        return {
            "name": lambda: _numbered(*name_keys(names)),
            "first name": lambda: first_name_forms(names),
            "surname": lambda: surname_forms_of(names),
            "first letter": lambda: first_letters(Values.of(names.record, names.first, names.texts), 1),
            "birth date": partial(_numbered, *self._birth_dates()),
            "part of birth date": self._birth_date_parts,
            "school": lambda: Values.of_column(rows, self.school),
            "grade": lambda: Values.of_column(rows, self.grade.astype("string")),
            "contact": self._contacts,
        }

    def _birth_dates(self) -> tuple[np.ndarray, np.ndarray]:
        record = np.flatnonzero(comparable(self.students.people))
        return record, order_free(self.students.people["birth_date"])[record]

    def _birth_date_parts(self) -> Values:
        """Give year and month, year and day, month and day; one slip leaves one of them whole."""
        record, days = self._birth_dates()
        year, first, second = days // 10_000, days // 100 % 100, days % 100
        parts = (year * 100 + first, 1_000_000 + year * 100 + second, 2_000_000 + first * 100 + second)
        return _numbered(np.tile(record, len(parts)), np.concatenate(parts))

    def _contacts(self) -> Values:
        """Give what a family is reached by, but for what many families share."""
        people = self.students.people
        place = people["postal_code"].str.slice(0, 5).fillna(people["city"].str.casefold())
        home = addresses(people["street_number_name"])
        ways = (telephones(people["telephone"]), emails(people["email"]), home + "\n" + place)
        surname = people["last_surname"].str.casefold()
        column = pd.concat([way.mask(shared_by_many(way, surname, MOST_SURNAMES)) for way in ways])
        return Values.of_column(np.tile(np.arange(len(people), dtype="int64"), len(ways)), column)

    def identity(self) -> np.ndarray:
        """Give each record a number that records of one system share only where nothing tells them apart.

        A system that promises one record a child has as many children as records. In any other, records with
        one name, birth date, school and grade are held to be one child's; so are those of a list without ids
        of its own whatever their school and grade, since such lists keep a row a year or an event.
        """
        students = self.students
        begins = np.flatnonzero(np.diff(students.names.record, prepend=-1))
        name = np.full(len(students), -1, dtype="int64")
        name[students.names.record[begins]] = (
            students.names.first[begins] * len(students.names.texts) + students.names.last[begins]
        )
        without_id = students.people["local_id"].isna().to_numpy(dtype=bool)
        grade = self.grade.fillna(-9).to_numpy(dtype="int64")
        told_apart_by = pd.DataFrame(
            {
                "name": name,
                "day": order_free(students.people["birth_date"]),
                "school": np.where(without_id, -1, pd.factorize(self.school)[0]),
                "grade": np.where(without_id, -9, grade),
                "record": np.where(students.keeps_one_record_a_child, np.arange(len(students)), -1),
            }
        )
        return told_apart_by.groupby(list(told_apart_by), sort=False).ngroup().to_numpy(dtype="int64")


def _numbered(record: np.ndarray, code: np.ndarray) -> Values:
    numbers, distinct = pd.factorize(code)
    return Values.of(record, numbers.astype("int64"), distinct.astype(str))
