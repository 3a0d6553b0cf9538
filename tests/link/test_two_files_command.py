"""`bigpicture link --left A.csv [--right B.csv]`: files written, counts printed, one line for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from tests.link.two_lists import persons, write_rows

HEADS = ["first_name", "last_name", "dob", "house_number", "street", "postcode"]


def _run(*words: object) -> Result:
    return CliRunner().invoke(main, ["link", *map(str, words)])


@pytest.fixture
def lists(tmp_path: Path) -> tuple[Path, Path]:
    rows = persons(60)
    return write_rows(tmp_path / "a.csv", HEADS, rows[:40]), write_rows(tmp_path / "b.csv", HEADS, rows[20:])


def test_two_files_give_pairs_and_a_mapping_that_gives_them_again(
    lists: tuple[Path, Path], tmp_path: Path
) -> None:
    left, right = lists
    result = _run("--left", left, "--right", right, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    pairs = pd.read_csv(tmp_path / "out" / "pairs.csv")
    assert list(pairs.columns) == ["left_row", "right_row", "match_probability", "decision", "reason"]
    matches = pairs[pairs["decision"] == "Match"]
    assert (matches["left_row"] - 20 == matches["right_row"]).all()
    assert len(matches) == 20
    again = _run(
        "--left", left, "--right", right, "--map", tmp_path / "out" / "map.toml", "--out", tmp_path / "again"
    )
    assert again.exit_code == 0, again.output
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "again" / "pairs.csv"), pairs)


def test_what_is_printed_are_counts_and_never_cells(lists: tuple[Path, Path], tmp_path: Path) -> None:
    left, right = lists
    for more in ([], ["--json"]):
        result = _run("--left", left, "--right", right, "--out", tmp_path / "out", *more)
        assert "20" in result.output
        assert not any(cell in result.output for row in persons(60) for cell in (row[1], row[2]))
    assert json.loads(result.stdout)["matches"] == 20


def test_one_file_is_searched_for_duplicates(tmp_path: Path) -> None:
    rows = persons(30)
    path = write_rows(tmp_path / "a.csv", HEADS, rows + rows[:12])
    assert _run("--left", path, "--out", tmp_path / "out").exit_code == 0
    pairs = pd.read_csv(tmp_path / "out" / "pairs.csv")
    assert (pairs["left_row"] + 30 == pairs["right_row"]).all()
    assert len(pairs) == 12


def test_rows_that_could_not_be_read_are_listed(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "a.csv", HEADS, [*persons(5), ["Ada", "Moreau", "1990-01-01", "1", "a", "b", "c"]]
    )
    assert _run("--left", path, "--out", tmp_path / "out").exit_code == 0
    aside = pd.read_csv(tmp_path / "out" / "set_aside.csv")
    assert aside[["side", "row"]].to_numpy().tolist() == [["left", 5]]


def test_the_same_file_twice_is_told(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", HEADS, persons(30))
    result = _run("--left", path, "--right", path, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0
    assert any("the same bytes" in note for note in json.loads(result.stdout)["notes"])


def test_a_corrected_mapping_is_not_overwritten(lists: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    mine = '[left]\nfamily_name = "last_name"\nbirth_date = "dob"\n'
    (out / "map.toml").write_text(mine)
    result = _run("--left", lists[0], "--out", out)
    assert result.exit_code == 0
    assert (out / "map.earlier.toml").read_text() == mine
    assert "map.earlier.toml" in result.output
    (out / "map.toml").write_text(mine)
    assert _run("--left", lists[0], "--map", out / "map.toml", "--out", out).exit_code == 0
    assert (out / "map.toml").read_text() == mine


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Name a FOLDER"),
        (["--right", "{b}"], "--right goes with --left"),
        (["--map", "{a}"], "--map goes with --left"),
        (["{folder}", "--left", "{a}"], "one after the other"),
        (["--left", "{a}", "--train"], "--train is for a FOLDER"),
        (["--left", "{a}", "--decisions", "{b}"], "--decisions is for a FOLDER"),
        (["--left", "{folder}/none.csv"], "no file"),
        (["--left", "{a}", "--map", "{folder}/none.toml"], "no mapping"),
        (["--left", "{a}", "--map", "{a}"], "valid TOML"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    lists: tuple[Path, Path], tmp_path: Path, words: list[str], said: str
) -> None:
    put = {"a": lists[0], "b": lists[1], "folder": tmp_path}
    result = _run(*(word.format(**put) for word in words), "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
