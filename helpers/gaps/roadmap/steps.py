"""The roadmap: which step first, what it costs at which size, and what it buys a child."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.gaps.roadmap.costs import Costs, Size, Step, kit_costs
from helpers.standard import BadInput, as_table, nearest

__all__ = ["ENDS", "cost_of", "roadmap"]

ENDS = ("low", "likely", "high")
MINUTES_AN_HOUR = 60.0


def cost_of(step: Step, size: Size, systems: int, costs: Costs, end: str) -> float:
    """Work out what a step costs over all years, in dollars.

    Parameters
    ----------
    step, size
        What is bought, and who pays.
    systems
        How many systems of each district take part.
    costs
        The assumptions.
    end
        low, likely or high: all ranges at the same end.

    Returns
    -------
    float
        Dollars: the first cost, its shared part once and the rest in every district, and the years after it.
    """
    hour = costs.dollars_an_hour.at(end)
    first = step.first_hours.at(end) * hour + step.first_dollars.at(end)
    yearly = step.yearly_hours.at(end) * hour + step.yearly_dollars.at(end)
    times = size.once + (1 - size.once) * size.districts
    return systems * (first * times + yearly * costs.years * size.districts)


def roadmap(
    bought: pd.DataFrame,
    systems: int,
    *,
    by: str,
    better: Mapping[str, int],
    hand_work: str = "hand_work",
    costs: Costs | None = None,
) -> pd.DataFrame:
    """Put the steps in an order at each size, with what each costs and buys.

    Parameters
    ----------
    bought
        Table ``step_gains``: what each step buys, taken alone. Of one way to join and one scenario.
    systems
        Systems of a district.
    by
        The measure by which steps are put in order: most of it for a dollar first. A step of which chance
        between seeds may be all comes last.
    better
        Measure -> 1 where more is better, -1 where less is.
    hand_work
        The measure that is in minutes a child and exchange: its hours are weighed against the costs.
    costs
        Cost assumptions; the kit's own when not given.

    Returns
    -------
    pandas.DataFrame
        The standard table *roadmap*, a row a size and step in its order.

    Raises
    ------
    BadInput
        When nothing was measured of ``by``.
    """
    given = costs or kit_costs()
    alone = bought[bought["way"].eq("alone") & bought["step"].isin(list(given.step))]
    measures = alone["measure"].unique().tolist()
    if by not in measures:
        raise BadInput(
            f"Nothing was measured of {by!r}.{nearest(by, measures)} There are: {', '.join(measures)}."
        )
    rows = []
    for name, size in given.size.items():
        for step_name, step in given.step.items():
            mine = alone[alone["step"].eq(step_name)].drop_duplicates("measure").set_index("measure")
            if by not in mine.index:
                continue
            dollars = {end: cost_of(step, size, systems, given, end) for end in ENDS}
            gain = float(mine["gain"][by]) * better[by]
            # What chance may have saved is promised to nobody.
            surely = hand_work in mine.index and bool(mine["better"].eq(True).fillna(False)[hand_work])
            saved = -float(mine["gain"][hand_work]) if surely else 0.0
            hours = saved * size.children * given.exchanges_a_year * given.years / MINUTES_AN_HOUR
            rows.append(
                {
                    "size": name,
                    "step": step_name,
                    "title": step.title,
                    "districts": size.districts,
                    "children": size.children,
                    "years": given.years,
                    **{f"dollars_{end}": dollars[end] for end in ENDS},
                    "dollars_a_child_and_year": dollars["likely"] / size.children / given.years,
                    "by": by,
                    "buys": float(mine["gain"][by]),
                    "unit": str(mine["unit"][by]),
                    "sure": mine["better"][by],
                    "hours_saved": hours,
                    "dollars_saved": hours * given.dollars_an_hour.likely,
                    "worth": gain / dollars["likely"] if dollars["likely"] > 0 else float("inf"),
                    "act": step.act,
                }
            )
    found = pd.DataFrame(rows)
    found = found.assign(
        unsure=~found["sure"].eq(True).fillna(False).to_numpy(dtype=bool),
        place=found["size"].map({name: place for place, name in enumerate(given.size)}),
    ).sort_values(["place", "unsure", "worth"], ascending=[True, True, False], kind="stable")
    found["rank"] = found.groupby("place").cumcount() + 1
    return as_table("roadmap", found.drop(columns=["unsure", "place", "worth"]))
