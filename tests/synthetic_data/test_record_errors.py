"""Whose names and birth dates go wrong depends on the family; how many do, on the catalog alone."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.standard import BadInput
from synthetic_data.district import clean_pages, make_truth
from synthetic_data.facts import figures
from synthetic_data.faults import FUNCTIONS
from synthetic_data.faults.apply import Log, apply_faults
from synthetic_data.faults.scene import Fault, Page, _fault, declared_faults
from synthetic_data.life.record_errors import (
    ERROR_FIELDS,
    LOW_INCOME,
    REFERENCE,
    group_of_origin,
    rates_of,
    record_errors,
)
from synthetic_data.life.wellbeing.meal_eligibility import FREE_TO, income_ratios
from synthetic_data.observation import Truth
from synthetic_data.population.names import ORIGINS
from synthetic_data.scenario import exchange, load_scenario
from synthetic_data.streams import rng_for
from synthetic_data.systems import SILOS

SEEDS = 40
SILO = "meals"


@pytest.fixture(scope="module")
def made() -> tuple[Truth, dict[str, Page]]:
    scenario = load_scenario(students=400, seed=5, faults=0.0, people_only=True)
    truth = make_truth(scenario)
    return truth, clean_pages(SILOS[SILO](scenario, truth, exchange(scenario, SILO)), people_only=True)


def of_kind(kind: str, **changes: object) -> Fault:
    (fault,) = (fault for fault in declared_faults() if fault.name == f"{SILO}.{kind}")
    return replace(fault, **changes)


def whom(made: tuple[Truth, dict[str, Page]], fault: Fault, rate: float, seed: int) -> np.ndarray:
    """Give the places of the children whose records a fault changes."""
    truth, pages = made
    wrong, log = {name: copy.copy(page) for name, page in pages.items()}, Log()
    for page in wrong.values():
        page.new, page.dropped = [], []
    apply_faults(wrong, [(fault, rate, 0)], FUNCTIONS, truth, lambda _: rng_for(seed, "whom"), log)
    person = log.table().drop_duplicates("row")["person"]
    return truth.population.children.index[truth.population.children["person"].isin(person)].to_numpy()


@given(
    odds=st.lists(st.floats(0.05, 20.0), min_size=1, max_size=60), rate=st.floats(0.0, 1.0, allow_nan=False)
)
def test_the_mean_rate_is_the_one_asked_for_and_higher_odds_have_the_higher_rate(odds, rate):
    told = np.array(odds)
    found = rates_of(told, rate)
    assert found.mean() == pytest.approx(rate, abs=1e-6)
    assert ((found >= 0) & (found <= 1)).all()
    order = np.argsort(told, kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()


@pytest.mark.parametrize("rate", [0.01, 0.2, 0.7])
def test_rates_stand_to_each_other_as_the_odds_do(rate):
    few, many = rates_of(np.array([1.0, 2.5]), rate)
    assert (many / (1 - many)) / (few / (1 - few)) == pytest.approx(2.5, rel=1e-6)


def test_never_stays_never_and_always_stays_always():
    assert rates_of(np.array([1.0, 9.0]), 0.0).tolist() == [0.0, 0.0]
    assert rates_of(np.array([1.0, 9.0]), 1.0).tolist() == [1.0, 1.0]
    assert len(rates_of(np.array([]), 0.3)) == 0


def test_every_origin_has_a_group_and_every_group_its_figures():
    groups = group_of_origin()
    assert set(groups) == set(ORIGINS)
    for what in ("surname", "forename"):
        assert set(groups.values()) - {REFERENCE} == set(figures(f"{what}_error_ratio"))


def test_odds_are_those_of_origin_and_income_and_no_others():
    scenario = load_scenario(students=300, seed=8)
    truth = make_truth(scenario)
    children = truth.population.children
    odds = record_errors(scenario, truth.population)
    assert set(odds) == set(ERROR_FIELDS)
    home = children["household"].map(
        dict(
            zip(
                truth.population.households["household"],
                income_ratios(scenario, truth.population)[scenario.school_year] < FREE_TO,
                strict=True,
            )
        )
    )
    assert 0.1 < home.mean() < 0.7
    plain = (children["name_origin"] == "Anglo") & ~home.astype(bool)
    assert all((odds[what][plain] == 1).all() for what in ERROR_FIELDS)
    asian = (children["name_origin"] == "Vietnamese") & home.astype(bool)
    asian |= (children["name_origin"] == "Chinese") & home.astype(bool)
    wanted = figures("surname_error_ratio")["Asian"] * LOW_INCOME["surname"]
    assert odds["surname"][asian.to_numpy()] == pytest.approx(wanted)
    # A birth date has no origin.
    assert set(odds["birth date"].round(6)) == {1.0, LOW_INCOME["birth date"]}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("kind", ["typo", "month_day_swapped", "nickname", "surname_changed"])
def test_as_many_records_go_wrong_as_the_catalog_says(made, kind):
    fault = of_kind(kind)
    assert fault.of_family is not None
    could, rate = len(whom(made, fault, 1.0, 0)), 0.2
    counts = [len(whom(made, fault, rate, seed)) for seed in range(SEEDS)]
    error = np.sqrt(rate * (1 - rate) * could / SEEDS)
    assert could >= 5
    assert abs(np.mean(counts) - rate * could) < 4 * error


def test_errors_fall_on_families_by_their_odds_and_evenly_where_none_are_declared(made):
    truth, _ = made
    odds = truth.life.record_errors["surname"]
    fault, even = of_kind("typo"), of_kind("typo", of_family=None)
    could = whom(made, fault, 1.0, 0)
    often = could[odds[could] > np.median(odds[could])]
    expected = rates_of(odds[could], 0.1)[np.isin(could, often)].sum() / (0.1 * len(could))
    shares = {}
    for name, one in (("family", fault), ("even", even)):
        hit = np.concatenate([whom(made, one, 0.1, seed) for seed in range(SEEDS)])
        shares[name] = np.isin(hit, often).mean()
        error = np.sqrt(0.25 / len(hit))
    assert abs(shares["family"] - expected) < 4 * error
    assert abs(shares["even"] - len(often) / len(could)) < 4 * error
    assert shares["family"] - shares["even"] > 6 * error


def test_a_minimum_takes_those_whom_the_odds_favor(made):
    truth, _ = made
    odds = truth.life.record_errors["surname"]
    fault = of_kind("typo")
    first = []
    for seed in range(60):
        _, pages = made
        wrong, log = {name: copy.copy(page) for name, page in pages.items()}, Log()
        apply_faults(wrong, [(fault, 0.0, 2)], FUNCTIONS, truth, lambda _, s=seed: rng_for(s, "least"), log)
        person = log.table()["person"]
        assert len(person) == 2
        first += odds[truth.population.children["person"].isin(person)].tolist()
    could = whom(made, fault, 1.0, 0)
    assert np.mean(first) > np.mean(odds[could])


def test_what_nobody_writes_is_refused():
    words = ("detected_by", "looks_like", "consequence", "base_rate", "source", "strength", "rate_is")
    entry = {"kind": "typo", "file": "customers", "stage": "cells", "rate": 0.1, **dict.fromkeys(words, "x")}
    assert _fault("meals", entry).of_family is None
    with pytest.raises(BadInput, match="no of_family 'shoe size'"):
        _fault("meals", {**entry, "of_family": "shoe size"})


def test_only_what_people_write_depends_on_a_family():
    """A program that loses accents loses everybody's."""
    told = {fault.kind for fault in declared_faults() if fault.of_family}
    assert {"typo", "nickname", "month_day_swapped"} <= told
    assert not told & {"accents_lost", "encoding_broken", "html_escape_in_name", "leading_zero_lost"}
