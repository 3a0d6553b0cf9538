"""Draw one child's year as a timeline, one lane per system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.charts.picture import SMALL, Canvas, Picture
from helpers.report.theme import color

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["child_timeline"]


_SHAPES = ("o", "s", "D", "^", "v", "P", "X")
_TO_TEXT = 15  # pixels from the place of a mark in a legend to its text


def child_timeline(
    events: pd.DataFrame,
    *,
    title: str,
    lane: str = "domain",
    every_lane: Sequence[str] = (),
    empty: Mapping[str, str] | None = None,
    caption: str = "",
) -> Picture:
    """Draw one child's year as a timeline, one lane per system.

    Parameters
    ----------
    events
        One row per event, with ``date`` and ``event``; with ``end_date`` it is a period, drawn as a line.
    title
        The finding, as a sentence.
    lane
        Column with the system or domain.
    every_lane
        All lanes in order; a system without events keeps its lane.
    empty
        Text of an empty lane, by lane ("does not cover her"); default is "nothing known".
    caption
        What, when, how many, source.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        If no event has a date.
    """
    kept = [lane, "date", *(["end_date"] if "end_date" in events.columns else []), "event"]
    data = events[kept].dropna(subset=["date"]).sort_values([lane, "date"], kind="stable", ignore_index=True)
    if data.empty:
        raise ValueError("There is nothing to draw: no event has a date. Say so in a sentence instead.")
    ends = data["end_date"] if "end_date" in data.columns else pd.Series(pd.NaT, index=data.index)
    marks = pd.DataFrame(
        {"lane": data[lane], "begin": data["date"], "end": ends, "event": data["event"].fillna("unknown")}
    )
    names = list(dict.fromkeys([*every_lane, *marks["lane"].tolist()]))
    first = marks["begin"].min()
    last = max(marks["begin"].max(), marks["end"].max() if ends.notna().any() else first)

    def draw(width: int) -> Figure:
        return _draw(Canvas(width), marks, [str(name) for name in names], dict(empty or {}), first, last)

    return Picture(
        draw,
        title=title,
        alt=_alt(title, marks, names, first, last),
        caption=caption,
        data=data,
    )


def _alt(title: str, marks: pd.DataFrame, names: list[str], first: pd.Timestamp, last: pd.Timestamp) -> str:
    counts = marks["lane"].value_counts()
    counts_text = ", ".join(f"{name} {int(counts.get(name, 0))}" for name in names)
    return f"{title.rstrip('.')}. Events from {first:%B %Y} to {last:%B %Y}, by system: {counts_text}."


def _looks(marks: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Assign a shape and a fill to each kind of event, the same in all lanes, most common first."""
    # Not vermilion or orange, which mean wrong and missed: here we judge nothing. Periods are pale, so that
    # marks are visible on them.
    fills = [color(name) for name in ("ink", "paper", "blue", "sky", "purple", "muted")]
    periods = set(marks.loc[marks["end"].notna(), "event"])
    looks = {}
    for place, kind in enumerate(marks["event"].value_counts().index):
        fill = color("rule") if kind in periods else fills[place % len(fills)]
        looks[str(kind)] = (_SHAPES[place % len(_SHAPES)], fill)
    return looks


def _legend(sheet: Canvas, name: str, own: pd.DataFrame) -> list[list[tuple[float, str, str]]]:
    """Arrange the legend of a lane's marks after its name and on further lines: (x, kind, text)."""
    lines: list[list[tuple[float, str, str]]] = [[]]
    x = sheet.measure(name, weight="bold") + 16
    for kind, count in own["event"].value_counts().items():
        label = sheet.fold(f"{kind} ({count})", sheet.width - 20, SMALL, lines=1)
        wide = _TO_TEXT + sheet.measure(label, SMALL)
        if x + wide > sheet.width:
            lines.append([])
            x = 2.0
        lines[-1].append((x, str(kind), label))
        x += wide + 13
    return lines


