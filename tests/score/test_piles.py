"""The room's piles: what teams sorted by hand is judged like a rung of the ladder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import link_district
from helpers.score.card_sort import (
    agreement_of_teams,
    blank_card_sort,
    deal_cards,
    piles_by,
    read_card_sorts,
    score_card_sorts,
    true_card_groups,
)
from helpers.standard import BadInput


@pytest.fixture(scope="module")
def cards(district: District) -> pd.DataFrame:
    return deal_cards(district)


def typed(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "piles.csv"
    file.write_text(text, encoding="utf-8-sig")
    return file


def as_sorted(labels: pd.DataFrame, team: str, seconds: float | None = None) -> pd.DataFrame:
    return labels.assign(team=team, seconds=seconds)


def test_a_team_that_sorts_rightly_has_no_error(district: District, cards: pd.DataFrame) -> None:
    truth = true_card_groups(district, cards)
    scores = score_card_sorts(district, cards, as_sorted(truth, "Team 1", 600.0)).iloc[0]
    assert scores["f1"] == 1
    assert scores["error_rate"] == 0
    assert scores["wrong"] == scores["missed"] == 0
    assert scores["seconds_a_pair"] == pytest.approx(600 / scores["possible"])


def test_one_pile_for_two_children_is_wrong_and_cards_left_apart_are_missed(
    district: District, cards: pd.DataFrame
) -> None:
    truth = true_card_groups(district, cards)
    sizes = truth["pile"].value_counts()
    one, other = sorted(sizes.index[sizes >= 2])[:2]
    together = truth.assign(pile=truth["pile"].replace({other: one}))
    apart = truth.assign(pile=truth["pile"].mask(truth["pile"].eq(one)))
    scores = score_card_sorts(
        district, cards, pd.concat([as_sorted(together, "Lumpers"), as_sorted(apart, "Splitters")])
    ).set_index("team")
    assert scores.loc["Lumpers", "wrong"] == sizes[one] * sizes[other]
    assert scores.loc["Lumpers", "missed"] == 0
    assert scores.loc["Splitters", "missed"] == sizes[one] * (sizes[one] - 1) / 2
    assert scores.loc["Splitters", "wrong"] == 0
    assert pd.isna(scores.loc["Splitters", "seconds_a_pair"]), "nobody had a watch"


def test_teams_that_sort_alike_agree_whatever_they_call_their_piles(
    district: District, cards: pd.DataFrame
) -> None:
    truth = true_card_groups(district, cards)
    renamed = truth.assign(pile="pile of " + truth["pile"])
    piles = pd.concat([as_sorted(truth, "A"), as_sorted(renamed, "B"), as_sorted(truth, "C")])
    piles["pile"] = piles["pile"].mask(piles["team"].eq("C"))  # every card alone
    agree = agreement_of_teams(piles).set_index(["team", "other_team"])["agreement"]
    assert agree["A", "B"] == pytest.approx(1)
    assert agree["A", "C"] < 0.5


def test_a_rung_is_one_more_team(district: District, cards: pd.DataFrame) -> None:
    crosswalk = link_district(district, "standardized").crosswalk
    scores = score_card_sorts(district, cards, piles_by(cards, crosswalk, "Standardized")).iloc[0]
    assert scores["team"] == "Standardized"
    assert 0 < scores["recall"] < 1
    assert scores["precision"] == 1


def test_what_a_room_types_is_read_as_it_is_meant(
    tmp_path: Path, district: District, cards: pd.DataFrame
) -> None:
    first, second, third = cards["card"].iloc[:3]
    lines = ["Team,Card,Pile,Seconds", f"Blue, {first.lower()} ,x,540", f"Blue,{second},x,"]
    text = "\n".join([*lines, f"Blue,{third},,", f"Red,{first},,", ""])
    piles = read_card_sorts(typed(tmp_path, text), cards)
    assert piles["team"].unique().tolist() == ["Blue"], "a team that sorted nothing isn't judged"
    scores = score_card_sorts(district, cards, piles).iloc[0]
    assert scores["linked"] == 1
    assert scores["seconds"] == 540


def test_every_wrong_line_is_named_at_once(tmp_path: Path, cards: pd.DataFrame) -> None:
    card = cards["card"].iloc[0]
    text = f"team,card,pile,seconds\nBlue,{card},x,soon\nBlue,{card},y,\nBlue,Z99,x,\n,{card},x,\n"
    with pytest.raises(BadInput) as told:
        read_card_sorts(typed(tmp_path, text), cards)
    for words in ("line 2", "'soon'", "line 3", "twice", "line 4", "'Z99'", "line 5"):
        assert words in str(told.value)


@pytest.mark.parametrize("text", ["", "team,pile\nBlue,x\n"])
def test_a_file_that_is_no_table_of_piles_is_refused(tmp_path: Path, cards: pd.DataFrame, text: str) -> None:
    with pytest.raises(BadInput, match=r"piles\.csv"):
        read_card_sorts(typed(tmp_path, text), cards)


def test_the_table_to_fill_in_has_a_line_a_team_and_card(tmp_path: Path, cards: pd.DataFrame) -> None:
    empty = blank_card_sort(cards, teams=2)
    assert len(empty) == 2 * len(cards)
    file = tmp_path / "piles.csv"
    empty.to_csv(file, index=False)
    assert read_card_sorts(file, cards).empty


def test_a_room_without_a_watch_leaves_the_seconds_out(
    tmp_path: Path, district: District, cards: pd.DataFrame
) -> None:
    first, second = cards["card"].iloc[:2]
    piles = read_card_sorts(typed(tmp_path, f"team,card,pile\nBlue,{first},x\nBlue,{second},x\n"), cards)
    scores = score_card_sorts(district, cards, piles).iloc[0]
    assert scores["linked"] == 1
    assert pd.isna(scores["seconds_a_pair"])
