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

from helpers.link.dates import comparable, order_free
from helpers.link.forms import Forms, name_keys
from helpers.link.many_valued import Values, distinct_pairs
from helpers.link.names import fold, formal_names, surname_parts
from helpers.link.students import Students

__all__ = ["Units", "make_units"]


@dataclass(frozen=True)
class Units:
    """Units by number, in the order of their first records.

    ``of_record`` is the unit of each record; ``first_record`` the first record of each. ``frame`` is what a
    model weighs: one row a unit, ``unit`` and a list for each kind of value. ``values`` has the same values
    by name, as numbers; ``names``, ``ids`` and ``silos`` are those of the units' records.
    """

    of_record: np.ndarray
    first_record: np.ndarray
    values: dict[str, Values]
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
    values["schools"] = Values.of_column(unit, _schools(people, schools))
    values["grades"] = _grades(people, unit)
    values["telephones"] = Values.of_column(unit, people["telephone"].str.replace(r"\D", "", regex=True))
    values["emails"] = Values.of_column(unit, people["email"].str.strip().str.lower())
    street = people["street_number_name"].str.casefold().str.replace(r"[\W_]+", " ", regex=True).str.strip()
    values["addresses"] = Values.of_column(unit, street)
    values["localities"] = Values.of_column(unit, people["city"].str.casefold().str.strip())
    values["postcodes"] = Values.of_column(unit, people["postal_code"].str.slice(0, 5))
    ids = students.ids.assign(number=unit[students.ids["number"].to_numpy(dtype="int64")])
    keeps = np.zeros(int(np.max(students.silo)) + 1 if len(students.silo) else 0, dtype=bool)
    keeps[students.silo[students.keeps_one_record_a_child]] = True
    return Units(
        of_record=unit,
        first_record=first_record.astype("int64"),
        values=values,
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
    formal = _spread(given, lambda name: sorted(_formal(name)))
    parts = _spread(family, lambda name: [name, *surname_parts(name)])
    # Joint frequency is counted over the first reading of a name, nicknames and order of words seen through.
    begins = np.flatnonzero(np.diff(names.record, prepend=-1))
    whole, distinct = pd.factorize(names.first[begins] * len(texts) + names.last[begins])
    canonical = [
        _canonical(texts[form // len(texts)], texts[form % len(texts)]) for form in distinct.tolist()
    ]
    codes, words = pd.factorize(np.array(canonical, dtype=object)) if canonical else (whole, [])
    return {
        "name_keys": keys,
        "name_key": Values.of(names.record[begins], codes.astype("int64")[whole], words),
        "given": given,
        "given_formal": formal,
        "family": family,
        "family_parts": parts,
    }


def _formal(first: str) -> frozenset[str]:
    names = formal_names(first.replace(" ", ""))
    return names | formal_names(first.split(" ", 1)[0]) if " " in first else names


def _canonical(first: str, last: str) -> str:
    formal = sorted(formal_names(first.replace(" ", "")) - {first}) or [first]
    return " ".join(sorted(f"{formal[0]} {last}".split()))


def _spread(values: Values, forms_of: object) -> Values:
    """Replace each value by its forms, each distinct one looked up once."""
    numbers: dict[str, int] = {}
    used = np.unique(values.code)
    forms = [
        [numbers.setdefault(form, len(numbers)) for form in forms_of(values.texts[c])] for c in used.tolist()
    ]  # type: ignore[operator]
    sizes = np.array([len(some) for some in forms], dtype="int64")
    flat = np.array([form for some in forms for form in some], dtype="int64")
    place = np.searchsorted(used, values.code)
    begin, times = (np.cumsum(sizes) - sizes)[place], sizes[place]
    which = np.repeat(begin, times) + np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    return Values.of(np.repeat(values.unit, times), flat[which], list(numbers))


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


def _schools(people: pd.DataFrame, schools: pd.DataFrame | None) -> pd.Series:
    """Name each record's school alike in all systems, as far as the table of schools allows."""
    name = people["school_name"].str.casefold().str.replace(r"[\W_]+", " ", regex=True).str.strip()
    name = (
        name.str.replace(r"\b(school|elem|elementary)\b", "", regex=True)
        .str.replace(r" +", " ", regex=True)
        .str.strip()
    )
    own = people["school_id"]
    if schools is not None and len(schools):
        known = schools.dropna(subset=["school_id", "school_name"]).drop_duplicates("school_id")
        words = known["school_name"].str.casefold().str.replace(r"[\W_]+", " ", regex=True).str.strip()
        words = (
            words.str.replace(r"\b(school|elem|elementary)\b", "", regex=True)
            .str.replace(r" +", " ", regex=True)
            .str.strip()
        )
        named = own.map(dict(zip(known["school_id"], words, strict=True)))
        return named.astype("string").fillna(name).fillna(own)
    return name.fillna(own)


def _grades(people: pd.DataFrame, unit: np.ndarray) -> Values:
    codes = {"PK": -1, "KG": 0}
    grade = people["grade_level"].map(
        lambda text: codes.get(text, int(text) if text.isdigit() else None), na_action="ignore"
    )
    grade = pd.to_numeric(grade, errors="coerce")
    as_of = people["as_of"].dt.year + (people["as_of"].dt.month >= 7)
    year = as_of.fillna(as_of.mode().iloc[0] if as_of.notna().any() else np.nan)
    from_class = 12 - (people["graduation_year"].astype("float64") - year.astype("float64"))
    number = grade.astype("float64").fillna(from_class).to_numpy()
    known = ~np.isnan(number) & (number >= -1) & (number <= 12)
    return Values.of(unit[known], number[known].astype("int64") + 1, np.arange(-1, 13))
