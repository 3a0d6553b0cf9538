"""Draw an UpSet plot: one column per combination of systems, one row per system, bars above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.charts.picture import BODY, SMALL, Canvas, Picture
from helpers.report.tables import as_number, number_text
from helpers.report.theme import color
from helpers.standard import Measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["upset_plot"]

_MOST, _MOST_ON_A_PHONE = 12, 6
_BARS = 110.0  # height of the longest bar, in pixels


def upset_plot(
    counts: Mapping[tuple[str, ...], int | str],
    rows: Sequence[str],
    *,
    title: str,
    unit: str,
    caption: str = "",
) -> Picture:
    """Draw an UpSet plot of children by combination of systems.

    Parameters
    ----------
    counts
        Systems of a combination -> number of children in exactly these, or the guard's text.
    rows
        All systems, in drawing order.
    title
        The finding, as a sentence.
    unit
        Unit of the counts, such as children.
    caption
        What, when, how many, source.

    Returns
    -------
    Picture
        The chart with the largest combinations, and a table with all of them.

    Raises
    ------
    ValueError
        If there is no combination.
    """
    if not counts:
        raise ValueError("There is nothing to draw: nobody is in any system. Say so in a sentence instead.")
    # Text instead of a number (the guard's) comes last.
    ordered = sorted(counts.items(), key=lambda pair: -(as_number(pair[1]) or 0.0))

    def draw(width: int) -> Figure:
        sheet = Canvas(width)
        return _draw(sheet, ordered[: _MOST_ON_A_PHONE if sheet.narrow else _MOST], list(rows), unit)

    data = pd.DataFrame(
        [(" + ".join(systems), count) for systems, count in ordered], columns=["in exactly", unit]
    )
    left = len(ordered) - _MOST
    drawn = Measured("combinations", len(ordered))
    more = f"The {_MOST} largest of {drawn:count}; all are in the table." if left > 0 else ""
    return Picture(
        draw,
        title=title,
        alt=_alt(title, ordered, unit),
        caption=" ".join(part for part in (caption, more) if part),
        data=data,
    )


def _alt(title: str, ordered: list[tuple[tuple[str, ...], int | str]], unit: str) -> str:
    (most, count), (least, fewest) = ordered[0], ordered[-1]
    drawn = Measured("combinations", len(ordered))
    return (
        f"{title.rstrip('.')}: {drawn:count}, from {number_text(count)} {unit} in "
        f"{', '.join(most)} to {number_text(fewest)} in {', '.join(least)}."
    )


def _draw(
    sheet: Canvas, shown: list[tuple[tuple[str, ...], int | str]], rows: list[str], unit: str
) -> Figure:
    size = SMALL if sheet.narrow else BODY
    room = sheet.width * (0.36 if sheet.narrow else 0.3)
    names = [sheet.fold(name, room, size, lines=4, split=True) for name in rows]
    # With short system names, the unit has too little room.
    left = max(sheet.measure(unit, SMALL), *(sheet.measure(name, size) for name in names)) + 22
    column = min((sheet.width - left - 4) / len(shown), 64.0)
    # The guard's text is too long for a column: we show a star, explained below.
    texts = [number_text(count) if as_number(count) is not None else "*" for _, count in shown]
    step, head = max(30, 15 * (max(name.count("\n") for name in names) + 1)), 22
    top = head + _BARS + 16
    hidden = "*" in texts
    sheet.set_height(top + len(rows) * step + (26 if hidden else 4))
    axes = sheet.page_axes()
    scale = _BARS / (max((as_number(count) or 0.0 for _, count in shown), default=1.0) or 1.0)
    for place in range(0, len(rows), 2):
        axes.axhspan(top + place * step, top + (place + 1) * step, color=color("tint"), linewidth=0, zorder=0)
    for name, place in zip(names, range(len(rows)), strict=True):
        sheet.write(axes, left - 16, top + (place + 0.5) * step, name, size=size, across="right")
    sheet.write(axes, left - 16, head + _BARS, unit, size=SMALL, shade=color("muted"), across="right")
    marks: list[tuple[float, float, bool]] = []
    for place, ((systems, count), text) in enumerate(zip(shown, texts, strict=True)):
        x = left + (place + 0.5) * column
        high = (as_number(count) or 0.0) * scale
        axes.bar([x], [-high], width=column * 0.6, bottom=head + _BARS, color=color("ink"))
        sheet.write(axes, x, head + _BARS - high - 10, text, size=SMALL, across="center")
        marks += [(x, top + (at + 0.5) * step, name in systems) for at, name in enumerate(rows)]
    _dots(axes, marks)
    if hidden:
        sheet.write(
            axes,
            2,
            sheet.height - 12,
            "* too few to be shown, or hidden with them",
            size=SMALL,
            shade=color("muted"),
        )
    axes.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
    return sheet.figure


def _dots(axes: Axes, marks: list[tuple[float, float, bool]]) -> None:
    """Draw full dots for the systems of a combination and hollow ones for the others, joined by column."""
    columns: dict[float, list[float]] = {}
    for x, y, there in marks:
        columns.setdefault(x, []).extend([y] if there else [])
    for x, inside in columns.items():
        axes.plot([x, x], [min(inside, default=0), max(inside, default=0)], color=color("ink"), linewidth=2)
    for full, face, edge in ((True, "ink", "ink"), (False, "paper", "rule")):
        points = [(x, y) for x, y, there in marks if there is full]
        axes.scatter(
            [x for x, _ in points],
            [y for _, y in points],
            s=46,
            facecolor=color(face),
            edgecolor=color(edge),
            linewidth=1.2,
            zorder=3,
        )
