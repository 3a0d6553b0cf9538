"""Units: children as far as they are known for certain, with everything that any record says of them.

Records that rules tie for certain are one unit; what is left is weighed unit against unit. A unit that holds
three systems' records knows three spellings of a name, and one of them may be the one that a fourth system
has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.link.addresses import addresses
from helpers.link.dates import comparable, order_free
from helpers.link.emails import emails
from helpers.link.forms import Forms, first_name_forms, name_keys, surname_forms_of
from helpers.link.grades import LAST_GRADE, PREKINDERGARTEN, grade_numbers
from helpers.link.many_valued import Values, distinct_pairs
from helpers.link.names import fold, is_initial
from helpers.link.phones import telephones
from helpers.link.school_names import school_codes
from helpers.link.students import Students
from helpers.link.typed_names import grades_typed_behind
from helpers.link.variants import formal_names

__all__ = ["Units", "make_units"]


@dataclass(frozen=True)
class Units:
    """Units by number, in the order of their first records.

    ``of_record`` is the unit of each record, ``record_silo`` its silo; ``first_record`` the first record of
    each unit. ``values`` has by name what `frame` gives a model to weigh, as numbers;
    ``names``, ``ids`` and ``silos`` are those of the units' records.
    """

    of_record: np.ndarray
    first_record: np.ndarray
    values: dict[str, Values]
    record_silo: np.ndarray
    names: Forms
    ids: pd.DataFrame
    silos: Values
    keeps_one_record_a_child: np.ndarray  # by number of a silo

    def __len__(self) -> int:
        return len(self.first_record)

    @property
    def dated(self) -> np.ndarray:
        """Tell which units have a birth date."""
        return self.values["birth_days"].how_many(len(self)) > 0

    @property
    def named(self) -> np.ndarray:
        """Tell which units have a name."""
        return np.bincount(self.names.record, minlength=len(self)) > 0

    @property
    def silo(self) -> np.ndarray:
        """Give the first silo of each unit."""
        result = np.zeros(len(self), dtype="int64")
        result[self.silos.unit[::-1]] = self.silos.code[::-1]
        return result

    def frame(self) -> pd.DataFrame:
        """Give what a model weighs: one row a unit, ``unit`` and a list for each kind of value."""
        count = len(self)
        columns: dict[str, pd.Series | np.ndarray] = {"unit": np.arange(count, dtype="int64")}
        for name, values in self.values.items():
            if name == "name_key":
                text = np.full(count, None, dtype=object)
                text[values.unit] = values.texts[values.code]
                columns[name] = pd.Series(text, dtype="string")
            else:
                columns[name] = values.listed(count, pa.int32() if name == "grades" else None)
        return pd.DataFrame(columns)


def make_units(students: Students, label: np.ndarray, schools: pd.DataFrame | None = None) -> Units:
    """Gather what the records of each unit say.

    Parameters
    ----------
    students
        The records.
    label
        One number a record, equal for the records of one unit.
    schools
        The standard fact table *school*, by which names and numbers of schools agree.

    Returns
    -------
    Units
        Nothing in it depends on the order of rows.
    """
    first_record, unit = np.unique(label, return_inverse=True)
    unit = unit.astype("int64")
    count = len(first_record)
    people = students.people
    names = _names_of_units(students.names, unit)
    values = _names(names, count)
    values["middle"] = Values.of_column(unit, people["middle_name"].map(fold, na_action="ignore"))
    values |= _birth_days(people, unit)
    values["sex"] = Values.of_column(unit, people["sex"])
    values["schools"] = Values.of_column(unit, school_codes(people, schools))
    grade = grade_numbers(people).fillna(grades_typed_behind(people))
    known = grade.notna().to_numpy(dtype=bool)
    place = grade[known].to_numpy(dtype="int64") - PREKINDERGARTEN
    values["grades"] = Values.of(unit[known], place, np.arange(PREKINDERGARTEN, LAST_GRADE + 1))
    values["telephones"] = Values.of_column(unit, telephones(people["telephone"]))
    values["emails"] = Values.of_column(unit, emails(people["email"]))
    values["addresses"] = Values.of_column(unit, addresses(people["street_number_name"]))
    values["localities"] = Values.of_column(unit, people["city"].str.casefold().str.strip())
    values["postcodes"] = Values.of_column(unit, people["postal_code"].str.slice(0, 5))
    ids = students.ids.assign(number=unit[students.ids["number"].to_numpy(dtype="int64")])
    keeps = np.zeros(int(np.max(students.silo)) + 1 if len(students.silo) else 0, dtype=bool)
    keeps[students.silo[students.keeps_one_record_a_child]] = True
    return Units(
        of_record=unit,
        first_record=first_record.astype("int64"),
        values=values,
        record_silo=students.silo,
        names=names,
        ids=ids.drop_duplicates(["number", "system", "value"], ignore_index=True),
        silos=Values.of(unit, students.silo, np.arange(len(keeps))),
        keeps_one_record_a_child=keeps,
    )


def _names_of_units(forms: Forms, unit: np.ndarray) -> Forms:
    size = len(forms.texts)
    record, reading = distinct_pairs(unit[forms.record], forms.first * size + forms.last)
    return Forms(record, reading // size, reading % size, forms.texts)


def _names(names: Forms, count: int) -> dict[str, Values]:
    """Give the first names and surnames of units in all their forms."""
    texts = np.array(names.texts, dtype=object)
    record, key = name_keys(names)
    keys = Values.of(record, key, np.arange(int(np.max(key)) + 1 if len(key) else 0).astype(str))
    first, last = np.where(names.first > 0, names.first, -1), np.where(names.last > 0, names.last, -1)
    given, family = Values.of(names.record, first, texts), Values.of(names.record, last, texts)
    # Joint frequency is counted over the first reading of a name, nicknames and order of words seen through.
    begins = np.flatnonzero(np.diff(names.record, prepend=-1))
    whole, distinct = pd.factorize(names.first[begins] * len(texts) + names.last[begins])
    canonical = [
        _canonical(texts[form // len(texts)], texts[form % len(texts)]) for form in distinct.tolist()
    ]
    # An initial beside one name is no full name that two children could have in common.
    full = np.array([None if _half_a_name(words) else words for words in canonical], dtype=object)
    codes, words = pd.factorize(full)
    return {
        "name_keys": keys,
        "name_key": Values.of(names.record[begins], codes.astype("int64")[whole], words),
        "given": given,
        "given_formal": first_name_forms(names),
        "family": family,
        "family_parts": surname_forms_of(names),
    }


def _canonical(first: str, last: str) -> str:
    formal = sorted(formal_names(first.replace(" ", "")) - {first}) or [first]
    return " ".join(sorted(f"{formal[0]} {last}".split()))


def _half_a_name(words: str) -> bool:
    whole = [word for word in words.split() if not is_initial(word)]
    return len(whole) < min(2, len(words.split()))


def _birth_days(people: pd.DataFrame, unit: np.ndarray) -> dict[str, Values]:
    known = comparable(people)
    dates, others = people["birth_date"], people["birth_date_other"]
    days = pd.concat([dates[known], others[known & others.notna().to_numpy(dtype=bool)]])
    owner = unit[days.index.to_numpy()]
    free = order_free(dates)
    codes, numbers = pd.factorize(free[known])
    return {
        "birth_days": Values.of_column(
            owner, days.dt.strftime("%Y-%m-%d").astype("string").reset_index(drop=True)
        ),
        "birth_days_free": Values.of(unit[known], codes.astype("int64"), numbers.astype(str)),
    }
