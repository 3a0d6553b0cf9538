"""Scores, agreement, change and opinion beside files, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.standard import BadInput, as_table, empty_table
from helpers.standard.survey_items import declared_survey
from helpers.survey import (
    agreement,
    average_deviation,
    change,
    compare_opinion_with_files,
    item_scores,
    measured_items,
    next_steps,
    r_wg,
    survey_scores,
)
from helpers.survey.against_files import read_bounds
from helpers.survey.results import TALK_FIRST

SURVEY = declared_survey()
GOVERNANCE = [item.id for item in SURVEY.of_domain("governance")]


def answers(given: dict[str, dict[str, int | None]], year: int = 2026) -> pd.DataFrame:
    rows = [
        {"system": "Lake", "year": year, "respondent": who, "item": item, "answer": answer}
        for who, items in given.items()
        for item, answer in items.items()
    ]
    return as_table("survey_answers", pd.DataFrame(rows))


def everything(answer: int) -> dict[str, int | None]:
    return dict.fromkeys(SURVEY.items, answer)


def together(scores: pd.DataFrame) -> pd.DataFrame:
    return scores[scores["respondent"].isna()].set_index("domain")


def test_each_respondent_counts_the_same_whatever_she_left_out():
    some = dict.fromkeys(GOVERNANCE[:4], 4) | dict.fromkeys(GOVERNANCE[4:], None)
    scores = survey_scores(answers({"A": everything(1), "B": everything(1) | some}))
    assert together(scores).loc["governance", "score"] == pytest.approx((1 + 4) / 2)
    assert together(scores).loc["governance", "respondents"] == 2
    assert list(together(scores).index) == list(SURVEY.domains)


def test_less_than_half_of_a_domain_gives_no_score():
    few = {item: 3 if place < 3 else None for place, item in enumerate(GOVERNANCE)}
    scores = survey_scores(answers({"A": everything(2) | few}))
    assert pd.isna(together(scores).loc["governance", "score"])
    assert together(scores).loc["governance", ["answered", "respondents"]].tolist() == [3, 0]
    assert together(scores).loc["impact", "score"] == 2


def test_a_data_team_is_in_no_score():
    assert "data_team" not in SURVEY.items
    assert "individuals who analyze, explore and interpret data to support program improvement" in (
        SURVEY.data_team.text
    )


def test_a_system_stands_at_the_middle_answer_and_at_the_lower_of_two():
    item = GOVERNANCE[0]
    stands = {
        people: item_scores(answers({f"R{n}": {item: a} for n, a in enumerate(people)}))["level"].iloc[0]
        for people in [(1, 2, 4), (1, 2, 3, 4), (3,), (4, 4)]
    }
    assert stands == {(1, 2, 4): 2, (1, 2, 3, 4): 2, (3,): 3, (4, 4): 4}


def test_steps_begin_with_the_lowest_and_name_the_next_anchor():
    given = everything(3) | {"impact_2": 1, "technology_4": 2, "governance_1": 4}
    steps = next_steps(answers({"A": given}), most=3)
    assert steps["item"].tolist()[:2] == ["impact_2", "technology_4"]
    assert steps["next_anchor"].iloc[0] == SURVEY.item("impact_2").anchor(2)
    assert steps["next_step"].iloc[0] == SURVEY.item("impact_2").step(1)
    assert next_steps(answers({"A": everything(4)})).empty


def test_where_people_differ_they_talk_first():
    given = {"A": everything(4) | {"impact_2": 1}, "B": everything(4) | {"impact_2": 4}}
    steps = next_steps(answers(given))
    assert steps["talk_first"].tolist() == [True]
    assert steps["next_step"].iloc[0].startswith(TALK_FIRST)


def test_agreement_by_hand():
    assert average_deviation(np.array([1, 2, 3, 4])) == 1.0
    assert r_wg(np.array([2, 2, 3, 3])) == pytest.approx(1 - (1 / 3) / 1.25)
    told = agreement(answers({"A": everything(2) | {"impact_2": 1}, "B": everything(2) | {"impact_2": 4}}))
    items = told.dropna(subset=["item"])
    assert items["item"].iloc[0] == "impact_2"
    assert items["means"].value_counts().to_dict() == {"Agree": len(SURVEY.items) - 1, "Differ": 1}


def test_one_person_has_nobody_to_compare_with():
    told = agreement(answers({"A": everything(2)}))
    assert told["means"].eq("Nobody to compare with").all()
    assert told["r_wg"].isna().all()


def test_change_compares_the_same_people_on_the_same_items():
    before = answers({"A": everything(2), "B": everything(1), "C": everything(4)}, 2025)
    now = answers({"A": everything(3), "b ": everything(2), "D": everything(1)})
    told = change(before, now).set_index("domain").loc["governance"]
    assert (told["how"], told["people"], told["before"], told["now"]) == ("Same people", 2, 1.5, 2.5)
    assert (told["low"], told["high"]) == (1.0, 1.0)  # both moved by one


def test_an_item_that_only_one_year_asked_is_in_no_change():
    before = answers({"A": everything(2), "B": everything(2)}, 2025)
    before = before[~before["item"].eq(GOVERNANCE[0])]
    now = answers({who: everything(2) | {GOVERNANCE[0]: 4} for who in "AB"})
    told = change(before, now).set_index("domain").loc["governance"]
    assert (told["items"], told["change"]) == (len(GOVERNANCE) - 1, 0)


def test_one_person_gets_no_interval_and_other_people_are_called_so():
    one = change(answers({"A": everything(2)}, 2025), answers({"A": everything(3)}))
    assert one["change"].eq(1).all()
    assert one["low"].isna().all()
    other = change(
        answers({"A": everything(2), "B": everything(3)}, 2025),
        answers({"C": everything(3), "D": everything(4)}),
    )
    assert other["how"].eq("Other people").all()
    # Welch's interval of two groups of two with variances 0.5: 4.303 times the root of 0.5
    assert other["high"].iloc[0] == pytest.approx(1 + 4.303 * 0.5**0.5, rel=1e-3)


def test_who_gave_no_name_is_nobody_in_particular_a_year_later():
    before = answers({"row 2": everything(4), "row 3": everything(3)}, 2025)
    told = change(before, answers({"row 2": everything(1), "row 3": everything(2)}))
    assert set(told["how"]) == {"Other people"}
    alone = change(answers({"row 2": everything(2)}, 2025), answers({"row 2": everything(3)}))
    assert set(alone["how"]) == {"Other people"}


def test_nothing_answered_is_nothing_scored():
    nothing = empty_table("survey_answers")
    assert survey_scores(nothing).empty
    assert item_scores(nothing).empty
    assert agreement(nothing).empty
    assert next_steps(nothing).empty


def card(**lines: list[tuple[float | None, float | None, float | None]]) -> pd.DataFrame:
    rows = [
        {
            "left_silo": "sis",
            "kind": "Identity",
            "measure": measure.replace("_", " "),
            "unit": "rate",
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "is_limit": False,
        }
        for measure, given in lines.items()
        for numerator, denominator, value in given
    ]
    return as_table("scorecard", pd.DataFrame(rows))


def test_files_are_put_beside_opinion_at_the_declared_bounds():
    given = answers({"A": everything(4)})
    told = compare_opinion_with_files(
        given, card(match_rate=[(60, 100, 0.6), (100, 100, 1.0)], days_behind=[(9, None, 9.0)])
    )
    told = told.set_index("item")
    assert told.loc["impact_1", ["value", "measured", "finding"]].tolist() == [
        0.8,
        3,
        "Higher than the files",
    ]
    assert told.loc["technology_4", ["measured", "difference"]].tolist() == [2, 2]
    assert told.loc["governance_1", "finding"] == "The files don't say"


def test_whom_nothing_joins_is_nobody_found():
    lines = card(match_rate=[(90, 100, 0.9), (None, 100, None)])
    lines["blocked_by"] = pd.array([None, "Not joinable"], dtype="string")
    told = compare_opinion_with_files(answers({"A": everything(2)}), lines).set_index("item")
    assert told.loc["impact_1", "value"] == pytest.approx(0.45)
    hidden = lines.assign(blocked_by=pd.array([None, None], dtype="string"))
    told = compare_opinion_with_files(answers({"A": everything(2)}), as_table("scorecard", hidden)).set_index(
        "item"
    )
    assert told.loc["impact_1", "value"] == pytest.approx(0.9)


def test_anchors_rise_with_what_is_better():
    for one in measured_items().measured:
        order = sorted(one.bounds, reverse=one.better == "less")
        assert [one.anchor(bound) for bound in order] == [2, 3, 4]
        assert one.anchor(order[0] - 1e-9 if one.better == "more" else order[0] + 1e-9) == 1


def test_bounds_that_don_t_rise_are_refused(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        'own = "x"\napart = 1\n[[measured]]\nitem = "governance_1"\nmeasure = "says the sane"\n'
        'read = "together"\n'
        'unit = "rate"\nbetter = "more"\nbounds = [0.9, 0.5, 0.95]\nsays = "x"\n',
        encoding="utf-8",
    )
    with pytest.raises(BadInput, match="Did you mean says the same"):
        read_bounds(path)
    path.write_text(path.read_text(encoding="utf-8").replace("sane", "same"), encoding="utf-8")
    with pytest.raises(BadInput, match="don't rise"):
        read_bounds(path)
