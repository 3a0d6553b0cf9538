"""A name is found by the beginnings of its words, whatever its accents and their order."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.report.widgets.dashboard_state import NameSearch

NAMES = pd.Series(
    ["Ana Ruiz Peña", "Bo O'Neil", "Ana Maria Pena", None, "Ли Мин", "<script>alert(1)</script> X"],
    dtype="string",
)


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("an", [2, 0]),
        ("AN", [2, 0]),
        ("peña ana", [2, 0]),
        ("ruiz", [0]),
        ("uiz", []),
        ("oneil", [1]),
        ("o'neil", [1]),
        ("ли", [4]),
        ("alert", [5]),
        ("a", []),
        ("", []),
        ("  -  ", []),
        ("ana bo", []),
    ],
)
def test_names_are_found_by_the_beginnings_of_their_words(typed: str, places: list[int]) -> None:
    assert NameSearch(NAMES).find(typed) == places


def test_no_more_than_asked_are_given_those_that_begin_so_first() -> None:
    search = NameSearch(pd.Series([f"Zoe Ander{n:02}" for n in range(30)] + ["Andrea B"], dtype="string"))
    found = search.find("an", 20)
    assert len(found) == 20
    assert found[0] == 30


@given(st.text(min_size=2, max_size=12))
def test_whoever_types_a_whole_name_finds_it(name: str) -> None:
    search = NameSearch(pd.Series(["Bo Li", name], dtype="string"))
    letters = [letter for letter in name if letter.isalpha()]
    found = search.find(name)
    assert set(found) <= {0, 1}
    if len(letters) > 2 and name.isascii():
        assert 1 in found
