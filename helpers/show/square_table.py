"""A square table: which pair is the problem; a number in each cell, shade behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import pandas as pd

from helpers.show.bars import draw_bars
from helpers.show.canvas import Sheet
from helpers.show.numbers import CountGuard, is_missing, number_text, shared_digits, shown_count
from helpers.show.picture import Picture
from helpers.show.shaded_cells import Cell, draw_cells

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["square_table"]

_MOST_ON_A_PHONE = 6
_DIGITS_ON_A_PHONE = 4


def square_table(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    left: str = "left_silo",
    right: str = "right_silo",
    value: str = "value",
    alt: str = "",
    caption: str = "",
    order: Sequence[str] = (),
    highest: float | None = None,
    worst: Literal["low", "high"] = "low",
    digits: int | None = None,
    guard: CountGuard | None = None,
) -> Picture:
    """Draw pairs of systems as a square: a number in each cell, the darker the larger.

    Parameters
    ----------
    frame
        One row a pair. A pair given once stands on both sides of the diagonal.
    title
        The finding, as a sentence.
    unit
        Of the values.
    left, right, value
        Columns: both names of the pair, and the number.
    alt
        The finding and its range in a sentence; made from title and data when left out.
    caption
        What, when, how many, source.
    order
        Names in the order in which they are drawn; by default as they come.
    highest
        The value that is darkest; 100 for percent, else the largest one.
    worst
        Which end is the problem. A phone has no room for many systems: it gets bars of the worst pairs.
    digits
        Digits after the point.
    guard
        The guard of a real folder; the values are then counts of children, and small ones are not shown.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        When no pair has a value.
    """
    pairs = frame[[left, right, value]].reset_index(drop=True)
    pairs = pairs[pairs[left].notna() & pairs[right].notna()]
    if pairs[value].dropna().empty:
        raise ValueError("There is nothing to draw: no pair has a value. Say so in a sentence instead.")
    names = list(order) or list(dict.fromkeys([*pairs[left].tolist(), *pairs[right].tolist()]))
    cells = {(str(a), str(b)): shown_count(number, guard) for a, b, number in pairs.itertuples(index=False)}
    digits = shared_digits(cells.values(), unit) if digits is None else digits
    texts = {pair: number_text(cell, unit, digits) for pair, cell in cells.items()}
    numbers = {
        pair: float(cell)  # type: ignore[arg-type]
        for pair, cell in cells.items()
        if not is_missing(cell) and not isinstance(cell, str)
    }
    top = highest or (100.0 if unit == "percent" else max(numbers.values(), default=1.0)) or 1.0

    def draw(width: int) -> Figure:
        sheet = Sheet(width)
        if sheet.narrow and len(names) > _MOST_ON_A_PHONE and numbers:
            ranked = sorted(numbers, key=numbers.__getitem__, reverse=worst == "high")[:10]
            pairs_said = [" – ".join(pair) for pair in ranked]
            scale = [numbers[pair] for pair in ranked]
            left_out = f"{unit}; the {len(ranked)} worst of {len(numbers)} pairs"
            return draw_bars(
                sheet, pairs_said, scale, [texts[pair] for pair in ranked], left_out, frozenset()
            )
        said = texts
        if sheet.narrow and len(names) > _DIGITS_ON_A_PHONE:
            # The unit stands below; whole numbers are what fits into a cell of forty pixels.
            said = {pair: number_text(numbers[pair], "", 0) for pair in numbers} | {
                pair: text for pair, text in texts.items() if pair not in numbers
            }
        return _draw(sheet, [str(name) for name in names], numbers, said, top, unit)

    return Picture(
        draw,
        title=title,
        alt=alt or _alt(title, numbers, texts, unit),
        caption=caption,
        data=pairs.rename(columns={left: "system", right: "with", value: unit}),
        guard=guard,
    )


def _alt(
    title: str, numbers: dict[tuple[str, str], float], texts: dict[tuple[str, str], str], unit: str
) -> str:
    if not numbers:
        return f"{title.rstrip('.')}: every pair of systems shares too few children for a number to be shown."
    most, least = max(numbers, key=numbers.__getitem__), min(numbers, key=numbers.__getitem__)
    tail = "" if unit in ("percent", "USD") else f" {unit}"
    return (
        f"{title.rstrip('.')}: {len(numbers)} pairs of systems, "
        f"from {texts[least]}{tail} between {' and '.join(least)} "
        f"to {texts[most]}{tail} between {' and '.join(most)}."
    )


def _draw(
    sheet: Sheet,
    names: list[str],
    numbers: dict[tuple[str, str], float],
    texts: dict[tuple[str, str], str],
    top: float,
    unit: str,
) -> Figure:
    cells: dict[tuple[int, int], Cell] = {(at, at): Cell("") for at in range(len(names))}
    place_of = {name: place for place, name in enumerate(names)}
    for (a, b), text in texts.items():
        if a not in place_of or b not in place_of:
            continue
        for row, column in {(place_of[a], place_of[b]), (place_of[b], place_of[a])}:
            if (row, column) != (place_of[a], place_of[b]) and (names[row], names[column]) in texts:
                continue  # the other direction has a number of its own
            cells[row, column] = Cell(text, numbers.get((a, b)))
    return draw_cells(sheet, names, names, cells, top, unit)
