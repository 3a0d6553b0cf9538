"""What the scoring model makes of a pair: agreements lift it, differences lower it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.link.comparisons import declared_comparisons
from helpers.link.model import describe, explain, score_pairs, shipped_model, weights
from helpers.link.records import Units
from helpers.standard import BadInput
from tests.link.units import born, crowd, unit, units_of

HOME: dict[str, list[Any]] = {
    "telephones": ["5550100"],
    "emails": ["home@example.org"],
    "streets": ["main st"],
    "house_numbers": ["12"],
    "postcodes": ["97201"],
    "schools": ["school 1"],
}


def pair_of(left: int = 0, right: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"left": [left], "right": [right]})


def scored(*pair: dict[str, Any], others: int = 600) -> pd.Series:
    """Score the first two of some units beside a crowd."""
    return score_pairs(units_of([*pair, *crowd(others)]), pair_of()).iloc[0]


def level_of(units: Units, comparison: str) -> str:
    """Give the level of a comparison of the first two units, the same from either side."""
    said = {explain(units, *pair).set_index("comparison")["level"][comparison] for pair in ((0, 1), (1, 0))}
    assert len(said) == 1
    return said.pop()


def test_everything_the_same_is_one_child_and_everything_different_is_two() -> None:
    same = unit("maya", "okafor", **HOME, **born("2012-03-14"))
    assert scored(same, same)["match_probability"] > 0.999
    other = unit("liam", "schmidt", telephones=["5550199"], schools=["school 2"], **born("2015-10-01"))
    assert scored(same, other)["match_probability"] < 1e-6


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("left", "right", "first", "last"),
    [
        (("maya", "okafor"), ("maya", "okafro"), "First name the same", "Surname misspelled"),
        (("michael", "okafor"), ("micheal", "okafor"), "First name misspelled", "Surname the same"),
        (("bob", "okafor"), ("robert", "okafor"), "Nickname or another form of the first name", None),
        (("m", "okafor"), ("maya", "okafor"), "An initial of the first name fits", None),
        (("maya", "o"), ("maya", "okafor"), None, "An initial of the surname fits"),
        (("maya", ""), ("maya", "okafor"), "First name the same", "Not known"),
        (("santi", "okafor"), ("santiago", "okafor"), "Nickname or another form of the first name", None),
        (("miguel", "okafor"), ("piguel", "okafor"), "First name resembles the other", None),
        (("maya", "lopez"), ("maya", "garcia lopez"), None, "Part of the surname, or another spelling"),
        (("maya", "okafor"), ("maya", "weber"), "First name the same", "Surname different"),
        (("ali", "mohamed"), ("mohamed", "ali"), "First name and surname exchanged", None),
        (("daniel", "okafor"), ("daniela", "okafor"), "First name different", "Surname the same"),
        (("maya", "okafor"), ("chidi", "weber"), "First name different", "Surname different"),
    ],
)
def test_a_level_of_a_name_says_in_words_how_two_names_differ(
    left: tuple[str, str], right: tuple[str, str], first: str | None, last: str | None
) -> None:
    units = units_of([unit(*left), unit(*right)])
    for comparison, words in (("First name", first), ("Surname", last)):
        if words is not None:
            assert level_of(units, comparison) == words


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("2012-03-14", "Birth date the same"),
        ("2012-03-15", "One digit of the birth date off"),
        ("2012-03-41", "One digit of the birth date off"),
        ("2012-07-14", "One digit of the birth date off"),
        ("2012-11-14", "Two of day, month and year the same"),
        ("2013-03-14", "One digit of the birth date off"),
        ("2021-03-14", "One digit of the birth date off"),
        ("1999-03-14", "Two of day, month and year the same"),
        ("2012-11-30", "Only the birth year the same"),
        ("2015-11-30", "Birth date different"),
        ("2012-00-00", "Birth year the same, no more is known"),
        ("2013-00-00", "Birth date different"),
    ],
)
def test_a_level_of_the_birth_date_says_what_is_off(other: str, words: str) -> None:
    units = units_of([unit("a", "b", **born("2012-03-14")), unit("a", "b", **born(other))])
    assert level_of(units, "Birth date") == words


def test_day_and_month_exchanged_is_nearly_the_same_date() -> None:
    units = units_of([unit("a", "b", **born("2012-03-04")), unit("a", "b", **born("2012-04-03"))])
    assert level_of(units, "Birth date") == "Day and month exchanged"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, "Address and telephone the same"),
        ({"streets": ["oak ave"], "postcodes": ["10001"]}, "Telephone the same"),
        ({"telephones": ["5550199"]}, "Address the same"),
        ({"telephones": ["5550199"], "house_numbers": ["77"]}, "Address nearly the same"),
        ({"telephones": ["5550199"], "streets": ["oak ave"]}, "Half of the address the same"),
    ],
)
def test_a_home_is_one_comparison_of_address_and_telephone(other: dict[str, list[str]], words: str) -> None:
    units = units_of([unit("a", "b", **HOME), unit("a", "b", **(HOME | other))])
    assert level_of(units, "Home") == words


def test_a_grade_adds_nothing_where_both_tell_a_birth_date() -> None:
    dated = [unit("a", "b", grades=[3], **born("2012-03-14")) for _ in range(2)]
    assert level_of(units_of(dated), "Grade") == "Not known"
    assert level_of(units_of([unit("a", "b", grades=[3]), dated[0]]), "Grade") == "Grade the same"


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    rare, common = unit("zebulon", "quigg"), unit("mohamed", "ali")
    units = units_of([rare, rare, common, common, *[common | born("2010-01-01")] * 25, *crowd(600)])
    found = score_pairs(units, pd.DataFrame({"left": [0, 2], "right": [1, 3]}))
    assert found["match_weight"].iloc[0] > found["match_weight"].iloc[1] + 3


def test_what_one_side_does_not_tell_weighs_nothing() -> None:
    full = unit("maya", "okafor", **HOME, **born("2012-03-14"))
    steps = explain(units_of([full, unit("maya", "okafor"), *crowd(50)]), 0, 1)
    unknown = steps[steps["level"].eq("Not known")]
    assert set(unknown["comparison"]) == {"Birth date", "Sex", "School", "Grade", "E-mail", "Home"}
    assert unknown["weight"].eq(0).all()


def test_pairs_come_back_in_their_order() -> None:
    units = units_of(crowd(300))
    random = np.random.default_rng(5)
    pairs = pd.DataFrame({"left": random.integers(0, 150, 400), "right": random.integers(150, 300, 400)})
    found = score_pairs(units, pairs)
    assert found[["left", "right"]].to_numpy().tolist() == pairs.to_numpy().tolist()
    turned = score_pairs(units, pairs.iloc[::-1])
    assert turned["match_weight"].tolist() == found["match_weight"].tolist()[::-1]


def test_the_steps_of_a_pair_add_up_to_its_weight_and_read_as_sentences() -> None:
    units = units_of([unit("maya", "okafor", **HOME), unit("maya", "okafro", **HOME), *crowd(600)])
    steps = explain(units, 0, 1)
    weight = score_pairs(units, pair_of())["match_weight"].item()
    assert steps["weight"].sum() == pytest.approx(weight)
    assert steps["running_total"].iloc[-1] == pytest.approx(weight)
    sentences = [describe(step) for _, step in steps.iterrows()]
    assert sentences[0].startswith("Before anything is compared, of such pairs, one in ")
    assert "Birth date: not known, which shows nothing." in sentences
    assert any(
        said.startswith("Address and telephone the same: ") and "for one child as for two." in said
        for said in sentences
    )


def test_no_pairs_give_an_empty_table_of_the_same_columns() -> None:
    units = units_of(crowd(5))
    none = score_pairs(units, pd.DataFrame({"left": [], "right": []}, dtype="int64"))
    assert list(none.columns) == list(score_pairs(units, pair_of()).columns)
    assert len(none) == 0


def test_what_is_not_there_is_refused() -> None:
    units = units_of(crowd(5))
    with pytest.raises(BadInput, match="names unit 77"):
        score_pairs(units, pair_of(right=77))
    with pytest.raises(BadInput, match="no unit 9"):
        explain(units, 0, 9)
    with pytest.raises(BadInput, match="compared with itself"):
        explain(units, 2, 2)


def test_the_model_of_the_kit_weighs_every_comparison_and_less_where_less_agrees() -> None:
    model = shipped_model()
    assert 0 < model.review < model.accept < 1
    table = weights(model).set_index(["comparison", "level"])["weight"]
    for comparison in declared_comparisons():
        of_one = [
            float(table[comparison.title, comparison.levels[place].words]) for place in comparison.falls
        ]
        # Probabilities are kept with five digits.
        assert of_one == pytest.approx(sorted(of_one, reverse=True), abs=1e-3), comparison.title
        assert of_one[0] > 0 > of_one[-1], comparison.title


@pytest.mark.parametrize("words", ["One digit of the birth date off", "Two of day, month and year the same"])
def test_a_near_birth_date_never_speaks_strongly_against_a_match(words: str) -> None:
    table = weights(shipped_model()).set_index(["comparison", "level"])["weight"]
    assert table["Birth date", words] > -1
