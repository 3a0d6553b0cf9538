"""Units written by hand or drawn by chance, for tests of the scoring model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

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
    return {
        "name_key": f"{first} {last}",
        "name_keys": [f"{first}\t{last}"] if first and last else [],
        "given": [first] if first else [],
        "given_formal": [first] if first else [],
        "family": [last] if last else [],
        "family_parts": [last] if last else [],
        **lists,
    }


def born(day: str) -> dict[str, list[str]]:
    """Give the two columns of a birth date."""
    year, month, date = day.split("-")
    low, high = sorted((month, date))
    return {"birth_days": [day], "birth_days_free": [f"{year}{low}{high}"]}


def frame(units: list[dict[str, Any]]) -> pd.DataFrame:
    """Number units from 0."""
    return pd.DataFrame(units).assign(unit=np.arange(len(units), dtype="int64"))


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
