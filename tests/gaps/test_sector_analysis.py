"""The sector report's numbers, each against a second way to work it out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.sector import sector_report
from helpers.sector.analysis_plan import margin_of_share, smallest_difference
from helpers.sector.comparisons import compare, fit_first, hedges_g, holm
from helpers.sector.results import correlation_interval
from helpers.sector.scores import (
    alpha_interval,
    answered_of,
    cronbach_alpha,
    domain_scores,
    mcdonald_omega,
    response_weights,
)
from tests.gaps.made_sector import as_read, made_frame


@pytest.fixture(scope="module")
def noise() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    design = np.column_stack([rng.random(90) < 0.4, np.ones(90), rng.standard_normal(90)]).astype("float64")
    score = 2 + 0.4 * design[:, 0] + 0.2 * design[:, 2] + rng.standard_normal(90) * (1 + design[:, 0])
    return score, design


def test_errors_are_hc3(noise: tuple[np.ndarray, np.ndarray]) -> None:
    score, design = noise
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ score
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    bent = ((score - design @ beta) / (1 - leverage)) ** 2
    error = np.sqrt((inverse @ (design.T * bent) @ design @ inverse)[0, 0])
    found = fit_first(score, design)
    assert found.value == pytest.approx(beta[0])
    assert found.error == pytest.approx(error)
    assert found.low < found.value < found.high
    several = fit_first(score, design, family=6)
    assert several.low_all < found.low
    assert several.high_all > found.high


def test_a_row_twice_is_one_system(noise: tuple[np.ndarray, np.ndarray]) -> None:
    score, design = noise
    once = fit_first(score, design, clusters=np.arange(90))
    twice = fit_first(np.tile(score, 2), np.tile(design, (2, 1)), clusters=np.tile(np.arange(90), 2))
    assert twice.error == pytest.approx(once.error, rel=0.02)
    blind = fit_first(np.tile(score, 2), np.tile(design, (2, 1)))
    assert blind.error < 0.8 * once.error


def test_nothing_is_said_of_too_little(noise: tuple[np.ndarray, np.ndarray]) -> None:
    score, design = noise
    assert np.isnan(fit_first(score[:12], design[:12]).value)
    assert np.isnan(fit_first(score, np.column_stack([design, design[:, 1]])).value)


def test_holm_is_monotone_and_leaves_out_what_was_not_tested() -> None:
    corrected = holm(np.array([0.001, np.nan, 0.04, 0.03, 0.5]))
    assert corrected.tolist()[0] == pytest.approx(0.004)
    assert np.isnan(corrected[1])
    assert corrected[2] == corrected[3] == pytest.approx(0.09)


def test_hedges_g_of_a_known_pair() -> None:
    first, second = np.array([2.0, 4, 6, 8]), np.array([1.0, 3, 5, 7])
    pooled = np.sqrt((20 / 3 + 20 / 3) / 2)
    assert hedges_g(first, second).value == pytest.approx((1 - 3 / 23) / pooled)
    assert np.isnan(hedges_g(np.array([1.0]), second).value)


def test_alpha_and_omega_of_one_factor() -> None:
    rng = np.random.default_rng(1)
    loadings = np.array([0.5, 0.6, 0.7, 0.8])
    factor = rng.standard_normal((20_000, 1))
    given = factor * loadings + rng.standard_normal((20_000, 4)) * np.sqrt(1 - loadings**2)
    omega = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert mcdonald_omega(given) == pytest.approx(omega, abs=0.01)
    alpha = cronbach_alpha(given)
    assert alpha < omega
    low, high = alpha_interval(alpha, 187, 4)
    assert low < alpha < high
    assert np.isnan(cronbach_alpha(np.ones((5, 3))))


def test_alpha_of_a_few_answers_as_by_hand() -> None:
    answers = np.array([[1.0, 1.0], [2.0, 3.0], [4.0, 4.0]])
    # Variances of the items 7/3 and 7/3, of the sums 2, 5 and 8 nine: 2 (1 - (14/3)/9).
    assert cronbach_alpha(answers) == pytest.approx(26 / 27)
    same = np.array([[1.0], [2.0], [4.0]])
    assert cronbach_alpha(np.hstack([same] * 4)) == pytest.approx(1)
    assert cronbach_alpha(np.array([[1.0, 1], [1, 2], [2, 1], [2, 2]])) == pytest.approx(0)
    for too_few in (same, answers[:1]):
        assert np.isnan(cronbach_alpha(too_few))


def test_power_is_the_published_calculation() -> None:
    """Facts PU-31 and PU-32: 0.41, 0.45 and 0.51 standard deviations; 7.2 points."""
    assert round(smallest_difference(93.5, 93.5), 2) == 0.41
    assert round(smallest_difference(0.3 * 187, 0.7 * 187), 2) == 0.45
    assert round(smallest_difference(93.5, 93.5, tests=6), 2) == 0.51
    assert round(100 * margin_of_share(187), 1) == 7.2


def test_correlations_keep_within_their_bounds() -> None:
    low, high = correlation_interval(0.95, 20)
    assert 0.8 < low < 0.95 < high < 1


def test_a_score_needs_two_in_three_items() -> None:
    frame = made_frame()
    two = frame[frame["responded"]].head(2).copy()
    for place, given in enumerate([[1, 1], [3, 3], [4, 4], [4, pd.NA], [pd.NA] * 2, [pd.NA] * 2], start=1):
        two[f"leadership_{place}"] = pd.array(given, dtype="Int64")
    scores = domain_scores(two)["leadership"].tolist()
    assert scores[0] == pytest.approx(3)
    assert np.isnan(scores[1])


def test_weights_give_back_who_was_invited() -> None:
    """Weighted, those who answered are as often pledged, and as large, as those who were invited."""
    frame = made_frame(invited=4000, responding=(900, 1500))
    year = frame[frame["year"].eq(2022)]
    there = year[year["responded"]]
    weights = response_weights(frame, 2022)
    pledged = there["pledged"].to_numpy("float64")
    assert abs(pledged.mean() - year["pledged"].mean()) > 0.1
    assert np.average(pledged, weights=weights) == pytest.approx(year["pledged"].mean(), abs=0.03)
    size = np.log(there["students"].to_numpy("float64"))
    everybody = np.log(year["students"].to_numpy("float64")).mean()
    assert np.average(size, weights=weights) == pytest.approx(everybody, abs=0.1)


def test_weights_are_one_where_nobody_is_silent() -> None:
    frame = made_frame()
    there = frame[frame["responded"]]
    assert set(response_weights(there, 2022)) == {1.0}


def test_adjusting_takes_out_what_size_brings() -> None:
    """Where only size goes with answers, pledgers are higher unadjusted and not among systems alike."""
    frame = made_frame(
        "nothing",
        size_effect=0.8,
        pledged_by_size=1.5,
        invited=1200,
        responding=(500, 500),
        recorded_nonresponse=0.0,
    )
    table = compare(answered_of(frame))
    own = table[table["grouping"].eq("pledged") & table["year"].eq(2022).fillna(False)]
    means = own.groupby("comparison")["difference"].mean()
    assert means["unadjusted"] > 0.2
    assert abs(means["adjusted"]) < 0.1


@pytest.mark.full
def test_the_published_pattern_is_there_and_said_to_be_put_in() -> None:
    frame = made_frame(invited=1500, responding=(300, 500))
    report = sector_report(as_read(frame))
    table = report["comparisons"]
    yearly = table[table["year"].notna() & table["comparison"].eq("adjusted")]
    for grouping in ("pledged", "data_team"):
        assert yearly.loc[yearly["grouping"].eq(grouping), "difference"].gt(0).all()
    order = report["order"]
    assert order["lowest"].eq("governance").all()
    for _, year in order.groupby("year"):
        assert year["domain"].head(2).tolist() == ["implementation", "technology"]
    tied = report["team_and_staff"]
    assert (tied["low"].lt(0.05) & tied["high"].gt(-0.05)).all()
    assert not report["statements"]["why_here"].eq("simulated by the generator").any()
    put_in = sector_report(replace(as_read(frame), about={"synthetic": True}))
    assert put_in["statements"]["why_here"].eq("simulated by the generator").sum() >= 8


def test_every_statement_has_its_source_and_strength() -> None:
    statements = sector_report(as_read(made_frame()))["statements"]
    assert statements[["statement", "source", "strength", "caution"]].notna().all(axis=None)
    pledge = statements.set_index("id").loc["PU-22"]
    assert pledge["strength"] == "weak"
    assert "data team" in statements.set_index("id").loc["PU-13", "statement"]


@pytest.mark.full
def test_systems_that_answer_twice_are_paired() -> None:
    report = sector_report(as_read(made_frame(overlap=0.8)))
    pairs = report["changes"][report["changes"]["systems_are"].eq("same systems")]
    assert pairs["systems"].eq(round(0.8 * 104)).all()
    once = sector_report(as_read(made_frame(overlap=0.95)))["changes"]
    assert once["systems_are"].eq("all systems, alike").all(), "five that answered once could be worked out"


ITEMS = [name for name in made_frame().columns if name[-1].isdigit()]


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    "odd",
    [
        {"students": pd.array([pd.NA], dtype="Int64")},
        {"locale": pd.array([pd.NA], dtype="string"), "it_staff": pd.array([pd.NA], dtype="Int64")},
        {"pledged": pd.array([True], dtype="boolean")},
        {name: pd.array([3], dtype="Int64") for name in ITEMS},
    ],
    ids=["no size", "no locale and no staff", "all pledged", "all answer alike"],
)
def test_a_column_that_says_nothing_takes_nothing_else_with_it(odd: dict[str, object]) -> None:
    frame = made_frame()
    same = {name: value.repeat(len(frame)) for name, value in odd.items()}  # type: ignore[attr-defined]
    report = sector_report(as_read(frame.assign(**same)))
    assert report.years == [2021, 2022]
    means = report["profile"].query("kind == 'all'")
    assert means["mean"].notna().all()


@pytest.mark.full
def test_the_same_answers_twice_are_no_change() -> None:
    frame = made_frame()
    again = pd.concat([frame, frame[frame["year"].eq(2022)].assign(year=2023)])
    report = sector_report(as_read(again))
    assert report["changes"].query("year == 2023")["p"].isna().all()
