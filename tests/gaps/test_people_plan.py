"""A plan to train people: more staff makes nobody wait, costs add up, nobody teaches before she can."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.staffing import (
    ENDS,
    StaffingAssumptions,
    StaffingPlan,
    kit_people_assumptions,
    months_waited,
    read_people_assumptions,
    staffing_plan,
)
from helpers.standard import BadInput
from tests.tiers import examples

SIZES = st.lists(st.integers(20, 2_000), min_size=1, max_size=9)
FEW = st.integers(0, 4)
KIT = Path(__file__).resolve().parents[2] / "helpers" / "staffing" / "plan.toml"


def schools(sizes: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"school": [f"School {place}" for place in range(len(sizes))], "children": sizes})


def planned(sizes: list[int], staff: tuple[int, int, int], **given: object) -> StaffingPlan:
    specialists, specialist_trainers, team_trainers = staff
    return staffing_plan(
        schools(sizes),
        specialists=specialists,
        specialist_trainers=specialist_trainers,
        team_trainers=team_trainers,
        months=30,
        **given,  # type: ignore[arg-type]
    )


def by_school(plan: StaffingPlan, name: str) -> np.ndarray:
    rows = plan.schools.set_index(["end", "school"]).sort_index()
    return np.asarray(rows[name].astype("float64").fillna(np.inf))


@settings(max_examples=examples(25))
@given(sizes=SIZES, staff=st.tuples(FEW, FEW, FEW), more=st.integers(0, 2))
def test_more_staff_makes_no_school_wait_longer(
    sizes: list[int], staff: tuple[int, int, int], more: int
) -> None:
    bigger = tuple(number + (place == more) for place, number in enumerate(staff))
    few, many = planned(sizes, staff), planned(sizes, bigger)  # type: ignore[arg-type]
    for name in ("coach_month", "team_month"):
        assert (by_school(many, name) <= by_school(few, name)).all()


@settings(max_examples=examples(25))
@given(sizes=SIZES, staff=st.tuples(FEW, FEW, FEW))
def test_costs_add_up_and_no_hour_is_given_twice(sizes: list[int], staff: tuple[int, int, int]) -> None:
    months = planned(sizes, staff).months
    parts = [name for name in months.columns if name.startswith("dollars_") and name != "dollars_so_far"]
    assert len(parts) == 4
    np.testing.assert_allclose(months[parts].sum(axis=1), months["dollars"])
    for _, mine in months.groupby("end"):
        np.testing.assert_allclose(mine["dollars"].cumsum(), mine["dollars_so_far"])
        for name in ("coaches", "schools_with_coach", "schools_with_team", "children_with_both"):
            assert mine[name].is_monotonic_increasing
        assert mine["coaches"].max() <= staff[0]
    assert (months["hours_teaching"] <= months["capacity"] + 1e-9).all()


@settings(max_examples=examples(25))
@given(sizes=SIZES, specialists=FEW, trainers=FEW)
def test_nobody_is_trained_before_there_is_a_trainer(
    sizes: list[int], specialists: int, trainers: int
) -> None:
    nobody = planned(sizes, (specialists, 0, trainers)).months
    assert nobody["coaches"].sum() == 0
    without = planned(sizes, (specialists, trainers, 0))
    for _, mine in without.schools.groupby("end"):
        teams, coaches = (mine[name].astype("float64") for name in ("team_month", "coach_month"))
        # A team that only coaches teach has its first hour in the month after the first certificate.
        assert teams.isna().all() or teams.min() > coaches.min()


@settings(max_examples=examples(25))
@given(
    sizes=SIZES, staff=st.tuples(FEW, FEW, FEW), order=st.sampled_from(["as listed", "fewest children first"])
)
def test_most_children_first_makes_children_wait_least(
    sizes: list[int], staff: tuple[int, int, int], order: str
) -> None:
    first, other = planned(sizes, staff), planned(sizes, staff, order=order)
    for end in ENDS:
        assert months_waited(first, end) <= months_waited(other, end) + 1e-6
        assert sorted(by_school(first, "coach_month")) == sorted(by_school(other, "coach_month"))


@settings(max_examples=examples(15))
@given(sizes=SIZES, staff=st.tuples(FEW, FEW, FEW))
def test_easy_is_never_later_than_likely_nor_likely_than_hard(
    sizes: list[int], staff: tuple[int, int, int]
) -> None:
    rows = planned(sizes, staff).schools
    for name in ("coach_month", "team_month"):
        easy, likely, hard = (
            rows[rows["end"].eq(end)].sort_values("school")[name].astype("float64").fillna(np.inf).to_numpy()
            for end in ENDS
        )
        assert (easy <= likely).all()
        assert (likely <= hard).all()


def test_what_cannot_be_planned_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="specialists"):
        planned([100], (-1, 1, 1))
    with pytest.raises(BadInput, match="There are: most children first"):
        planned([100], (1, 1, 1), order="most children")
    with pytest.raises(BadInput, match="at_risk"):
        planned([100], (1, 1, 1), order="most at risk first")
    with pytest.raises(BadInput, match="each of them once"):
        staffing_plan(
            pd.DataFrame({"school": ["A", "A"], "children": [1, 2]}),
            specialists=1,
            specialist_trainers=1,
            team_trainers=1,
        )


def test_assumptions_of_ones_own_are_read_and_all_faults_told(tmp_path: Path) -> None:
    kit = KIT.read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(kit.replace("likely = 90,", "likely = 100,", 1), encoding="utf-8")
    assert read_people_assumptions(own).needs.specialist_learning.likely == 100
    assert kit_people_assumptions().needs.specialist_learning.likely == 90
    own.write_text(
        kit.replace("low = 60,", "low = 600,", 1).replace("upkeep =", "upkeeep =", 1), encoding="utf-8"
    )
    with pytest.raises(BadInput) as refused:
        read_people_assumptions(own)
    for words in ("specialist_learning", "Did you mean upkeep?", "low <= likely <= high"):
        assert words in str(refused.value)


def assumed(**figures: float) -> StaffingAssumptions:
    """Give assumptions without a range."""
    given = {
        "specialist_learning": 20, "specialist_teaching": 10, "certificate": 100, "team_size": 2,
        "team_learning": 12, "team_teaching": 6, "upkeep": 1, "dollars_an_hour": 10, "trainer_hours": 5,
        "specialist_hours": 10, "member_hours": 6, "coach_hours": 6, "schools_a_coach": 2, **figures,
    }  # fmt: skip
    needed = {
        name: {"low": one, "likely": one, "high": one, "unit": "u", "meaning": "m"}
        for name, one in given.items()
    }
    parts = {
        part: {name: needed[name] for name in type(getattr(kit_people_assumptions(), part)).model_fields}
        for part in ("needs", "gives")
    }
    return StaffingAssumptions.model_validate({"about": "by hand", **parts})


def test_a_plan_of_three_schools_is_worked_out_as_by_hand() -> None:
    """One specialist learns at most five taught hours a month, and a team at most three of its six."""
    plan = staffing_plan(
        pd.DataFrame({"school": ["small", "big", "middle"], "children": [10, 100, 50]}),
        specialists=1, specialist_trainers=1, team_trainers=1, months=4, assumptions=assumed(),
    )  # fmt: skip
    likely = plan.months[plan.months["end"].eq("likely")].set_index("month")
    table = likely[["coaches", "schools_with_coach", "schools_with_team", "children_with_both"]]
    assert table.values.tolist() == [[0, 0, 0, 0], [1, 2, 1, 100], [1, 2, 2, 150], [1, 2, 3, 150]]
    assert likely["capacity"].tolist() == [10, 10, 16, 16]
    assert likely["hours_teaching"].tolist() == [10, 10, 5, 3]
    assert likely["hours_learning"].tolist() == [30, 30, 20, 12]
    assert likely["hours_coaching"].tolist() == [0, 0, 2, 2]
    assert likely["dollars_certificates"].tolist() == [0, 100, 0, 0]
    assert likely["dollars_so_far"].tolist() == [400, 900, 1170, 1340]
    assert likely["members_trained"].tolist() == [0, 2, 4, 6]
    schools = plan.schools[plan.schools["end"].eq("likely")]
    assert schools[["school", "coach_month", "team_month"]].fillna(0).values.tolist() == [
        ["big", 2, 2], ["middle", 2, 3], ["small", 0, 4],
    ]  # fmt: skip
    # The small school's coach never comes: it waits until the plan is over.
    assert months_waited(plan) == 2 * 100 + 3 * 50 + 4 * 10
    assert months_waited(plan, months=12) == 2 * 100 + 3 * 50 + 12 * 10


@pytest.mark.parametrize(
    ("schools_a_coach", "coaches", "with_coach"),
    [(1.9, 5, 1), (2.0, 3, 2), (2.5, 3, 2), (2.9, 3, 2), (3.0, 2, 3)],
)
def test_a_coach_takes_on_whole_schools_and_no_part_of_one(
    schools_a_coach: float, coaches: int, with_coach: int
) -> None:
    taking = assumed(schools_a_coach=schools_a_coach, specialist_hours=1000, trainer_hours=10)
    months = planned([100] * 5, (9, 1, 0), assumptions=taking).months
    likely = months[months["end"].eq("likely")]
    # A trainer certifies one specialist a month, and no more than there are schools for.
    assert likely["coaches"].max() == coaches
    assert likely["schools_with_coach"].iloc[0] == with_coach
    assert likely["schools_with_coach"].max() == 5


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("most children first", "b"),
        ("fewest children first", "c"),
        ("as listed", "a"),
        ("most at risk first", "d"),
    ],
)
def test_schools_get_their_coach_in_the_order_asked_for(order: str, first: str) -> None:
    listed = pd.DataFrame({"school": list("abcd"), "children": [20, 90, 10, 30], "at_risk": [1, 2, 3, 4]})
    plan = staffing_plan(
        listed, specialists=4, specialist_trainers=1, team_trainers=1, months=30, order=order,  # type: ignore[arg-type]
        assumptions=assumed(schools_a_coach=1),
    )  # fmt: skip
    likely = plan.schools[plan.schools["end"].eq("likely")]
    assert likely.sort_values("coach_month")["school"].iloc[0] == first
    assert likely.sort_values("place")["school"].iloc[0] == first


@pytest.mark.parametrize(("months", "fits"), [(0, False), (1, True), (600, True), (601, False)])
def test_a_plan_has_between_a_month_and_fifty_years(months: int, fits: bool) -> None:
    def plan() -> StaffingPlan:
        return staffing_plan(
            schools([100]), specialists=0, specialist_trainers=0, team_trainers=0, months=months
        )

    if fits:
        assert len(plan().months) == 3 * months
    else:
        with pytest.raises(BadInput, match="1 to 600 months"):
            plan()
