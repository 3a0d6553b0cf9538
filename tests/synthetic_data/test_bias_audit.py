"""No outcome differs by race, origin, language or sex beyond what was declared; one that does is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthetic_data.scenario import load_scenario
from synthetic_data.studies.calibration.outcomes import (
    GROUPINGS,
    beyond,
    bias_audit,
    by_rank,
    differ,
    outcomes_of,
)


@pytest.fixture(scope="module")
def fair():
    return outcomes_of(load_scenario("district", seed=4101, students=4000))


@pytest.mark.full
def test_no_outcome_differs_in_a_fair_district(fair):
    audit = bias_audit(fair)
    missed = audit.loc[audit["verdict"] == "miss"]
    assert missed.empty, missed.to_string()
    assert set(audit["grouping"]) == set(GROUPINGS)
    for element in (
        "rate",
        "chronically_absent",
        "grade_average",
        "math_score",
        "points_share",
        "incidents",
    ):
        assert element in set(audit["element"]), element
    assert not audit["declared"].any()


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("grouping", "word", "element"),
    [
        ("group", "Hispanic", "grade_average"),
        ("sex", "Female", "math_score"),
        ("group", "Black", "incidents"),
    ],
)
def test_a_difference_that_somebody_put_in_is_told(fair, grouping, word, element):
    numbers = fair.numbers(element)
    shifted = numbers + 0.35 * np.nanstd(numbers) * (fair.children[grouping] == word).to_numpy(
        dtype="float64"
    )

    class Injected(type(fair)):
        def numbers(self, name):
            return shifted if name == element else super().numbers(name)

    audit = bias_audit(Injected(fair.scenario, fair.population, fair.schooling, fair.life))
    told = audit.loc[(audit["verdict"] == "miss") & (audit["grouping"] == grouping), "element"]
    assert element in set(told)


@pytest.mark.full
def test_an_unfair_district_is_told_and_declared():
    scenario = load_scenario("district", seed=4102, students=4000, fair=False)
    unfair = outcomes_of(scenario)
    audit = bias_audit(unfair)
    by_group = audit.loc[(audit["element"] == "chronically_absent") & (audit["grouping"] == "group")]
    assert (by_group["p_joint"] < 0.001).all()
    assert by_group["declared"].all()
    # The same district, believed to be fair, fails.
    believed = replace(unfair, scenario=scenario.model_copy(update={"fair": True}))
    assert (bias_audit(believed)["verdict"] == "miss").any()


def test_the_test_of_differences_is_right_as_often_as_it_says():
    rng = np.random.default_rng(5)
    chances = []
    for _ in range(300):
        household = np.repeat(np.arange(400), rng.integers(1, 4, 400))
        group = rng.integers(0, 5, 400)[household]
        # Rare, and alike in a household: what a careless test finds everywhere.
        numbers = (rng.random(400)[household] < 0.08).astype("float64")
        chances.append(differ(numbers, group, household)[0])
    assert 0.02 < (np.array(chances) < 0.05).mean() < 0.09
    assert (np.array(chances) < 0.001).mean() < 0.02


@pytest.mark.parametrize(
    ("statistic", "freedom", "chance"),
    [
        (3.841, 1, 0.05),
        (5.991, 2, 0.05),
        (7.815, 3, 0.05),
        (16.919, 9, 0.05),
        (29.588, 10, 0.001),
        (0.0, 4, 1.0),
    ],
)
def test_chances_are_those_of_the_tables(statistic, freedom, chance):
    assert beyond(statistic, freedom) == pytest.approx(chance, rel=2e-3)


def test_ranks_lie_inside_cells_and_share_ties():
    ranks = by_rank(np.array([5.0, 1.0, 1.0, np.nan, 7.0]), np.array([0, 0, 0, 0, 1]))
    assert ranks.tolist()[:3] == pytest.approx([1 / 3, -1 / 6, -1 / 6])
    assert np.isnan(ranks[3])
    assert ranks[4] == 0
