"""A key that was written of longer files than those beside it is told by its rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from helpers.files import read_district
from helpers.score.truth import rows_not_there
from helpers.standard import BadInput


def test_a_key_fits_the_files_of_which_it_was_written(district_folder: Path) -> None:
    assert rows_not_there(read_district(district_folder)).empty


def test_a_file_that_was_cut_and_one_that_is_gone_are_named(district_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(district_folder, folder)
    (cut,) = (folder / "silos" / "meals").glob("mealtime_customers_*.csv")
    lines = cut.read_bytes().splitlines(keepends=True)
    cut.write_bytes(b"".join(lines[:-5]))
    gone = sorted((folder / "silos" / "health").glob("*.csv"))[0]
    gone.unlink()
    shutil.rmtree(folder / "silos" / "clubs")  # a system that was left out: nothing to tell
    found = rows_not_there(read_district(folder)).set_index("file")
    assert found.loc[f"meals/{cut.name}"].tolist() == [len(lines), len(lines) - 5]
    assert found.loc[f"health/{gone.name}", "rows"] == 0
    assert set(found.index) == {f"meals/{cut.name}", f"health/{gone.name}"}


def test_without_a_key_there_is_nothing_to_fit(district_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(district_folder / "silos", tmp_path / "silos")
    with pytest.raises(BadInput, match="no answer key"):
        rows_not_there(read_district(tmp_path))
