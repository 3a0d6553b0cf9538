"""`bigpicture score` where the folder holds several districts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli import main


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "region"
    asked = ["--scenario", "region", "--districts", "2", "--students", "60", "--people-only"]
    made = CliRunner().invoke(main, ["make", str(folder), *asked])
    assert made.exit_code == 0, made.output
    return folder


@pytest.mark.full
def test_a_region_is_judged_inside_its_districts_and_across_them(region: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["score", str(region), "--out", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [Path(name).name for name in told["written"]] == ["region_scores.csv", "movers.csv"]
    scores = pd.read_csv(tmp_path / "region_scores.csv")
    whole = scores[scores["population"].eq("All")].set_index("pairs")
    assert whole.loc["Within districts", "possible"] > 1000
    assert whole.loc["Within districts", "f1"] > 0.9
    movers = pd.read_csv(tmp_path / "movers.csv")
    assert len(movers) >= 1, "somebody moved"
    # All pairs across districts are those of children who moved.
    assert whole.loc["Across districts", "possible"] > 0
    counted = {row["outcome"]: row["children"] for row in told["children of two districts"]}
    assert counted == movers["outcome"].value_counts().to_dict()


@pytest.mark.full
def test_a_crosswalk_of_one_district_is_refused(region: Path, tmp_path: Path) -> None:
    crosswalk = tmp_path / "crosswalk.csv"
    crosswalk.write_text("silo,record,child\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["score", str(region), "--crosswalk", str(crosswalk)])
    assert result.exit_code == 2
    assert "is a region" in result.stderr
