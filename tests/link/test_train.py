"""The model is trained on whole districts: their records teach, and what rules leave open is counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpers.files import District
from helpers.link.model import shipped_model, weights
from helpers.link.model.parameters import KINDS
from helpers.link.train import _mean, train_on_districts
from helpers.standard import BadInput
from synthetic_data.studies.linking import SCENARIO, SEEDS


@pytest.mark.full
def test_a_district_teaches_how_its_own_records_agree(district: District) -> None:
    model = train_on_districts([district], trained_on="a small district", drawn_pairs=20_000)
    table = weights(model).set_index(["comparison", "level"])["weight"]
    assert table["First name", "First name the same"] > 6
    assert table["Birth date", "Birth date the same"] > 8
    assert "first_name" not in model.kept
    # Records of one child are several; once rules have tied what is certain, a record without a birth date
    # has one child to go to.
    assert model.matches[KINDS[0]] > 1.5
    assert 0.5 < model.matches[KINDS[1]] < 1.5


def test_several_districts_give_the_mean_of_what_each_taught() -> None:
    one = shipped_model()
    half = {name: [one.m[name][0] / 2, *one.m[name][1:]] for name in ("first_name", "home")}
    matches = {kind: value + 1 for kind, value in one.matches.items()}
    other = replace(one, m={**one.m, **half}, matches=matches, kept=())
    mean = _mean([replace(one, kept=("home",)), other])
    assert mean.m["first_name"][0] == pytest.approx(one.m["first_name"][0] * 0.75, rel=1e-4)
    # What only one of them was taught is that one's.
    assert mean.m["home"][0] == pytest.approx(half["home"][0], rel=1e-4)
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
