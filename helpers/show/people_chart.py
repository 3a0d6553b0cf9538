"""A plan to train people, as steps: how many schools have a coach and a data team by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.show.canvas import SMALL, Sheet
from helpers.show.picture import Picture
from helpers.show.tokens import colour
from helpers.staffing import ENDS, PeoplePlan

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["coverage_sentence", "people_chart"]

HEAD, PANEL, FOOT, GAP = 30, 150, 44, 18
LEFT, RIGHT = 44, 12
PANELS = {
    "schools_with_coach": "Schools with a certified coach",
    "schools_with_team": "Schools with a trained data team",
}


def coverage_sentence(plan: PeoplePlan) -> str:
    """Say by which month every school has both, or how many have by the end.

    Parameters
    ----------
    plan
        A plan.

    Returns
    -------
    str
        One sentence, without a period; it is the chart's finding.
    """
    count = plan.schools["school"].nunique()
    last = int(plan.months["month"].max())
    said = []
    for end in ("likely", "easy", "hard"):
        mine = plan.schools[plan.schools["end"].eq(end)]
        both = mine[["coach_month", "team_month"]].astype("float64").max(axis=1, skipna=False)
        if both.isna().any():
            said.append(f"{int(both.notna().sum())} of {count} schools by month {last}")
        else:
            said.append(f"all {count} schools by month {int(both.max())}")
    return f"A coach and a data team: likely {said[0]}; at best {said[1]}; at worst {said[2]}"


def people_chart(plan: PeoplePlan) -> Picture:
    """Draw how coverage grows, month by month.

    Parameters
    ----------
    plan
        A plan.

    Returns
    -------
    Picture
        A panel for coaches and one for data teams: a step line for what is likely, a grey band from easy to
        hard.
    """
    data = plan.months[["end", "month", *PANELS]].reset_index(drop=True)
    count = int(plan.schools["school"].nunique())
    title = coverage_sentence(plan)

    def draw(width: int) -> Figure:
        return _draw(Sheet(width), data, count)

    return Picture(
        draw,
        title=title,
        alt=f"{title}: two panels of steps over {int(data['month'].max())} months.",
        caption="Line: as is likely. Grey: between all assumptions at their easy and at their hard end; no "
        "interval of any statistics. The assumptions are the kit's own, or yours.",
        data=data,
    )


def _draw(sheet: Sheet, data: pd.DataFrame, count: int) -> Figure:
    across = 1 if sheet.narrow else 2
    wide = (sheet.width - (across - 1) * 24) / across
    step = HEAD + PANEL + FOOT + GAP
    sheet.set_height((2 if across == 1 else 1) * step)
    page = sheet.page_axes()
    for place, (name, label) in enumerate(PANELS.items()):
        left, top = (place % across) * (wide + 24), (place // across) * step
        sheet.write(page, left + 2, top + 10, label, weight="bold")
        sheet.write(page, left + LEFT, top + HEAD + PANEL + 34, "month", size=SMALL, shade=colour("muted"))
        axes = sheet.axes(
            left + LEFT, top + HEAD, sheet.width - left - wide + RIGHT, sheet.height - top - HEAD - PANEL
        )
        _panel(axes, data, name, count)
    return sheet.figure


def _panel(axes: Axes, data: pd.DataFrame, name: str, count: int) -> None:
    by_end = {end: data[data["end"].eq(end)].sort_values("month") for end in ENDS}
    # A month's figure holds from its end on: nothing is there before the first is over.
    x = [0, *by_end["likely"]["month"].astype(int)]
    y = {end: [0, *mine[name].astype(int)] for end, mine in by_end.items()}
    axes.fill_between(x, y["hard"], y["easy"], step="post", color=colour("rule"), alpha=0.7, linewidth=0)
    axes.step(x, y["likely"], where="post", color=colour("ink"), linewidth=2)
    axes.set_xlim(0, max(x))
    axes.set_ylim(0, count * 1.08)
    axes.set_yticks(sorted({0, count // 2, count}))
    ticks = max(1, round(max(x) / 6))
    axes.set_xticks(list(range(0, max(x) + 1, ticks)))
    axes.grid(visible=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
