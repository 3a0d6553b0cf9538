"""Write the page of the staffing plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.blocks import Block, about_line, answer, reading
from helpers.report.charts.picture import SMALL, Canvas, Picture
from helpers.report.pages.page import block_page, heading, note
from helpers.report.tables import table
from helpers.report.theme import color
from helpers.staffing import ENDS, StaffingAssumptions, StaffingPlan, kit_people_assumptions
from helpers.standard import Measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "assumed_table",
    "cost_sentence",
    "coverage_sentence",
    "month_table",
    "people_blocks",
    "people_chart",
    "people_page",
]


HEAD, PANEL, FOOT, GAP = 30, 150, 44, 18
LEFT, RIGHT = 44, 12
PANELS = {
    "schools_with_coach": "Schools with a certified coach",
    "schools_with_team": "Schools with a trained data team",
}


def coverage_sentence(plan: StaffingPlan) -> str:
    """Describe the month by which every school has both, or how many have by the end.

    Parameters
    ----------
    plan
        A plan.

    Returns
    -------
    str
        One sentence, without a period; it is the chart's finding.
    """
    schools = Measured("schools", plan.schools["school"].nunique())
    last = int(plan.months["month"].max())
    texts = []
    for end in ("likely", "easy", "hard"):
        mine = plan.schools[plan.schools["end"].eq(end)]
        both = mine[["coach_month", "team_month"]].astype("float64").max(axis=1, skipna=False)
        if both.isna().any():
            staffed = Measured("schools_staffed", int(both.notna().sum()), schools.number, where=end)
            texts.append(f"{staffed:count of} by month {last}")
        else:
            texts.append(f"all {schools:count} by month {int(both.max())}")
    return f"A coach and a data team: likely {texts[0]}; at best {texts[1]}; at worst {texts[2]}"


def people_chart(plan: StaffingPlan) -> Picture:
    """Chart the coverage by month.

    Parameters
    ----------
    plan
        A plan.

    Returns
    -------
    Picture
        One panel for coaches and one for data teams: a step line for the likely case, a gray band from easy
        to hard.
    """
    months = plan.schools.set_index("end")[["coach_month", "team_month"]].astype("float64")
    both = months.max(axis="columns", skipna=False)
    data = plan.months[["end", "month", *PANELS]].reset_index(drop=True)
    data["schools_with_both"] = [
        int(both[[end]].le(month).sum()) for end, month in zip(data["end"], data["month"], strict=True)
    ]
    count = int(plan.schools["school"].nunique())
    title = coverage_sentence(plan)

    def draw(width: int) -> Figure:
        return _draw(Canvas(width), data, count)

    return Picture(
        draw,
        title=title,
        alt=f"{title}: two panels of steps over {Measured('plan_months', int(data['month'].max())):count}.",
        caption="Line: the likely case. Gray: all assumptions at their easy and hard ends, not a "
        "confidence interval. The assumptions are the kit's own, or yours.",
        data=data,
    )


def _draw(sheet: Canvas, data: pd.DataFrame, count: int) -> Figure:
    across = 1 if sheet.narrow else 2
    wide = (sheet.width - (across - 1) * 24) / across
    step = HEAD + PANEL + FOOT + GAP
    sheet.set_height((2 if across == 1 else 1) * step)
    page = sheet.page_axes()
    for place, (name, label) in enumerate(PANELS.items()):
        left, top = (place % across) * (wide + 24), (place // across) * step
        sheet.write(page, left + 2, top + 10, label, weight="bold")
        sheet.write(page, left + LEFT, top + HEAD + PANEL + 34, "month", size=SMALL, shade=color("muted"))
        axes = sheet.axes(
            left + LEFT, top + HEAD, sheet.width - left - wide + RIGHT, sheet.height - top - HEAD - PANEL
        )
        _panel(axes, data, name, count)
    return sheet.figure


def _panel(axes: Axes, data: pd.DataFrame, name: str, count: int) -> None:
    by_end = {end: data[data["end"].eq(end)].sort_values("month") for end in ENDS}
    # A month's figure applies from its end: before the first month ends, there is nothing.
    x = [0, *by_end["likely"]["month"].astype(int)]
    y = {end: [0, *mine[name].astype(int)] for end, mine in by_end.items()}
    axes.fill_between(x, y["hard"], y["easy"], step="post", color=color("rule"), alpha=0.7, linewidth=0)
    axes.step(x, y["likely"], where="post", color=color("ink"), linewidth=2)
    axes.set_xlim(0, max(x))
    axes.set_ylim(0, count * 1.08)
    axes.set_yticks(sorted({0, count // 2, count}))
    ticks = max(1, round(max(x) / 6))
    axes.set_xticks(list(range(0, max(x) + 1, ticks)))
    axes.grid(visible=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


QUESTION = "Who needs training, in what order, and what does it take?"
PARTS = {
    "dollars_learning": "hours of learning",
    "dollars_teaching": "hours of teaching",
    "dollars_certificates": "certificates",
    "dollars_coaching": "coaches with teachers",
}


def cost_sentence(plan: StaffingPlan) -> str:
    """Describe the cost of the plan, with its range.

    Parameters
    ----------
    plan
        A plan.

    Returns
    -------
    str
        One sentence, with numbers between ``**``.
    """
    total = plan.months.groupby("end")["dollars"].sum()
    hours = (
        plan.months.groupby("end")[["hours_teaching", "hours_learning", "hours_coaching"]].sum().sum(axis=1)
    )
    low, high = sorted((total["easy"], total["hard"]))
    months = Measured("months", int(plan.months["month"].max()))
    likely = Measured("hours_of_people", int(round(hours["likely"], -1)))
    return (
        f"About {likely:bold count} of people's time and "
        f"**${round(total['likely'], -3):,.0f}** in {months:count}. By the assumptions, the cost is "
        f"between ${round(low, -3):,.0f} and ${round(high, -3):,.0f}."
    )


def month_table(plan: StaffingPlan, every: int = 3) -> pd.DataFrame:
    """Show the plan by month: people trained, schools with a coach, hours, cost with its range.

    Parameters
    ----------
    plan
        A plan.
    every
        Months between rows; the last month always has one.

    Returns
    -------
    pandas.DataFrame
        ``month, coaches, schools_with_coach, schools_with_team, members_trained, hours, dollars, dollars_low,
        dollars_high``; hours are since the previous row, dollars cumulative.
    """
    likely = plan.months[plan.months["end"].eq("likely")].sort_values("month").reset_index(drop=True)
    hours = likely[["hours_teaching", "hours_learning", "hours_coaching"]].sum(axis=1).cumsum()
    ends = plan.months.pivot(index="month", columns="end", values="dollars_so_far")
    frame = likely[["month", "coaches", "schools_with_coach", "schools_with_team", "members_trained"]].assign(
        hours=hours.round(),
        dollars=likely["dollars_so_far"].round(-2),
        dollars_low=ends[list(ENDS)].min(axis=1).round(-2).to_numpy(),
        dollars_high=ends[list(ENDS)].max(axis=1).round(-2).to_numpy(),
    )
    kept = frame["month"].mod(every).eq(0) | frame["month"].eq(frame["month"].max())
    frame = frame[kept.fillna(False).astype(bool)]
    return frame.assign(hours=frame["hours"].diff().fillna(frame["hours"])).reset_index(drop=True)


def assumed_table(assumptions: StaffingAssumptions | None = None) -> pd.DataFrame:
    """List the assumptions, with their ranges.

    Parameters
    ----------
    assumptions
        Assumptions; default is the kit's own.

    Returns
    -------
    pandas.DataFrame
        ``meaning, low, likely, high, unit``.
    """
    given = assumptions or kit_people_assumptions()
    return pd.DataFrame(
        [
            (one.meaning, one.low, one.likely, one.high, one.unit)
            for part in (given.needs, given.gives)
            for _, one in part
        ],
        columns=["meaning", "low", "likely", "high", "unit"],
    )


def people_blocks(plan: StaffingPlan, assumptions: StaffingAssumptions | None = None) -> Iterator[Block]:
    """Lay out the plan for a page: chart, months, schools, costs, and assumptions.

    Parameters
    ----------
    plan
        A plan.
    assumptions
        Assumptions of the plan; default is the kit's own.

    Yields
    ------
    Block
        Blocks, one at a time.
    """
    yield answer(cost_sentence(plan))
    yield people_chart(plan)
    yield reading(
        f"{coverage_sentence(plan)}.",
        "The line steps up when a coach is certified and takes on schools, or when a team finishes training.",
        "Free people's hours first. If IT specialists have no time to learn, money certifies nobody.",
    )
    yield table(
        month_table(plan),
        "The plan by month",
        names={
            "schools_with_coach": "schools with a coach",
            "schools_with_team": "schools with a team",
            "members_trained": "members trained",
            "hours": "hours since the row above",
            "dollars": "dollars so far",
            "dollars_low": "at least",
            "dollars_high": "at most",
        },
    )
    likely = plan.schools[plan.schools["end"].eq("likely")]
    yield table(
        likely[["place", "school", "children", "coach_month", "team_month"]],
        "When each school is served, in the likely case",
        names={"coach_month": "coach by month", "team_month": "team by month"},
        most=30,
    )
    costs = plan.months.groupby("end")[list(PARTS)].sum().reindex(list(ENDS)).round(-2)
    yield table(
        costs.rename(columns=PARTS).reset_index(),
        "What the money is for",
        names={"end": "all assumptions at their"},
    )
    yield note(plan.about)
    yield table(assumed_table(assumptions), fold="All assumptions, with their ranges", most=30)


def people_page(out_path: Path, plan: StaffingPlan, assumptions: StaffingAssumptions | None = None) -> Path:
    """Write the page.

    Parameters
    ----------
    out_path
        Path of the page, ``.html``.
    plan
        A plan.
    assumptions
        Assumptions of the plan; default is the kit's own.

    Returns
    -------
    Path
        The page.
    """
    blocks = [
        *people_blocks(plan, assumptions),
        heading("How we worked this out"),
        note(
            "We plan month by month. Nobody teaches before being certified, and nobody learns faster than "
            "their free hours allow.",
            "Trainers of specialists don't train teams, and the reverse. A coach takes on the next schools "
            "on the list.",
        ),
    ]
    return block_page(out_path, QUESTION, blocks, about_line("A plan. Nobody in it is a real person."))
