"""A child's year in lanes, one a system, drawn as text and marks that a page can fold, enlarge and print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from helpers.show.blocks import Block, escape

__all__ = ["Happening", "year_lanes"]

# Shapes are told apart without colour; ink, paper and grey only, since nothing is judged here.
_HOLLOW = 'fill="var(--paper,#fff)" stroke="currentColor" stroke-width="1.5"'
_FULL, _LINE = 'fill="currentColor"', 'fill="none" stroke="currentColor" stroke-width="2.5"'
_SHAPES = (
    f'<circle r="5" {_FULL}/>',
    f'<rect x="-4.5" y="-4.5" width="9" height="9" {_HOLLOW}/>',
    f'<path d="M0-6 6 0 0 6-6 0Z" {_FULL}/>',
    f'<path d="M0-6 6 5H-6Z" {_HOLLOW}/>',
    f'<path d="M-6-5H6L0 6Z" {_FULL}/>',
    f'<circle r="4.5" {_HOLLOW}/>',
    f'<path d="M-5-5 5 5M5-5-5 5" {_LINE}/>',
    f'<path d="M0-6V6M-6 0H6" {_LINE}/>',
)


@dataclass(frozen=True)
class Happening:
    """One dated line of a child's year.

    Attributes
    ----------
    day
        When.
    lane
        System, as it is called on pages.
    what
        What happened, in a few words.
    """

    day: date
    lane: str
    what: str


def year_lanes(
    happenings: Sequence[Happening],
    every_lane: Sequence[str],
    empty: Mapping[str, str],
    begin: date,
    end: date,
) -> Block:
    """Draw a year: a lane a system, its marks on one line of time, gaps left empty.

    Parameters
    ----------
    happenings
        What happened; those outside the year aren't drawn.
    every_lane
        All lanes in their order; a system that dates nothing keeps its lane.
    empty
        Lane -> what to say in it when nothing is in it.
    begin, end
        First and last day of the year.

    Returns
    -------
    Block
        HTML; its picture says in one sentence what it shows. The table of the same is the caller's.
    """
    drawn = [one for one in happenings if begin <= one.day <= end]
    shapes: dict[str, str] = {}
    for what, _ in Counter(one.what for one in drawn).most_common():
        shapes[what] = _SHAPES[len(shapes) % len(_SHAPES)]
    counts = Counter(one.lane for one in drawn)
    span = max((end - begin).days, 1)
    months = _months(begin, end)
    grid = "".join(
        f'<line x1="{_at(day, begin, span)}" x2="{_at(day, begin, span)}" y1="0" y2="24"/>' for day in months
    )
    lanes = [
        _lane(lane, [one for one in drawn if one.lane == lane], empty, shapes, grid, begin, span)
        for lane in every_lane
    ]
    ticks = "".join(
        f'<span class="{"odd" if place % 2 else "even"}" style="left:{_at(day, begin, span)}">{day:%b}</span>'
        for place, day in enumerate(months)
    )
    told = ", ".join(f"{lane} {counts.get(lane, 0)}" for lane in every_lane)
    alt = f"{len(drawn)} dated lines from {begin:%B %Y} to {end:%B %Y}, by system: {told}."
    return Block(
        f'<div class="lanes" role="img" aria-label="{escape(alt)}">{"".join(lanes)}'
        f'<div class="lane-axis" aria-hidden="true">{ticks}</div></div>',
        alt,
    )


def _months(begin: date, end: date) -> list[date]:
    """List the first days of the months between two days."""
    day = begin if begin.day == 1 else (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
    months = []
    while day <= end:
        months.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return months


def _at(day: date, begin: date, span: int) -> str:
    # A little inside both ends, so that no mark is cut.
    return f"{1 + 98 * (day - begin).days / span:.2f}%"


def _lane(
    lane: str,
    own: Sequence[Happening],
    empty: Mapping[str, str],
    shapes: Mapping[str, str],
    grid: str,
    begin: date,
    span: int,
) -> str:
    kinds = Counter(one.what for one in own)
    legend = "".join(
        '<span class="key"><svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">'
        f"{shapes[what]}</svg>{escape(what)} ({count})</span>"
        for what, count in kinds.most_common()
    )
    if not own:
        legend = f'<span class="key none">{escape(empty.get(lane, "dates nothing in this year"))}</span>'
    marks = "".join(
        f'<svg x="{_at(one.day, begin, span)}" y="12" overflow="visible">{shapes[one.what]}</svg>'
        for one in own
    )
    strip = (
        f'<svg class="strip" width="100%" height="24" aria-hidden="true">{grid}{marks}</svg>' if own else ""
    )
    return f'<div class="lane"><p class="lane-name"><strong>{escape(lane)}</strong> {legend}</p>{strip}</div>'
