"""Find children whom one system alone calls by another first name, such as the preferred one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.blocking import Values, distinct_pairs
from helpers.link.id_reliability import whole_names
from helpers.link.records import Records
from helpers.link.values.birth_dates import comparable, ignore_date_order
from helpers.link.values.identifiers import WEAK
from helpers.link.values.name_forms import compare_names, surname_readings
from helpers.link.values.names import ALIKE

__all__ = ["OtherNames"]


@dataclass(frozen=True)
class OtherNames:
    """Pairs of whole names, of one birth date, that agreeing numbers show to be one child's.

    ``person`` is each record's name and birth date as one integer, -1 if it lacks one. ``pairs`` has pairs of
    persons: the lower one times the number of records plus the higher.
    """

    person: np.ndarray
    pairs: np.ndarray

    @staticmethod
    def find(students: Records, agreeing_ids: pd.DataFrame) -> OtherNames:
        """Find two first names with one declared number, surname and birth date, one of them in one system.

        At least two systems must write the other name: else nothing shows which of two children it numbers.
        """
        count, silo = len(students), students.silo
        name = whole_names(students)
        day = np.where(comparable(students.people), ignore_date_order(students.people["birth_date"]), -1)
        person = _numbered(name, day)
        left, right = (agreeing_ids[side].to_numpy(dtype="int64") for side in ("left", "right"))
        known = np.flatnonzero(person >= 0)
        systems = np.bincount(distinct_pairs(person[known], silo[known])[0], minlength=count)
        few, many = np.sort([systems[person[left]], systems[person[right]]], axis=0)
        sex = pd.factorize(students.people["sex"])[0]
        asked = (person[left] >= 0) & (person[right] >= 0) & (person[left] != person[right])
        asked &= (day[left] == day[right]) & (few == 1) & (many > 1)
        asked &= (sex[left] == sex[right]) | (np.minimum(sex[left], sex[right]) < 0)
        left, right = left[asked], right[asked]
        if len(left):
            held = students.ids.loc[~students.ids["system"].isin(WEAK), ["number", "system", "value"]]
            code = held.groupby(["system", "value"]).ngroup().to_numpy(dtype="int64")
            one_number = Values.of(held["number"].to_numpy("int64"), code, []).shared(count, left, right)
            doubtful = _may_be_two(students, held, name, day)
            asked = (one_number == 1) & ~doubtful[left] & ~doubtful[right]
            left, right = left[asked], right[asked]
        names = compare_names(students.names, count, left, right)
        found = names.plainly_different & (names.last < ALIKE)
        return OtherNames(person, _pairs(person[left[found]], person[right[found]], count))

    def join(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs of records have two such names."""
        one, other = self.person[left], self.person[right]
        found = np.isin(_pairs(one, other, len(self.person)), self.pairs)
        result: np.ndarray = found & (one >= 0) & (other >= 0)
        return result


def _may_be_two(students: Records, held: pd.DataFrame, name: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Test which records may have the number of another child, such as a twin.

    The other child stands somewhere under her own number: by her name or, if the name has a typo, by surname
    and birth date. Or one system has both under one number.
    """
    number = held["number"].to_numpy()
    named = held.assign(name=name[number], silo=students.silo[number])[name[number] >= 0]
    surnames = surname_readings(students.names)
    born = pd.DataFrame({"number": surnames.unit, "born": _numbered(surnames.code, day[surnames.unit])})
    born = held.merge(born[born["born"] >= 0], on="number", how="inner", validate="many_to_many")
    doubtful = [
        table.loc[table.groupby(group)[other].transform("nunique") > 1, "number"]
        for table, group, other in (
            (named, ["name", "system"], "value"),
            (born, ["born", "system"], "value"),
            (named, ["system", "value", "silo"], "name"),
        )
    ]
    result: np.ndarray = np.isin(np.arange(len(students)), pd.concat(doubtful))
    return result


def _numbered(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Encode two codes as one integer; -1 if one is missing."""
    known = (one >= 0) & (other >= 0)
    codes = pd.factorize(one[known] * (int(np.max(other, initial=0)) + 1) + other[known])[0]
    result = np.full(len(one), -1, dtype="int64")
    result[known] = codes
    return result


def _pairs(one: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    result: np.ndarray = np.minimum(one, other) * count + np.maximum(one, other)
    return result
