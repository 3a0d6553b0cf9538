"""What a person does with a draft: corrects it, reads by it, is told what is open or left out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.files.draft import draft_layouts
from tests.files.drafts import ROSTER, run, written


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a_DOT_json", b"[1, 2]", "JSON lines"),
        ("a_DOT_csv", b"\n \n", "empty"),
        ("a_DOT_csv", b"First Name,Last Name\n", "no rows"),
        ("a_DOT_xls", b"\xd0\xcf\x11\xe0", "xlsx"),
        ("a_DOT_xlsx", b"PK\x03\x04 no", "isn't a workbook"),
        ("a_DOT_csv", bytes(range(256)) * 9, "isn't text"),
        ("readme_DOT_txt", b"Dear colleague\nhere are the files\n", "without columns"),
        ("a_DOT_xml", b"<a><b/></a>", "save it in one of these formats"),
    ],
)
def test_a_file_for_which_nothing_is_drafted_is_told(
    name: str, data: bytes, says: str, tmp_path: Path
) -> None:
    started = draft_layouts(written(tmp_path, **{name: data}))
    assert not started.drafted
    (reason,) = started.left.values()
    assert says in reason
    assert not (tmp_path / "layouts").exists()


@pytest.mark.full
def test_a_corrected_draft_is_what_every_command_reads(tmp_path: Path) -> None:
    draft_layouts(written(tmp_path, roster_DOT_csv=ROSTER))
    toml = tmp_path / "layouts" / "roster.toml"
    mended = toml.read_text(encoding="utf-8").replace('"Undeclared"', '"State"')
    toml.write_text(mended.replace('title = "roster', 'title = "Our roster'), encoding="utf-8")
    assert read_district(tmp_path)["roster"].identifiers["identification_system"].tolist() == ["State"] * 3
    out = tmp_path / "out"
    for command in ("read", "link", "profile", "gaps"):
        result = run(command, tmp_path, "--out", out, "--json")
        assert result.exit_code == 0, result.output
    assert set(pd.read_csv(out / "crosswalk.csv")["silo"]) == {"roster"}
    meant = json.loads(run("dictionary", "roster", tmp_path, "--out", out, "--json").stdout)
    assert [row["column"] for row in meant["dictionary"]][:2] == ["Pupil No", "SURNAME"]
    assert "roster" in json.loads(run("dictionary", tmp_path, "--json").stdout)["layouts"]


def test_no_layout_is_ever_overwritten(tmp_path: Path) -> None:
    draft_layouts(written(tmp_path, roster_DOT_csv=ROSTER))
    toml = tmp_path / "layouts" / "roster.toml"
    toml.write_text("# mine\n" + toml.read_text(encoding="utf-8"), encoding="utf-8")
    again = draft_layouts(tmp_path)
    assert not again.drafted
    assert again.known == {"roster.csv": "roster"}
    written(tmp_path, roster_DOT_csv="badge,weight\nA1,3\nA2,4\n")
    assert [one.toml for one in draft_layouts(tmp_path).drafted] == ["layouts/roster_2.toml"]
    assert toml.read_text(encoding="utf-8").startswith("# mine\n")
    assert sorted(path.name for path in (tmp_path / "layouts").iterdir()) == ["roster.toml", "roster_2.toml"]


@pytest.mark.full
def test_a_file_beside_a_made_district_is_read_too(district_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(district_folder, tmp_path / "made")
    written(tmp_path / "made" / "silos", chess__chess_DOT_csv=ROSTER)
    draft_layouts(tmp_path / "made")
    assert len(read_district(tmp_path / "made")["chess"].people) == 3


def test_the_command_says_what_it_guessed_and_no_value_of_a_child(tmp_path: Path) -> None:
    written(tmp_path, portal__roster_DOT_csv=ROSTER.replace("01/31", "01/11").replace("02/28", "02/08"))
    result = run("start", tmp_path, "--table")
    assert result.exit_code == 0, result.output
    for word in ("portal/roster.csv", "children?, one row each", "Pupil No"):
        assert word in result.output
    for cell in {cell for line in ROSTER.splitlines()[1:] for cell in line.split(",") if len(cell) > 2}:
        assert cell not in result.output
    tables = [line for line in result.output.splitlines() if not line.startswith(("layouts: ", "next: "))]
    assert max(map(len, tables)) <= 120
    again = json.loads(run("start", tmp_path, "--json").stdout)
    assert again["drafted"] == []
    assert again["known"] == {"portal/roster.csv": "portal"}


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "own.toml").write_text("layout = 3", encoding="utf-8")
    for folder, says in ((tmp_path / "none", "There is no folder"), (tmp_path, "own.toml")):
        result = run("start", folder)
        assert result.exit_code == 2
        assert says in result.stderr


def test_heads_that_may_be_data_are_printed_by_their_place(tmp_path: Path) -> None:
    written(tmp_path, list_DOT_csv="Wilhelmina,Ruiz\nBartholomew,Li\nCassandra,Poe\n")
    for words in (["--json"], ["--table"], [], ["--explain", "list.csv"]):
        shutil.rmtree(tmp_path / "layouts", ignore_errors=True)
        output = run("start", tmp_path, *words).output
        assert "list.csv" in output or words in ([], ["--explain", "list.csv"])
        assert "Wilhelmina" not in output
        assert "Ruiz" not in output
