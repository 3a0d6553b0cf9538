"""Draw heat maps of a table, or of pairs of systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.charts.bars import draw_bars
from helpers.report.charts.picture import BODY, SMALL, Canvas, Picture
from helpers.report.tables import (
    and_ties,
    number_text,
    shared_digits,
)
from helpers.report.theme import color, text_color_on
from helpers.standard import Measured

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DARKEST", "Cell", "draw_cells", "heat_map", "pair_heat_map"]


# Between this shade and full blue, neither ink nor paper is easy to read.
DARKEST = "#77b4d8"


@dataclass(frozen=True)
class Cell:
    """Text of a cell, and the number that determines its shade, or None."""

    text: str
    number: float | None = None


def draw_cells(
    sheet: Canvas,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[int, int], Cell],
    top: float,
    unit: str,
) -> Figure:
    """Draw rows and columns of cells, darker for larger numbers."""
    import numpy as np
    import seaborn
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    wide, many = len(columns), len(rows)
    # We rotate no label; with many columns, numbers replace the names.
    heads = [sheet.fold(name, (sheet.width * 0.7) / wide, SMALL, lines=3) for name in columns]
    numbers = [str(place + 1) for place in range(wide)]
    below = ""
    if list(rows) == list(columns) and any("…" in head or "\n" in head for head in heads):
        heads = numbers
        rows = [f"{place} {name}" for place, name in zip(numbers, rows, strict=True)]
    elif any("…" in head for head in heads):
        column_key = ", ".join(f"{place} {name}" for place, name in zip(numbers, columns, strict=True))
        heads, below = numbers, sheet.fold(column_key, sheet.width - 4, SMALL, lines=20)
    size = SMALL if sheet.narrow else BODY
    rows = [sheet.fold(name, sheet.width * 0.34, size, lines=4, split=True) for name in rows]
    left = max(sheet.measure(name, size) for name in rows) + 12
    cell = min((sheet.width - left - 2) / wide, 120.0)
    lowest = max(34.0, 15.0 * (max(name.count("\n") for name in rows) + 1) + 2)
    high = min(max(cell * 0.5, lowest), max(lowest, 48.0)) if wide == many else lowest
    head = 26 if max(name.count("\n") for name in heads) < 2 else 54
    foot = 28 + 17 * len(below.splitlines())
    sheet.set_height(head + many * high + foot)
    grid = np.full((many, wide), float("nan"))
    cell_texts = np.full((many, wide), "", dtype="U40")
    for place, one in cells.items():
        cell_texts[place] = one.text
        grid[place] = float("nan") if one.number is None else one.number
    shades = LinearSegmentedColormap.from_list("paper to pale blue", [color("paper"), DARKEST])
    axes = sheet.axes(left, head, sheet.width - left - cell * wide, foot)
    longest = max((sheet.measure(text, SMALL) for text in cell_texts.ravel()), default=0.0)
    letters = SMALL if longest + 12 <= cell else max(9.0, SMALL * (cell - 12) / max(longest, 1.0))
    seaborn.heatmap(
        grid,
        annot=cell_texts,
        fmt="",
        vmin=0.0,
        vmax=top,
        cmap=shades,
        mask=np.isnan(grid),
        cbar=False,
        linewidths=1.5,
        linecolor=color("paper"),
        xticklabels=False,
        yticklabels=False,
        annot_kws={"fontsize": letters * 0.72},
        ax=axes,
    )
    # seaborn chooses the text color by brightness; numbers must be readable on every shade.
    shown = grid[~np.isnan(grid)]
    for annotation, number in zip(axes.texts, shown, strict=True):
        annotation.set_color(text_color_on(to_hex(shades(min(number / top, 1.0)))))
    page = sheet.page_axes()
    for column in range(wide):
        sheet.write(page, left + (column + 0.5) * cell, head / 2, heads[column], size=SMALL, across="center")
    for row in range(many):
        middle = head + (row + 0.5) * high
        sheet.write(page, left - 10, middle, rows[row], size=size, across="right")
        for column in range(wide):
            if np.isnan(grid[row, column]):
                own = cells[row, column].text if (row, column) in cells else "–"
                folded = sheet.fold(own, cell - 4, 11, lines=3) if own else own
                at = left + (column + 0.5) * cell
                sheet.write(page, at, middle, folded, size=11, shade=color("muted"), across="center")
    sheet.write(page, left, sheet.height - foot + 16, unit, size=SMALL, shade=color("muted"))
    sheet.write(page, 2, sheet.height - (foot - 28) / 2, below, size=SMALL, shade=color("muted"))
    return sheet.figure


def heat_map(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    row: str,
    column: str,
    value: str,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    caption: str = "",
    highest: float | None = None,
) -> Picture:
    """Draw a heat map of a table.

    Parameters
    ----------
    frame
        One row per cell; a missing pair of row and column shows a dash.
    title
        The finding, as a sentence.
    unit
        Unit of the values.
    row, column, value
        Columns of `frame` with the row, the column, and the number.
    rows, columns
        Names in drawing order; default is as they come.
    caption
        What, when, how many, source.
    highest
        Value with the darkest shade; default is 100 for percent, else the largest one.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        If no cell has a value.
    """
    known = frame[[row, column, value]].dropna().reset_index(drop=True)
    if known.empty:
        raise ValueError("There is nothing to draw: no cell has a value. Say so in a sentence instead.")
    across, down = (
        list(columns) or known[column].unique().tolist(),
        list(rows) or known[row].unique().tolist(),
    )
    numbers = [float(number) for number in known[value]]
    digits = shared_digits(numbers, unit)
    texts = [number_text(number, unit, digits) for number in numbers]
    top = highest or (100.0 if unit == "percent" else max((n for n in numbers if n), default=1.0))
    cells = {
        (down.index(a), across.index(b)): Cell(text, number)
        for a, b, text, number in zip(known[row], known[column], texts, numbers, strict=True)
        if a in down and b in across
    }

    def draw(width: int) -> Figure:
        return draw_cells(Canvas(width), down, across, cells, top, unit)

    values = list(zip(numbers, texts, strict=True))
    return Picture(
        draw,
        title=title,
        alt=f"{title.rstrip('.')}: {Measured('cells_down', len(down)):count} and "
        f"{Measured('cells_across', len(across)):count}, from {min(values)[1]} to {max(values)[1]}.",
        caption=caption,
        data=frame[[row, column, value]].rename(columns={value: unit}),
    )


_MOST_ON_A_PHONE = 6
_DIGITS_ON_A_PHONE = 4


def pair_heat_map(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    left: str = "left_silo",
    right: str = "right_silo",
    value: str = "value",
    caption: str = "",
    order: Sequence[str] = (),
    counts: tuple[str, str] | None = None,
) -> Picture:
    """Draw a heat map of pairs of systems; phones have no room for many and get bars of the lowest pairs.

    Parameters
    ----------
    frame
        One row per pair. A pair given once appears on both sides of the diagonal, but not a share with
        ``counts``: it is of the children of one side.
    title
        The finding, as a sentence.
    unit
        Unit of the values.
    left, right, value
        Columns with both names of the pair, and the number.
    caption
        What, when, how many, source.
    order
        Names in drawing order; default is as they come.
    counts
        Columns with the count and the base of a share, which its table then shows, too.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        If no pair has a value.
    """
    based = frame[frame[left].notna() & frame[right].notna()].reset_index(drop=True)
    pairs = based[[left, right, value]]
    known = pairs.dropna()
    if known.empty:
        raise ValueError("There is nothing to draw: no pair has a value. Say so in a sentence instead.")
    names = list(order) or list(dict.fromkeys([*pairs[left].tolist(), *pairs[right].tolist()]))
    numbers = {(str(a), str(b)): float(number) for a, b, number in known.itertuples(index=False)}
    digits = shared_digits(numbers.values(), unit)
    texts = {pair: number_text(number, unit, digits) for pair, number in numbers.items()}
    top = (100.0 if unit == "percent" else max(numbers.values())) or 1.0

    def draw(width: int) -> Figure:
        sheet = Canvas(width)
        if sheet.narrow and len(names) > _MOST_ON_A_PHONE:
            ranked = sorted(numbers, key=numbers.__getitem__)[:10]
            pair_names = [" – ".join(pair) for pair in ranked]
            scale = [numbers[pair] for pair in ranked]
            left_out = f"{unit}; the {len(ranked)} worst of {Measured('pairs_drawn', len(numbers))!s}"
            return draw_bars(sheet, pair_names, scale, [texts[pair] for pair in ranked], left_out)
        # On a phone the unit is below; only whole numbers fit into a cell of forty pixels.
        short = sheet.narrow and len(names) > _DIGITS_ON_A_PHONE
        cells = {(at, at): Cell("") for at in range(len(names))}
        both = numbers if counts else {pair[::-1]: number for pair, number in numbers.items()} | numbers
        for (a, b), number in both.items():
            if a in names and b in names:
                text = number_text(number, "", 0) if short else number_text(number, unit, digits)
                cells[names.index(a), names.index(b)] = Cell(text, number)
        return draw_cells(sheet, names, names, cells, top, unit)

    return Picture(
        draw,
        title=title,
        alt=_alt(title, numbers, texts, unit),
        caption=caption,
        data=based[[left, right, *(counts or ()), value]].rename(
            columns={left: "system", right: "with", value: unit}
            | dict(zip(counts or (), ("children", "out of"), strict=False))
        ),
    )


def _alt(
    title: str, numbers: dict[tuple[str, str], float], texts: dict[tuple[str, str], str], unit: str
) -> str:
    most, least = max(numbers, key=numbers.__getitem__), min(numbers, key=numbers.__getitem__)
    tail = "" if unit in ("percent", "USD") else f" {unit}"
    ends = [
        f"{texts[pair]}{tail} between {and_ties(' and '.join(pair), list(texts.values()), texts[pair])}"
        for pair in (least, most)
    ]
    many = f"{Measured('pairs_drawn', len(numbers)):count}"
    return f"{title.rstrip('.')}: {many}, from {ends[0]} to {ends[1]}."
