"""Made districts against published figures: what was tuned holds, what was held out is only compared."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from helpers.report import figure_name
from helpers.standard import plain
from synthetic_data.data_card import CARD
from synthetic_data.facts import rows
from synthetic_data.scenario import load_scenario
from synthetic_data.studies.calibration.figures import MEASURES, untargeted
from synthetic_data.studies.calibration.outcomes import Estimate
from synthetic_data.studies.calibration.study import SEEDS, calibrate, describe_held_out, picture, report

ROLES = {"tuned", "held out", "not compared"}


@pytest.fixture(scope="module")
def calibrated():
    return calibrate(seeds=(SEEDS[0],))


def test_every_target_has_a_role_a_reason_and_a_published_figure():
    by_year = {"chronic_by_year", "chronic_high_poverty"}
    for said in rows("targets"):
        assert said["role"] in ROLES
        assert len(said["why"]) > 15
        assert (said["measure"] in set(MEASURES) | by_year) == (said["role"] != "not compared"), said
    topics = {row["topic"] for facts in ("published", "special_education") for row in rows(facts)}
    told = {said["topic"] for said in rows("targets")}
    # Whatever is published here is compared, or it says why not.
    assert {topic for topic in topics if not topic.startswith("class_share")} <= told | {"idea_environment"}


@pytest.mark.full
def test_every_published_figure_is_told_once():
    told = calibrate(seeds=(1,), students=300)
    compared = told.together.loc[told.together["role"] != "no published figure"]
    key = ["scenario", "topic", "group", "period"]
    assert not compared.duplicated(key).any()
    assert not told.not_compared.duplicated(["topic", "group", "period"]).any()


@pytest.mark.full
def test_a_district_and_its_pandemic_hold_what_they_were_tuned_to(calibrated):
    figures = calibrated.figures
    missed = figures.loc[(figures["role"] == "tuned") & (figures["verdict"] == "miss")]
    assert missed.empty, missed.to_string()
    assert calibrated.passed
    assert (calibrated.groups["verdict"] == "pass").all()
    # So many that it means something: most figures of a district of usual size are decided.
    tuned = figures.loc[(figures["role"] == "tuned") & figures["seed"].notna(), "verdict"]
    assert (tuned == "pass").mean() > 0.9


@pytest.mark.full
def test_what_was_held_out_is_compared(calibrated):
    held = calibrated.together.loc[calibrated.together["role"] == "held out"]
    (shape,) = held.loc[held["topic"] == "chronic_absence_grades", "verdict"]
    assert shape == "pass"
    (later,) = held.loc[held["topic"] == "chronic_absence"].to_dict("records")
    assert later["period"] == "2022-23"
    assert later["low"] < later["target"] < later["high"]
    assert set(held["verdict"]) <= {"pass", "miss", "too few"}


@pytest.mark.full
def test_what_has_no_published_figure_says_so(calibrated):
    bare = calibrated.together.loc[calibrated.together["role"] == "no published figure"]
    assert len(bare) >= 8
    assert bare["target"].isna().all()
    assert (bare["verdict"] == "compared").all()


@pytest.mark.full
def test_a_district_that_is_made_otherwise_misses():
    base = load_scenario("district", seed=4201, students=4000).model_dump()
    other = type(load_scenario())(**{**base, "moved_in_year": 0.4})
    missed = calibrate((other,), seeds=(4201,)).together
    lost = missed.loc[missed["topic"] == "schools_losing_a_tenth"]
    assert (lost["value"] == 100).all()
    assert (lost["verdict"] != "pass").all()


def test_a_shock_alone_can_be_compared():
    found = calibrate(["pandemic"], seeds=(1,), students=300)
    assert len(found.figures)
    assert found.groups.empty
    assert found.systems.empty
    assert report(found)["outcomes compared by group"] == 0


@pytest.mark.full
def test_too_few_children_decide_nothing():
    few = calibrate(("district",), seeds=(4202,), students=120).figures
    level = few.loc[few["topic"] == "chronic_absence"]
    assert (level["verdict"] == "too few").all()


@pytest.mark.full
def test_a_chart_shows_each_figure_against_its_target(calibrated):
    assert 15 < len(picture(calibrated)) < 60
    shown = picture(calibrated, norms=True)
    assert len(shown) > 100
    assert shown["label"].is_unique
    inside = shown["value"].abs() <= 1
    assert inside[shown["verdict"] == "miss"].sum() == 0
    assert ((shown["high"] - shown["low"]) / 2).round(6).eq(1).all()


@pytest.mark.full
def test_a_placebo_passes_only_where_no_two_systems_tie():
    base = load_scenario("placebo", students=1500)
    made = calibrate((base,), seeds=(4203,))
    assert set(made.systems["verdict"]) == {"pass"}


@pytest.mark.full
def test_the_command_says_what_it_prints(calibrated):
    printed = report(calibrated)
    assert printed["passed"] == "yes"
    assert printed["of these differ"] == 0
    assert json.dumps(printed["passed"])


@pytest.mark.full
@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--seeds", "1,two"], 2, "give whole numbers with commas"),
        (["--scenario", "distrikt", "--seeds", "1"], 2, "Did you mean district?"),
        (["--seeds", "1", "--students", "3"], 2, "must be a whole number from 20"),
        (["--seeds", "1", "--students", "200", "--scenario", "workshop", "--json"], 0, '"passed": "yes"'),
    ],
)
def test_the_command_ends_well(tmp_path, arguments, status, words):
    from click.testing import CliRunner

    from synthetic_data.cli import calibrate as command

    ended = CliRunner().invoke(command, [*arguments, "--out", str(tmp_path / "out")])
    assert ended.exit_code == status, ended.output
    assert words in ended.output
    assert (tmp_path / "out" / "calibration.csv").is_file() == (status == 0)


@pytest.mark.parametrize(
    ("value", "half", "verdict"),
    [
        (20.0, 1.0, "pass"),
        (21.4, 1.0, "pass"),
        (21.6, 1.0, "miss"),
        (18.4, 1.0, "miss"),
        (20.0, 5.1, "too few"),
    ],
)
def test_a_figure_passes_where_its_target_lies_in_the_interval_or_as_near_as_it_is_rounded(
    value, half, verdict
):
    line = replace(
        untargeted("district", "some_share", "all", "percent", "made up"), role="tuned", target=20.0
    )
    assert replace(line, rounding=0.5, telling=5.0).verdict(value, half) == verdict


@pytest.mark.full
def test_a_tuned_figure_that_misses_fails_the_calibration(monkeypatch):
    wrong = {"all": Estimate(30.0, 0.5, 6000)}
    monkeypatch.setitem(MEASURES, "plan_share", lambda outcomes: wrong)
    made = calibrate(("district",), seeds=(4204,), students=120)
    assert not made.passed
    missed = made.together.loc[made.together["verdict"] == "miss"]
    assert missed["topic"].tolist() == ["idea_share"]


@pytest.mark.full
def test_a_scenario_with_a_dial_of_its_own_does_not_aim_at_what_is_published():
    def topics(**dials):
        return set(calibrate([load_scenario("district", students=120, **dials)], seeds=(1,)).figures["topic"])

    usual = topics()
    assert usual - topics(disability=0) == {"chronic_absence_odds_disability", "test_gap_disability"}
    assert usual - topics(chronic_absence=0.2) == {"chronic_absence"}


def test_what_was_not_tuned_to_is_told_first_and_its_misses_by_name():
    columns = ["role", "verdict", "topic", "group"]
    held = [("within_person_disagreement", "surname"), ("within_person_disagreement", "forename")]
    rows = [("held out", "miss", *one) for one in held] + [("held out", "too few", "frpl_share", "all")]
    rows += [("held out", "pass", "chronic_absence_grades", "worst"), ("tuned", "miss", "idea_share", "all")]
    figures = pd.DataFrame(rows, columns=columns)
    # A figure in too few children is judged by nobody, and what was tuned to shows nothing.
    name = figure_name(pd.Series(["within_person_disagreement"]))[0]
    said = plain(describe_held_out(figures))
    assert said.startswith(
        "Of 3 published figures that we can judge and didn't tune to, the invented district misses 2: "
    )
    assert said.endswith(f"{name} (surname, forename)")
    assert describe_held_out(figures.iloc[3:]).endswith("misses none")
    assert "too few children to judge" in describe_held_out(figures.iloc[2:3])


@pytest.mark.full
def test_the_card_tells_what_was_not_tuned_to_as_it_is_computed(calibrated):
    usual = calibrated.together[calibrated.together["scenario"].eq("district")]
    said = plain(describe_held_out(usual))
    assert f"{said[:1].lower()}{said[1:]}." in CARD.read_text(encoding="utf-8")
