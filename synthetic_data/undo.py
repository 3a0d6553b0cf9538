"""Lead a written file back to its clean text, by the log of its faults."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from helpers.files.text_table import TextTable, unique_names
from helpers.layouts import FileLayout
from helpers.standard import STRING

__all__ = ["undo", "with_columns"]


def undo(table: TextTable, faults: pd.DataFrame, first_row: int, file: FileLayout | None = None) -> TextTable:
    """Lead a written file's text back to what it was before its faults.

    Parameters
    ----------
    table
        The text of the written file.
    faults
        The rows of `key_faults` about this file.
    first_row
        Row number of the first data row: 1 in nested files, below the header in others.
    file
        The declaration of a nested file: an element that no written row has any more gets its place by it.

    Returns
    -------
    TextTable
        The clean text.
    """
    falling = faults.sort_values("order", ascending=False)
    settings = dict(table.settings)
    whole = falling.loc[falling["row"].isna() & falling["row_before"].isna()]
    reshaped = whole["column"].isin(["columns", "header"])
    for one in whole.loc[~reshaped].itertuples(index=False):
        declared = settings[str(one.column)]
        settings[str(one.column)] = int(str(one.before)) if isinstance(declared, int) else str(one.before)

    rows = table.rows
    cells = falling.loc[falling["row"].notna() & falling["column"].notna()]
    # The first change of a cell holds what stood there in the end.
    first = cells.drop_duplicates(["row", "column"], keep="last")
    rows = rows.copy(deep=False)
    for column, changes in first.groupby("column", sort=False):
        gone = pd.Series([pd.NA] * len(rows), dtype=STRING)
        text = rows[str(column)].copy() if column in rows.columns else gone
        text.iloc[changes["row"].to_numpy(dtype="int64") - first_row] = changes["before"].array
        rows[str(column)] = text
    surplus = [name for name in rows.columns if name.startswith("+") and rows[name].isna().all()]
    rows = rows.drop(columns=surplus)

    added = falling.loc[falling["row"].notna() & falling["column"].isna(), "row"]
    rows = rows.drop(index=list(added.to_numpy(dtype="int64") - first_row)).reset_index(drop=True)
    dropped = falling.loc[falling["row_before"].notna()].sort_values("row_before")
    if len(dropped):
        lost = [json.loads(str(text)) for text in dropped["before"]]
        if isinstance(lost[0], dict):
            # An element that no other row has is gone from the written file; its place is told here.
            order = [*lost[0], *(name for name in rows.columns if name not in lost[0])]
            rows = rows.reindex(columns=order).astype(STRING)
        again = pd.DataFrame(lost, columns=list(rows.columns))
        places = dropped["row_before"].to_numpy(dtype="int64") - first_row
        kept = np.setdiff1d(np.arange(len(rows) + len(places)), places)
        rows = pd.concat([rows.set_axis(kept), again.astype(STRING).set_axis(places)]).sort_index()

    if file is not None and file.nested:
        rows = rows[sorted(map(str, rows.columns), key=_place_in(file))]
    result = TextTable(table.header, rows, settings)
    for one in whole.loc[reshaped].itertuples(index=False):
        after, before = json.loads(str(one.after)), json.loads(str(one.before))
        if one.column == "columns":
            back = [after.index(place) for place in before]
            header = list(result.header)
            result = TextTable(result.header, result.rows.iloc[:, back], result.settings)
            result = with_columns(result, None, header)
        else:
            result = with_columns(result, None, before)
    return result


def _place_in(file: FileLayout) -> Callable[[Any], tuple[int, list[int]]]:
    """Order the numbered elements of a nested file as its columns are declared."""
    declared = {column.name: place for place, column in enumerate(file.columns)}
    return lambda name: (
        declared[re.sub(r"\[\d+\]", "[]", name)],
        [int(number) for number in re.findall(r"\[(\d+)\]", name)],
    )


def with_columns(table: TextTable, order: list[int] | None, header: list[str] | None) -> TextTable:
    """Put columns in another order, or other texts into the header."""
    rows, heads = table.rows, table.header if header is None else tuple(header)
    if order is not None:
        rows = rows.iloc[:, order]
    names = unique_names(heads) if heads else list(rows.columns)
    rows = rows.set_axis([*names, *(f"+{n + 1}" for n in range(rows.shape[1] - len(names)))], axis=1)
    return TextTable(heads, rows, table.settings)
