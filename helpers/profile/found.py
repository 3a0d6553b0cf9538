"""What a rule hands over: rows of values in canonical text, and the fact rows that it weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.layouts import STRING, cast, missing
from helpers.profile.elements import Element

__all__ = ["NOTHING", "STATUSES", "STILL", "Found", "canonical", "found"]

STATUSES = ("Reported", "Withheld", "Not applicable", "Empty", "Not collected", "Not linked")
# What hasn't ended is newer than all that has.
STILL = pd.Timestamp("2200-01-01")
FIELDS: dict[str, Any] = {
    **dict.fromkeys(
        ["child", "value", "status", "silo", "record", "file", "link_band", "other_reading"], STRING
    ),
    **dict.fromkeys(["school_year", "row", "rows"], pd.Int64Dtype()),
    **dict.fromkeys(["begin_date", "as_of", "recent"], np.dtype("datetime64[us]")),
    "value_number": np.dtype("float64"),
    "doubtful": pd.BooleanDtype(),
}


@dataclass(frozen=True)
class Found:
    """What a rule found.

    Attributes
    ----------
    values
        Rows of the table ``values`` without element, unit, choice and agreement; besides ``doubtful``
        (boolean: the value gives way to any other), ``other_reading`` (a second reading of the value) and
        ``recent`` (of two values of one system the later counts; `as_of` where it is NA).
    weighed
        By fact table, which of its rows the rule looked at.
    """

    values: pd.DataFrame
    weighed: Mapping[str, pd.Series] = field(default_factory=dict)


# What a rule finds where no system has a row of its table.
NOTHING = Found(pd.DataFrame(columns=list(FIELDS)).astype(FIELDS))


def canonical(values: pd.Series, element: Element) -> tuple[pd.Series, pd.Series]:
    """Write values as canonical text, and as numbers where they are numbers.

    Parameters
    ----------
    values
        Values of one element, of its own type.
    element
        The element.

    Returns
    -------
    tuple of pandas.Series
        Text (dates ``YYYY-MM-DD``, whole numbers without a point, USD with two decimals, other numbers with
        four, ``true`` and ``false``), and ``float64``.
    """
    nothing = pd.Series(np.nan, index=values.index)
    if element.type == "date":
        return values.dt.strftime("%Y-%m-%d").astype(STRING), nothing
    if element.type == "string":
        return values.astype(STRING), nothing
    numbers = values.astype("Float64").astype("float64")
    if element.type == "boolean":
        text = numbers.map({1.0: "true", 0.0: "false"})
    else:
        digits = 0 if element.type == "integer" else 2 if element.unit == "USD" else 4
        text = numbers.map(f"{{:.{digits}f}}".format, na_action="ignore")
    return text.astype(STRING), numbers


def found(frame: pd.DataFrame, values: pd.Series, element: Element) -> pd.DataFrame:
    """Make rows of values: one a row of the frame; a missing value is Empty.

    Parameters
    ----------
    frame
        What is known of each value: ``child``, ``silo``, ``link_band``, and of the rest what there is.
    values
        The values themselves, on the frame's index.
    element
        The element.

    Returns
    -------
    pandas.DataFrame
        The columns of `Found.values`.
    """
    if frame.empty:
        return NOTHING.values
    text, numbers = canonical(values, element)
    said = pd.Series("Reported", index=frame.index, dtype=STRING).where(text.notna(), "Empty")
    given = {name: frame[name] for name in FIELDS if name in frame.columns}
    given |= {"value": text, "value_number": numbers, "status": said}
    if "doubtful" in given:
        given["doubtful"] = cast(given["doubtful"], FIELDS["doubtful"]).fillna(False)
    else:
        given["doubtful"] = pd.Series(False, index=frame.index)
    columns = {
        name: cast(given[name], dtype).array if name in given else missing(len(frame), dtype)
        for name, dtype in FIELDS.items()
    }
    return pd.DataFrame(columns, copy=False)
