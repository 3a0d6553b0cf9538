"""A folder of exports with published heads, and the truth about each cell."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from synthetic_data.desk.draw_files import HALVES, ODD_FORMS, can_be_joined, draw_exports, published
from synthetic_data.desk.drawn_folder import DrawnFolder, make_drawn_folder
from tests.kept import Kept


@pytest.fixture(scope="session")
def drawn(kept: Kept) -> tuple[Path, DrawnFolder]:
    folder = kept.folder / "drawn"
    return kept("drawn folder", lambda: (folder, make_drawn_folder(folder, "first", 40, seed=1)))


def test_no_systems_heads_are_in_both_halves() -> None:
    first, second = ({one.system.casefold() for one in published(half)} for half in HALVES)
    assert first
    assert second
    assert not first & second


@pytest.mark.parametrize("seed", range(5))
def test_every_file_about_children_can_be_joined_and_every_odd_form_is_there(seed: int) -> None:
    exports = draw_exports(seed, "first")
    assert len({one.path for one in exports}) == len(exports) == 25
    assert set(ODD_FORMS) <= {one.form for one in exports}
    about_children = [one for one in exports if one.about not in ("staff", "schools", "calendar")]
    assert all(map(can_be_joined, about_children))


def test_a_cell_stands_where_the_truth_says(drawn: tuple[Path, DrawnFolder]) -> None:
    folder, made = drawn
    plain = next(one for one in made.exports if one.form == "comma")
    with (folder / plain.path).open(encoding="utf-8", newline="") as text:
        lines = list(csv.reader(text))
    mine = made.values[made.values["file"].eq(plain.path)]
    assert len(mine)
    for row, part in mine.groupby("row"):
        assert lines[int(str(row)) - 1] == part["text"].tolist()


def test_a_childs_birth_date_means_the_same_in_every_file(drawn: tuple[Path, DrawnFolder]) -> None:
    _, made = drawn
    born = made.values[made.values["concept"].eq("birth_date")].merge(
        made.rows, on=["file", "row"], how="inner", validate="many_to_one"
    )
    typed = born["file"].isin(
        [one.path for one in made.exports if one.about in ("programs", "survey", "visits")]
    )
    told = born[~typed].merge(made.people, on="person", how="inner", validate="many_to_one")
    assert told["file"].nunique() > 1
    assert told["means"].eq(told["born"]).all()
    assert told["text"].ne(told["means"]).any()


def test_a_folder_is_the_same_for_the_same_seed(tmp_path: Path, drawn: tuple[Path, DrawnFolder]) -> None:
    folder, made = drawn
    again = make_drawn_folder(tmp_path, "first", 40, seed=1)
    pd.testing.assert_frame_equal(again.rows, made.rows)
    assert all(
        (tmp_path / one.path).read_bytes() == (folder / one.path).read_bytes() for one in again.exports
    )
