"""Draw what steps buy: steps as rows, measures as columns, and a dot for each way of joining."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.report.blocks import Block
from helpers.report.tables import csv_link, number_text, table_markup
from helpers.report.templates import fill
from helpers.report.theme import color

__all__ = ["Panel", "level_dots"]


@dataclass(frozen=True)
class Panel:
    """One column of the picture: a measure with an axis of its own."""

    # Column ``measure`` of the rows.
    measure: str
    # Measure and unit, such as "Days old".
    title: str
    # Largest value of the axis; the data's own where a measure has no bound.
    most: float = math.inf
    # Set by the step itself: drawn as a square, without an interval.
    assumed: bool = False


@dataclass(frozen=True)
class _Text:
    x: float
    y: float
    text: str
    size: int = 13
    shade: str = "ink"
    anchor: str = "start"
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class _Line:
    x1: float
    y1: float
    x2: float
    y2: float
    shade: str = "ink"
    width: float = 1.0
    dots: bool = False


@dataclass(frozen=True)
class _Mark:
    x: float
    y: float
    # 0: filled dot, 1: open dot, 2: square.
    look: int


@dataclass
class _Sheet:
    """One drawing of a given width, from back to front."""

    width: float
    height: float
    shaded: list[tuple[float, float, float, float]]
    lines: list[_Line]
    marks: list[_Mark]
    texts: list[_Text]


@dataclass(frozen=True)
class _Drawn:
    """What both drawings show."""

    rows: pd.DataFrame
    panels: Sequence[Panel]
    levels: Mapping[str, str]
    series: Sequence[str]
    here: tuple[str, str] | None
    apart: bool

    def of(self, panel: Panel, level: str) -> list[tuple[int, float, float, float]]:
        """List the values of a cell: series, value, and both ends of its interval."""
        mine = self.rows[self.rows["measure"].eq(panel.measure) & self.rows["level"].eq(level)]
        if panel.assumed:
            # One square: how records are joined doesn't move what the step sets.
            mine = mine[mine["series"].eq(self.series[-1])]
        index = {name: place for place, name in enumerate(self.series)}
        values = mine[["series", "value", "low", "high"]].itertuples(index=False)
        return [(index[name], float(value), float(low), float(high)) for name, value, low, high in values]

    def ends(self, panel: Panel) -> tuple[float, float]:
        """Return both ends of a panel's axis."""
        mine = self.rows.loc[self.rows["measure"].eq(panel.measure), ["value", "low", "high"]]
        least, most = float(mine.min().min()), float(mine.max().max())
        return min(1.05 * least, 0.0), panel.most if math.isfinite(panel.most) else (1.05 * most or 1.0)


def level_dots(
    rows: pd.DataFrame,
    panels: Sequence[Panel],
    *,
    title: str,
    alt: str,
    levels: Mapping[str, str],
    series: Sequence[str],
    caption: str = "",
    here: tuple[str, str] | None = None,
    apart: bool = False,
    table: pd.DataFrame | None = None,
    extra: Block | None = None,
) -> Block:
    """Draw steps as rows and measures as columns, each cell with a dot for each way of joining.

    Parameters
    ----------
    rows
        ``measure``, ``level``, ``series``, ``value``, ``low`` and ``high``; no interval where these are NA.
    panels
        Columns, from left to right.
    title
        The finding, as a sentence.
    alt
        The finding and its range, for people who can't see the picture.
    levels
        Title of each step, in order: a name, and what it means after a colon.
    series
        Names of one or two ways: the first is a filled dot, the second an open one.
    caption
        What, when, how many, what the bars are.
    here
        A step and the words that mark it, such as "Riverbend is here".
    apart
        Give the two dots of a row a line each: bars that cover each other can't be told apart.
    table, extra
        The numbers behind the picture, folded, and what else is folded with them; default is the rows.

    Returns
    -------
    Block
        The picture, drawn for a page and for a phone.

    Raises
    ------
    ValueError
        If no row has a value.
    """
    known = rows.dropna(subset=["value"])
    if known.empty:
        raise ValueError("There is nothing to draw: no row has a value. Say so in a sentence instead.")
    drawn = _Drawn(known, panels, levels, series, here, apart)
    numbers = rows[["measure", "level", "series", "value", "low", "high"]] if table is None else table
    markup, _ = table_markup(numbers, label=title)
    return Block(
        fill(
            "report/charts/level_dots.html.j2",
            "picture",
            title,
            alt,
            caption,
            [("wide", _wide(drawn)), ("narrow", _narrow(drawn))],
            {name: color(name) for name in ("ink", "muted", "rule", "paper", "tint")},
            markup,
            csv_link(numbers, title),
            extra.__html__() if extra else "",
        ),
        f"Picture: {title}",
    )


