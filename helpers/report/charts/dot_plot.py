"""Draw dot plots with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.report.charts.picture import BODY, SMALL, Canvas, Picture
from helpers.report.tables import number_text, shared_digits
from helpers.report.theme import OUTCOMES, color, outcome_label, series_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["dot_plot", "level_chart"]


_APART = 9  # pixels between the series of a row
_LINE = 16  # of words at both ends
_SHAPES = ("o", "s", "D", "^", "v", "P", "X")


def dot_plot(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    label: str = "label",
    value: str = "value",
    low: str = "low",
    high: str = "high",
    series: str | None = None,
    alt: str = "",
    caption: str = "",
    ordered: bool = True,
    limits: tuple[float, float] | None = None,
    digits: int | None = None,
    ends: Mapping[str, tuple[str, str]] | None = None,
    line: float | None = None,
) -> Picture:
    """Draw a dot plot with intervals, from largest to smallest.

    Parameters
    ----------
    frame
        Columns as named by the next parameters; rows without a value get a dash instead of a dot.
    title
        The finding, as a sentence.
    unit
        Unit of the values, on the axis.
    label, value, low, high
        Columns with the row's name, the dot, and both ends of its interval (``NA`` or no column: none).
    series
        Column that distinguishes several dots of a row, each with its own shape: *missed* and *wrong*.
    alt
        The finding and its range in a sentence; default is from title and data.
    caption
        What, when, how many, what the interval is, source.
    ordered
        False keeps the order of the rows.
    limits
        Ends of the axis; default is from the data.
    digits
        Decimals.
    ends
        Meaning of both ends of the axis by row, as text at the row's ends.
    line
        Position of a line across all rows, such as zero for differences.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        If no row has a value.
    """
    columns = [
        label,
        *([series] if series else []),
        value,
        *(name for name in (low, high) if name in frame.columns),
    ]
    data = frame[columns].reset_index(drop=True)
    if data[value].dropna().empty:
        raise ValueError("There is nothing to draw: no row has a value. Say so in a sentence instead.")
    points = pd.DataFrame(
        {
            "label": data[label].astype("string").fillna("not known"),
            "series": data[series].astype("string")
            if series
            else pd.Series("", index=data.index, dtype="string"),
            "value": data[value].astype("Float64").astype("float64"),
            "low": data[low].astype("Float64").astype("float64") if low in data else float("nan"),
            "high": data[high].astype("Float64").astype("float64") if high in data else float("nan"),
        }
    )
    digits = shared_digits(points["value"], unit) if digits is None else digits
    names = points["label"].drop_duplicates().tolist()
    if ordered:
        largest = (
            points.groupby("label", sort=False)["value"].max().sort_values(ascending=False, kind="stable")
        )
        names = largest.index.tolist()

    def draw(width: int) -> Figure:
        return _draw(Canvas(width), points, names, unit, limits, digits, ends or {}, line)

    return Picture(
        draw,
        title=title,
        alt=alt or _alt(title, points, unit, digits),
        caption=caption,
        data=data,
        units=dict.fromkeys((value, low, high), unit),
    )


def _alt(title: str, points: pd.DataFrame, unit: str, digits: int) -> str:
    known = points.dropna(subset=["value"])
    ranked = known.sort_values("value", kind="stable")
    least, most = ranked.iloc[0], ranked.iloc[-1]
    tail = "" if unit in ("percent", "USD") else f" {unit}"

    def said(row: pd.Series) -> str:
        who = f"{row['label']}, {row['series']}" if row["series"] else str(row["label"])
        return f"{number_text(row['value'], unit, digits)}{tail} for {who}"

    return f"{title.rstrip('.')}: {len(known)} dots with intervals, from {said(least)} to {said(most)}."


def _look(series: list[str]) -> dict[str, tuple[str, str, str]]:
    """Return fill, edge and shape of each series; names with a meaning keep their color."""
    further = iter(series_colors(7))
    looks = {}
    for place, name in enumerate(series):
        mark = OUTCOMES.get(name)
        fill, edge = (mark.fill, mark.edge) if mark else (next(further), color("ink"))
        if name == "":
            fill, edge = color("ink"), color("ink")
        if name == "wrong":
            edge = fill
        looks[name] = (fill, edge, _SHAPES[place % len(_SHAPES)])
    return looks


def _draw(
    sheet: Canvas,
    points: pd.DataFrame,
    names: list[str],
    unit: str,
    limits: tuple[float, float] | None,
    digits: int,
    ends: Mapping[str, tuple[str, str]],
    line: float | None,
) -> Figure:
    series = points["series"].drop_duplicates().tolist()
    looks = _look(series)
    folded = [sheet.fold(name, sheet.width - 4 if sheet.narrow else 230, lines=2) for name in names]
    texts = [number_text(number, unit, digits) for number in points["value"]]
    left = 12.0 if sheet.narrow else max(sheet.measure(name) for name in folded) + 20
    right = 14.0 if len(series) > 1 else max(sheet.measure(text, SMALL) for text in texts) + 12
    head = 30 if len(series) > 1 else 4
    foot = 46
    room = (sheet.width - left - right) / 2 - 8
    words = {name: [sheet.fold(end, room, SMALL) for end in both] for name, both in ends.items()}
    lines = max((text.count("\n") + 1 for both in words.values() for text in both), default=0)
    # A third series, and text at both ends, need extra room.
    dotted = (46 if sheet.narrow else 32) + max(len(series) - 2, 0) * _APART
    step = dotted + lines * _LINE
    sheet.set_height(head + len(names) * step + foot)
    axes = sheet.axes(left, head, right, foot)
    axes.set_ylim(len(names) * step, 0)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.grid(axis="x")
    # We offset the series of one row slightly, so that intervals don't hide each other.
    shift = {name: (place - (len(series) - 1) / 2) * _APART for place, name in enumerate(series)}
    within = (dotted + 16) / 2 if sheet.narrow else dotted / 2
    center = {name: place * step + within for place, name in enumerate(names)}
    axes.set_xlabel(unit, loc="left")
    if limits:
        axes.set_xlim(*limits)
    _points(axes, points, center, shift, looks)
    axes.locator_params(axis="x", nbins=4 if sheet.narrow else 7)
    if line is not None:
        axes.axvline(line, color=color("ink"), linewidth=1)
    page = sheet.page_axes()
    for name, both in words.items():
        under = head + names.index(name) * step + dotted - (0 if sheet.narrow else 4)
        for text, x, side in zip(both, (left, sheet.width - right), ("left", "right"), strict=True):
            look: dict[str, Any] = {"size": SMALL, "shade": color("muted"), "across": side}
            sheet.write(page, x, under, text, up="top", **look)
    for name, text in zip(names, folded, strict=True):
        if sheet.narrow:
            sheet.write(page, 2, head + center[name] - within + 11, text)
        else:
            sheet.write(page, left - 16, head + center[name], text, across="right")
    if len(series) > 1:
        _legend(sheet, page, looks, left if not sheet.narrow else 2)
    else:
        for label, text in zip(points["label"], texts, strict=True):
            sheet.write(page, sheet.width, head + center[label], text, size=SMALL, across="right")
    return sheet.figure


def _points(
    axes: Axes,
    points: pd.DataFrame,
    center: dict[str, float],
    shift: dict[str, float],
    looks: dict[str, tuple[str, str, str]],
) -> None:
    for name, own in points.groupby("series", sort=False):
        fill, edge, shape = looks[str(name)]
        heights = own["label"].map(center).astype("float64") + shift[str(name)]
        sure = own["low"].notna() & own["high"].notna()
        axes.hlines(
            heights[sure], own["low"][sure], own["high"][sure], color=fill if name else edge, linewidth=2
        )
        axes.scatter(
            own["value"], heights, s=46, color=fill, edgecolor=edge, marker=shape, zorder=3, linewidth=1
        )


def _legend(sheet: Canvas, page: Axes, looks: dict[str, tuple[str, str, str]], x: float) -> None:
    for name, (fill, edge, shape) in looks.items():
        page.scatter([x + 6], [12], s=46, color=fill, edgecolor=edge, marker=shape, linewidth=1)
        sheet.write(page, x + 18, 12, outcome_label(name), size=SMALL)
        x += 18 + sheet.measure(outcome_label(name), SMALL) + 22
    page.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))


PANEL, GAP, HEAD, FOOT = 116, 22, 44, 26
SIDE = 40  # left and right of a panel's levels, for values
NAME = 26  # extra on the right, for the label of the gray line


def level_chart(
    frame: pd.DataFrame,
    *,
    title: str,
    levels: Sequence[str],
    caption: str = "",
    alt: str = "",
    beside: str = "placebo",
) -> Picture:
    """Draw one panel per measure: its value at each level with the interval, connected by a line."""
    data = frame[["label", "unit", "level", "series", "value", "low", "high"]].reset_index(drop=True)
    data = data.assign(series=data["series"].astype("string").fillna(""))
    if data["value"].dropna().empty:
        raise ValueError("There is nothing to draw: no row has a value. Say so in a sentence instead.")
    labels = data["label"].drop_duplicates().tolist()

    def draw(width: int) -> Figure:
        return _draw_levels(Canvas(width), data, labels, list(levels), beside)

    return Picture(
        draw, title=title, alt=alt or _level_alt(title, data, list(levels)), caption=caption, data=data
    )


def _level_alt(title: str, data: pd.DataFrame, levels: list[str]) -> str:
    main = data[data["series"].eq("")]
    first = main[main["label"].eq(main["label"].iloc[0])].set_index("level")["value"]
    ends = [level for level in levels if level in first.index]
    unit = main["unit"].iloc[0]
    said = " and ".join(
        f"{number_text(first[level], unit, 1)} at {level}" for level in dict.fromkeys((ends[0], ends[-1]))
    )
    return f"{title.rstrip('.')}: {data['label'].nunique()} panels; {main['label'].iloc[0]}, {unit}: {said}."


def _draw_levels(
    sheet: Canvas, data: pd.DataFrame, labels: list[str], levels: list[str], beside: str
) -> Figure:
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
        sheet.write(page, left + 2, top + 29, unit, size=SMALL, shade=color("muted"))
        axes = sheet.axes(left, top + HEAD, sheet.width - left - wide, sheet.height - top - HEAD - PANEL)
        _panel(sheet, axes, mine, levels, beside, wide)
    return sheet.figure


def _panel(
    sheet: Canvas, axes: Axes, mine: pd.DataFrame, levels: list[str], beside: str, wide: float
) -> None:
    """Draw one panel in horizontal pixels, and vertically in its own unit."""
    places = {
        level: SIDE + number * (wide - 2 * SIDE - NAME) / max(len(levels) - 1, 1)
        for number, level in enumerate(levels)
    }
    # The main series determines the range: a gray interval of two seeds may be wider than everything visible.
    main = mine[mine["series"].eq("")]
    ends = pd.concat([mine["value"], main["low"], main["high"]]).dropna()
    low, high = float(ends.min()), float(ends.max())
    room = (high - low) or abs(high) or 1.0
    axes.set_xlim(0, wide)
    axes.set_ylim(low - 0.36 * room, high + 0.36 * room)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(color("rule"))
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_xticks(list(places.values()), list(places), color=color("ink"))
    axes.tick_params(axis="x", length=0, pad=6)
    digits = _digits(high - low, high)
    unit = str(mine["unit"].iloc[0])
    # Draw the gray series first, so that the main one is on top.
    for series in sorted(mine["series"].unique(), reverse=True):
        own = mine[mine["series"].eq(series)].dropna(subset=["value"])
        x = own["level"].map(places).to_numpy(dtype="float64")
        y = own["value"].to_numpy(dtype="float64")
        shade, above = (color("muted"), 1) if series else (color("ink"), 3)
        alpha = 0.55 if series else 1.0
        style = "dashed" if series else "solid"
        axes.plot(x, y, color=shade, linewidth=1.2, linestyle=style, alpha=alpha, zorder=above)
        sure = own["low"].notna().to_numpy(dtype=bool)
        axes.vlines(
            x[sure], own["low"][sure], own["high"][sure], color=shade, linewidth=2, alpha=alpha, zorder=above
        )
        face = color("paper") if series else shade
        axes.scatter(x, y, s=40, color=face, edgecolor=shade, linewidth=1.2, zorder=above + 1)
        if series:
            sheet.write(axes, x[-1] + 10, y[-1], beside, size=11, shade=color("muted"), up="center_baseline")
            continue
        # Write a figure on the side away from the gray line.
        gray = mine[mine["series"].ne("")].drop_duplicates("level").set_index("level")["value"]
        over = own["level"].map(gray).gt(own["value"]).fillna(False)
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
                color=color("ink"),
                parse_math=False,
                zorder=6,
                bbox={
                    "boxstyle": "square,pad=0.05",
                    "facecolor": color("paper"),
                    "linewidth": 0,
                    "alpha": 0.8,
                },
            )


def _digits(spread: float, largest: float) -> int:
    """Return the number of decimals that distinguishes the levels."""
    if spread == 0 or max(spread, abs(largest)) >= 200:
        return 0
    return 0 if spread >= 20 else 1 if spread >= 1 else 2
