"""Social gradients: none at 0, growing with their dials, and at 1 as published; no other trait has any."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from helpers.standard import BadInput
from synthetic_data.life.circumstances import (
    changed_school,
    income_ratios,
    is_homeless,
    plan_liability,
)
from synthetic_data.life.effects import effects_frame
from synthetic_data.life.traits import Traits, draw_traits
from synthetic_data.life.wellbeing.plans import draw_plans
from synthetic_data.scenario import Scenario, load_scenario
from synthetic_data.studies.calibration import figures
from synthetic_data.studies.calibration.figures import MEASURES, targets
from synthetic_data.studies.calibration.outcomes import Estimate, outcomes_of
from tests.synthetic_data.truth import Truth, truth

# None of them was used for tuning.
SEEDS = (5101, 5102, 5103)
DIALS = ("ses_gradient", "mobility", "homelessness", "disability")
OFF = dict.fromkeys(DIALS, 0.0)
# What each dial moves, and the published figures that say how far.
MOVES = {
    "ses_gradient": {"academic": -1, "missing": 1},
    "mobility": {"academic": -1, "missing": 1},
    "homelessness": {"missing": 1},
    "disability": {"academic": -1, "missing": 1},
}
PUBLISHED = {
    "ses_gradient": ("chronic_by_income", "test_gap_by_income"),
    "mobility": ("chronic_by_moves", "test_gap_by_moves"),
    "homelessness": ("chronic_by_home",),
    "disability": ("chronic_by_plan", "test_gap_by_plan"),
}


class Difference(NamedTuple):
    """How far a trait goes with a circumstance, and the standard error of that."""

    value: float
    error: float


def traits_with(made: Truth, **dials: float) -> tuple[Scenario, Traits]:
    """Draw the traits of the same children with other dials."""
    scenario = made.scenario.model_copy(update=dials)
    return scenario, draw_traits(scenario, made.population, made.schooling)


def difference(made: Truth, dial: str, trait: str, size: float) -> Difference:
    """Find the slope of a trait on a circumstance."""
    scenario, traits = traits_with(made, **{dial: size})
    numbers = traits.academic if trait == "academic" else traits.missing[scenario.school_year]
    year, children = scenario.school_year, made.population.children
    if dial == "ses_gradient":
        home = pd.Index(made.population.households["household"]).get_indexer(pd.Index(children["household"]))
        cause = -np.log(income_ratios(scenario, made.population)[year][home])
    elif dial == "mobility":
        cause = 1.0 * changed_school(made.schooling, len(children), year - 1, year)
    elif dial == "homelessness":
        cause = 1.0 * is_homeless(made.population)
    else:
        cause = plan_liability(scenario, traits.academic)
    cause = (cause - cause.mean()) / cause.var()
    slope = float(np.mean(cause * numbers))
    pull = cause * (numbers - slope * cause * np.mean(cause**2) ** -1) / len(numbers)
    household = pd.factorize(children["household"])[0]
    return Difference(slope, float(np.sqrt(np.sum(np.bincount(household, weights=pull) ** 2))))


def cases() -> list[tuple[str, str, int]]:
    return [(dial, trait, way) for dial, traits in MOVES.items() for trait, way in traits.items()]


@pytest.mark.parametrize(("dial", "trait", "way"), cases())
def test_a_gradient_grows_with_its_dial_from_nothing(dial: str, trait: str, way: int) -> None:
    at_zero = []
    for seed in SEEDS:
        made = truth(students=2000, seed=seed)
        sizes = [way * difference(made, dial, trait, size).value for size in (0, 0.1, 0.9, 1, 1.1, 1.25)]
        assert sizes == sorted(sizes), sizes
        at_zero.append(difference(made, dial, trait, 0))
    mean = np.mean([one.value for one in at_zero])
    error = np.sqrt(np.sum([one.error**2 for one in at_zero])) / len(at_zero)
    assert abs(mean) < 3.3 * error, "at 0 nothing depends on it"


@pytest.mark.full
def test_at_its_dials_end_traits_still_have_mean_0_and_variance_1() -> None:
    made = truth(students=6000, seed=SEEDS[0])
    scenario, traits = traits_with(made, **dict.fromkeys(DIALS, 1.25))
    for numbers in (traits.academic, *traits.missing.values(), *traits.doing.values()):
        assert abs(numbers.mean()) < 0.06
        assert abs(numbers.std() - 1) < 0.04
    plans = draw_plans(scenario, made.population, made.schooling, traits)
    assert abs(len(plans.child) / len(traits.academic) - 0.15) < 0.02


def test_no_other_trait_depends_on_circumstances() -> None:
    made = truth(students=600)
    _, without = traits_with(made, **OFF)
    _, with_all = traits_with(made)
    for trait in ("engagement", "well_being", "support"):
        assert (getattr(without, trait) == getattr(with_all, trait)).all()
    assert not (without.academic == with_all.academic).any()


@cache
def found(seed: int, students: int, **dials: float) -> dict[str, dict[str, Estimate]]:
    outcomes = outcomes_of(load_scenario("district", seed=seed, students=students, **dials))
    return {measure: MEASURES[measure](outcomes) for named in PUBLISHED.values() for measure in named}


def pooled(measure: str, group: str, seeds: tuple[int, ...], students: int, **dials: float) -> Difference:
    one_by_one = [found(seed, students, **dials)[measure][group] for seed in seeds]
    errors = np.array([one.error for one in one_by_one])
    return Difference(
        float(np.mean([one.value for one in one_by_one])), float(np.sqrt(np.sum(errors**2))) / len(seeds)
    )


def tuned(measure: str) -> list[tuple[str, float, float]]:
    """Give the published figures of a measure to which the kit is tuned, with how they are rounded."""
    return [
        (row["group"], float(row["value"]), float(said["rounding"]))
        for said, row in targets("tuned")
        if said["measure"] == measure
    ]


@pytest.mark.full
@pytest.mark.parametrize("dial", DIALS)
def test_gradients_are_as_published_at_1_and_gone_at_0(dial: str) -> None:
    for measure in PUBLISHED[dial]:
        published = tuned(measure)
        assert published, measure
        for group, target, rounding in published:
            on = pooled(measure, group, SEEDS, 4000)
            assert abs(on.value - target) < 3.3 * on.error + rounding, (measure, group, on)
            off = pooled(measure, group, SEEDS, 4000, **{dial: 0.0})
            assert abs(off.value) < 3.3 * off.error, (measure, group, off)
            assert abs(on.value) > 3.3 * on.error, (measure, group, on)


@pytest.mark.full
def test_a_usual_district_has_gradients_and_one_without_them_has_none() -> None:
    for measure in ("chronic_by_income", "test_gap_by_income", "test_gap_by_plan"):
        group = tuned(measure)[0][0]
        on, off = (pooled(measure, group, SEEDS[:1], 2000, **dials) for dials in ({}, OFF))
        assert on.value > 3.3 * on.error, (measure, on)
        assert abs(off.value) < 3.3 * off.error, (measure, off)


def test_placebo_has_no_gradient() -> None:
    placebo, usual = (
        effects_frame(load_scenario(name)).set_index("name") for name in ("placebo", "workshop")
    )
    planted = [
        "income_in_academic", "income_in_absence", "move_in_academic", "move_in_absence",
        "homelessness_in_absence", "academic_in_plans", "plans_in_absence",
    ]  # fmt: skip
    assert (placebo.loc[planted, "size"] == 0).all()
    assert (usual.loc[planted, "size"] != 0).all()
    assert usual.loc[planted, "source"].str.startswith("tuned to").all()


@pytest.mark.parametrize("dial", DIALS)
def test_a_dial_goes_from_0_to_one_and_a_quarter(dial: str) -> None:
    for size in (0, 1, 1.25):
        assert getattr(load_scenario(**{dial: size}), dial) == size
    for size in (-0.01, 1.26):
        with pytest.raises(BadInput, match=f"{dial} = .*must be a number from 0 to 1.25"):
            load_scenario(**{dial: size})


def test_log_odds_are_those_of_a_table_of_four_cells() -> None:
    # 30 of 100 are chronically absent in the group, 10 of 100 outside: (30/70) / (10/90).
    chronic = np.repeat([1.0, 0.0, 1.0, 0.0], [30, 70, 10, 90])
    such = np.repeat([True, False], [100, 100])
    table = pd.DataFrame({"chronic": chronic})
    odds = figures._log_odds(table, such, np.arange(200))
    assert odds.value == pytest.approx(np.log((30 / 70) / (10 / 90)))
    # Woolf's standard error.
    assert odds.error == pytest.approx(np.sqrt(1 / 30 + 1 / 70 + 1 / 10 + 1 / 90))
    assert figures._log_odds(table, ~such, np.arange(200)).value == pytest.approx(-odds.value)
    # Brothers and sisters who are alike count once.
    twice = pd.concat([table, table], ignore_index=True)
    families = np.r_[np.arange(200), np.arange(200)]
    assert figures._log_odds(twice, np.r_[such, such], families).error == pytest.approx(odds.error)
    assert figures._log_odds(twice, np.r_[such, such], np.arange(400)).error < 0.8 * odds.error
    nobody = figures._log_odds(table, such & (chronic == 0), np.arange(200))
    assert nobody.error == float("inf"), "a group in which nobody is absent decides nothing"
