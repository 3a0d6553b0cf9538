"""A crosswalk that somebody brings is judged, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from helpers.cli import main

HEAD = "silo,record,child,band,linkable_by"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "can't be read"),
        (b">'TW)\xbb\xb2", "can't be read"),
        (b"a,b\n1,2\n", "has no column silo"),
        (f"{HEAD}\nmeals,nobody,c,Sure,Nothing\n".encode(), "link this district again"),
    ],
    ids=["empty", "no text", "other columns", "another district"],
)
def test_a_file_that_is_no_crosswalk_of_this_district_is_refused(
    text: bytes, says: str, district_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "crosswalk.csv").write_bytes(text)
    result = run("score", district_folder, "--crosswalk", tmp_path / "crosswalk.csv", "--out", tmp_path)
    assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1), result.output
    assert says in result.stderr


def test_a_record_that_stands_twice_or_a_word_for_a_number_is_refused(
    district_folder: Path, tmp_path: Path
) -> None:
    assert run("link", district_folder, "--out", tmp_path).exit_code == 0
    path = tmp_path / "crosswalk.csv"
    head, first, *rest = path.read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    cells[head.split(",").index("confidence")] = "certain"
    for lines, says in (([first, first, *rest], "twice"), ([",".join(cells), *rest], "certain")):
        path.write_text("\n".join([head, *lines]), encoding="utf-8")
        result = run("score", district_folder, "--crosswalk", path, "--out", tmp_path)
        assert result.exit_code == 2, result.output
        assert says in result.stderr


def test_a_place_where_nothing_can_be_written_is_one_line(district_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for words in (["read", district_folder, "--out"], ["make"]):
        result = run(*words, tmp_path / "file" / "below")
        assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1), result.output
        assert str(tmp_path / "file") in result.stderr
