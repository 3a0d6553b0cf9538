"""A contract asks for what feeds something, says why, and asks for nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from helpers.gaps.contract import MOST_ROWS, Demands, contract_of
from helpers.layouts import layout_names, load_layout
from helpers.report.pages.contract import contract_page
from helpers.standard import BadInput
from tests.tiers import examples

MEALS = "meals/mealtime_customers"
ALL = Demands(vendor="A <vendor> & Co.", ids=("District",), every_days=1, agreed_codes=True)


@pytest.mark.parametrize("name", layout_names())
def test_every_layout_becomes_a_contract_of_few_lines(name: str) -> None:
    columns = contract_of(load_layout(name), ALL).columns
    assert 1 <= len(columns) <= MOST_ROWS + 2
    assert columns["why"].str.strip().ne("").all()
    assert columns["demanded"].any() or columns["id_of"].eq("District").any()


def test_secrets_and_what_nobody_needs_are_left_out() -> None:
    contract = contract_of(load_layout(MEALS), ALL)
    assert "PIN" in contract.left_out
    assert "PIN" not in set(contract.columns["column"])
    assert {"Customer Last Name", "Balance"} <= set(contract.columns["column"])


def test_a_demand_makes_a_number_obligatory_or_new() -> None:
    nurse = load_layout("health/nurse_office")
    today = contract_of(nurse).columns.set_index("column")
    asked = contract_of(nurse, ALL).columns.set_index("column")
    assert not today.loc["District ID", "required"]
    assert asked.loc["District ID", "required"]
    assert asked.loc["District ID", "demanded"]
    assert not today["demanded"].any()


def test_a_column_can_be_given_up_and_an_unknown_one_is_told() -> None:
    asked = Demands(leave_out=("Balance",))
    assert "Balance" in contract_of(load_layout(MEALS), asked).left_out
    with pytest.raises(BadInput, match="Did you mean Balance"):
        contract_of(load_layout(MEALS), Demands(leave_out=("Balanse",)))


def test_of_more_than_four_codes_a_contract_names_four_and_says_how_many_there_are() -> None:
    forms = {form for name in layout_names() for form in contract_of(load_layout(name), ALL).columns["form"]}
    assert "PK, KG, 01, 02, … (17 codes)" in forms
    assert min(int(many) for form in forms for many in re.findall(r"\((\d+) codes\)", form)) == 5


def test_a_private_column_names_the_need_of_its_system_and_a_name_identifies_the_child() -> None:
    why = contract_of(load_layout(MEALS)).columns.set_index("column")["why"]
    assert why["Customer Birthdate"] == (
        "the lunch line separates two children with one name; balance and PIN serve the line"
    )
    assert why["Customer Last Name"] == "to identify the child"
    assert why["Balance"] == "to show about a child: account balance"


def test_what_cannot_be_asked_for_is_told() -> None:
    with pytest.raises(ValidationError, match="Did you mean District"):
        Demands(ids=("Distrikt",))
    with pytest.raises(ValidationError, match="1, 7, 30"):
        Demands(every_days=2)


@settings(max_examples=examples(30))
@given(
    ids=st.sampled_from([(), ("District",), ("District", "State")]),
    days=st.sampled_from([1, 7, 30]),
    codes=st.booleans(),
)
def test_only_what_is_demanded_moves_a_switch(ids: tuple[str, ...], days: int, codes: bool) -> None:
    moved = Demands(ids=ids, every_days=days, agreed_codes=codes).switches()
    assert ("carried_ids" in moved) == bool(ids)
    assert ("freshness" in moved) == (days == 1)
    assert ("code_agreement" in moved) == codes
    assert set(moved.values()) <= {"governed"}


def test_the_page_fetches_nothing_and_escapes_names(tmp_path: Path) -> None:
    markup = contract_page(tmp_path / "contract.html", contract_of(load_layout(MEALS), ALL)).read_text(
        encoding="utf-8"
    )
    assert "A &lt;vendor&gt; &amp; Co." in markup
    assert "http" not in markup
    assert markup.count('class="line"') == 8
