"""Draw dot plots with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.report.charts.picture import SMALL, Canvas, Picture
from helpers.report.tables import and_ties, number_text, shared_digits
from helpers.report.theme import OUTCOMES, color, outcome_label, series_colors
from helpers.standard import Measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["dot_plot"]


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
    series: str | None = None,
    alt: str = "",
    caption: str = "",
    ordered: bool = True,
    limits: tuple[float, float] | None = None,
    digits: int | None = None,
    ends: Mapping[str, tuple[str, str]] | None = None,
    line: float | None = None,
    beside: Sequence[str] = (),
) -> Picture:
    """Draw a dot plot with intervals, from largest to smallest.

    Parameters
    ----------
    frame
        Columns as named by the next parameters; rows without a value get a dash instead of a dot. Columns
        ``low`` and ``high`` are the ends of its interval (``NA`` or no column: none).
    title
        The finding, as a sentence.
    unit
        Unit of the values, on the axis.
    label, value
        Columns with the row's name and the dot.
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
    beside
        Columns in the table of numbers only, such as the counts of a share.

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
        *(name for name in ("low", "high") if name in frame.columns),
        *beside,
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
            "low": data["low"].astype("Float64").astype("float64") if "low" in data else float("nan"),
            "high": data["high"].astype("Float64").astype("float64") if "high" in data else float("nan"),
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
        units=dict.fromkeys((value, "low", "high"), unit),
    )


def _alt(title: str, points: pd.DataFrame, unit: str, digits: int) -> str:
    known = points.dropna(subset=["value"])
    texts = [number_text(one, unit, digits) for one in known["value"]]
    ranked = known.sort_values("value", kind="stable")
    least, most = ranked.iloc[0], ranked.iloc[-1]
    tail = "" if unit in ("percent", "USD") else f" {unit}"

    def describe(row: pd.Series) -> str:
        who = f"{row['label']}, {row['series']}" if row["series"] else str(row["label"])
        text = number_text(row["value"], unit, digits)
        return f"{text}{tail} for {and_ties(who, texts, text)}"

    drawn = Measured("dots_drawn", len(known))
    return f"{title.rstrip('.')}: {drawn:count}, from {describe(least)} to {describe(most)}."


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
    names_room = sheet.width - 4 if sheet.narrow else 230
    folded = [sheet.fold(name, names_room, lines=4, split=True) for name in names]
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
    # So do names of more than two lines.
    more = _LINE * max(max(name.count("\n") for name in folded) - 1, 0)
    dotted += more
    step = dotted + lines * _LINE
    sheet.set_height(head + len(names) * step + foot)
    axes = sheet.axes(left, head, right, foot)
    axes.set_ylim(len(names) * step, 0)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.grid(axis="x")
    # We offset the series of one row slightly, so that intervals don't hide each other.
    shift = {name: (place - (len(series) - 1) / 2) * _APART for place, name in enumerate(series)}
    within = (dotted + more + 16) / 2 if sheet.narrow else dotted / 2
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
            lines_up = max(text.count("\n") - 1, 0)
            sheet.write(page, 2, head + center[name] - within + 11 + lines_up * _LINE / 2, text)
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