_TICKS = 4


def _ticks(low: float, high: float) -> list[float]:
    """Return the round numbers of an axis.

    >>> _ticks(0, 21.1), _ticks(0, 17.3), _ticks(-0.6, 0.9)
    ([0.0, 10.0, 20.0], [0.0, 5.0, 10.0, 15.0], [-0.5, 0.0, 0.5])
    """
    power = 10.0 ** math.floor(math.log10(high - low) - 1)
    step = next(times * power for times in (1, 2, 5, 10, 20, 50) if (high - low) / (times * power) <= _TICKS)
    return [round(place * step, 9) for place in range(math.ceil(low / step), math.floor(high / step) + 1)]


_WIDE, _NAMES, _GAP, _SIDE = 724, 186, 28, 10
_ROW, _LINE = 62, 15
_PHONE, _PHONE_NAMES, _PHONE_ROW = 328, 116, 48


def _wide(drawn: _Drawn) -> _Sheet:
    legend = 28 if _legend_of(drawn) else 4
    across = (_WIDE - _NAMES - _SIDE - _GAP * (len(drawn.panels) - 1)) / len(drawn.panels)
    letters = max(int(across / 7.2), 12)
    titles = [textwrap.wrap(panel.title, letters) for panel in drawn.panels]
    head = legend + 18 * max(map(len, titles)) + 22
    named = {level: _named(drawn, level, words) for level, words in drawn.levels.items()}
    row = max(_ROW, _LINE * max(map(len, named.values())) + 8)
    sheet = _Sheet(_WIDE, head + row * len(named) + 24, [], [], [], [])
    _write_legend(sheet, drawn, 12)
    for place, (level, texts) in enumerate(named.items()):
        top = head + place * row
        _shade(sheet, drawn, level, top, row)
        y = top + row / 2 - (len(texts) - 1) * _LINE / 2 + 5
        for line, (text, shade, size, bold) in enumerate(texts):
            sheet.texts.append(_Text(6, y + line * _LINE, text, size, shade, bold=bold))
    for place, (panel, title) in enumerate(zip(drawn.panels, titles, strict=True)):
        left = _NAMES + _SIDE / 2 + place * (across + _GAP)
        for line, text in enumerate(title):
            sheet.texts.append(_Text(left, legend + 14 + line * 18, text, bold=True))
        sheet.texts.append(
            _Text(left, legend + 14 + len(title) * 18, _basis(panel), 12, "muted", italic=True)
        )
        _axis(sheet, drawn, panel, left, across - _SIDE, head, row)
    return sheet


def _named(drawn: _Drawn, level: str, words: str) -> list[tuple[str, str, int, bool]]:
    """Return the lines that name a step: its name, what it means, and whether somebody is here."""
    name, _, means = words.partition(": ")
    lines = [(name, "ink", 14, True), *((line, "muted", 12, False) for line in textwrap.wrap(means, 26))]
    if drawn.here and drawn.here[0] == level:
        lines += [(line, "ink", 12, True) for line in textwrap.wrap(drawn.here[1], 25)]
    return lines


