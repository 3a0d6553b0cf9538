"""Draw bars in groups, one group a harm: how many children of each system it touches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from helpers.report.charts.picture import SMALL, Canvas, Picture
from helpers.report.tables import as_number, number_text
from helpers.report.theme import OUTCOMES, Mark, color

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Bar", "BarGroup", "grouped_bars"]

# A count, or the guard's text instead of it.
Count = int | str

# It stands beside sentences, so it is drawn for half a page.
WIDTH = 424
_THINNEST = 4.0
_STEP, _HIGH, _HEAD = 24, 14, 26
# What a second line of a name adds.
_MORE = 15


class Bar(NamedTuple):
    """One row: how many of a system's children."""

    label: str
    many: Count
    # All children of the system; None if that would disclose a hidden count.
    of: Count | None = None

    @property
    def text(self) -> str:
        """The text at the end of the bar."""
        if self.of is None or isinstance(self.many, str):
            return number_text(self.many)
        return f"{number_text(self.many)} of {number_text(self.of)}"


class BarGroup(NamedTuple):
    """Bars of one harm, drawn with the mark of a name of ``theme.OUTCOMES``."""

    title: str
    mark: str
    bars: Sequence[Bar]
    # A line below the bars about systems that have none.
    rest: str = ""


def grouped_bars(
    groups: Sequence[BarGroup],
    *,
    title: str,
    unit: str,
    caption: str = "",
    data: pd.DataFrame | None = None,
) -> Picture:
    """Draw groups of bars below each other, on one scale.

    Parameters
    ----------
    groups
        Worst harm first.
    title
        The finding, as a sentence.
    unit
        What is counted, such as children.
    caption
        What, when, how many, source.
    data
        Table behind the picture; the bars when not given.

    Returns
    -------
    Picture
        The chart: an outline for all children of a system, and the part that the harm touches.
    """
    drawn = [group for group in groups if group.bars]
    if not drawn:
        raise ValueError("There is nothing to draw: no group has a bar. Say so in a sentence instead.")
    rows = [
        {"what": group.title, "system": bar.label, unit: bar.many, "of": bar.of}
        for group in drawn
        for bar in group.bars
    ]

    group_texts = "; ".join(f"{group.title}: {_listed(group)}" for group in drawn)
    return Picture(
        partial(_draw, drawn),
        title=title,
        alt=f"{title.rstrip('.')}. In {unit}. {group_texts}.",
        caption=caption,
        data=pd.DataFrame(rows) if data is None else data,
        width=WIDTH,
    )


def _listed(group: BarGroup) -> str:
    """Say each bar of a group, and what has none."""
    bars = [f"{bar.label} {bar.text}" for bar in group.bars]
    return ", ".join([*bars, group.rest] if group.rest else bars)


def _draw(groups: Sequence[BarGroup], width: int) -> Figure:
    sheet = Canvas(width)
    every = [bar for group in groups for bar in group.bars]
    room = 116 if sheet.narrow else 200
    names = {bar.label: sheet.fold(bar.label, room, lines=2) for bar in every}
    rests = [group.rest for group in groups if group.rest]
    left = max(sheet.measure(name) for name in names.values()) + 12
    tail = max(sheet.measure(bar.text) for bar in every) + 12
    longest = max([as_number(bar.of) or as_number(bar.many) or 0.0 for bar in every]) or 1.0
    scale = (sheet.width - left - tail) / longest
    # Bold letters are wider than `fold` measures.
    titles = [sheet.fold(group.title, 0.88 * sheet.width, lines=2) for group in groups]
    tops = [_HEAD + 17 * title.count("\n") for title in titles]
    steps = {label: _STEP + _MORE * name.count("\n") for label, name in names.items()}
    rows = sum(steps[bar.label] for bar in every) + len(rests) * _STEP
    sheet.set_height(sum(tops) + rows + 8 * len(groups))
    axes = sheet.page_axes()
    y = 0.0
    for group, title, top in zip(groups, titles, tops, strict=True):
        sheet.write(axes, 0, y + top / 2, title, weight="bold", up="center")
        y += top
        for bar in group.bars:
            middle = y + steps[bar.label] / 2
            _bar(axes, sheet, bar, names[bar.label], left, middle, scale, OUTCOMES[group.mark])
            y += steps[bar.label]
        if group.rest:
            text = sheet.fold(group.rest, sheet.width - 2, SMALL, lines=1)
            sheet.write(axes, 0, y + _STEP / 2, text, size=SMALL, shade=color("muted"))
            y += _STEP
        y += 8
    axes.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
    return sheet.figure


def _bar(
    axes: Axes, sheet: Canvas, bar: Bar, name: str, left: float, middle: float, scale: float, mark: Mark
) -> None:
    top_of_bar = middle - _HIGH / 2
    sheet.write(axes, left - 10, middle, name, across="right")
    count, of = as_number(bar.many), as_number(bar.of)
    end = left
    if of is not None:
        end = left + of * scale
        sheet.box(
            axes, left, top_of_bar, of * scale, _HIGH, Mark(color("tint"), color("rule"), color("muted"))
        )
    if count:
        wide = max(count * scale, _THINNEST)
        end = max(end, left + wide)
        sheet.box(axes, left, top_of_bar, wide, _HIGH, mark)
    sheet.write(axes, end + 6, middle, bar.text)
