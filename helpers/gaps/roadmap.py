"""The roadmap: steps, their costs, and one standard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Self

import pandas as pd
from pydantic import BaseModel, Field, model_validator

from helpers.layouts import Layout
from helpers.standard import BadInput, as_table, nearest
from helpers.standard.validation import STRICT, Assumed, read_declared

__all__ = [
    "ENDS",
    "Costs",
    "Size",
    "Step",
    "concepts_of",
    "cost_of",
    "kit_costs",
    "one_standard",
    "read_costs",
    "roadmap",
]


HERE = Path(__file__).with_name("roadmap.toml")
Count = Annotated[int, Field(ge=1)]


class Size(BaseModel):
    """Who pays together."""

    model_config = STRICT

    title: str
    districts: Count
    children: Count
    once: Annotated[float, Field(ge=0, le=1)]
    source: str


class Step(BaseModel):
    """One step of exchange, as it is bought."""

    model_config = STRICT

    title: str
    first_hours: Assumed
    first_dollars: Assumed
    yearly_hours: Assumed
    yearly_dollars: Assumed
    act: str


class MappingCosts(BaseModel):
    """What it takes to map one column."""

    model_config = STRICT

    hours: Assumed


class Costs(BaseModel):
    """All that is assumed of costs."""

    model_config = STRICT

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
    """Read cost assumptions of one's own.

    Parameters
    ----------
    path
        A TOML file like ``roadmap.toml`` of this folder.

    Returns
    -------
    Costs
        Checked.

    Raises
    ------
    BadInput
        Naming every fault at once.
    """
    return read_declared(path, Costs, "costs")


@cache
def kit_costs() -> Costs:
    """Give the costs that the kit assumes."""
    return read_costs(HERE)


# Said by every system of itself, and mapped by nobody.
OWN = frozenset({"local_id"})


def concepts_of(layout: Layout) -> frozenset[str]:
    """Name what a system's export says, in the kit's standard terms.

    Parameters
    ----------
    layout
        The system's layout.

    Returns
    -------
    frozenset of str
        ``table.column`` of the standard tables that its columns fill; its own number for a record aside.
    """
    return frozenset(
        f"{makes.table}.{target}"
        for file in layout.files
        for makes in file.makes
        for target in (*makes.take, *makes.flags)
        if target not in OWN
    )


def one_standard(layouts: Mapping[str, Layout], costs: Costs | None = None) -> pd.DataFrame:
    """Count the mappings that a district's systems need, pair by pair and by one standard.

    Parameters
    ----------
    layouts
        Layout by system.
    costs
        Hours a mapping; the kit's own assumption when not given.

    Returns
    -------
    pandas.DataFrame
        The standard table *one_standard*: a row a way, *pair by pair* (every two systems that say the same
        thing agree on it, and do so both ways in one mapping) and *one standard* (each system says what it
        shares with any other in the words of the standard). The exchanges are n(n-1)/2 against n; a column is
        counted once for each agreement in which it stands.
    """
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
