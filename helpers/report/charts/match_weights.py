"""Draw match weights as bars: evidence for one child to the right, evidence against to the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.charts.picture import SMALL, Canvas, Picture
from helpers.report.theme import color
from helpers.standard import Measured

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["match_weights", "waterfall"]

UNIT = "match weight: each step to the right doubles the odds of one child"
NOT_KNOWN = 0.005  # a weight that rounds to zero


@dataclass(frozen=True)
class _Bar:
    """One line: a heading for a new comparison, the level, and start and end of the bar."""

    heading: str
    words: str
    begin: float
    end: float
    is_sum: bool = False

    @property
    def text(self) -> str:
        """The weight with its sign; for a sum, its end."""
        weight = self.end if self.is_sum else self.end - self.begin
        return f"{weight:+.1f}".replace("-", "\N{MINUS SIGN}")


def match_weights(weights: pd.DataFrame, *, title: str, caption: str = "") -> Picture:
    """Draw the match weight of each comparison level.

    Parameters
    ----------
    weights
        ``comparison``, ``level`` (as text), ``weight`` (log2): one row per level, grouped by comparison.
    title
        The finding, as a sentence.
    caption
        What, when, source.

    Returns
    -------
    Picture
        One bar per level, from zero.
    """
    headings = weights["comparison"].mask(weights["comparison"].duplicated(), "")
    rows = zip(headings, weights["level"], weights["weight"], strict=True)
    bars = [_Bar(str(heading), str(level), 0.0, float(weight)) for heading, level, weight in rows]
    in_order = weights.sort_values("weight").to_dict("records")
    least, most = in_order[0], in_order[-1]
    return Picture(
        lambda width: _draw(Canvas(width), bars),
        title=title,
        alt=f"{title.rstrip('.')}: from {least['weight']:+.1f} for {least['comparison']}, {least['level']}, "
        f"to {most['weight']:+.1f} for {most['comparison']}, {most['level']}.",
        caption=caption,
        data=weights[["comparison", "level", "weight"]],
        units={"weight": "log2"},
    )


def waterfall(explained: pd.DataFrame, *, title: str, caption: str = "") -> Picture:
    """Draw how the match weights of one pair add up (waterfall chart).

    Parameters
    ----------
    explained
        ``comparison``, ``level`` (as text), ``weight`` (log2), one row per step, the prior weight first.
    title
        The finding, as a sentence.
    caption
        What, when, source.

    Returns
    -------
    Picture
        One bar per step, each from the end of the one above; the last one is the sum.
    """
    ends = explained["weight"].astype("float64").cumsum()
    begins = ends.shift(fill_value=0.0)
    rows = zip(explained["comparison"], explained["level"], begins, ends, strict=True)
    bars = [
        _Bar(str(name), str(level), float(begin), float(end))
        for name, level, begin, end in rows
        if abs(end - begin) > NOT_KNOWN
    ]
    total = float(ends.iloc[-1]) if len(ends) else 0.0
    bars.append(_Bar("All together", _odds(total), 0.0, total, is_sum=True))
    steps = Measured("weights_added", len(bars) - 1)
    return Picture(
        lambda width: _draw(Canvas(width), bars),
        title=title,
        alt=f"{title.rstrip('.')}: {steps:count} add up to a match weight of {total:+.1f}, {_odds(total)}.",
        caption=caption,
        data=explained[["comparison", "level", "weight"]],
        units={"weight": "log2"},
    )


def _odds(weight: float) -> str:
    odds = 2.0 ** min(abs(weight), 40.0)
    odds_text = "over a million" if odds > 1e6 else f"{odds:,.0f}" if odds >= 10 else f"{odds:.1f}"
    return " ".join((odds_text, "to 1", "for" if weight >= 0 else "against", "one child"))


def _draw(sheet: Canvas, bars: Sequence[_Bar]) -> Figure:
    """Draw bars with their text above: even a wide page has no room for both side by side."""
    tail = max(sheet.measure(bar.text) for bar in bars) + 12
    left, room = 4.0, sheet.width - 8
    ends = [end for bar in bars for end in (bar.begin, bar.end)]
    lowest, highest = min(0.0, *ends), max(0.0, *ends)
    scale = (sheet.width - left - 2 * tail) / max(highest - lowest, NOT_KNOWN)
    zero = left + tail - lowest * scale
    step, thick = 58, 14
    unit = sheet.fold(UNIT, room, SMALL)
    sheet.set_height(len(bars) * step + 18 + 16 * (unit.count("\n") + 1))
    axes = sheet.page_axes()
    for place, bar in enumerate(bars):
        top = place * step
        center = top + 42
        if bar.heading:
            heading = sheet.fold(bar.heading, room, lines=1)
            sheet.write(axes, left, top + 9, heading, weight="bold")
        words = sheet.fold(bar.words, room, SMALL, lines=1)
        sheet.write(axes, left, top + 25, words, size=SMALL, shade=color("muted"))
        # Text is above its bar, so that the zero line doesn't cross it.
        reach = [center - thick * 0.7, center + thick * 0.7]
        axes.plot([zero, zero], reach, color=color("muted"), linewidth=0.8)
        one, other = (zero + end * scale for end in (bar.begin, bar.end))
        against = bar.end < bar.begin
        # Evidence against is hollow, to be visible on a gray printer.
        axes.barh(
            [center],
            [abs(other - one)],
            left=min(one, other),
            height=thick,
            facecolor=color("paper") if against else color("blue" if bar.is_sum else "ink"),
            edgecolor=color("blue" if bar.is_sum else "ink"),
            linewidth=1.4,
        )
        sheet.write(
            axes,
            min(one, other) - 6 if against else max(one, other) + 6,
            center,
            bar.text,
            across="right" if against else "left",
        )
        if not bar.is_sum and place + 1 < len(bars) and bar.begin != 0.0:
            axes.plot([other, other], [center + thick / 2, center + step - thick / 2],
                      color=color("muted"), linewidth=0.8)  # fmt: skip
    middle = len(bars) * step + 8 + 8 * (unit.count("\n") + 1)
    sheet.write(axes, left, middle, unit, size=SMALL, shade=color("muted"))
    axes.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
    return sheet.figure
