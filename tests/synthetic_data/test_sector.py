"""A made sector: what is asked for is made, and the declared effects are the simulated ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.standard import BadInput
from helpers.standard.survey_items import declared_survey
from synthetic_data.sector import load_sector, make_sector, preset_names, simulated_effects, write_sector
from synthetic_data.sector.systems import (
    answers,
    draw_systems,
    expected_readiness,
    expected_score,
    items_of,
    unrecorded,
)

DOMAINS = list(declared_survey().domains)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return make_sector(load_sector()).frame


def test_the_sizes_are_those_of_the_real_samples(frame: pd.DataFrame) -> None:
    """Facts PU-05 and PU-07: a little over 100, then 187."""
    answered = frame[frame["responded"]].groupby("year")["system"].nunique()
    assert answered.to_dict() == {2021: 104, 2022: 187}
    twice = frame[frame["responded"]].groupby("system").size().eq(2).sum()
    assert twice == round(0.6 * 104)


def test_who_does_not_answer_answers_nothing(frame: pd.DataFrame) -> None:
    silent = frame[~frame["responded"]]
    asked = ["it_staff", "data_team", "data_team_size", "knows_standards", *declared_survey().items]
    assert silent[asked].isna().all(axis=None)
    assert silent[["students", "locale", "pledged", "community"]].notna().all(axis=None)
    there = frame.loc[frame["responded"], list(declared_survey().items)]
    assert there.min().ge(1).all()
    assert there.max().le(4).all()
    assert 0.01 < there.isna().mean().mean() < 0.05


def test_the_same_seed_makes_the_same_sector(frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(frame, make_sector(load_sector()).frame)
    assert not frame.equals(make_sector(load_sector(seed=8)).frame)


def test_one_screw_moves_nothing_else(frame: pd.DataFrame) -> None:
    other = make_sector(load_sector(recorded_nonresponse=0.0)).frame
    public = ["system", "year", "pledged", "community", "students", "locale"]
    pd.testing.assert_frame_equal(frame[public], other[public])
    both = frame["responded"] & other["responded"]
    pd.testing.assert_frame_equal(frame[both], other[both])


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_made(name: str) -> None:
    made = make_sector(load_sector(name, invited=60, responding=(20, 30)))
    assert made.frame["responded"].sum() == 50


def test_an_expected_score_is_the_mean_of_many_answers() -> None:
    settings = load_sector(pledged_effect={"all": 0.8})
    systems = draw_systems(settings, 40_000)
    items = items_of(settings, "governance")
    known = expected_readiness(settings, systems, "governance", 0)
    hidden = unrecorded(settings, len(systems))["governance"][0]
    given = answers(items, known + hidden, np.random.default_rng(3)).mean(axis=1)
    expected = expected_score(items, known)
    assert given.mean() == pytest.approx(expected.mean(), abs=0.01)
    group = systems.pledged
    apart = [score[group].mean() - score[~group].mean() for score in (given, expected)]
    assert apart[0] == pytest.approx(apart[1], abs=0.02)


def test_simulated_effects_say_what_was_asked_for() -> None:
    simulated = simulated_effects(load_sector(), systems=20_000)
    compared = simulated[simulated["comparison"].eq("adjusted")]
    assert compared["points"].gt(0.1).all()
    # Within groups a score varies by less than readiness does, and items show readiness with error.
    team = compared[compared["grouping"].eq("data_team")]
    assert team["deviations"].between(0.4, 0.65).all()
    nothing = simulated_effects(load_sector("nothing"), systems=20_000)
    assert nothing.loc[nothing["comparison"].ne("mean"), "points"].abs().max() < 1e-9


def test_governance_is_hardest_then_implementation_then_technology() -> None:
    simulated = simulated_effects(load_sector(), systems=20_000)
    means = simulated[simulated["comparison"].eq("mean")].groupby("domain")["points"].mean()
    assert means.sort_values().index[:3].tolist() == ["governance", "implementation", "technology"]


def test_the_size_of_a_team_is_drawn_alone() -> None:
    systems = draw_systems(load_sector(), 20_000)
    tied = np.corrcoef(systems.data_team_size, np.log1p(systems.it_staff))[0, 1]
    assert abs(tied) < 0.03
    assert np.corrcoef(systems.size, np.log1p(systems.it_staff))[0, 1] > 0.6


def test_volunteers_hide_what_is_so() -> None:
    """Without a pledge those answer who have something to show, so that pledgers seem hardly higher."""
    sizes = {"invited": 4000, "responding": (400, 800)}
    apart = {}
    for name in ("published", "volunteers"):
        frame = make_sector(load_sector(name, **sizes)).frame
        there = frame[frame["responded"] & frame["year"].eq(2022)]
        score = there[list(declared_survey().items)].astype("float64").mean(axis=1)
        apart[name] = score[there["pledged"]].mean() - score[~there["pledged"]].mean()
    assert apart["volunteers"] < apart["published"] - 0.2


def test_all_faults_of_settings_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        load_sector(invited=5, pledgd=0.3, change={"governence": 0.1})
    for part in ("invited", "Did you mean pledged?", "Did you mean governance?"):
        assert part in str(error.value)
    for bad in ({"responding": (10, 900)}, {"years": (2022, 2021)}, {"loadings": (0.9, 0.2)}):
        with pytest.raises(BadInput):
            load_sector(**bad)
    with pytest.raises(BadInput, match="published"):
        load_sector("publised")
    broken = tmp_path / "own.toml"
    broken.write_text("pledged = ", encoding="utf-8")
    with pytest.raises(BadInput, match="valid TOML"):
        load_sector(broken)


def test_a_plain_number_stands_for_all_domains() -> None:
    assert set(load_sector("nothing", pledged_effect=0.5).pledged_effect.values()) == {0.5}
    with pytest.raises(BadInput, match="a number for all domains"):
        load_sector(pledged_effect="much")
    with pytest.raises(BadInput, match="pledged_effect"):
        load_sector(pledged_effect=5)


def test_a_key_with_a_point_sets_one_number() -> None:
    one = load_sector(**{"pledged_effect.governance": 0.8}).pledged_effect
    assert (one["governance"], one["impact"]) == (0.8, load_sector().pledged_effect["impact"])
    both = load_sector(**{"pledged_effect.governance": 0.8, "pledged_effect": 0.1}).pledged_effect
    assert (both["governance"], both["impact"]) == (0.8, 0.1)
    with pytest.raises(BadInput, match=r"Did you mean governance\?"):
        load_sector(**{"pledged_effect.govrnance": 0.8})
    with pytest.raises(BadInput, match="invited has no parts"):
        load_sector(**{"invited.City": 3})


def test_a_share_that_is_asked_for_is_kept_and_the_others_take_the_rest() -> None:
    shares = load_sector(**{"locales.City": 0.5}).locales
    assert shares["City"] == pytest.approx(0.5)
    assert sum(shares.values()) == pytest.approx(1)
    usual = load_sector().locales
    assert shares["Rural"] / shares["Town"] == pytest.approx(usual["Rural"] / usual["Town"])
    for bad in ({"locales.Cty": 0.5}, {"locales.City": 1.5}, {"locales.City": "x"}, {"locales": 3}):
        with pytest.raises(BadInput, match="locales"):
            load_sector(**bad)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9])
def test_as_many_know_of_standards_as_is_asked_for(share: float) -> None:
    sizes = {"invited": 4000, "responding": (3000, 3000), "overlap": 1.0, "recorded_nonresponse": 0.0}
    frame = make_sector(load_sector(knows_standards=share, standards_by_readiness=0.8, **sizes)).frame
    there = frame[frame["responded"] & frame["year"].eq(2021)]
    assert there["knows_standards"].ge(2).mean() == pytest.approx(share, abs=0.03)


@pytest.mark.full
def test_a_folder_says_that_it_is_invented_and_how_to_make_it_again(tmp_path: Path) -> None:
    settings = load_sector("nothing", seed=5, invited=40, responding=(15, 20), overlap=0.5)
    written = write_sector(make_sector(settings), tmp_path / "made")
    about = json.loads(written["about"].read_text(encoding="utf-8"))
    assert about["synthetic"] is True
    again = load_sector(about["scenario"], **{**about["settings"], "name": about["scenario"]})
    pd.testing.assert_frame_equal(make_sector(again).frame, make_sector(settings).frame)
    assert written["simulated"].is_file()
    with pytest.raises(BadInput, match="folder"):
        write_sector(make_sector(settings), written["about"])
    write_sector(make_sector(settings), tmp_path / "made")
    real = tmp_path / "survey.csv"
    real.write_text("system,year", encoding="utf-8")
    with pytest.raises(BadInput, match="already exists"):
        write_sector(make_sector(settings), real)
    assert real.read_text(encoding="utf-8") == "system,year"
    assert not real.with_suffix(".json").exists()
