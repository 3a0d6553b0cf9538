"""Bars: how many, how much, of each."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from helpers.show.canvas import SMALL, Sheet
from helpers.show.mappings import Given, labelled
from helpers.show.numbers import CountGuard, as_number, number_text, shared_digits, shown_count
from helpers.show.picture import Picture
from helpers.show.tokens import colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["bars", "draw_bars"]


def bars(
    data: Given,
    *,
    title: str,
    unit: str,
    alt: str = "",
    caption: str = "",
    highlight: Collection[str] = (),
    ordered: bool = True,
    digits: int | None = None,
    guard: CountGuard | None = None,
) -> Picture:
    """Draw horizontal bars, longest first, with the value at the end.

    Parameters
    ----------
    data
        ``{label: value}``, a series, or a frame: first column the row's name, second the value.
    title
        The finding, as a sentence.
    unit
        Of the values: children, days, percent, ….
    alt
        The finding and its range in a sentence; made from title and data when left out.
    caption
        What, when, how many, source.
    highlight
        Labels drawn in blue: the chosen school, child or system.
    ordered
        False keeps the order of the rows, where it has a meaning of its own (grades, months).
    digits
        Digits after the point.
    guard
        The guard of a real folder; values are then counts of children, and small ones are not drawn.

    Returns
    -------
    Picture
        The chart.
    """
    frame = labelled(data)
    frame = frame.set_axis(["label", "value", *frame.columns[2:]], axis="columns")[["label", "value"]]
    if ordered:
        # Words in a number's place (the guard's) come last.
        numbers = pd.Series([as_number(value) for value in frame["value"]], dtype="float64")
        order = numbers.sort_values(ascending=False, kind="stable").index
        frame = frame.loc[order].reset_index(drop=True)
    shown = [shown_count(value, guard) for value in frame["value"]]
    digits = shared_digits(shown, unit) if digits is None else digits
    texts = [number_text(value, unit, digits) for value in shown]
    lengths = [as_number(value) or 0.0 for value in shown]
    labels = frame["label"].tolist()

    def draw(width: int) -> Figure:
        return draw_bars(Sheet(width), labels, lengths, texts, unit, frozenset(highlight))

    return Picture(
        draw,
        title=title,
        alt=alt or _alt(title, labels, lengths, texts, unit),
        caption=caption,
        data=frame.rename(columns={"label": "what", "value": unit}),
        guard=guard,
    )


def _alt(title: str, labels: list[str], lengths: list[float], texts: list[str], unit: str) -> str:
    longest, shortest = lengths.index(max(lengths)), lengths.index(min(lengths))
    unit = "" if unit in ("percent", "USD") else f" {unit}"
    if len(labels) == 1:
        return f"{title.rstrip('.')}: one bar, {labels[0]}, with {texts[0]}{unit}."
    return (
        f"{title.rstrip('.')}: {len(labels)} bars, from {texts[longest]}{unit} for {labels[longest]} "
        f"to {texts[shortest]}{unit} for {labels[shortest]}."
    )


def draw_bars(
    sheet: Sheet, labels: list[str], lengths: list[float], texts: list[str], unit: str, chosen: frozenset[str]
) -> Figure:
    """Draw bars on a sheet: labels, lengths, the texts at their ends, the unit below, which are blue.

    Returns
    -------
    Figure
        The sheet's figure.
    """
    tail = max(sheet.measure(text) for text in texts) + 10
    room = sheet.width - 2 if sheet.narrow else 250
    names = [sheet.fold(label, room, lines=1 if sheet.narrow else 2) for label in labels]
    left = 2.0 if sheet.narrow else max(sheet.measure(name) for name in names) + 16
    step, thick = (46, 16) if sheet.narrow else (34, 20)
    sheet.set_height(len(labels) * step + 30)
    axes = sheet.page_axes()
    scale = (sheet.width - left - tail) / (max([*lengths, 0.0]) or 1.0)
    centres = [place * step + (32 if sheet.narrow else step / 2) for place in range(len(labels))]
    axes.barh(
        centres,
        [max(length, 0.0) * scale for length in lengths],
        height=thick,
        left=left,
        color=[colour("blue") if label in chosen else colour("ink") for label in labels],
    )
    if not sheet.narrow:
        axes.plot([left, left], [0, len(labels) * step], color=colour("muted"), linewidth=0.8)
    for centre, name, length, text in zip(centres, names, lengths, texts, strict=True):
        if sheet.narrow:
            sheet.write(axes, left, centre - 18, name)
        else:
            sheet.write(axes, left - 12, centre, name, across="right")
        end = left + max(length, 0.0) * scale + 6
        sheet.write(axes, end, centre, text, shade=None if length > 0 else colour("muted"))
    # A long unit begins at the edge, and not at the bars: they may begin in the middle.
    unit = sheet.fold(unit, sheet.width - 4, SMALL, lines=1)
    begins = min(left, sheet.width - 2 - sheet.measure(unit, SMALL))
    sheet.write(axes, begins, len(labels) * step + 16, unit, size=SMALL, shade=colour("muted"))
    axes.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
    return sheet.figure
