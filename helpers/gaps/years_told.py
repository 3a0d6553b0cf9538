"""Of which school year a record tells what changes every year: this year's, or an earlier one's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.gaps.known import Known
from helpers.link.values.schools import school_year_end
from helpers.profile.facts.systems import Newest

__all__ = ["of_this_year", "years_told"]


def _this_year(known: Known, newest: Newest) -> int:
    """Give the school year of the newest day of any system, else the newest that a record names; else 0."""
    days = pd.Series([*newest.days.values()], dtype="datetime64[us]")
    year = school_year_end(days).max() if len(days) else known.records["school_year"].max()
    return 0 if pd.isna(year) else int(year)


def years_told(known: Known, newest: Newest) -> npt.NDArray[np.int64]:
    """Give each record the school year of which it tells.

    Parameters
    ----------
    known
        Who is in which system.
    newest
        The newest day of which each system speaks: what bears no year is of the year of the newest.

    Returns
    -------
    numpy.ndarray
        One entry a record: the year in which its school year ends; 0 where nobody has any.
    """
    told = known.records["school_year"].fillna(_this_year(known, newest))
    return told.to_numpy(dtype="int64")


def of_this_year(known: Known, newest: Newest) -> npt.NDArray[np.bool_]:
    """Mark the records that tell of no earlier year.

    Parameters
    ----------
    known, newest
        As for `years_told`.

    Returns
    -------
    numpy.ndarray
        One entry a record. A test of last spring stands in last year's form, and names last year's grade.
    """
    return years_told(known, newest) >= _this_year(known, newest)
