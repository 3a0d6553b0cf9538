"""A session runs on before it is solved, and reads only the systems that it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.files import read_district
from helpers.score import can_be_judged
from helpers.standard import BadInput
from helpers.teach import check
from helpers.teach.exercises import exercises
from helpers.teach.few_systems import few_systems
from helpers.teach.stand_in import yours_or_kits
from tests.shared_districts import STUDENTS, SharedDistricts

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


def test_few_systems_are_read_with_their_key_and_real_exports_are_not_copied(
    districts: SharedDistricts, tmp_path: Path
) -> None:
    folder = districts.folder(students=STUDENTS, seed=6, level="manual", people_only=True)
    copy = few_systems(folder, "sis", "meals")
    read = read_district(copy, written=False)
    assert can_be_judged(copy)
    assert [name for name, silo in read.items() if len(silo.people)] == ["sis", "meals"]
    with pytest.raises(BadInput, match="Did you mean meals"):
        few_systems(folder, "meal")
    with pytest.raises(BadInput, match="no answer key"):
        few_systems(tmp_path, "sis")
