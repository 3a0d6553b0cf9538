"""The page of a plan to train people: its sentence, months and costs are those of the plan."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from helpers.report.school_systems.staffing import (
    cost_sentence,
    coverage_sentence,
    month_table,
    people_chart,
    people_page,
)
from helpers.staffing import StaffingPlan, staffing_plan
from helpers.standard import plain


@pytest.fixture(scope="module")
def plan() -> StaffingPlan:
    """Five schools, two specialists, a year and a half."""
    schools = pd.DataFrame({"school": [*"ABCDE"], "children": [500, 300, 800, 120, 450]})
    return staffing_plan(schools, specialists=2, specialist_trainers=1, team_trainers=1, months=18)


def test_the_sentence_says_how_many_where_not_all_are_reached(plan: StaffingPlan) -> None:
    # Two coaches take on four schools at the likely end, and two at the hard one.
    assert "likely 4 of 5 schools by month 18" in plain(coverage_sentence(plan))
    assert "at best all 5 schools" in plain(coverage_sentence(plan))


def test_months_and_costs_are_those_of_the_plan(plan: StaffingPlan) -> None:
    shown = month_table(plan, every=5)
    assert shown["month"].tolist() == [5, 10, 15, 18]
    likely = plan.months[plan.months["end"].eq("likely")]
    hours = likely[["hours_teaching", "hours_learning", "hours_coaching"]].to_numpy().sum()
    assert shown["hours"].sum() == pytest.approx(hours, abs=2)
    assert (shown["dollars_low"] <= shown["dollars"]).all()
    assert (shown["dollars"] <= shown["dollars_high"]).all()
    assert f"${round(float(likely['dollars'].sum()), -3):,.0f}" in cost_sentence(plan)


def test_the_page_says_whose_assumptions_and_fetches_nothing(plan: StaffingPlan, tmp_path: Path) -> None:
    markup = people_page(tmp_path / "people.html", plan).read_text(encoding="utf-8")
    assert "the kit&#39;s own assumptions" in markup
    assert re.findall(r'(?:src|href)="http', markup) == []
    assert len(people_chart(plan).alt.split()) > 8
