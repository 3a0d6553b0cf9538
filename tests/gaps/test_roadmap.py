"""The roadmap: what steps cost at which size, in which order they come, and what one standard saves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.gaps.roadmap import (
    HERE,
    concepts_of,
    cost_of,
    kit_costs,
    one_standard,
    plan_roadmap,
    read_costs,
    spend_budget,
)
from helpers.layouts import load_layout
from helpers.standard import BadInput, as_table

SYSTEMS = {
    "meals": "meals/mealtime_customers",
    "health": "health/nurse_office",
    "clubs": "activities/community_clubs",
}


def bought(**gains: tuple[float, bool, float, bool]) -> pd.DataFrame:
    """What each step buys: questions, whether surely, minutes of hand work, whether surely."""
    rows = []
    for step, (questions, sure, minutes, saved) in gains.items():
        told = {"scenario": "workshop", "method": "resolved", "step": step, "way": "alone", "seeds": 5}
        rows.append({**told, "measure": "questions", "unit": "of 34", "gain": questions, "better": sure})
        rows.append({**told, "measure": "manual_effort", "unit": "minutes", "gain": minutes, "better": saved})
    return as_table("step_gains", pd.DataFrame(rows))


BETTER = {"questions": 1, "manual_effort": -1}


def test_most_for_a_dollar_comes_first_and_what_chance_explains_last() -> None:
    gains = bought(
        carried_ids=(1.0, True, -8.0, True),
        freshness=(9.0, False, 0.0, False),
        code_agreement=(3.0, True, 0.1, False),
    )
    road = plan_roadmap(gains, 16, by="questions", better=BETTER)
    by_size = road.groupby("size", sort=False)["step"].apply(list)
    assert list(by_size.index) == list(kit_costs().size)
    assert by_size["district"] == ["code_agreement", "carried_ids", "freshness"]
    by_hours = plan_roadmap(gains, 16, by="manual_effort", better=BETTER)
    assert by_hours["step"].iloc[0] == "carried_ids"
    # Hours that chance may have saved are promised to nobody.
    hours = road[road["size"].eq("district")].set_index("step")["hours_saved"]
    costs, size = kit_costs(), kit_costs().size["district"]
    assert hours["carried_ids"] == 8 * size.children * costs.exchanges_a_year * costs.years / 60
    assert hours["code_agreement"] == hours["freshness"] == 0


def test_a_budget_buys_in_the_order_of_the_roadmap_what_it_can_pay_and_no_luck() -> None:
    gains = bought(
        carried_ids=(1.0, True, -8.0, True),
        freshness=(9.0, False, 0.0, False),
        code_agreement=(3.0, True, 0.1, False),
    )
    road = plan_roadmap(gains, 16, by="questions", better=BETTER)
    first = road[road["size"].eq("district")].iloc[0]
    just = first["dollars_likely"] / first["children"] / first["years"]

    def bought_with(dollars: float) -> list[str]:
        spent = spend_budget(road, dollars)
        return spent.loc[spent["size"].eq("district") & spent["bought"], "step"].tolist()

    assert bought_with(0) == bought_with(just * 0.99) == []
    assert bought_with(just * 1.001) == ["code_agreement"]
    # However much there is, nobody pays for what chance may explain.
    assert bought_with(just * 100) == ["code_agreement", "carried_ids"]
    spent = spend_budget(road, just * 1.001)
    assert not spent["safe"].any()
    assert spent["left"].ge(0).all()
    assert spend_budget(road, just * 100)["safe"].equals(spend_budget(road, just * 100)["bought"])


@pytest.mark.parametrize("budget", [-1.0, float("nan")])
def test_a_budget_below_nothing_is_refused(budget: float) -> None:
    road = plan_roadmap(bought(carried_ids=(1.0, True, -8.0, True)), 16, by="questions", better=BETTER)
    with pytest.raises(BadInput, match="0 dollars or more"):
        spend_budget(road, budget)


@pytest.mark.parametrize("end", ["low", "likely", "high"])
def test_districts_that_pay_together_pay_the_shared_part_once(end: str) -> None:
    costs = kit_costs()
    step = costs.step["carried_ids"]
    alone = costs.size["district"]
    for size in costs.size.values():
        together = cost_of(step, size, 16, costs, end)
        assert together <= size.districts * cost_of(step, alone, 16, costs, end) + 1e-6
    shared = costs.size["state"].model_copy(update={"once": 1.0})
    first = step.first_hours.at(end) * costs.dollars_an_hour.at(end) + step.first_dollars.at(end)
    saved = cost_of(step, costs.size["state"], 1, costs, end) - cost_of(step, shared, 1, costs, end)
    assert saved == pytest.approx((1 - costs.size["state"].once) * (shared.districts - 1) * first)


def test_every_fault_of_cost_assumptions_is_told_at_once(tmp_path: Path) -> None:
    text = HERE.read_text(encoding="utf-8")
    text = text.replace("years = 5", "years = 0").replace("once = 0.5", "once = 1.5")
    text = text.replace("low = 35, likely = 55", "low = 75, likely = 55").replace("act = ", "acts = ", 1)
    own = tmp_path / "costs.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_costs(own)
    for place in ("years", "size.state.once", "dollars_an_hour", "Did you mean act?"):
        assert place in str(refused.value)
    own.write_text(
        HERE.read_text(encoding="utf-8").replace("likely = 55, high = 90", "likely = 55, high = inf"),
        encoding="utf-8",
    )
    with pytest.raises(BadInput, match="dollars_an_hour"):
        read_costs(own)
    with pytest.raises(BadInput, match="can't be read"):
        read_costs(tmp_path / "nowhere.toml")


def test_what_nobody_measured_orders_nothing() -> None:
    gains = bought(carried_ids=(1.0, True, 0.0, False))
    with pytest.raises(BadInput, match="Did you mean questions"):
        plan_roadmap(gains, 16, by="question", better=BETTER)


def test_one_standard_is_counted_over_what_systems_say_in_common() -> None:
    layouts = {silo: load_layout(name) for silo, name in SYSTEMS.items()}
    says = {silo: concepts_of(layout) for silo, layout in layouts.items()}
    saved = one_standard(layouts).set_index("way")
    meals, health, clubs = says["meals"], says["health"], says["clubs"]
    pairs = (meals & health, meals & clubs, health & clubs)
    assert saved.loc["pair by pair", "agreements"] == sum(map(bool, pairs))
    assert saved.loc["pair by pair", "mappings"] == sum(map(len, pairs))
    shared = (meals & (health | clubs), health & (meals | clubs), clubs & (meals | health))
    assert saved.loc["one standard", "mappings"] == sum(map(len, shared))
    two = one_standard({"meals": layouts["meals"], "health": layouts["health"]})
    # Of two systems a standard is one agreement more.
    assert two["agreements"].tolist() == [1, 2]
