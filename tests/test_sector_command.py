"""`bigpicture make-sector` and `bigpicture sector`, as a user starts them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli import main

SMALL = ["--set", "invited=80", "--set", "responding=[25, 40]"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sector")
    result = CliRunner().invoke(main, ["make-sector", str(folder), "--seed", "3", *SMALL, "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [row["answered"] for row in told["answered"]] == [25, 40]
    assert told["simulated by the generator"]
    return folder


@pytest.mark.full
def test_the_report_is_a_page_and_tables(made: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["sector", str(made / "sector.csv"), "--out", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {row["year"] for row in told["profile"]} == {2021, 2022}
    assert told["findings"] == []
    assert (tmp_path / "sector.html").is_file()
    table = pd.read_csv(tmp_path / "sector_comparisons.csv")
    assert {"difference", "low", "high", "p_corrected", "effect"} <= set(table.columns)
    assert "simulated by the generator" in (tmp_path / "sector_statements.csv").read_text(encoding="utf-8")


@pytest.mark.full
def test_a_made_sector_has_a_page(made: Path, tmp_path: Path) -> None:
    page = (made / "sector_made.html").read_text(encoding="utf-8")
    assert "simulated by the generator" in page
    said = re.sub("<[^>]*>", "", page)
    assert "80 invited school systems" in said
    assert "who answered: 25 in 2021" in said
    assert "Town 20%" in page
    planted = pd.read_csv(made / "sector_simulated.csv")
    own = planted.query("grouping == 'pledged' and comparison == 'adjusted' and domain == 'governance'")
    assert f"{own['points'].iloc[0]:.2f}" in page
    file = tmp_path / "mine.csv"
    result = CliRunner().invoke(main, ["make-sector", str(file), "--sector", "nothing", *SMALL])
    assert result.exit_code == 0, result.output
    mine = (tmp_path / "mine_made.html").read_text(encoding="utf-8")
    assert "Signed the pledge: not simulated: any difference is chance." in mine


@pytest.mark.full
def test_settings_within_a_table(tmp_path: Path) -> None:
    within = [
        "--set",
        "pledged_effect=0.5",
        "--set",
        "data_team_effect.impact=0.1",
        "--set",
        "locales.City=0.5",
    ]
    result = CliRunner().invoke(main, ["make-sector", str(tmp_path), *SMALL, *within])
    assert result.exit_code == 0, result.output
    settings = json.loads((tmp_path / "sector.json").read_text(encoding="utf-8"))["settings"]
    assert set(settings["pledged_effect"].values()) == {0.5}
    assert settings["data_team_effect"]["impact"] == 0.1
    assert settings["locales"]["City"] == pytest.approx(0.5)
    told = CliRunner().invoke(main, ["make-sector", "--help"]).output
    assert "pledged_effect=0.5" in told
    assert "locales.City=0.5" in told


@pytest.mark.full
def test_what_was_odd_in_the_file_is_on_the_page_without_its_cells(made: Path, tmp_path: Path) -> None:
    text = pd.read_csv(made / "sector.csv", dtype="string")
    text.loc[text["locale"].eq("Town"), "locale"] = "Moonbase"
    text.to_csv(tmp_path / "answers.csv", index=False)
    result = CliRunner().invoke(main, ["sector", str(tmp_path / "answers.csv"), "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    page = (tmp_path / "sector.html").read_text(encoding="utf-8")
    assert "Rows used and set aside" in page
    assert "code that isn&#39;t on the list" in page
    assert "Moonbase" not in page


@pytest.mark.full
def test_a_table_is_printed(made: Path, tmp_path: Path) -> None:
    command = ["sector", str(made), "--out", str(tmp_path)]
    short, whole = (CliRunner().invoke(main, [*command, *more]) for more in ([], ["--table"]))
    assert (short.exit_code, whole.exit_code) == (0, 0)
    assert "Answered in 2022: 40 of 80 invited school systems." in short.stdout
    assert "governance" in whole.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["make-sector", "x", "--set", "pledge=1"], "Did you mean pledged?"),
        (["make-sector", "x", "--sector", "publishd"], "There are: nothing, published, volunteers"),
        (["make-sector", "x", "--set", "invited=3"], "invited"),
        (["make-sector", "x", "--set", "locales.Cty=0.5"], "Did you mean City?"),
        (["sector", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_bad_input_is_one_clear_error(arguments: list[str], words: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path / "x") if one == "x" else one for one in arguments])
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.full
def test_a_file_without_a_needed_column_is_one_clear_error(made: Path, tmp_path: Path) -> None:
    text = pd.read_csv(made / "sector.csv", dtype="string").rename(columns={"system": "sys"})
    text.to_csv(tmp_path / "answers.csv", index=False)
    result = CliRunner().invoke(main, ["sector", str(tmp_path / "answers.csv"), "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "no column system" in result.output
    assert "answers.csv" in result.output
    assert result.output.count("\n") == 1
    assert not (tmp_path / "sector.html").exists()
