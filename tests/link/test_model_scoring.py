"""What the scoring model makes of a pair: agreements lift it, differences lower it, and siblings stay two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.link.model import describe, explain, score_pairs, shipped_model, weights
from helpers.link.model.comparisons import COMPARISONS, HOUSEHOLD
from helpers.standard import BadInput
from tests.link.units import born, crowd, frame, unit

HOME: dict[str, list[Any]] = {
    "telephones": ["5550100"],
    "emails": ["home@example.org"],
    "addresses": ["12 main street"],
    "postcodes": ["97201"],
    "schools": ["school 1"],
}


def scored(*pair: dict[str, Any], others: int = 600) -> pd.Series:
    """Score the first two of some units beside a crowd."""
    units = frame([*pair, *crowd(others)])
    return score_pairs(units, pd.DataFrame({"left": [0], "right": [1]})).iloc[0]


def test_everything_the_same_is_one_child_and_everything_different_is_two() -> None:
    same = unit("maya", "okafor", **HOME, **born("2012-03-14"))
    assert scored(same, same)["match_probability"] > 0.999
    other = unit("liam", "schmidt", telephones=["5550199"], schools=["school 2"], **born("2015-10-01"))
    assert scored(same, other)["match_probability"] < 1e-6


def test_twins_of_one_home_and_one_birth_date_stay_two_children() -> None:
    one = unit("maya", "okafor", **HOME, **born("2012-03-14"))
    other = unit("chidi", "okafor", **HOME, **born("2012-03-14"))
    found = scored(one, other)
    assert found["match_probability"] < 0.01
    assert found["gamma_name"] == 1
    assert found["gamma_home"] == 7


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        (("maya", "okafor"), ("maya", "okafro"), "First name the same, surname misspelled"),
        (("michael", "okafor"), ("micheal", "okafor"), "First name misspelled, surname the same"),
        (("m", "okafor"), ("maya", "okafor"), "Surname the same, initial of the first name fits"),
        (("maya", "o"), ("maya", "okafor"), "First name the same, initial of the surname fits"),
        (("maya", ""), ("maya", "okafor"), "First name the same, no surname on one side"),
        (("santi", "okafor"), ("santiago", "okafor"), "First name only begins alike, surname the same"),
        (("maya", "okafor"), ("maya", "weber"), "First name the same, surname different: a changed surname"),
        (("daniel", "okafor"), ("daniela", "okafor"), HOUSEHOLD),
        (("mario", "okafor"), ("maria", "okafor"), HOUSEHOLD),
        (("leo", "okafor"), ("lea", "okafor"), HOUSEHOLD),
        (("maya", "okafor"), ("chidi", "weber"), "First name and surname different"),
    ],
)
def test_a_level_of_the_name_says_in_words_how_two_names_differ(
    left: tuple[str, str], right: tuple[str, str], words: str
) -> None:
    units = frame([unit(*left), unit(*right)])
    steps = explain(units, 0, 1)
    assert steps.loc[steps["comparison"].eq("Name"), "level"].item() == words
    back = explain(units, 1, 0)
    assert back.loc[back["comparison"].eq("Name"), "level"].item() == words


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("2012-03-14", "Birth date the same"),
        ("2012-03-15", "One digit of the birth date off"),
        ("2012-07-14", "One digit of the birth date off"),
        ("2012-11-14", "Two of day, month and year the same"),
        ("2012-11-30", "Only the birth year the same"),
        ("2015-11-30", "Birth date different"),
    ],
)
def test_a_level_of_the_birth_date_says_what_is_off(other: str, words: str) -> None:
    units = frame([unit("a", "b", **born("2012-03-14")), unit("a", "b", **born(other))])
    steps = explain(units, 0, 1)
    assert steps.loc[steps["comparison"].eq("Birth date"), "level"].item() == words


def test_day_and_month_exchanged_is_nearly_the_same_date() -> None:
    units = frame([unit("a", "b", **born("2012-03-04")), unit("a", "b", **born("2012-04-03"))])
    steps = explain(units, 0, 1)
    assert steps.loc[steps["comparison"].eq("Birth date"), "level"].item() == "Day and month exchanged"


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    rare, common = unit("zebulon", "quigg"), unit("mohamed", "ali")
    units = frame([rare, rare, common, common, *[common | born("2010-01-01")] * 25, *crowd(600)])
    found = score_pairs(units, pd.DataFrame({"left": [0, 2], "right": [1, 3]}))
    assert found["match_weight"].iloc[0] > found["match_weight"].iloc[1] + 3
    assert found["gamma_name"].tolist() == [14, 14]


def test_what_one_side_does_not_tell_weighs_nothing() -> None:
    full = unit("maya", "okafor", **HOME, **born("2012-03-14"))
    units = frame([full, unit("maya", "okafor"), *crowd(50)])
    steps = explain(units, 0, 1)
    unknown = steps[steps["level"].eq("Not known")]
    assert set(unknown["comparison"]) == {one.words for one in COMPARISONS} - {"Birth dates told", "Name"}
    assert unknown["weight"].eq(0).all()


def test_pairs_come_back_in_their_order_whatever_the_order_of_units() -> None:
    units = frame(crowd(300))
    random = np.random.default_rng(5)
    pairs = pd.DataFrame({"left": random.integers(0, 150, 400), "right": random.integers(150, 300, 400)})
    found = score_pairs(units, pairs)
    assert found["left"].tolist() == pairs["left"].tolist()
    assert found["right"].tolist() == pairs["right"].tolist()
    shuffled = score_pairs(units.sample(frac=1, random_state=1), pairs)
    pd.testing.assert_frame_equal(found, shuffled)


def test_the_steps_of_a_pair_add_up_to_its_weight_and_read_as_sentences() -> None:
    units = frame([unit("maya", "okafor", **HOME), unit("maya", "okafro", **HOME), *crowd(600)])
    steps = explain(units, 0, 1)
    weight = score_pairs(units, pd.DataFrame({"left": [0], "right": [1]}))["match_weight"].item()
    assert steps["weight"].sum() == pytest.approx(weight)
    assert steps["running_total"].iloc[-1] == pytest.approx(weight)
    sentences = [describe(step) for _, step in steps.iterrows()]
    assert sentences[0].startswith("Before anything is compared, one in ")
    assert "Birth date: not known, which tells nothing." in sentences
    assert any(
        said.startswith("Address and telephone the same: ") and "for one child as for two." in said
        for said in sentences
    )


def test_no_pairs_give_an_empty_table_of_the_same_columns() -> None:
    units = frame(crowd(5))
    none = score_pairs(units, pd.DataFrame({"left": [], "right": []}, dtype="int64"))
    some = score_pairs(units, pd.DataFrame({"left": [0], "right": [1]}))
    assert list(none.columns) == list(some.columns)
    assert len(none) == 0


def test_what_is_not_there_is_refused() -> None:
    units = frame(crowd(5))
    with pytest.raises(BadInput, match="names unit 77"):
        score_pairs(units, pd.DataFrame({"left": [0], "right": [77]}))
    with pytest.raises(BadInput, match="Unit 3 stands in 2 rows"):
        score_pairs(pd.concat([units, units[3:4]]), pd.DataFrame({"left": [0], "right": [1]}))
    with pytest.raises(BadInput, match="no unit 9"):
        explain(units, 0, 9)
    with pytest.raises(BadInput, match="compared with itself"):
        explain(units, 2, 2)


def test_the_model_of_the_kit_has_every_comparison_and_sensible_weights() -> None:
    model = shipped_model()
    assert [one["output_column_name"] for one in model.settings["comparisons"]] == [
        one.name for one in COMPARISONS
    ]
    assert 0 < model.review < model.accept < 1
    table = weights(model).set_index(["comparison", "level"])["weight"]
    for comparison in COMPARISONS[2:]:
        of_one = [table[comparison.words, level.words] for level in comparison.levels]
        assert of_one[0] == max(of_one), comparison.words
        assert of_one[0] > 0 > of_one[-1], comparison.words
    name = [table["Name", level.words] for level in COMPARISONS[1].levels]
    same, nickname, changed, sibling = name[0], name[3], name[12], name[13]
    assert same > nickname > changed > sibling
    assert sibling < -20
    date = [table["Birth date", level.words] for level in COMPARISONS[2].levels]
    assert date == sorted(date, reverse=True)


def test_levels_of_one_weight_are_still_told_apart() -> None:
    model = shipped_model()
    levels = model.settings["comparisons"][1]["comparison_levels"]
    as_one = [
        level | {"m_probability": 0.01, "u_probability": 0.01} if "u_probability" in level else level
        for level in levels
    ]
    comparisons = [*model.settings["comparisons"]]
    comparisons[1] = comparisons[1] | {"comparison_levels": as_one}
    flat = replace(model, settings=model.settings | {"comparisons": comparisons})
    units = frame([unit("maya", "okafor"), unit("maya", "okafro"), unit("maya", "weber")])
    found = score_pairs(units, pd.DataFrame({"left": [0, 0], "right": [1, 2]}), flat)
    assert found["gamma_name"].tolist() == [10, 2]
