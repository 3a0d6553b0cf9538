"""Stacked bars: how many are right, wrong, missed, unverified on each rung."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.show.canvas import SMALL, Sheet
from helpers.show.mappings import Given, labelled
from helpers.show.numbers import CountGuard, as_number, is_missing, number_text, shown_count
from helpers.show.picture import Picture
from helpers.show.tokens import OF_VALUES, OUTCOMES, Mark, colour, letters_on, series_colours, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["stacked_bars"]

_TAIL_ON_A_PHONE = 0.4
_PADDING = 8  # pixels that a number needs around it inside its part of the bar


def stacked_bars(
    data: Given,
    *,
    title: str,
    unit: str,
    alt: str = "",
    caption: str = "",
    parts: Sequence[str] = (
        "right",
        "joined",
        "unverified",
        "reviewed",
        "review",
        "missed",
        "alone",
        "wrong",
    ),
    guard: CountGuard | None = None,
) -> Picture:
    """Draw one stacked bar a row; the parts that have a meaning keep its colour, hatch and edge.

    Parameters
    ----------
    data
        ``{rung: {"right": 540, "missed": 51, "wrong": 9}}``, or a frame: the rung, then a column a part.
    title
        The finding, as a sentence.
    unit
        Of the parts, such as children.
    alt
        The finding and its range in a sentence; made from title and data when left out.
    caption
        What, when, how many, source.
    parts
        The parts in order of drawing; those that the data lack are left out. Names other than those of
        ``tokens.OUTCOMES`` get the colours of further series.
    guard
        The guard of a real folder; the parts are then counts of children, and small ones are not drawn.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        When none of the parts is in the data.
    """
    every = labelled(data)
    known = [name for name in parts if name in every.columns]
    if not known:
        raise ValueError(
            f"None of the parts {', '.join(parts)} is in the data: {', '.join(map(str, every.columns))}."
        )
    frame = every[["label", *known]]
    cells = [[shown_count(value, guard) for value in row] for row in frame[known].itertuples(index=False)]
    labels = frame["label"].tolist()

    def draw(width: int) -> Figure:
        return _Drawing(Sheet(width), labels, known, cells, unit).figure()

    return Picture(
        draw,
        title=title,
        alt=alt or _alt(title, labels, known, cells, unit),
        caption=caption,
        data=frame.rename(columns={"label": "what", **{name: word(name) for name in known}}),
        units={word(name): unit for name in known},
        guard=guard,
    )


def _alt(title: str, labels: list[str], known: list[str], cells: list[list[object]], unit: str) -> str:
    said = []
    for place in sorted({0, len(labels) - 1}):
        parts = ", ".join(
            f"{number_text(value)} {word(name)}"
            for name, value in zip(known, cells[place], strict=True)
            if not is_missing(value)
        )
        said.append(f"{labels[place]}: {parts}")
    return f"{title.rstrip('.')}. In {unit}, {'; '.join(said)}."


def _mark(part: str, place: int, parts: int) -> Mark:
    outcome = OF_VALUES.get(part, part)
    if outcome in OUTCOMES:
        return OUTCOMES[outcome]
    shade = series_colours(parts)[place]
    return Mark(shade, colour("paper"), colour("ink"))


class _Drawing:
    """The drawing of one picture at one width."""

    def __init__(
        self, sheet: Sheet, labels: list[str], parts: list[str], cells: list[list[object]], unit: str
    ) -> None:
        self.sheet, self.parts, self.cells, self.unit = sheet, parts, cells, unit
        room = sheet.width - 2 if sheet.narrow else 230
        self.names = [sheet.fold(label, room, lines=1 if sheet.narrow else 2) for label in labels]
        self.left = 2.0 if sheet.narrow else max(sheet.measure(name) for name in self.names) + 16
        self.lengths = [[as_number(cell) or 0.0 for cell in row] for row in cells]
        self.marks = {part: _mark(part, place, len(parts)) for place, part in enumerate(parts)}
        # On a phone what is said beside a bar may leave no room for it: then it stands below.
        self.below = sheet.narrow and self._tail() > _TAIL_ON_A_PHONE * sheet.width

    def _legend_rows(self) -> list[list[tuple[float, str]]]:
        """Lay the legend out from the left, on as many lines as it needs."""
        rows: list[list[tuple[float, str]]] = [[]]
        x = 2.0 if self.sheet.narrow else self.left
        start = x
        for part in self.parts:
            wide = 22 + self.sheet.measure(word(part), SMALL) + 18
            if rows[-1] and x + wide > self.sheet.width:
                rows.append([])
                x = start
            rows[-1].append((x, part))
            x += wide
        return rows

    def _box(self, axes: Axes, x: float, y: float, wide: float, high: float, mark: Mark) -> None:
        from matplotlib.colors import to_rgba
        from matplotlib.patches import Rectangle

        axes.add_patch(
            Rectangle(
                (x, y),
                wide,
                high,
                facecolor=to_rgba(mark.fill, mark.alpha),
                edgecolor=mark.edge,
                hatch=mark.hatch or None,
                hatchcolor=mark.ink_of_hatch,
                linewidth=1.0,
                linestyle=mark.line,
            )
        )

    def _row(self, axes: Axes, place: int, top: float, thick: float, scale: float) -> None:
        x, outside = self.left, []
        for part, length, cell in zip(self.parts, self.lengths[place], self.cells[place], strict=True):
            mark, text = self.marks[part], number_text(cell)
            wide = length * scale
            if wide > 0:
                # A part of one child must be seen as well: never thinner than four pixels.
                wide = max(wide, 4.0)
                self._box(axes, x + 0.5, top, wide - 1.0, thick, mark)
            fits = wide > self.sheet.measure(text, SMALL) + _PADDING
            if fits and not mark.hatch:
                shade = letters_on(mark.fill) if mark.alpha == 1.0 else colour("ink")
                self.sheet.write(
                    axes, x + wide / 2, top + thick / 2, text, size=SMALL, across="center", shade=shade
                )
            elif length > 0 or isinstance(cell, str):
                outside.append((text, part, mark))
            x += wide
        x, y = (self.left, top + thick + 12) if self.below else (x + 6, top + thick / 2)
        for text, part, mark in outside:
            said = f"{text} {part}"
            if self.below and x > self.left and x + self.sheet.measure(said, SMALL) > self.sheet.width:
                x, y = self.left, y + 18
            self.sheet.write(axes, x, y, said, size=SMALL, shade=mark.text)
            x += self.sheet.measure(said + "   ", SMALL)

    def _tail(self) -> float:
        """Room right of the longest bar for the parts too small to hold their number."""
        longest = 0.0
        for row in self.cells:
            # Written as it is in _row: three blanks after each.
            said = "".join(
                f"{number_text(cell)} {part}   "
                for part, cell in zip(self.parts, row, strict=True)
                if self._may_be_outside(part, row, cell)
            )
            longest = max(longest, self.sheet.measure(said, SMALL))
        # A part of one child is drawn four pixels wide, whatever the scale.
        return longest + 8 + 4 * len(self.parts)

    def _may_be_outside(self, part: str, row: list[object], cell: object) -> bool:
        length = as_number(cell)
        if length is None:
            return isinstance(cell, str)
        total = sum(as_number(other) or 0.0 for other in row)
        share = length / total if total else 0.0
        return length > 0 and (bool(self.marks[part].hatch) or share < 0.12)

    def figure(self) -> Figure:
        sheet = self.sheet
        legend = self._legend_rows()
        head = len(legend) * 24 + 8
        step, thick, above = (50, 20, 26) if sheet.narrow else (42, 24, 9)
        step += 40 if self.below else 0
        count = len(self.names)
        sheet.set_height(head + count * step + 26)
        axes = sheet.page_axes()
        totals = [sum(row) for row in self.lengths]
        tail = 4.0 if self.below else self._tail()
        scale = max(sheet.width - self.left - tail, 60) / (max(totals) or 1.0)
        for line, row in enumerate(legend):
            for x, part in row:
                self._box(axes, x + 0.5, line * 24 + 5, 14, 14, self.marks[part])
                sheet.write(axes, x + 22, line * 24 + 12, word(part), size=SMALL)
        for place, name in enumerate(self.names):
            top = head + place * step + above
            if sheet.narrow:
                sheet.write(axes, self.left, top - 13, name)
            else:
                sheet.write(axes, self.left - 12, top + thick / 2, name, across="right")
            self._row(axes, place, top, thick, scale)
        bottom = head + count * step
        if not sheet.narrow:
            axes.plot([self.left, self.left], [head, bottom], color=colour("muted"), linewidth=0.8)
        sheet.write(axes, self.left, bottom + 14, self.unit, size=SMALL, shade=colour("muted"))
        return sheet.figure
