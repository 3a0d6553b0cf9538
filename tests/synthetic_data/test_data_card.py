"""The data card and the dictionary say what the maker does; their tables are those that it prints itself."""

from __future__ import annotations

import pytest

from synthetic_data.data_card import CARD, DICTIONARY, TABLES, card_with_tables, dictionary_page
from synthetic_data.faults.scene import declared_faults
from synthetic_data.systems import SILOS

ANEW = "run: make card"


@pytest.fixture(scope="module")
def card() -> str:
    return CARD.read_text(encoding="utf-8")


def test_its_tables_are_those_of_today(card: str) -> None:
    for name in TABLES:
        assert card.count(f"<!-- table: {name} -->") == card.count(f"<!-- end: {name} -->") == 1
    assert card == card_with_tables(card), ANEW


def test_a_table_that_is_not_of_today_is_replaced_and_nothing_else_is(card: str) -> None:
    old = card.replace("| sis | dupe_marker_in_name |", "| sis | was_called_otherwise |")
    assert old != card
    assert card_with_tables(old) == card_with_tables(card)
    outside = "Nobody in these data exists."
    assert card_with_tables(card.replace(outside, "Somebody does.")).count("Somebody does.") == card.count(
        outside
    )


def test_the_dictionary_is_that_of_today() -> None:
    page = dictionary_page()
    assert DICTIONARY.read_text(encoding="utf-8") == page, ANEW
    for silo in SILOS:
        assert f"\n## {silo}: " in page


def test_of_every_fault_it_says_what_is_declared(card: str) -> None:
    lines = [line for line in card.splitlines() if line.startswith("| ")]
    for fault in declared_faults():
        (line,) = (line for line in lines if line.startswith(f"| {fault.silo} | {fault.kind} |"))
        for said in (f"| {fault.rate:g} |", fault.strength, fault.detected_by):
            assert said in line, (fault.name, said)


def test_it_says_first_that_nobody_exists(card: str) -> None:
    assert "Nobody in these data exists" in card[:300]
