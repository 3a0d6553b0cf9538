"""What a chart is given: a mapping, a series or a frame, made into labelled columns."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

__all__ = ["Given", "labelled"]

Given = Mapping[str, object] | pd.Series | pd.DataFrame


def labelled(given: Given, values: list[str] | None = None) -> pd.DataFrame:
    """Make a frame whose first column names the row and whose others are values.

    Parameters
    ----------
    given
        ``{label: number}``, ``{label: {column: number}}``, a series (its index names the rows), or
        a frame (its first column names the rows).
    values
        Columns to take from a frame, in this order; those it lacks are left out. All by default.

    Returns
    -------
    DataFrame
        Columns ``label`` (string) and the values; index 0, 1, ….

    Raises
    ------
    ValueError
        When there are no rows: a picture of nothing misleads.

    Examples
    --------
    >>> labelled({"SIS": 600, "Meals": 571}).values.tolist()
    [['SIS', 600], ['Meals', 571]]
    """
    if isinstance(given, pd.DataFrame):
        frame = given.reset_index(drop=True)
        frame = frame.rename(columns={frame.columns[0]: "label"})
    elif isinstance(given, pd.Series):
        frame = pd.DataFrame({"label": [str(name) for name in given.index], "value": given.to_list()})
    else:
        rows = [
            {"label": str(name), **cells}
            if isinstance(cells, Mapping)
            else {"label": str(name), "value": cells}
            for name, cells in given.items()
        ]
        frame = pd.DataFrame(rows)
    if frame.empty:
        raise ValueError("There is nothing to draw: the data have no rows. Say so in a sentence instead.")
    wanted = [name for name in values if name in frame.columns] if values is not None else None
    kept = [name for name in frame.columns if name != "label"] if wanted is None else wanted
    frame = frame[["label", *kept]].copy()
    frame["label"] = frame["label"].astype("string").fillna("not known")
    return frame
