"""Where every row of every file has ended: in a profile, left out, about nobody's child, or not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.context import child_tables
from helpers.standard import as_table, fact_tables

if TYPE_CHECKING:
    from helpers.files import District, Silo
    from helpers.profile.children import Profiles

__all__ = ["row_sums"]

Ints = npt.NDArray[np.int64]
READ = ("rows", "rows_structure", "rows_set_aside", "rows_kept_apart")
ENDED = ("rows_in_profiles", "rows_left_out", "rows_about_nobody")
# Rows of a file are numbered below this, so that file and row are one number.
MOST_ROWS = 1 << 40


class _Places:
    """Files and rows as numbers."""

    def __init__(self) -> None:
        self._files: dict[str, int] = {}

    def of(self, rows: pd.DataFrame) -> Ints:
        codes, files = pd.factorize(rows["file"])
        numbers = [self._files.setdefault(str(file), len(self._files)) for file in files]
        number = np.array([*numbers, -1], dtype="int64")[codes]
        return number * MOST_ROWS + rows["row"].to_numpy(dtype="int64")


def _ended(silo: Silo, left_out: pd.DataFrame, crosswalk: pd.DataFrame) -> tuple[int, ...]:
    """Count the rows of one system that gave a standard row, by where they ended."""
    places = _Places()
    people = places.of(silo.person_rows)
    is_child = silo.person_rows["record"].isin(crosswalk["record"]).to_numpy(dtype=bool)
    shown, unshown, others = [people[is_child]], [], [people[~is_child]]
    of_table = {str(table): rows for table, rows in left_out.groupby("table")}
    for table in fact_tables():
        if table not in silo.facts or table == "attendance_day":
            continue
        if table not in child_tables():
            others.append(places.of(silo.facts[table]))
            continue
        # One row of a gradebook gives many facts: it has ended in a profile if any of them has.
        row, facts = np.unique(places.of(silo.facts[table]), return_counts=True)
        if table in of_table:
            out, times = np.unique(places.of(of_table[table]), return_counts=True)
            at = np.searchsorted(row, out)
            facts[at] -= times
        shown.append(row[facts > 0])
        unshown.append(row[facts == 0])
    in_profiles = np.unique(np.concatenate(shown))
    left = np.setdiff1d(np.concatenate([np.zeros(0, "int64"), *unshown]), in_profiles)
    nobody = np.setdiff1d(np.setdiff1d(np.concatenate(others), in_profiles), left)
    return len(in_profiles), len(left), len(nobody)


def row_sums(district: District, profiles: Profiles) -> pd.DataFrame:
    """Add up where every row of every file of a district has ended.

    Parameters
    ----------
    district
        A district that was read.
    profiles
        What was put together of its children.

    Returns
    -------
    pandas.DataFrame
        Table ``row_sums``: one row a system, in the district's order; files that no layout knows last.
    """
    sums = district.accounts.groupby("silo", sort=False, dropna=False)[list(READ)].sum()
    lines = []
    for name in district:
        left_out = profiles.left_out[profiles.left_out["silo"].eq(name).to_numpy(dtype=bool)]
        crosswalk = profiles.crosswalk[profiles.crosswalk["silo"].eq(name).to_numpy(dtype=bool)]
        ended = dict(zip(ENDED, _ended(district[name], left_out, crosswalk), strict=True))
        lines.append({"silo": name, **ended})
    told = pd.DataFrame(lines, columns=["silo", *ENDED])
    known = told.set_index("silo").reindex([*told["silo"], *sums.index[sums.index.isna()]])
    both = sums.reindex(known.index).join(known) if known.index.is_unique else known
    return as_table("row_sums", both.fillna(0).rename_axis("silo").reset_index())