def _narrow(drawn: _Drawn) -> _Sheet:
    sheet = _Sheet(_PHONE, 0, [], [], [], [])
    y = _write_legend(sheet, drawn, 12)
    for panel in drawn.panels:
        for text in textwrap.wrap(panel.title, 42):
            y += 20
            sheet.texts.append(_Text(0, y, text, bold=True))
        y += 16
        sheet.texts.append(_Text(0, y, _basis(panel), 12, "muted", italic=True))
        top = y + 12
        for place, (level, words) in enumerate(drawn.levels.items()):
            row = top + place * _PHONE_ROW
            _shade(sheet, drawn, level, row, _PHONE_ROW)
            name = words.partition(": ")[0]
            marked = drawn.here is not None and drawn.here[0] == level
            middle = row + _PHONE_ROW / 2
            sheet.texts.append(_Text(4, middle - 3 if marked else middle + 4, name, bold=marked))
            if marked:
                sheet.texts.append(_Text(4, middle + 12, "you are here", 12))
        _axis(sheet, drawn, panel, _PHONE_NAMES + 8, _PHONE - _PHONE_NAMES - 24, top, _PHONE_ROW)
        y = top + _PHONE_ROW * len(drawn.levels) + 30
    sheet.height = y
    return sheet


def _basis(panel: Panel) -> str:
    return "assumed" if panel.assumed else "counted"


def _legend_of(drawn: _Drawn) -> list[tuple[int, str]]:
    """List the marks to explain, with their looks."""
    marks = list(enumerate(drawn.series)) if len(drawn.series) > 1 else []
    if any(panel.assumed for panel in drawn.panels):
        marks.append((2, "set by assumption"))
    return marks


def _write_legend(sheet: _Sheet, drawn: _Drawn, y: float) -> float:
    """Write the legend and return where it ends: in a line, or on a phone in a column."""
    x = 6.0
    for look, text in _legend_of(drawn):
        sheet.marks.append(_Mark(x, y - 4, look))
        sheet.texts.append(_Text(x + 13, y, text, shade="ink"))
        if sheet.width > _PHONE:
            x += 13 + 7.2 * len(text) + 24
        else:
            y += 20
    return y


def _shade(sheet: _Sheet, drawn: _Drawn, level: str, top: float, high: float) -> None:
    if drawn.here and drawn.here[0] == level:
        sheet.shaded.append((0, top, sheet.width, high))


def _axis(
    sheet: _Sheet, drawn: _Drawn, panel: Panel, left: float, wide: float, top: float, high: float
) -> None:
    """Draw a panel: its grid, and in each row its dots with their numbers."""
    least, most = drawn.ends(panel)
    bottom = top + high * len(drawn.levels)

    def at(value: float) -> float:
        return round(left + (value - least) / (most - least) * wide, 1)

    for tick in (0, most / 2, most) if math.isfinite(panel.most) else _ticks(least, most):
        sheet.lines.append(_Line(at(tick), top, at(tick), bottom, "rule", dots=True))
        sheet.texts.append(_Text(at(tick), bottom + 15, f"{tick:g}", 12, "muted", "middle"))
    cells = [drawn.of(panel, level) for level in drawn.levels]
    apart = 6.0 if drawn.apart and not panel.assumed else 0.0
    for place, cell in enumerate(cells):
        y = top + (place + 0.5) * high
        sheet.lines.append(_Line(left, y, left + wide, y, "rule"))
        if len(cell) > 1 and not apart:
            values = [value for _, value, _, _ in cell]
            sheet.lines.append(_Line(at(min(values)), y, at(max(values)), y, width=1.2))
        # The open dot is larger and behind; its number is above, the filled dot's below.
        for look, value, low, high_end in sorted(cell, reverse=True):
            above = panel.assumed or look == 1
            line = y - apart if above else y + apart
            if not (panel.assumed or math.isnan(low) or at(low) == at(high_end)):
                sheet.lines.append(_Line(at(low), line, at(high_end), line, width=2.4))
                sheet.lines += [_Line(at(end), line - 5, at(end), line + 5) for end in (low, high_end)]
            sheet.marks.append(_Mark(at(value), line, 2 if panel.assumed else look))
            text = number_text(value, digits=0 if round(value) or not value else 1)
            where = line - 11 if above else line + 21
            shade = "muted" if look == 1 and not panel.assumed else "ink"
            sheet.texts.append(_Text(at(value), where, text, 13, shade, "middle", bold=look == 0))
