"""Traits hang together as the table says, in all layers, and are cut where a scenario cuts them."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import synthetic_data.life
from synthetic_data.life.effects import GATHERED, effects_frame
from synthetic_data.life.traits import TRAITS, draw_traits, school_of, shares, ties
from synthetic_data.scenario import load_scenario
from tests.synthetic_data.truth import truth

# Without circumstances, which shift the academic trait (test_circumstances.py).
APART = {"ses_gradient": 0, "mobility": 0, "homelessness": 0, "disability": 0}
MANY = {"students": 12_000, "seed": 41, **APART}


@pytest.fixture(scope="module")
def many():
    return truth(**MANY)


def of(made, trait):
    return getattr(made.life.latent, trait)


def test_every_two_traits_correlate_as_declared(many):
    count = len(many.population.children)
    declared = ties(many.scenario)
    assert set(declared) == set(itertools.combinations(TRAITS, 2))
    for (left, right), size in declared.items():
        found = np.corrcoef(of(many, left), of(many, right))[0, 1]
        # Brothers and sisters are alike: 12,000 children count for about 8,000.
        assert abs(found - size) < 4 / np.sqrt(count / 1.5), (left, right)


def test_traits_are_standard_normal(many):
    for trait in TRAITS:
        numbers = of(many, trait)
        assert abs(numbers.mean()) < 0.06
        assert abs(numbers.std() - 1) < 0.03


def test_brothers_and_sisters_are_alike_by_the_households_share(many):
    children = many.population.children
    first, second = _pairs(children["household"])
    school = school_of(many.population, many.schooling, many.scenario.school_year)
    same_school = (school[first] == school[second]).mean()
    for trait in TRAITS:
        numbers, share = of(many, trait), shares(trait)
        expected = share["household"] + same_school * share["school"]
        found = np.corrcoef(numbers[first], numbers[second])[0, 1]
        assert abs(found - expected) < 4 / np.sqrt(len(first)), trait


@pytest.mark.full
def test_schools_of_a_level_differ_and_levels_do_not():
    made = truth(students=12_000, seed=42)
    school = school_of(made.population, made.schooling, made.scenario.school_year)
    level = pd.Series(made.population.school_list.levels).to_numpy()[school]
    spread = []
    for trait in TRAITS:
        table = pd.DataFrame({"school": school, "level": level, "number": of(made, trait)})
        assert (table.groupby("level")["number"].mean().abs() < 0.1).all(), trait
        means = table.groupby("school")["number"].agg(["mean", "size"])
        chance = 1.3 / means["size"]
        spread.append((means["mean"].var() - chance.mean()) / shares(trait)["school"])
    # 27 schools and four traits: a variance as declared, within what so few can say.
    assert 0.4 < np.mean(spread) < 1.8


def test_a_season_changes_a_part_of_what_shows(many):
    latent, trait = many.life.latent, "well_being"
    fall, again = (latent.in_season(trait, 2026, "fall") for _ in range(2))
    spring = latent.in_season(trait, 2026, "spring")
    assert (fall == again).all()
    kept = 1 - shares(trait)["season"]
    assert abs(np.corrcoef(fall, spring)[0, 1] - kept) < 0.03
    assert abs(np.corrcoef(fall, of(many, trait))[0, 1] - np.sqrt(kept)) < 0.03


@pytest.mark.full
def test_a_scenario_can_cut_the_ties_between_traits():
    apart = truth(**MANY, trait_ties=0)
    for left, right in itertools.combinations(TRAITS, 2):
        assert abs(np.corrcoef(of(apart, left), of(apart, right))[0, 1]) < 4 / np.sqrt(8000)


@pytest.mark.full
@pytest.mark.parametrize("shared", [0.0, 0.5, 1.0])
def test_systems_share_as_much_of_a_trait_as_a_scenario_says(shared):
    made = truth(**MANY, traits_shared=shared)
    one, other = (draw_traits(*made[:3], system) for system in ("lms", "health"))
    assert abs(np.corrcoef(one.support, other.support)[0, 1] - shared) < 4 / np.sqrt(7000)
    tied = np.corrcoef(one.academic, one.engagement)[0, 1]
    assert abs(tied - ties(made.scenario)["academic", "engagement"]) < 0.05


def test_what_a_module_puts_in_is_gathered():
    folder = Path(synthetic_data.life.__file__).parent
    says = {
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path in folder.rglob("*.py")
        if re.search(r"^EFFECTS\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert says == set(GATHERED)
    effects = effects_frame(load_scenario())
    assert effects["name"].is_unique
    assert (effects["source"].str.len() > 5).all()


def _pairs(household):
    """Give places of two children of each household that has several."""
    order = np.argsort(household.to_numpy(dtype=object), kind="stable")
    sorted_home = household.to_numpy(dtype=object)[order]
    start = np.flatnonzero(np.r_[True, sorted_home[1:] != sorted_home[:-1]])
    size = np.diff(np.r_[start, len(order)])
    several = start[size > 1]
    return order[several], order[several + 1]
