"""Compare birth dates: when two systems mean the same day."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["AMBIGUOUS_DATE", "BIRTH_DATE_LEVELS", "comparable", "compare_birth_dates", "ignore_date_order"]

BIRTH_DATE_LEVELS = ("Same", "Ambiguous date", "Missing", "Different")
SAME, AMBIGUOUS_DATE, MISSING, DIFFERENT = range(len(BIRTH_DATE_LEVELS))

# Statuses of a birth date that gives one day, or one of two. A placeholder gives none.
WHOLE = ("Exact", "Day and month ambiguous")
PARTIAL = ("Month only", "Year only")


def comparable(people: pd.DataFrame) -> np.ndarray:
    """Test which birth dates give a day that another system can confirm."""
    known = people["birth_date"].notna() & people["birth_date_status"].isin(WHOLE)
    return known.to_numpy(dtype=bool)


def ignore_date_order(dates: pd.Series) -> np.ndarray:
    """Encode dates so that March 4 and April 3 of one year are equal."""
    known = dates.notna().to_numpy(dtype=bool)
    year, month, day = (part.fillna(0).to_numpy(dtype="int64") for part in _parts(dates))
    return np.where(known, year * 10_000 + np.maximum(month, day) * 100 + np.minimum(month, day), -1)


def compare_birth_dates(people: pd.DataFrame, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Compare the birth dates of pairs of records."""
    dates, numbers, whole = people["birth_date"], ignore_date_order(people["birth_date"]), comparable(people)
    read_twice = people["birth_date_other"].notna().to_numpy(dtype=bool)
    days = dates.to_numpy(dtype="datetime64[us]")
    both = whole[left] & whole[right]
    agree = both & (numbers[left] == numbers[right])
    plain = agree & (days[left] == days[right]) & ~read_twice[left] & ~read_twice[right]

    partial = (people["birth_date_status"].isin(PARTIAL) & dates.notna()).to_numpy(dtype=bool)
    month_known = whole | people["birth_date_status"].eq("Month only").to_numpy(dtype=bool)
    year, month, _ = (part.fillna(0).to_numpy(dtype="int64") for part in _parts(dates))
    some = (whole | partial)[left] & (whole | partial)[right] & ~both
    # An ambiguous date may have either month.
    sure_of_month = month_known & ~read_twice
    apart = (year[left] != year[right]) | (
        sure_of_month[left] & sure_of_month[right] & (month[left] != month[right])
    )
    return np.select(
        [plain, agree, both, some & apart], [SAME, AMBIGUOUS_DATE, DIFFERENT, DIFFERENT], default=MISSING
    ).astype("int8")


def _parts(dates: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series]:
    return dates.dt.year, dates.dt.month, dates.dt.day
