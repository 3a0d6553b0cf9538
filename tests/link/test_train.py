"""The model is trained on whole districts: their records teach, and what rules leave open is counted."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from helpers.files import District
from helpers.link.model import shipped_model, weights
from helpers.link.model.comparisons import KINDS
from helpers.link.model.scoring import levels_of
from helpers.link.train import _mean, train_on_districts
from helpers.standard import BadInput
from synthetic_data.studies.linking import SCENARIO, SEEDS


@pytest.mark.full
def test_a_district_teaches_how_its_own_records_agree(district: District) -> None:
    model = train_on_districts([district], trained_on="a small district", drawn_pairs=20_000)
    table = weights(model).set_index(["comparison", "level"])["weight"]
    assert table["Name", "Full name the same"] > 8
    assert table["Birth date", "Birth date the same"] > 8
    assert "name" not in model.kept
    # Records of one child are several; once rules have tied what is certain, a record without a birth date
    # has one child to go to.
    assert model.matches[KINDS[0]] > 1.5
    assert 0.5 < model.matches[KINDS[1]] < 1.5


def test_several_districts_give_the_mean_of_what_each_taught() -> None:
    one = shipped_model()
    other = replace(one, matches={kind: value + 1 for kind, value in one.matches.items()}, kept=())
    comparisons = copy.deepcopy(one.settings["comparisons"])
    taught, kept = levels_of(comparisons[1])[0], levels_of(comparisons[-1])[0]
    taught["m_probability"] /= 2
    kept["m_probability"] /= 2
    other = replace(other, settings=one.settings | {"comparisons": comparisons})
    mean = _mean([replace(one, kept=("home",)), other])
    before, after = (levels_of(model.settings["comparisons"][1])[0] for model in (one, mean))
    assert after["m_probability"] == pytest.approx(before["m_probability"] * 0.75, rel=1e-4)
    # What only one of them was taught is that one's.
    assert levels_of(mean.settings["comparisons"][-1])[0]["m_probability"] == pytest.approx(
        kept["m_probability"], rel=1e-4
    )
    assert mean.kept == ()
    assert mean.matches[KINDS[1]] == pytest.approx(one.matches[KINDS[1]] + 0.5, rel=1e-4)
    assert mean.units == 2 * one.units


def test_no_district_teaches_nothing() -> None:
    with pytest.raises(BadInput, match="No district is given"):
        train_on_districts([])


def test_the_model_of_the_kit_says_on_which_seeds_it_was_trained() -> None:
    trained_on = shipped_model().trained_on
    assert SCENARIO in trained_on
    assert all(str(seed) in trained_on for seed in SEEDS)
