"""A shaded table: how much of each thing is where; a number in each cell, shade behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.show.canvas import Sheet
from helpers.show.numbers import CountGuard, as_number, number_text, shared_digits, shown_count
from helpers.show.picture import Picture
from helpers.show.shaded_cells import Cell, draw_cells

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["shaded_table"]


def shaded_table(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    row: str,
    column: str,
    value: str,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    alt: str = "",
    caption: str = "",
    highest: float | None = None,
    guard: CountGuard | None = None,
) -> Picture:
    """Draw a table whose cells are the darker the larger their number.

    Parameters
    ----------
    frame
        One row a cell; a pair of row and column that isn't there shows a dash.
    title
        The finding, as a sentence.
    unit
        Of the values.
    row, column, value
        Columns of `frame`: what a row is, what a column is, the number.
    rows, columns
        Names in the order in which they are drawn; by default as they come.
    alt
        The finding and its range in a sentence; made from title and data when left out.
    caption
        What, when, how many, source.
    highest
        The value that is darkest; 100 for percent, else the largest one.
    guard
        The guard of a real folder; the values are then counts of children, and small ones are not shown.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        When no cell has a value.
    """
    known = frame[[row, column, value]].dropna().reset_index(drop=True)
    if known.empty:
        raise ValueError("There is nothing to draw: no cell has a value. Say so in a sentence instead.")
    across, down = (
        list(columns) or known[column].unique().tolist(),
        list(rows) or known[row].unique().tolist(),
    )
    shown = [shown_count(number, guard) for number in known[value].tolist()]
    digits = shared_digits(shown, unit)
    texts = [number_text(number, unit, digits) for number in shown]
    numbers = [as_number(number) for number in shown]
    top = highest or (100.0 if unit == "percent" else max((n for n in numbers if n), default=1.0))
    cells = {
        (down.index(a), across.index(b)): Cell(text, number)
        for a, b, text, number in zip(known[row], known[column], texts, numbers, strict=True)
        if a in down and b in across
    }

    def draw(width: int) -> Figure:
        return draw_cells(Sheet(width), down, across, cells, top, unit)

    told = [pair for pair in zip(numbers, texts, strict=True) if pair[0] is not None]
    between = f", from {min(told)[1]} to {max(told)[1]}" if told else ""
    return Picture(
        draw,
        title=title,
        alt=alt or f"{title.rstrip('.')}: {len(down)} rows and {len(across)} columns{between}.",
        caption=caption,
        data=known.rename(columns={value: unit}),
        guard=guard,
    )
