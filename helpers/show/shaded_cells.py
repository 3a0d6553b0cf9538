"""Cells with a number each, and its shade behind it: the body of a table that is a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.show.canvas import BODY, SMALL, Sheet
from helpers.show.tokens import colour, letters_on

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DARKEST", "Cell", "draw_cells"]

# Between this and the full blue neither ink nor paper is read easily.
DARKEST = "#77b4d8"


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and the number that shades it; None where there is none to shade."""

    text: str
    number: float | None = None


def draw_cells(
    sheet: Sheet,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[int, int], Cell],
    top: float,
    unit: str,
) -> Figure:
    """Draw rows and columns of cells, the darker the larger the number.

    Parameters
    ----------
    sheet
        Where to draw.
    rows, columns
        Their names. Columns whose names don't fit above carry numbers: the rows explain them where both have
        the same names, else a line below.
    cells
        Place of row and column -> what stands there. A place without a cell shows a dash.
    top
        The number that is darkest.
    unit
        Of the numbers; it stands below.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing.
    """
    import numpy as np
    import seaborn
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    wide, many = len(columns), len(rows)
    # No label stands on its head: many columns carry numbers.
    heads = [sheet.fold(name, (sheet.width * 0.7) / wide, SMALL, lines=3) for name in columns]
    numbers = [str(place + 1) for place in range(wide)]
    below = ""
    if list(rows) == list(columns) and any("…" in head or "\n" in head for head in heads):
        heads = numbers
        rows = [f"{place} {name}" for place, name in zip(numbers, rows, strict=True)]
    elif any("…" in head for head in heads):
        said_below = ", ".join(f"{place} {name}" for place, name in zip(numbers, columns, strict=True))
        heads, below = numbers, sheet.fold(said_below, sheet.width - 4, SMALL, lines=20)
    rows = [sheet.fold(name, sheet.width * 0.34, SMALL if sheet.narrow else BODY, lines=2) for name in rows]
    size = SMALL if sheet.narrow else BODY
    left = max(sheet.measure(name, size) for name in rows) + 12
    cell = min((sheet.width - left - 2) / wide, 120.0)
    high = min(max(cell * 0.5, 34.0), 48.0) if wide == many else 34.0
    head = 26 if max(name.count("\n") for name in heads) < 2 else 54
    foot = 28 + 17 * len(below.splitlines())
    sheet.set_height(head + many * high + foot)
    grid = np.full((many, wide), float("nan"))
    said = np.full((many, wide), "", dtype="U40")
    for place, one in cells.items():
        said[place] = one.text
        grid[place] = float("nan") if one.number is None else one.number
    shades = LinearSegmentedColormap.from_list("paper to pale blue", [colour("paper"), DARKEST])
    axes = sheet.axes(left, head, sheet.width - left - cell * wide, foot)
    longest = max((sheet.measure(text, SMALL) for text in said.ravel()), default=0.0)
    letters = SMALL if longest + 12 <= cell else max(9.0, SMALL * (cell - 12) / max(longest, 1.0))
    seaborn.heatmap(
        grid,
        annot=said,
        fmt="",
        vmin=0.0,
        vmax=top,
        cmap=shades,
        mask=np.isnan(grid),
        cbar=False,
        linewidths=1.5,
        linecolor=colour("paper"),
        xticklabels=False,
        yticklabels=False,
        annot_kws={"fontsize": letters * 0.72},
        ax=axes,
    )
    # seaborn decides by brightness; the numbers must be read on every shade.
    shown = grid[~np.isnan(grid)]
    for written, number in zip(axes.texts, shown, strict=True):
        written.set_color(letters_on(to_hex(shades(min(number / top, 1.0)))))
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
                sheet.write(page, at, middle, folded, size=11, shade=colour("muted"), across="center")
    sheet.write(page, left, sheet.height - foot + 16, unit, size=SMALL, shade=colour("muted"))
    sheet.write(page, 2, sheet.height - (foot - 28) / 2, below, size=SMALL, shade=colour("muted"))
    return sheet.figure
