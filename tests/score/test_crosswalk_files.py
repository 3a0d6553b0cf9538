"""A crosswalk that somebody brings is judged, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.score import crosswalk_from
from helpers.standard import BadInput

HEAD = "silo,record,child,band,linkable_by"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.one_in(2)
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


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["sis,1,c,Sure,Nothing,1", "sis,1,d,Sure,Nothing,1"], "twice"),
        (["sis,1,c,Sure,Nothing,sure"], "sure"),
    ],
    ids=["twice", "a word for a number"],
)
def test_a_record_that_stands_twice_or_a_word_for_a_number_is_refused(
    lines: list[str], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "crosswalk.csv"
    path.write_text("\n".join([f"{HEAD},confidence", *lines]), encoding="utf-8")
    with pytest.raises(BadInput, match=says):
        crosswalk_from(path)


def test_a_place_where_nothing_can_be_written_is_one_line(district_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for words in (["read", district_folder, "--out"], ["make"]):
        result = run(*words, tmp_path / "file" / "below")
        assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1), result.output
        assert str(tmp_path / "file") in result.stderr
