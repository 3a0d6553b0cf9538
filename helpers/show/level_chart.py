"""What each step buys: a dot and its interval a level, joined, a panel a measure; the placebo in grey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.show.canvas import BODY, SMALL, Sheet
from helpers.show.numbers import number_text
from helpers.show.picture import Picture
from helpers.show.tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["level_chart"]

PANEL, GAP, HEAD, FOOT = 116, 22, 44, 26
SIDE = 40  # left and right of a panel's levels, for values
NAME = 26  # and on the right as much again, for the word at the grey line


def level_chart(
    frame: pd.DataFrame,
    *,
    title: str,
    levels: Sequence[str],
    caption: str = "",
    alt: str = "",
    beside: str = "placebo",
) -> Picture:
    """Draw a panel a measure: its value at each level with the interval, joined by a line.

    Parameters
    ----------
    frame
        ``label`` (the measure), ``unit``, ``level``, ``series`` (empty: the one in ink; else it is drawn in
        grey below it), ``value``, ``low``, ``high``; panels in the order of the rows.
    title
        The finding, as a sentence.
    levels
        The levels in their order.
    caption
        What, when, how many, what the interval is.
    alt
        The finding and its range in a sentence; made from title and data when left out.
    beside
        The word that stands at the grey line.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        When no row has a value.
    """
    data = frame[["label", "unit", "level", "series", "value", "low", "high"]].reset_index(drop=True)
    data = data.assign(series=data["series"].astype("string").fillna(""))
    if data["value"].dropna().empty:
        raise ValueError("There is nothing to draw: no row has a value. Say so in a sentence instead.")
    labels = data["label"].drop_duplicates().tolist()

    def draw(width: int) -> Figure:
        return _draw(Sheet(width), data, labels, list(levels), beside)

    return Picture(draw, title=title, alt=alt or _alt(title, data, list(levels)), caption=caption, data=data)


def _alt(title: str, data: pd.DataFrame, levels: list[str]) -> str:
    main = data[data["series"].eq("")]
    first = main[main["label"].eq(main["label"].iloc[0])].set_index("level")["value"]
    ends = [level for level in levels if level in first.index]
    unit = main["unit"].iloc[0]
    said = " and ".join(
        f"{number_text(first[level], unit, 1)} at {level}" for level in dict.fromkeys((ends[0], ends[-1]))
    )
    return f"{title.rstrip('.')}: {data['label'].nunique()} panels; {main['label'].iloc[0]}, {unit}: {said}."


def _draw(sheet: Sheet, data: pd.DataFrame, labels: list[str], levels: list[str], beside: str) -> Figure:
    across = 1 if sheet.narrow else 2
    down = -(-len(labels) // across)
    wide = (sheet.width - (across - 1) * 32) / across
    step = HEAD + PANEL + FOOT + GAP
    sheet.set_height(down * step)
    page = sheet.page_axes()
    for place, label in enumerate(labels):
        left = (place % across) * (wide + 32)
        top = (place // across) * step
        mine = data[data["label"].eq(label)]
        unit = str(mine["unit"].iloc[0])
        sheet.write(page, left + 2, top + 10, sheet.fold(label, wide - 4, lines=1), weight="bold")
        sheet.write(page, left + 2, top + 29, unit, size=SMALL, shade=colour("muted"))
        axes = sheet.axes(left, top + HEAD, sheet.width - left - wide, sheet.height - top - HEAD - PANEL)
        _panel(sheet, axes, mine, levels, beside, wide)
    return sheet.figure


def _panel(sheet: Sheet, axes: Axes, mine: pd.DataFrame, levels: list[str], beside: str, wide: float) -> None:
    """Draw one panel in pixels across, in its own unit upwards."""
    places = {
        level: SIDE + number * (wide - 2 * SIDE - NAME) / max(len(levels) - 1, 1)
        for number, level in enumerate(levels)
    }
    # What is in ink decides the room: a grey bar of two seeds may be wider than all that is to be seen.
    main = mine[mine["series"].eq("")]
    ends = pd.concat([mine["value"], main["low"], main["high"]]).dropna()
    low, high = float(ends.min()), float(ends.max())
    room = (high - low) or abs(high) or 1.0
    axes.set_xlim(0, wide)
    axes.set_ylim(low - 0.36 * room, high + 0.36 * room)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(colour("rule"))
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_xticks(list(places.values()), list(places), color=colour("ink"))
    axes.tick_params(axis="x", length=0, pad=6)
    digits = _digits(high - low, high)
    unit = str(mine["unit"].iloc[0])
    # The grey one lies below: what is in ink is drawn over it.
    for series in sorted(mine["series"].unique(), reverse=True):
        own = mine[mine["series"].eq(series)].dropna(subset=["value"])
        x = own["level"].map(places).to_numpy(dtype="float64")
        y = own["value"].to_numpy(dtype="float64")
        shade, above = (colour("muted"), 1) if series else (colour("ink"), 3)
        alpha = 0.55 if series else 1.0
        style = "dashed" if series else "solid"
        axes.plot(x, y, color=shade, linewidth=1.2, linestyle=style, alpha=alpha, zorder=above)
        sure = own["low"].notna().to_numpy(dtype=bool)
        axes.vlines(
            x[sure], own["low"][sure], own["high"][sure], color=shade, linewidth=2, alpha=alpha, zorder=above
        )
        face = colour("paper") if series else shade
        axes.scatter(x, y, s=40, color=face, edgecolor=shade, linewidth=1.2, zorder=above + 1)
        if series:
            sheet.write(axes, x[-1] + 10, y[-1], beside, size=11, shade=colour("muted"), up="center_baseline")
            continue
        # A figure stands on the side away from the grey line.
        grey = mine[mine["series"].ne("")].drop_duplicates("level").set_index("level")["value"]
        over = own["level"].map(grey).gt(own["value"]).fillna(False)
        tops, feet = own["high"].fillna(own["value"]), own["low"].fillna(own["value"])
        for at, value, top, foot, under in zip(x, y, tops, feet, over, strict=True):
            text = number_text(value, "percent" if unit == "percent" else "", digits)
            axes.annotate(
                text,
                (at, min(foot, value) if under else max(top, value)),
                xytext=(0, -5 if under else 5),
                textcoords="offset points",
                ha="center",
                va="top" if under else "bottom",
                fontsize=BODY * 0.68,
                color=colour("ink"),
                parse_math=False,
                zorder=6,
                bbox={
                    "boxstyle": "square,pad=0.05",
                    "facecolor": colour("paper"),
                    "linewidth": 0,
                    "alpha": 0.8,
                },
            )


def _digits(spread: float, largest: float) -> int:
    """Say how many digits after the point tell the levels apart."""
    if spread == 0 or max(spread, abs(largest)) >= 200:
        return 0
    return 0 if spread >= 20 else 1 if spread >= 1 else 2
