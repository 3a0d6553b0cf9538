"""`bigpicture make-sector` and `bigpicture sector`, as a user starts them."""

from __future__ import annotations

import json
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
    told = json.loads(result.output)
    assert [row["answered"] for row in told["answered"]] == [25, 40]
    assert told["put in by the generator"]
    return folder


def test_the_report_is_a_page_and_tables(made: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["sector", str(made / "sector.csv"), "--out", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert {row["year"] for row in told["standing"]} == {2021, 2022}
    assert told["findings"] == []
    assert (tmp_path / "sector.html").is_file()
    table = pd.read_csv(tmp_path / "sector_comparisons.csv")
    assert {"difference", "low", "high", "p_corrected", "effect"} <= set(table.columns)
    assert "put in by the generator" in (tmp_path / "sector_statements.csv").read_text(encoding="utf-8")


def test_a_table_is_printed(made: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["sector", str(made), "--out", str(tmp_path)])
    assert result.exit_code == 0
    assert "governance" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["make-sector", "x", "--set", "pledge=1"], "Did you mean pledged?"),
        (["make-sector", "x", "--sector", "publishd"], "There are: nothing, published, volunteers"),
        (["make-sector", "x", "--set", "invited=3"], "invited"),
        (["sector", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_bad_input_is_one_clear_error(arguments: list[str], words: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path / "x") if one == "x" else one for one in arguments])
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output
