"""A session runs on before it is solved."""

from __future__ import annotations

import pytest

from helpers.standard import BadInput
from helpers.teach import check
from helpers.teach.exercises import exercises
from helpers.teach.stand_in import yours_or_kits

STOOD_IN = [number for number, one in exercises().items() if one.stand_in]


@pytest.mark.parametrize("number", STOOD_IN)
def test_the_kits_own_answer_is_right(number: str) -> None:
    assert check(number, exercises()[number].stand_in).state == "right"


def test_a_right_answer_is_the_learners_and_any_other_the_kits() -> None:
    def mine(text: str) -> str:
        return text.removesuffix(".0").lstrip("P ").lstrip("0")

    assert yours_or_kits("C.5", mine) is mine
    for other in (..., None, lambda text: ..., lambda text: text, lambda text: 1 / 0):
        assert yours_or_kits("C.5", other) is exercises()["C.5"].stand_in
    with pytest.raises(BadInput, match="no stand-in"):
        yours_or_kits("C.1", mine)
