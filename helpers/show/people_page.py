"""The page of people: what it takes that every school has a coach and a data team."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers.show.block_page import about_line, block_page, heading, note
from helpers.show.blocks import Block, answer, reading
from helpers.show.people_chart import coverage_sentence, people_chart
from helpers.show.tables import table
from helpers.staffing import ENDS, PeopleAssumptions, PeoplePlan, kit_people_assumptions

__all__ = ["QUESTION", "assumed_table", "cost_sentence", "month_table", "people_blocks", "people_page"]

QUESTION = "Who has to be trained, in which order, and what does it take?"
PARTS = {
    "dollars_learning": "hours of learning",
    "dollars_teaching": "hours of teaching",
    "dollars_certificates": "certificates",
    "dollars_coaching": "coaches with teachers",
}


def cost_sentence(plan: PeoplePlan) -> str:
    """Say what the plan costs, with its range.

    Parameters
    ----------
    plan
        A plan.

    Returns
    -------
    str
        One sentence; numbers between stars.
    """
    total = plan.months.groupby("end")["dollars"].sum()
    hours = (
        plan.months.groupby("end")[["hours_teaching", "hours_learning", "hours_coaching"]].sum().sum(axis=1)
    )
    low, high = sorted((total["easy"], total["hard"]))
    months = int(plan.months["month"].max())
    return (
        f"**{round(hours['likely']):,} hours** of people and about "
        f"**{round(total['likely'], -3):,.0f} dollars** in {months} months; between the ends of what is "
        f"assumed, {round(low, -3):,.0f} to {round(high, -3):,.0f} dollars."
    )


def month_table(plan: PeoplePlan, every: int = 3) -> pd.DataFrame:
    """Tell the plan by month: who is trained, which schools have a coach, hours, cost with its range.

    Parameters
    ----------
    plan
        A plan.
    every
        Every how many months a row stands; the last one always does.

    Returns
    -------
    pandas.DataFrame
        ``month, coaches, schools_with_coach, schools_with_team, members_trained, hours, dollars, dollars_low,
        dollars_high``; hours are those since the row before, dollars those until now.
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


def assumed_table(assumptions: PeopleAssumptions | None = None) -> pd.DataFrame:
    """List what is assumed, with its range.

    Parameters
    ----------
    assumptions
        The kit's own when not given.

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


def people_blocks(plan: PeoplePlan, assumptions: PeopleAssumptions | None = None) -> Iterator[Block]:
    """Lay the plan out for a page: picture, months, schools, costs, and what is assumed.

    Parameters
    ----------
    plan
        A plan.
    assumptions
        By which it was made; the kit's own when not given.

    Yields
    ------
    Block
        One after the other.
    """
    yield answer(cost_sentence(plan))
    yield people_chart(plan)
    yield reading(
        f"{coverage_sentence(plan)}.",
        "A step is a coach who is certified and takes on her schools, or a team whose last hour is over.",
        "Free the hours first: where IT specialists have none to learn in, money certifies nobody.",
    )
    yield table(
        month_table(plan),
        "The plan by month",
        names={
            "schools_with_coach": "schools with a coach",
            "schools_with_team": "schools with a team",
            "members_trained": "members trained",
            "hours": "hours since the row before",
            "dollars": "dollars so far",
            "dollars_low": "at least",
            "dollars_high": "at most",
        },
    )
    likely = plan.schools[plan.schools["end"].eq("likely")]
    yield table(
        likely[["place", "school", "children", "coach_month", "team_month"]],
        "Which school when, as is likely",
        names={"coach_month": "coach by month", "team_month": "team by month"},
        most=30,
    )
    costs = plan.months.groupby("end")[list(PARTS)].sum().reindex(list(ENDS)).round(-2)
    yield table(
        costs.rename(columns=PARTS).reset_index(),
        "What the money is for",
        names={"end": "all assumptions at the end"},
    )
    yield note(plan.about)
    yield table(assumed_table(assumptions), fold="Everything that is assumed, and its range", most=30)


def people_page(out_path: Path, plan: PeoplePlan, assumptions: PeopleAssumptions | None = None) -> Path:
    """Write the page.

    Parameters
    ----------
    out_path
        The page, ``.html``.
    plan
        A plan.
    assumptions
        By which it was made; the kit's own when not given.

    Returns
    -------
    Path
        The page.
    """
    blocks = [
        *people_blocks(plan, assumptions),
        heading("How this was worked out"),
        note(
            "Month by month; nobody teaches before she is certified, and nobody learns faster than she has "
            "hours for.",
            "Trainers of specialists and trainers of teams keep apart; a coach takes on the next schools of "
            "the list.",
        ),
    ]
    return block_page(out_path, QUESTION, blocks, about_line("A plan; nobody in it is a real person."))
