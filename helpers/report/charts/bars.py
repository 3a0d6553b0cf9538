"""Draw bar charts, plain and stacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.charts.picture import SMALL, Canvas, Picture
from helpers.report.tables import (
    CountGuard,
    and_ties,
    as_number,
    is_missing,
    number_text,
    shared_digits,
    shown_count,
)
from helpers.report.theme import OF_VALUES, OUTCOMES, Mark, color, outcome_label, series_colors, text_color_on
from helpers.standard import Measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["bars", "draw_bars", "stacked_bars"]


Given = Mapping[str, object] | pd.Series | pd.DataFrame


def labeled(given: Given, values: list[str] | None = None) -> pd.DataFrame:
    """Build a frame with row names in the first column and values in the others.

    >>> labeled({"SIS": 600, "Meals": 571}).values.tolist()
    [['SIS', 600], ['Meals', 571]]
    """
    if isinstance(given, pd.DataFrame):
        frame = given.reset_index(drop=True)
        frame = frame.rename(columns={frame.columns[0]: "label"})
    elif isinstance(given, pd.Series):
        frame = pd.DataFrame({"label": [str(name) for name in given.index], "value": given.to_list()})
    else:
        rows = [
            {"label": str(name), **cells}
            if isinstance(cells, Mapping)
            else {"label": str(name), "value": cells}
            for name, cells in given.items()
        ]
        frame = pd.DataFrame(rows)
    if frame.empty:
        raise ValueError("There is nothing to draw: the data have no rows. Say so in a sentence instead.")
    wanted = [name for name in values if name in frame.columns] if values is not None else None
    kept = [name for name in frame.columns if name != "label"] if wanted is None else wanted
    frame = frame[["label", *kept]].copy()
    frame["label"] = frame["label"].astype("string").fillna("not known")
    return frame


def bars(
    data: Given,
    *,
    title: str,
    unit: str,
    caption: str = "",
    ordered: bool = True,
    digits: int | None = None,
    guard: CountGuard | None = None,
) -> Picture:
    """Draw a horizontal bar chart, longest first, with the value at the end.

    Parameters
    ----------
    data
        ``{label: value}``, a series, or a frame with the row's name in the first column and the value in the
        second. Its other columns, such as the counts of a share, are in the table of numbers only.
    title
        The finding, as a sentence.
    unit
        Unit of the values: children, days, percent, ….
    caption
        What, when, how many, source.
    ordered
        False keeps a meaningful order of the rows (grades, months).
    digits
        Decimals.
    guard
        Guard of a real folder; values are then counts of children, and we don't draw small ones.

    Returns
    -------
    Picture
        The chart.
    """
    frame = labeled(data)
    frame = frame.set_axis(["label", "value", *frame.columns[2:]], axis="columns")
    if ordered:
        # Text instead of a number (the guard's) comes last.
        numbers = pd.Series([as_number(value) for value in frame["value"]], dtype="float64")
        order = numbers.sort_values(ascending=False, kind="stable").index
        frame = frame.loc[order].reset_index(drop=True)
    shown = [shown_count(value, guard) for value in frame["value"]]
    digits = shared_digits(shown, unit) if digits is None else digits
    texts = [number_text(value, unit, digits) for value in shown]
    lengths = [as_number(value) or 0.0 for value in shown]
    labels = frame["label"].tolist()

    def draw(width: int) -> Figure:
        return draw_bars(Canvas(width), labels, lengths, texts, unit)

    return Picture(
        draw,
        title=title,
        alt=_alt(title, labels, lengths, texts, unit),
        caption=caption,
        data=frame.rename(columns={"label": "what", "value": unit}),
        guard=guard,
    )


def _alt(title: str, labels: list[str], lengths: list[float], texts: list[str], unit: str) -> str:
    longest, shortest = lengths.index(max(lengths)), lengths.index(min(lengths))
    unit = "" if unit in ("percent", "USD") else f" {unit}"
    if len(labels) == 1:
        return f"{title.rstrip('.')}: one bar, {labels[0]}, with {texts[0]}{unit}."
    most, least = (and_ties(labels[one], texts, texts[one]) for one in (longest, shortest))
    drawn = Measured("bars_drawn", len(labels))
    return (
        f"{title.rstrip('.')}: {drawn:count}, from {texts[longest]}{unit} for {most} "
        f"to {texts[shortest]}{unit} for {least}."
    )


def draw_bars(
    sheet: Canvas,
    labels: list[str],
    lengths: list[float],
    texts: list[str],
    unit: str,
) -> Figure:
    """Draw bars on a sheet: labels, lengths, texts at their ends, and the unit below."""
    tail = max(sheet.measure(text) for text in texts) + 10
    room = sheet.width - 2 if sheet.narrow else 250
    names = [sheet.fold(label, room, lines=3, split=True) for label in labels]
    left = 2.0 if sheet.narrow else max(sheet.measure(name) for name in names) + 16
    step, thick = (46, 16) if sheet.narrow else (34, 20)
    # A longer name makes every row as high, so that bars keep their distance.
    more = max(name.count("\n") for name in names) - (0 if sheet.narrow else 1)
    step += _LINE * max(more, 0)
    sheet.set_height(len(labels) * step + 30)
    axes = sheet.page_axes()
    scale = (sheet.width - left - tail) / (max([*lengths, 0.0]) or 1.0)
    centers = [place * step + (step - 14 if sheet.narrow else step / 2) for place in range(len(labels))]
    axes.barh(
        centers,
        [max(length, 0.0) * scale for length in lengths],
        height=thick,
        left=left,
        color=color("ink"),
    )
    if not sheet.narrow:
        axes.plot([left, left], [0, len(labels) * step], color=color("muted"), linewidth=0.8)
    for center, name, length, text in zip(centers, names, lengths, texts, strict=True):
        if sheet.narrow:
            sheet.write(axes, left, center - 18 - name.count("\n") * _LINE / 2, name)
        else:
            sheet.write(axes, left - 12, center, name, across="right")
        end = left + max(length, 0.0) * scale + 6
        sheet.write(axes, end, center, text, shade=None if length > 0 else color("muted"))
    # A long unit starts at the edge, because bars may start in the middle.
    unit = sheet.fold(unit, sheet.width - 4, SMALL, lines=1)
    begins = min(left, sheet.width - 2 - sheet.measure(unit, SMALL))
    sheet.write(axes, begins, len(labels) * step + 16, unit, size=SMALL, shade=color("muted"))
    axes.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
    return sheet.figure


_SHORTEST = 0.6  # a bar keeps at least this share of its length next to text; else the text goes below
_PADDING = 8  # pixels that a number needs around it within its part of the bar
_THINNEST = 4.0  # pixels: even a part of one child must be visible
_LEFT = 2.0
_LINE = 18


def stacked_bars(
    data: Given,
    *,
    title: str,
    unit: str,
    alt: str = "",
    caption: str = "",
    parts: Sequence[str] = (
        "right",
        "complete",
        "joined",
        "unverified",
        "reviewed",
        "review",
        "missed",
        "split",
        "alone",
        "wrong",
        "mixed",
    ),
    guard: CountGuard | None = None,
) -> Picture:
    """Draw a stacked bar chart; parts with a fixed meaning keep their color, hatch and edge.

    Parameters
    ----------
    data
        ``{row: {"right": 540, "missed": 51, "wrong": 9}}``, or a frame: the row's name, then one column per
        part.
    title
        The finding, as a sentence.
    unit
        Unit of the parts, such as children.
    alt
        The finding and its range in a sentence; default is from title and data.
    caption
        What, when, how many, source.
    parts
        Parts in drawing order; we skip those that the data lack. Names outside ``theme.OUTCOMES`` get the
        colors of further series.
    guard
        Guard of a real folder; parts are then counts of children, and we don't draw small ones.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        If the data have none of the parts.
    """
    every = labeled(data)
    known = [name for name in parts if name in every.columns]
    if not known:
        raise ValueError(
            f"None of the parts {', '.join(parts)} is in the data: {', '.join(map(str, every.columns))}."
        )
    frame = every[["label", *known]]
    cells = [[shown_count(value, guard) for value in row] for row in frame[known].itertuples(index=False)]
    labels = frame["label"].tolist()

    def draw(width: int) -> Figure:
        return _Drawing(Canvas(width), labels, known, cells, unit).figure()

    return Picture(
        draw,
        title=title,
        alt=alt or _stacked_alt(title, labels, known, cells, unit),
        caption=caption,
        data=frame.rename(columns={"label": "what", **{name: outcome_label(name) for name in known}}),
        units={outcome_label(name): unit for name in known},
        guard=guard,
    )


def _stacked_alt(
    title: str, labels: list[str], known: list[str], cells: list[list[object]], unit: str
) -> str:
    bar_texts = []
    for place in sorted({0, len(labels) - 1}):
        parts = ", ".join(
            f"{number_text(value)} {outcome_label(name)}"
            for name, value in zip(known, cells[place], strict=True)
            if not is_missing(value)
        )
        bar_texts.append(f"{labels[place]}: {parts}")
    return f"{title.rstrip('.')}. In {unit}, {'; '.join(bar_texts)}."


def _mark(part: str, place: int, parts: int) -> Mark:
    outcome = OF_VALUES.get(part, part)
    if outcome in OUTCOMES:
        return OUTCOMES[outcome]
    shade = series_colors(parts)[place]
    return Mark(shade, color("paper"), color("ink"))


class _Drawing:
    """The drawing of one chart at one width, with names above their bars to save room."""

    def __init__(
        self, sheet: Canvas, labels: list[str], parts: list[str], cells: list[list[object]], unit: str
    ) -> None:
        self.sheet, self.parts, self.cells, self.unit = sheet, parts, cells, unit
        self.names = [sheet.fold(label, sheet.width - _LEFT, lines=4, split=True) for label in labels]
        self.lengths = [[as_number(cell) or 0.0 for cell in row] for row in cells]
        self.marks = {part: _mark(part, place, len(parts)) for place, part in enumerate(parts)}
        longest = max((sum(row) for row in self.lengths), default=0.0) or 1.0
        full = (sheet.width - _LEFT - _THINNEST * len(parts) - 4) / longest
        shares = [1 - step / 50 for step in range(round((1 - _SHORTEST) * 50) + 1)]
        beside = next((share for share in shares if self._fit_beside(full * share)), None)
        self.scale, self.below = full * (beside or 1.0), beside is None

    def _fit_beside(self, scale: float) -> bool:
        """Check whether, at this scale, everything without room in its part fits to the right of its bar."""
        return all(
            self._end(place, scale) + 6 + self.sheet.measure("   ".join(texts), SMALL) <= self.sheet.width - 2
            for place in range(len(self.names))
            if (texts := [text for text, _ in self._outside(place, scale)])
        )

    def _wide(self, length: float, scale: float) -> float:
        return max(length * scale, _THINNEST) if length > 0 else 0.0

    def _end(self, place: int, scale: float) -> float:
        return _LEFT + sum(self._wide(length, scale) for length in self.lengths[place])

    def _fits_inside(self, text: str, mark: Mark, wide: float) -> bool:
        return not mark.hatch and wide > self.sheet.measure(text, SMALL) + _PADDING

    def _outside(self, place: int, scale: float) -> list[tuple[str, Mark]]:
        """Return the text of parts without room for their number, or with a hatch under it."""
        found = []
        for part, length, cell in zip(self.parts, self.lengths[place], self.cells[place], strict=True):
            mark, text = self.marks[part], number_text(cell)
            if self._fits_inside(text, mark, self._wide(length, scale)):
                continue
            if length > 0 or isinstance(cell, str):
                found.append((f"{text} {part}", mark))
        return found

    def _lines(self, place: int) -> list[list[tuple[float, str, Mark]]]:
        """Arrange the text below a bar on as many lines as it needs."""
        lines: list[list[tuple[float, str, Mark]]] = []
        x = _LEFT
        for text, mark in self._outside(place, self.scale):
            label = self.sheet.fold(text, self.sheet.width - _LEFT - 2, SMALL, lines=1)
            wide = self.sheet.measure(label, SMALL)
            if not lines or x + wide > self.sheet.width - 2:
                lines.append([])
                x = _LEFT
            lines[-1].append((x, label, mark))
            x += wide + self.sheet.measure("   ", SMALL)
        return lines

    def _legend_rows(self) -> list[list[tuple[float, str, str]]]:
        """Arrange the legend from the left on as many lines as it needs."""
        rows: list[list[tuple[float, str, str]]] = [[]]
        x = _LEFT
        for part in self.parts:
            label = self.sheet.fold(outcome_label(part), self.sheet.width - _LEFT - 24, SMALL, lines=1)
            wide = 22 + self.sheet.measure(label, SMALL)
            if rows[-1] and x + wide > self.sheet.width - 2:
                rows.append([])
                x = _LEFT
            rows[-1].append((x, part, label))
            x += wide + 18
        return rows

    def _bar(self, axes: Axes, place: int, top: float, thick: float) -> None:
        x = _LEFT
        for part, length, cell in zip(self.parts, self.lengths[place], self.cells[place], strict=True):
            mark, text, wide = self.marks[part], number_text(cell), self._wide(length, self.scale)
            if wide > 0:
                self.sheet.box(axes, x + 0.5, top, wide - 1.0, thick, mark)
            if self._fits_inside(text, mark, wide):
                shade = text_color_on(mark.fill) if mark.alpha == 1.0 else color("ink")
                middle = x + wide / 2, top + thick / 2
                self.sheet.write(axes, *middle, text, size=SMALL, across="center", shade=shade)
            x += wide

    def _write_outside(self, axes: Axes, place: int, top: float, thick: float) -> None:
        """Write text that doesn't fit in its part, to the right of the bar or below it."""
        if self.below:
            for number, line in enumerate(self._lines(place)):
                for x, text, mark in line:
                    y = top + thick + 12 + number * _LINE
                    self.sheet.write(axes, x, y, text, size=SMALL, shade=mark.text)
            return
        x = self._end(place, self.scale) + 6
        for text, mark in self._outside(place, self.scale):
            self.sheet.write(axes, x, top + thick / 2, text, size=SMALL, shade=mark.text)
            x += self.sheet.measure(text + "   ", SMALL)

    def figure(self) -> Figure:
        sheet = self.sheet
        legend = self._legend_rows()
        head = len(legend) * 24 + 8
        thick = 20
        tops = [26 + _LINE * name.count("\n") for name in self.names]
        lines = [len(self._lines(place)) if self.below else 0 for place in range(len(self.names))]
        steps = [
            above + 24 + (4 + _LINE * count if count else 0) for above, count in zip(tops, lines, strict=True)
        ]
        unit = sheet.fold(self.unit, sheet.width - _LEFT - 2, SMALL)
        sheet.set_height(head + sum(steps) + 10 + 16 * (unit.count("\n") + 1))
        axes = sheet.page_axes()
        for number, row in enumerate(legend):
            for x, part, label in row:
                self.sheet.box(axes, x + 0.5, number * 24 + 5, 14, 14, self.marks[part])
                sheet.write(axes, x + 22, number * 24 + 12, label, size=SMALL)
        top = float(head)
        for place, (name, step, above) in enumerate(zip(self.names, steps, tops, strict=True)):
            sheet.write(axes, _LEFT, top + above / 2, name)
            self._bar(axes, place, top + above, thick)
            self._write_outside(axes, place, top + above, thick)
            top += step
        muted = color("muted")
        sheet.write(axes, _LEFT, top + 6 + 8 * (unit.count("\n") + 1), unit, size=SMALL, shade=muted)
        return sheet.figure
