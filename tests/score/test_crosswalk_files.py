"""A crosswalk that somebody brings is judged, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.score import crosswalk_from
from helpers.standard import BadInput

HEAD = "silo,record,child,link_status,linkable_by"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "can't be read"),
        (b">'TW)\xbb\xb2", "can't be read"),
        (b"a,b\n1,2\n", "has no column silo"),
        (f"{HEAD}\nmeals,nobody,c,Verified,Nothing\n".encode(), "link this district again"),
    ],
    ids=["empty", "no text", "other columns", "another district"],
)
def test_a_file_that_is_no_crosswalk_of_this_district_is_refused(
    text: bytes, says: str, district_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "crosswalk.csv").write_bytes(text)
    words = ("score", district_folder, "--crosswalk", tmp_path / "crosswalk.csv", "--out", tmp_path)
    result = run(*words, "--quiet")
    assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1), result.output
    assert says in result.stderr


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["sis,1,c,Verified,Nothing,1", "sis,1,d,Verified,Nothing,1"], "twice"),
        (["sis,1,c,Verified,Nothing,sure"], "sure"),
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


def test_a_crosswalk_of_0_1_0_is_read_with_the_words_of_today(tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(
        "silo,record,child,band,linkable_by,step\n"
        "sis,1,c,Sure,Nothing,Standardised\n"
        "sis,2,d,Alone,Nothing,Scored\n"
        "sis,3,e,Unverified,Nothing,Exact\n",
        encoding="utf-8",
    )
    new.write_text(
        f"{HEAD},step\n"
        "sis,1,c,Verified,Nothing,Standardized\n"
        "sis,2,d,Unlinked,Nothing,Probabilistic\n"
        "sis,3,e,Unverified,Nothing,Exact\n",
        encoding="utf-8",
    )
    pd.testing.assert_frame_equal(crosswalk_from(old), crosswalk_from(new))
    assert crosswalk_from(old)["link_status"].tolist() == ["Verified", "Unlinked", "Unverified"]


def test_a_place_where_nothing_can_be_written_is_one_line(district_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for words in (["read", district_folder, "--out"], ["make"]):
        result = run(*words, tmp_path / "file" / "below")
        assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1), result.output
        assert str(tmp_path / "file") in result.stderr
