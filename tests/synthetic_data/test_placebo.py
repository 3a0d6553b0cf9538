"""In `placebo` nothing hangs together across systems; in any other district much does, and that is seen."""

from __future__ import annotations

import pytest

from synthetic_data.scenario import load_scenario
from synthetic_data.studies.calibration.outcomes import across_systems, outcomes_of
from synthetic_data.systems import SILOS
from tests.tiers import sampled

# Many children in one of them, so that a weak tie is seen; three seeds, so that a lucky one isn't enough.
PLACEBOS = ((4101, 5500), (4002, 2000), (4003, 2000))


def tied(seed, students, scenario="placebo", **settings):
    scenario = load_scenario(scenario, seed=seed, students=students, **settings)
    found = across_systems(outcomes_of(scenario))
    return found, found.loc[found["verdict"] == "tied"]


@pytest.mark.full
@pytest.mark.parametrize(("seed", "students"), sampled(PLACEBOS, 3, 1))
def test_in_placebo_no_two_systems_measures_are_tied(seed, students):
    found, some = tied(seed, students)
    assert some.empty, some.to_string()
    assert len(found) > 300
    children = found.loc[found["over"] == "children"]
    if students >= 5000:
        assert "career" in set(found["left_silo"]) | set(found["right_silo"])
        # The interval is joint over all pairs, and still most of them would tell a correlation of 0.1.
        assert ((children["high"] - children["low"]) / 2).median() < 0.1


@pytest.mark.full
def test_every_system_of_the_kit_is_looked_at():
    found, _ = tied(4004, 1500)
    systems = set(found["left_silo"]) | set(found["right_silo"])
    # A roster holds no outcome; of two tests the newest result counts, under the system trusted more.
    assert systems == set(SILOS) - {"sis", "iready"}


@pytest.mark.full
def test_traits_that_systems_share_are_seen_though_all_else_is_cut():
    _, some = tied(4005, 2000, traits_shared=1.0)
    assert not some.empty


@pytest.mark.full
def test_in_a_usual_district_systems_are_tied():
    found, some = tied(4006, 2000, "district")
    pairs = set(zip(some["left"], some["right"], strict=True)) | set(
        zip(some["right"], some["left"], strict=True)
    )
    for pair in (
        ("rate", "points_share"),
        ("rate", "incidents"),
        ("grade_average", "math_percentile"),
        ("screening_t_score", "self_awareness"),
    ):
        assert pair in pairs, pair
    assert len(some) > 0.1 * len(found)
