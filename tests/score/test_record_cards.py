"""Record cards: one sheet on which real districts break, dealt alike on every machine."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from helpers.files import District
from helpers.report.display_names import short_names
from helpers.report.pages.record_cards import record_cards_page
from helpers.score.card_sort import deal_cards, true_card_groups


@pytest.fixture(scope="module")
def cards(district: District) -> pd.DataFrame:
    return deal_cards(district)


@pytest.fixture(scope="module")
def whose(district: District, cards: pd.DataFrame) -> pd.DataFrame:
    return cards.merge(true_card_groups(district, cards), on="card", how="inner", validate="one_to_one")


def test_one_sheet_holds_every_child_twice_but_for_a_few(cards: pd.DataFrame, whose: pd.DataFrame) -> None:
    assert 18 <= len(cards) <= 24
    assert cards["card"].is_unique
    assert not cards.duplicated(["silo", "record"]).any()
    assert whose["pile"].notna().all()
    assert (whose["pile"].value_counts() >= 2).sum() >= 6
    assert whose["pile"].value_counts().max() <= 3


def test_the_sheet_has_a_number_that_is_another_childs(whose: pd.DataFrame) -> None:
    by_number = whose.dropna(subset=["number"]).groupby("number")["pile"].nunique()
    assert (by_number > 1).any()


def test_the_sheet_has_two_children_of_one_surname_and_birth_date_or_of_one_name(whose: pd.DataFrame) -> None:
    words = whose["name"].str.casefold().str.findall(r"\w+").map(sorted).str.join(" ")
    namesakes = whose.groupby(words)["pile"].nunique().gt(1).any()
    born = whose.dropna(subset=["birth_date"]).groupby("birth_date")["pile"].nunique()
    assert namesakes
    assert (born > 1).any(), "twins"


def test_some_child_is_written_in_two_ways(whose: pd.DataFrame) -> None:
    words = whose["name"].str.casefold().str.findall(r"\w+").map(sorted).str.join(" ")
    assert (words.groupby(whose["pile"]).nunique() > 1).sum() >= 2


def test_the_order_of_the_sheet_tells_nothing(cards: pd.DataFrame, whose: pd.DataFrame) -> None:
    neighbors = whose["pile"].eq(whose["pile"].shift()).sum()
    assert neighbors < len(whose) / 3


def test_the_same_cards_whatever_the_order_of_rows(district: District, cards: pd.DataFrame) -> None:
    shuffled = {
        name: replace(silo, people=silo.people.sample(frac=1, random_state=3).reset_index(drop=True))
        for name, silo in district.items()
    }
    again = deal_cards(District(district.folder, district.about, shuffled))
    pd.testing.assert_frame_equal(again, cards)


def test_a_school_has_the_name_that_the_list_of_schools_gives_its_number(district: District) -> None:
    listed = district.fact("school").drop_duplicates("school_id").set_index("school_id")["school_name"]
    by_number = district.people.loc[district.people["school_name"].isna(), ["silo", "record", "school_id"]]
    # A sheet for everybody: today's number stands beside last year's name in the file of one test.
    dealt = deal_cards(district, most=10_000).merge(by_number, on=["silo", "record"], how="inner")
    dealt = dealt[dealt["school_id"].isin(listed.index)]
    high = dealt[dealt["grade"].isin(["09", "10", "11", "12"])]
    assert len(high)
    assert dealt["school"].tolist() == dealt["school_id"].map(listed).tolist()


def test_a_smaller_sheet_deals_whole_families(district: District) -> None:
    few = deal_cards(district, most=8)
    assert 0 < len(few) <= 8


def test_the_page_has_every_card_and_no_truth(
    district: District, cards: pd.DataFrame, whose: pd.DataFrame
) -> None:
    page = record_cards_page(cards, district.about, short_names(district.layouts), piles_file="piles.csv")
    for card in cards["card"]:
        assert f"<b>{card}</b>" in page
    assert not any(person in page for person in whose["pile"])
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "This district is invented" in page
