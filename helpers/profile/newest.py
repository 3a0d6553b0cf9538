"""The newest row of each record in a school year: what a system says last is what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.evidence import Evidence
from helpers.profile.found import Found, Whose, told
from helpers.profile.groups import Groups, last_of_each
from helpers.standard.elements import Element

__all__ = ["newest_told"]

Ints = npt.NDArray[np.int64]


def newest_told(
    element: Element,
    evidence: Evidence,
    table: str,
    at: Ints,
    order: Sequence[npt.NDArray[Any]],
    values: pd.Series | npt.NDArray[Any],
    *,
    weighed: npt.NDArray[np.bool_],
    as_of: npt.NDArray[Any] | None = None,
    own_day: npt.NDArray[Any] | None = None,
    year: Ints | None = None,
    **more: Any,
) -> Found:
    """Tell what each record's newest row of a year says; all rows among which it was stand behind it.

    Parameters
    ----------
    element
        The element.
    evidence
        Records and facts by child.
    table
        Fact table.
    at
        Places of the rows that are asked for.
    order
        Numbers or days by which the newest is found, that which counts most first; what is missing comes
        first, of equals the last row counts.
    values
        What each row says.
    weighed
        Which rows of the table were looked at.
    as_of
        The day of which each row speaks; NaT: that of its record. Not given: that of its record.
    own_day
        The same, where nothing stands in for a missing one.
    year
        The school year of each row, where it isn't that of the table: its place, -1 for none.
    **more
        What else `told` takes, one a row.

    Returns
    -------
    Found
        Values, with the file and row of the newest row.
    """
    rows = evidence.tables[table]
    years = rows.year[at] if year is None else year
    groups = Groups(rows.tie[at], years + 1)
    last = last_of_each(groups, [*order, rows.row[at]])
    newest = at[last]
    whose = Whose(rows.owner[newest], rows.system[newest], years[last], rows.tie[newest], rows.band[newest])
    day = evidence.spoken_for(whose.system, whose.tie)
    if as_of is not None:
        day = np.where(np.isnat(as_of[last]), day, as_of[last])
    if own_day is not None:
        day = own_day[last]
    said = values.iloc[last] if isinstance(values, pd.Series) else values[last]
    found = told(
        element, evidence, whose, said, rows=groups.size(), source=rows.files(evidence)[newest],
        row=rows.row[newest], as_of=day, **{name: column[last] for name, column in more.items()},
    )  # fmt: skip
    return Found(found, {table: weighed}, {table: (at, groups.of)})
