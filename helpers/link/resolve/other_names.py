"""Find children whom one system alone calls by another first name, such as the preferred one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.blocking import Values, distinct_pairs
from helpers.link.ids.reliability import whole_names
from helpers.link.records import Records
from helpers.link.values.birth_dates import comparable, ignore_date_order
from helpers.link.values.identifiers import WEAK
from helpers.link.values.name_forms import compare_names, surname_readings
from helpers.link.values.names import ALIKE

__all__ = ["OtherNames"]


@dataclass(frozen=True)
class OtherNames:
    """Records with a first name that one system alone writes, and whose number shows which child has it.

    ``lone`` marks them, ``day`` is each record's birth date, -1 if it has none.
    """

    lone: np.ndarray
    day: np.ndarray

    @staticmethod
    def find(students: Records, agreeing_ids: pd.DataFrame) -> OtherNames:
        """Find such names by another record with the same declared number, surname and birth date.

        At least two systems must write its name: else nothing shows which of two children the number is of.
        """
        count, silo = len(students), students.silo
        name = whole_names(students)
        day = np.where(comparable(students.people), ignore_date_order(students.people["birth_date"]), -1)
        person = _numbered(name, day)
        known = np.flatnonzero(person >= 0)
        systems = np.bincount(distinct_pairs(person[known], silo[known])[0], minlength=count)
        ends = [agreeing_ids[side].to_numpy(dtype="int64") for side in ("left", "right")]
        one, other = (np.concatenate(sides) for sides in (ends, ends[::-1]))
        sex = pd.factorize(students.people["sex"])[0]
        asked = (person[one] >= 0) & (person[other] >= 0) & (day[one] == day[other])
        asked &= (systems[person[one]] == 1) & (systems[person[other]] > 1)
        asked &= (sex[one] == sex[other]) | (np.minimum(sex[one], sex[other]) < 0)
        one, other = one[asked], other[asked]
        lone = np.zeros(count, dtype=bool)
        if len(one):
            held = students.ids.loc[~students.ids["system"].isin(WEAK), ["number", "system", "value"]]
            code = held.groupby(["system", "value"]).ngroup().to_numpy(dtype="int64")
            one_number = Values.of(held["number"].to_numpy("int64"), code, []).shared(count, one, other)
            names = compare_names(students.names, count, one, other)
            doubtful = _may_be_two(students, held, name, day)
            found = (one_number == 1) & names.plainly_different & (names.last < ALIKE)
            found &= ~doubtful[one] & ~doubtful[other]
            lone = np.isin(person, person[one[found]])
        return OtherNames(lone, day)

    def excuse(
        self, left: np.ndarray, right: np.ndarray, strong_id: np.ndarray, surname: np.ndarray
    ) -> np.ndarray:
        """Test in which pairs different first names say nothing: one is such a name, and the rest agrees.

        A record without a birth date may have either name if it has the number.
        """
        dated = (self.day[left] >= 0) & (self.day[right] >= 0)
        agrees = np.where(dated, self.day[left] == self.day[right], strong_id)
        result: np.ndarray = (self.lone[left] != self.lone[right]) & agrees & (surname < ALIKE)
        return result


def _may_be_two(students: Records, held: pd.DataFrame, name: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Test which records may have the number of another child, such as a twin.

    The other child is recorded elsewhere under her own number: by her name or, if the name has a typo, by
    surname and birth date. Or one system has both under one number.
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
