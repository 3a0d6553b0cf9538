"""Faults happen as often as they are declared to, and the declared rates stay what they are."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from synthetic_data.district import clean_pages, make_truth
from synthetic_data.faults import FUNCTIONS
from synthetic_data.faults.apply import Log, apply_faults
from synthetic_data.faults.scene import Fault, Page, declared_faults
from synthetic_data.observation import Truth
from synthetic_data.scenario import exchange, load_scenario
from synthetic_data.streams import rng_for
from synthetic_data.systems import SILOS
from tests.synthetic_data.freeze_rates import FROZEN, frozen_rates, with_new_kinds

SEEDS = 20
DRAWS = 20_000
JOINT = 0.001


def happened(
    pages: dict[str, Page], fault: Fault, rate: float, truth: Truth, seed: int, minimum: int = 0
) -> int:
    """Count the faults of one kind that happen to clean pages."""
    wrong, log = {name: copy.copy(page) for name, page in pages.items()}, Log()
    for page in wrong.values():
        page.new, page.dropped = [], []
    stream = rng_for(seed, fault.silo, "fault", fault.kind)
    apply_faults(wrong, [(fault, rate, minimum)], FUNCTIONS, truth, lambda _: stream, log)
    return len(set(log.table()["fault"]))


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    """Of each kind: its rate, in how many places it can happen in twenty draws, and in how many it did.

    Where a kind always happens, it happens in every place in which it can.
    """
    scenario = load_scenario(students=120, faults=0.0, level="manual")
    truth = make_truth(scenario)
    told = []
    for silo, observe in SILOS.items():
        pages = clean_pages(observe(scenario, truth, exchange(scenario, silo)))
        for fault in (fault for fault in declared_faults() if fault.silo == silo):
            places = happened(pages, fault, 1.0, truth, 0)
            seen = sum(happened(pages, fault, fault.rate, truth, seed) for seed in range(SEEDS))
            told.append((fault.name, fault.rate, SEEDS * places, seen))
    return pd.DataFrame(told, columns=["kind", "rate", "places", "happened"])


def joint_p(counts: pd.DataFrame) -> float:
    """Give the chance of counts as unlikely as these, or more so, over all kinds together.

    Of each kind the count is binomial. How unlikely all are is the sum of their deviances; how such a sum is
    spread, where most kinds are rare, is drawn and not taken from a table.
    """
    rates, places, seen = (counts[name].to_numpy() for name in ("rate", "places", "happened"))
    drawn = np.random.default_rng(1).binomial(places, rates, size=(DRAWS, len(counts)))
    return float(np.mean(deviance(drawn, places, rates) >= deviance(seen, places, rates)))


def deviance(
    seen: npt.NDArray[np.int64], places: npt.NDArray[np.int64], rates: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        hit = np.where(seen > 0, seen * np.log(seen / (places * rates)), 0.0)
        missed = places - seen
        miss = np.where(missed > 0, missed * np.log(missed / (places * (1 - rates))), 0.0)
    return np.asarray(2 * (hit + miss).sum(axis=-1))


@pytest.mark.weekly
def test_counts_of_twenty_seeds_agree_with_the_rates(counts: pd.DataFrame) -> None:
    assert len(counts) >= 40
    can = counts[counts["places"] > 0]
    # In a small district some kinds have no place; most do, or nothing would be tested.
    assert len(can) > 0.9 * len(counts), counts[counts["places"].eq(0)].to_string()
    assert joint_p(can) >= JOINT, can.assign(expected=can["places"] * can["rate"]).to_string()


@pytest.mark.weekly
@pytest.mark.parametrize("factor", [1 / 3, 3.0])
def test_a_wrong_rate_would_be_seen(counts: pd.DataFrame, factor: float) -> None:
    """Of each kind that happens often enough to tell: a third of its rate, or three times it."""
    can = counts[counts["places"] > 0].reset_index(drop=True)
    often = can.index[(can["happened"] >= 60) & (can["rate"] <= 0.3)]
    assert len(often) >= 5
    for place in often:
        wrong = can.copy()
        wrong.loc[place, "rate"] *= factor
        assert joint_p(wrong) < JOINT, can.loc[place, "kind"]


def test_rates_are_frozen() -> None:
    """What linking is measured against stays put; `freeze_rates` says how one is changed on purpose."""
    declared = {fault.name: fault.rate for fault in declared_faults()}
    frozen = frozen_rates()
    changed = {
        kind: (rate, declared.get(kind)) for kind, rate in frozen.items() if declared.get(kind) != rate
    }
    how = "python -m tests.synthetic_data.freeze_rates, whose help says when and how"
    assert not changed, f"rates frozen and now: {changed}; {how}"
    new = sorted(set(declared) - set(frozen))
    assert not new, f"kinds whose rates aren't frozen yet: {new}; {how}"


def test_freezing_adds_kinds_and_changes_none_that_is_not_named(tmp_path: Path) -> None:
    frozen = {"meals.typo": 0.01, "meals.gone": 0.2}
    declared = {"meals.typo": 0.05, "sis.new": 0.3}
    assert with_new_kinds(frozen, declared, []) == {**frozen, "sis.new": 0.3}
    assert with_new_kinds(frozen, declared, ["meals.typo", "meals.gone"]) == declared
    assert FROZEN.is_file()
