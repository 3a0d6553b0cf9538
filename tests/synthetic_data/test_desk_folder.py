"""A district's desk: the same each time, unknown to every layout, with a truth of its own."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pandas as pd
import pytest

from helpers.files.district import what_is_there
from synthetic_data.desk import make_desk_folder


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.full
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first = make_desk_folder(tmp_path / "one", students=80, seed=5)
    again = make_desk_folder(tmp_path / "two", students=80, seed=5)
    make_desk_folder(tmp_path / "three", students=80, seed=6)
    pd.testing.assert_frame_equal(first, again)
    one, two, three = (digests(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert sum(one[name] != three[name] for name in one) >= 28


def test_no_layout_of_the_kit_knows_any_of_its_files(desk_folder: Path) -> None:
    there = what_is_there(desk_folder)
    assert there.silos == {}
    assert len(there.unknown) >= 30


def test_the_truth_says_whose_each_row_is_and_lies_outside(
    desk_folder: Path, desk_truth: pd.DataFrame
) -> None:
    roster = desk_truth[desk_truth["file"].eq("Clever/students.csv")]
    assert len(roster) == 300
    assert roster["row"].tolist() == list(range(2, 302))
    overdue = desk_truth[desk_truth["file"].eq("library/overdue 10-31.csv")]
    assert overdue["row"].min() == 3  # the first is nobody
    assert set(overdue["role"]) == {"Student", "Staff"}
    assert not any("truth" in path.name or path.suffix == ".parquet" for path in desk_folder.rglob("*"))


def test_numbers_of_children_who_left_were_given_out_again(
    desk_folder: Path, desk_truth: pd.DataFrame
) -> None:
    def by_number(name: str, column: str) -> dict[str, str]:
        whose = desk_truth[desk_truth["file"].eq(name)].set_index("row")["person"]
        rows = csv.DictReader((desk_folder / name).read_text(encoding="utf-8").splitlines())
        return {row[column]: str(whose[place]) for place, row in enumerate(rows, 2)}

    old = by_number("roster 24-25 FINAL (old).csv", "local_id")
    now = by_number("Clever/students.csv", "Student_number")
    other = [number for number in old.keys() & now.keys() if old[number] != now[number]]
    assert len(other) == 4
