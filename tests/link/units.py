"""Units written by hand or drawn by chance, for tests of the scoring model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers.link.blocking import Values
from helpers.link.records import Units, name_values
from helpers.link.values.name_forms import NameForms, NameTexts

FIRSTS = [
    "ana",
    "ben",
    "carla",
    "diego",
    "elena",
    "felix",
    "grace",
    "hugo",
    "irene",
    "jonas",
    "karim",
    "lucia",
]
LASTS = ["abbott", "becker", "castro", "dahl", "evans", "fischer", "gomez", "hassan", "ivanov", "jensen"]


def unit(first: str, last: str, **lists: list[Any]) -> dict[str, Any]:
    """Give a unit of one name, with other lists as given."""
    return {"first": first, "last": last, **lists}


def born(day: str) -> dict[str, list[str]]:
    """Give the two lists of a birth date."""
    year, month, date = day.split("-")
    low, high = sorted((month, date))
    return {"birth_days": [day], "birth_days_free": [f"{year}{low}{high}"]}


def units_of(rows: list[dict[str, Any]]) -> Units:
    """Make units, numbered from 0."""
    count = len(rows)
    numbers = np.arange(count, dtype="int64")
    texts: dict[str, int] = {"": 0}
    first, last = (
        np.array([texts.setdefault(row[name], len(texts)) for row in rows], dtype="int64")
        for name in ("first", "last")
    )
    named = (first > 0) | (last > 0)
    names = NameForms(numbers[named], first[named], last[named], NameTexts(texts))
    lists = {"birth_days", "birth_days_free", *(name for row in rows for name in row)} - {"first", "last"}
    values = name_values(names, count) | {name: _values(rows, name) for name in sorted(lists)}
    return Units(
        of_record=numbers,
        first_record=numbers,
        values=values,
        record_silo=np.zeros(count, dtype="int64"),
        names=names,
        ids=pd.DataFrame({"number": [], "system": [], "value": []}),
        silos=Values.of(numbers, np.zeros(count, dtype="int64"), ["one"]),
        silos_with_name=Values.of(numbers[named], np.zeros(int(named.sum()), dtype="int64"), ["one"]),
        keeps_one_record_a_child=np.zeros(1, dtype=bool),
    )


def _values(rows: list[dict[str, Any]], name: str) -> Values:
    known = [(place, str(value)) for place, row in enumerate(rows) for value in row.get(name, ())]
    codes, texts = pd.factorize(np.array([value for _, value in known], dtype=object))
    return Values.of(np.array([place for place, _ in known], dtype="int64"), codes.astype("int64"), texts)


def crowd(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Draw children, who tell how common names, schools and dates are."""
    random = np.random.default_rng(seed)
    days = pd.date_range("2008-01-01", "2018-12-31").strftime("%Y-%m-%d").to_numpy()
    return [
        unit(
            f"{FIRSTS[random.integers(12)]}{random.integers(30)}",
            f"{LASTS[random.integers(10)]}{random.integers(40)}",
            sex=["Female" if random.random() < 0.5 else "Male"],
            schools=[f"school {random.integers(8)}"],
            grades=[int(random.integers(0, 13))],
            **born(str(random.choice(days))),
        )
        for _ in range(count)
    ]
