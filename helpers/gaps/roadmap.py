"""Plan the roadmap: steps, their costs, and the savings of one shared standard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Self

import pandas as pd
from pydantic import Field, model_validator

from helpers.layouts import Layout
from helpers.standard import Assumed, BadInput, StrictModel, as_table, nearest, read_declared

__all__ = [
    "Costs",
    "concepts_of",
    "cost_of",
    "kit_costs",
    "one_standard",
    "plan_roadmap",
    "read_costs",
    "spend_budget",
]


HERE = Path(__file__).with_name("roadmap.toml")
Count = Annotated[int, Field(ge=1)]


class Size(StrictModel):
    """Districts that share the cost."""

    title: str
    districts: Count
    children: Count
    once: Annotated[float, Field(ge=0, le=1)]
    source: str


class Step(StrictModel):
    """One step that a district can buy."""

    title: str
    first_hours: Assumed
    first_dollars: Assumed
    yearly_hours: Assumed
    yearly_dollars: Assumed
    act: str
    # Who acts, and by when; empty: not said.
    who: str = ""
    due: str = ""


class MappingCosts(StrictModel):
    """Assumed cost of mapping one column."""

    hours: Assumed


class Costs(StrictModel):
    """All cost assumptions."""

    about: str
    years: Annotated[int, Field(ge=1, le=30)]
    exchanges_a_year: Annotated[int, Field(ge=1, le=366)]
    dollars_an_hour: Assumed
    size: dict[str, Size]
    step: dict[str, Step]
    mapping: MappingCosts

    @model_validator(mode="after")
    def _has_sizes_and_steps(self) -> Self:
        if not self.size or not self.step:
            raise ValueError("at least one size and one step are needed")
        return self


def read_costs(path: Path) -> Costs:
    """Read cost assumptions from a file."""
    return read_declared(path, Costs, "costs")


@cache
def kit_costs() -> Costs:
    """Return the cost assumptions that ship with the kit."""
    return read_costs(HERE)


# Ids local to one system, which nobody maps to another.
OWN = frozenset({"local_id"})


def concepts_of(layout: Layout) -> frozenset[str]:
    """Return the standard columns that a system's export fills."""
    return frozenset(
        f"{makes.table}.{target}"
        for file in layout.files
        for makes in file.makes
        for target in (*makes.take, *makes.flags)
        if target not in OWN
    )


def one_standard(layouts: Mapping[str, Layout], costs: Costs | None = None) -> pd.DataFrame:
    """Count the mappings that a district needs, pair by pair and with one standard."""
    given = costs or kit_costs()
    says = {silo: concepts_of(layout) for silo, layout in layouts.items()}
    pairs = [(left, right, says[left] & says[right]) for left, right in combinations(says, 2)]
    exchanges = [common for _, _, common in pairs if common]
    shared = {
        silo: frozenset().union(*(common for left, right, common in pairs if silo in (left, right)))
        for silo in says
    }
    hours = given.mapping.hours
    rows = []
    for way, agreements, mappings in (
        ("pair by pair", len(exchanges), sum(len(common) for common in exchanges)),
        (
            "one standard",
            sum(bool(mine) for mine in shared.values()),
            sum(len(mine) for mine in shared.values()),
        ),
    ):
        rows.append(
            {
                "way": way,
                "systems": len(says),
                "agreements": agreements,
                "mappings": mappings,
                "hours_low": mappings * hours.low,
                "hours": mappings * hours.likely,
                "hours_high": mappings * hours.high,
            }
        )
    return as_table("one_standard", pd.DataFrame(rows))


ENDS = ("low", "likely", "high")
MINUTES_AN_HOUR = 60.0


def cost_of(step: Step, size: Size, systems: int, costs: Costs, end: str) -> float:
    """Compute the cost of a step over all years, in dollars."""
    hour = costs.dollars_an_hour.at(end)
    first = step.first_hours.at(end) * hour + step.first_dollars.at(end)
    yearly = step.yearly_hours.at(end) * hour + step.yearly_dollars.at(end)
    times = size.once + (1 - size.once) * size.districts
    return systems * (first * times + yearly * costs.years * size.districts)


def plan_roadmap(
    bought: pd.DataFrame,
    systems: int,
    *,
    by: str,
    better: Mapping[str, int],
    costs: Costs | None = None,
) -> pd.DataFrame:
    """Rank the steps for each size, with the cost and gain of each."""
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
            # We don't promise a saving that may be due to chance.
            surely = "manual_effort" in mine.index and mine["better"].eq(True).fillna(False)["manual_effort"]
            saved = -float(mine["gain"]["manual_effort"]) if surely else 0.0
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


def spend_budget(road: pd.DataFrame, dollars_a_child: float) -> pd.DataFrame:
    """Decide for each size which steps of a roadmap a budget buys, in the roadmap's order.

    A step is bought if the rest of the budget pays its likely cost, and if chance doesn't explain its gain.

    Parameters
    ----------
    road
        Table ``roadmap``, from `plan_roadmap`.
    dollars_a_child
        Budget for each child and year, in dollars.

    Returns
    -------
    DataFrame
        One row per size and step: the size's ``budget`` over all years, what is ``left`` after the step,
        whether it is ``bought``, and whether the rest would pay even its ``high`` cost (``safe``).
    """
    if not dollars_a_child >= 0:
        raise BadInput(f"A budget is 0 dollars or more for each child and year, and not {dollars_a_child!r}.")
    rows: list[dict[str, object]] = []
    for size, steps in road.groupby("size", sort=False):
        budget = float(dollars_a_child * steps["children"].iloc[0] * steps["years"].iloc[0])
        left = budget
        for step in steps.sort_values("rank", kind="stable").to_dict("records"):
            sure = step["sure"] is not pd.NA and bool(step["sure"])
            bought = sure and step["dollars_likely"] <= left
            safe = bought and step["dollars_high"] <= left
            left -= step["dollars_likely"] if bought else 0.0
            rows.append(
                {
                    "size": size,
                    "step": step["step"],
                    "title": step["title"],
                    "budget": budget,
                    "dollars": step["dollars_likely"],
                    "sure": sure,
                    "bought": bought,
                    "safe": safe,
                    "left": left,
                }
            )
    return pd.DataFrame(rows)
