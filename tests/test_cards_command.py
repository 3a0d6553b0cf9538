"""Record cards from the command line: what a room typed in is never lost, and is judged."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main

pytestmark = pytest.mark.usefixtures("read_and_linked_once")


def cards(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["cards", *map(str, words)])


@pytest.fixture(scope="module")
def sheet(district_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which cards and empty piles were written."""
    out = tmp_path_factory.mktemp("cards")
    result = cards(district_folder, "--teams", "2", "--out", out, "--json")
    assert result.exit_code == 0, result.output
    assert {Path(path).name for path in json.loads(result.stdout)["written"]} == {
        "record_cards.html",
        "piles.csv",
    }
    return out


def filled(sheet: Path, file: Path) -> Path:
    """Fill the piles in: one team puts cards of one letter together, the other sorts nothing."""
    piles = pd.read_csv(sheet / "piles.csv", dtype="string")
    first = piles["team"].eq("Team 1")
    piles["pile"] = piles["card"].str[0].where(first)
    piles.loc[first & ~first.duplicated(), "seconds"] = "600"
    piles.to_csv(file, index=False)
    return file


def test_the_sheet_and_its_piles_name_the_same_cards(sheet: Path) -> None:
    page = (sheet / "record_cards.html").read_text(encoding="utf-8")
    piles = pd.read_csv(sheet / "piles.csv", dtype="string")
    assert piles["team"].unique().tolist() == ["Team 1", "Team 2"]
    assert all(f"<b>{card}</b>" in page for card in piles["card"])


def test_piles_that_were_filled_in_are_kept(district_folder: Path, sheet: Path, tmp_path: Path) -> None:
    file = filled(sheet, tmp_path / "piles.csv")
    before = file.read_bytes()
    result = cards(district_folder, "--out", tmp_path)
    assert result.exit_code == 0
    assert "there already" in result.output
    assert file.read_bytes() == before
    assert (tmp_path / "record_cards.html").is_file()


@pytest.mark.full
def test_the_rooms_piles_are_judged_beside_the_rungs(
    district_folder: Path, sheet: Path, tmp_path: Path
) -> None:
    file = filled(sheet, tmp_path / "typed.csv")
    result = cards(district_folder, "--piles", file, "--out", tmp_path, "--json")
    assert result.exit_code == 0, result.output
    scores = pd.read_csv(tmp_path / "card_sort_scores.csv")
    assert scores["team"].tolist() == ["Team 1"], "a team that sorted nothing isn't judged"
    assert scores["seconds_a_pair"].gt(0).all()
    rungs = [row["team"] for row in json.loads(result.stdout)["linkage methods, on the same cards"]]
    assert rungs[0] == "Shared identifier"
    assert rungs[-1] == "Resolved"
    assert not (tmp_path / "record_cards.html").exists()


@pytest.mark.parametrize(
    ("text", "words"), [("team,card\nBlue,A1\n", "no column 'pile'"), ("team,card,pile\nBlue,ZZ,x\n", "'ZZ'")]
)
def test_piles_that_cannot_be_read_end_with_two_and_one_line(
    district_folder: Path, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "typed.csv"
    file.write_text(text, encoding="utf-8")
    result = cards(district_folder, "--piles", file, "--out", tmp_path)
    assert result.exit_code == 2
    assert words in result.output
    assert not (tmp_path / "card_sort_scores.csv").exists()


def test_cards_of_a_folder_without_a_key_end_with_two(tmp_path: Path, district_folder: Path) -> None:
    result = cards(district_folder / "silos", "--out", tmp_path)
    assert result.exit_code == 2
    assert not (tmp_path / "record_cards.html").exists()
