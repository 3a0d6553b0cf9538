"""One change as a picture: a lane a system, a mark on the day on which it knows, levels beside each other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.show.canvas import SMALL, Sheet
from helpers.show.change_words import (
    change_table,
    finding_words,
    levels_of,
    must_be_made,
    of_change,
    times_words,
)
from helpers.show.picture import Picture
from helpers.show.tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["change_lanes"]

HEAD, LANE, FOOT, GAP = 30, 30, 44, 20
SIDE = 10  # left and right of the days, for half a mark


def change_lanes(known: pd.DataFrame, about: Mapping[str, Any], change: str) -> Picture:
    """Draw on which day each system knew of one change, level beside level.

    Parameters
    ----------
    known
        Table ``one_change``.
    about
        What the made district says of itself, as the study hands it over.
    change
        custody, surname or allergy.

    Returns
    -------
    Picture
        The chart; its table has a row a system.

    Raises
    ------
    BadInput
        When the district doesn't say that it is invented, or nothing was watched under that name.
    """
    must_be_made(about)
    mine = of_change(known, change)
    title = finding_words(known, about, change)
    levels = levels_of(mine)
    reach = []
    for level in levels:
        own = mine[mine["level"].eq(level)]
        again = own["carried"].eq("typed").fillna(False) & own["system"].ne("sis")
        reach.append(
            f"{level}: {int(own['days'].notna().sum())} of {len(own)} know, typed "
            f"{times_words(1 + int(again.sum()))} in all"
        )

    def draw(width: int) -> Figure:
        return _draw(Sheet(width), mine, about, levels)

    return Picture(
        draw,
        title=title,
        alt=f"{title}. {'; '.join(reach)}.",
        caption=(
            f"Days from the Monday ({about['monday']}) on which the SIS learnt of it, to the first day on "
            "which a system's file shows it; a file without a column for it never does. One invented child "
            f"of {about['title']}, {about['students']} children, seed {about['seed']}. {about['words']}"
        ),
        data=change_table(known, about, change),
    )


def _draw(sheet: Sheet, mine: pd.DataFrame, about: Mapping[str, Any], levels: list[str]) -> Figure:
    systems = [str(system) for system in mine["system"].drop_duplicates()]
    names = {system: str(about["systems"][system]) for system in systems}
    room = max(sheet.measure(name, SMALL) for name in names.values()) + 10
    high = HEAD + LANE * len(systems) + FOOT
    if sheet.narrow:
        sheet.set_height(len(levels) * (high + GAP))
        wide = sheet.width - room
    else:
        sheet.set_height(high)
        wide = (sheet.width - room - (len(levels) - 1) * GAP) / len(levels)
    page = sheet.page_axes()
    last = float(mine["days"].max()) if mine["days"].notna().any() else 0.0
    end = max(30.0, last)
    for number, level in enumerate(levels):
        left = room if sheet.narrow else room + number * (wide + GAP)
        top = number * (high + GAP) if sheet.narrow else 0
        own = {row["system"]: row for row in mine[mine["level"].eq(level)].to_dict("records")}
        sheet.write(page, left, top + 12, level, weight="bold")
        for lane, system in enumerate(systems):
            y = top + HEAD + LANE * (lane + 0.5)
            if sheet.narrow or number == 0:
                sheet.write(
                    page, (left if sheet.narrow else room) - 10, y, names[system], size=SMALL, across="right"
                )
            _lane(sheet, page, own[system], left, wide, y, end)
        _axis(sheet, page, left, wide, top + HEAD + LANE * len(systems), end, sheet.narrow or number == 0)
    _legend(sheet, page, room if sheet.narrow else room + wide + GAP, sheet.height - 10)
    return sheet.figure


def _legend(sheet: Sheet, page: Axes, left: float, y: float) -> None:
    """Say beside the days what the two marks mean."""
    for text, fill in (("by machine", "ink"), ("typed again", "paper")):
        page.scatter([left + 6], [y], s=34, color=colour(fill), edgecolor=colour("ink"), linewidth=1.2)
        sheet.write(page, left + 16, y, text, size=SMALL, shade=colour("muted"))
        left += 16 + sheet.measure(text, SMALL) + 14


def _lane(
    sheet: Sheet, page: Axes, row: Mapping[Hashable, Any], left: float, wide: float, y: float, end: float
) -> None:
    """Draw one system at one level: dotted until it knows, a line from then on."""
    ink, rule = colour("ink"), colour("rule")
    begin, stop = left + SIDE, left + wide - SIDE
    if pd.isna(row["days"]):
        page.plot([begin, stop], [y + 9, y + 9], color=rule, linewidth=1, linestyle=(0, (1, 3)))
        said = sheet.fold(f"never: {row['why_never']}", wide - SIDE, SMALL, lines=1)
        sheet.write(page, begin - 4, y, said, size=SMALL, shade=colour("muted"))
        return
    days = int(row["days"])
    x = begin + days / end * (stop - begin)
    page.plot([begin, x], [y, y], color=colour("muted"), linewidth=1, linestyle=(0, (1, 2)), zorder=1)
    page.plot([x, stop], [y, y], color=ink, linewidth=3, solid_capstyle="butt", zorder=2)
    by_hand = row["carried"] == "typed" and row["system"] != "sis"
    page.scatter(
        [x], [y], s=46, color=colour("paper") if by_hand else ink, edgecolor=ink, linewidth=1.4, zorder=3
    )
    text = str(days)
    across = "right" if x + 12 + sheet.measure(text, SMALL) > left + wide else "left"
    sheet.write(page, x + (-9 if across == "right" else 9), y - 9, text, size=SMALL, across=across)


def _axis(sheet: Sheet, page: Axes, left: float, wide: float, y: float, end: float, named: bool) -> None:
    """Draw the days below the lanes."""
    begin, stop = left + SIDE, left + wide - SIDE
    page.plot([begin, stop], [y + 4, y + 4], color=colour("rule"), linewidth=1)
    for tick in range(0, int(end) + 1, 30):
        x = begin + tick / end * (stop - begin)
        page.plot([x, x], [y + 4, y + 8], color=colour("muted"), linewidth=1)
        sheet.write(page, x, y + 17, str(tick), size=SMALL, shade=colour("muted"), across="center")
    if named:
        sheet.write(page, begin - SIDE, y + 34, "days since Monday", size=SMALL, shade=colour("muted"))