def _draw(
    sheet: Canvas,
    marks: pd.DataFrame,
    names: list[str],
    empty: dict[str, str],
    first: pd.Timestamp,
    last: pd.Timestamp,
) -> Figure:
    import matplotlib.dates as dates

    looks = _looks(marks)
    parts = {name: marks[marks["lane"] == name] for name in names}
    legends = {name: _legend(sheet, name, own) for name, own in parts.items()}
    # A lane has a name, a legend of its marks, and a strip of marks. Month lines cross strips, not text.
    strip, line, foot, side = 30, 24, 28, 10.0
    tops, height = [], 0.0
    for name in names:
        tops.append(height)
        height += len(legends[name]) * line + strip + 8
    sheet.set_height(height + foot)
    axes = sheet.axes(side, 0, side, foot)
    axes.set(ylim=(height, 0))
    margin = max((last - first) * 0.02, pd.Timedelta(days=4))
    axes.set_xlim(dates.date2num(first - margin), dates.date2num(last + margin))
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    months = (last - first).days / 30.4
    locator = dates.MonthLocator(interval=max(1, round(months / (5 if sheet.narrow else 11))))
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.DateFormatter("%b %y" if months > 12 else "%b"))
    month_starts = [tick for tick in locator() if axes.get_xlim()[0] <= tick <= axes.get_xlim()[1]]
    page = sheet.page_axes()
    for name, top in zip(names, tops, strict=True):
        if top:
            page.plot([0, sheet.width], [top] * 2, color=color("rule"), linewidth=0.8)
        _label(sheet, page, top + 14, name, legends[name], looks)
        from_here = top + len(legends[name]) * line
        axes.vlines(month_starts, from_here, from_here + strip, color=color("rule"), linewidth=0.8, zorder=1)
        if parts[name].empty:
            words = empty.get(name, "nothing known")
            page.text(
                side,
                from_here + strip / 2 + SMALL * 0.35,
                words,
                fontsize=SMALL * 0.72,
                color=color("muted"),
                backgroundcolor=color("paper"),
                parse_math=False,
            )
        _marks(axes, parts[name], from_here + strip / 2, looks)
    page.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
    return sheet.figure


def _label(
    sheet: Canvas,
    page: Axes,
    y: float,
    name: str,
    legend: list[list[tuple[float, str, str]]],
    looks: dict[str, tuple[str, str]],
) -> None:
    sheet.write(page, 0, y, name, weight="bold")
    for place, row in enumerate(legend):
        for x, kind, label in row:
            shape, fill = looks[kind]
            at = y + place * 24
            page.scatter(
                [x + 5], [at], s=28, marker=shape, facecolor=fill, edgecolor=color("ink"), linewidth=0.8
            )
            sheet.write(page, x + _TO_TEXT, at, label, size=SMALL, shade=color("muted"))


def _marks(axes: Axes, own: pd.DataFrame, height: float, looks: dict[str, tuple[str, str]]) -> None:
    import matplotlib.dates as dates

    for kind, rows in own.groupby("event", sort=False):
        shape, fill = looks[str(kind)]
        days = rows[rows["end"].isna()]
        periods = rows[rows["end"].notna()]
        begins, ends = dates.date2num(periods["begin"]), dates.date2num(periods["end"])
        # A period is a bar with an edge, with its shape at the start, so that it is recognizable without
        # color.
        axes.barh(
            [height] * len(periods),
            ends - begins,
            left=begins,
            height=7,
            facecolor=fill,
            edgecolor=color("ink"),
            linewidth=0.8,
            zorder=2,
        )
        axes.scatter(
            [*begins, *dates.date2num(days["begin"])],
            [height] * len(rows),
            s=40,
            marker=shape,
            facecolor=fill,
            edgecolor=color("ink"),
            linewidth=0.8,
            zorder=3,
            clip_on=False,
        )
