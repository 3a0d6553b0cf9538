"""The benchmark's page: its tables come from the kept results, and its lists from the plan."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from synthetic_data.benchmark import load_plan
from synthetic_data.benchmark.scorer import KEY_FILES, STATUSES
from tests.bench.benchmark_page import PAGE, RESULTS, chart_of, results_text, with_results

PLAN = load_plan()
MEASURES = [
    *((track.population, "F1", 0.9) for track in PLAN.tracks),
    ("named", "children complete", 0.8),
    ("named", "children split", 0.15),
    ("named", "children mixed", 0.05),
    ("all", "silent wrong joins per 1,000 children", 3.0),
    ("review", "pairs to review per 1,000 children", 40.0),
]


def made_up(method: str, name: str, off: float = 0.0) -> pd.DataFrame:
    rows = [
        (PLAN.version, name, method, population, measure, value + off, value - 0.01, value + 0.02)
        for population, measure, value in MEASURES
    ]
    return pd.DataFrame(
        rows, columns=["version", "set", "method", "population", "measure", "value", "low", "high"]
    )


@pytest.fixture
def results() -> pd.DataFrame:
    names = [f"test/held_out-{kind}" for kind in ("islands", "spreadsheets", "region")]
    parts = [made_up("kit", names[0], 0.04), made_up("kit", names[1]), made_up("kit", names[2])]
    return pd.concat([*parts, *(made_up("exact", name) for name in names)], ignore_index=True)


def test_the_page_has_the_kept_results() -> None:
    page = PAGE.read_text(encoding="utf-8")
    kept = pd.read_csv(RESULTS) if RESULTS.exists() else made_up("kit", "dev/none").head(0)
    assert with_results(page, kept) == page


def test_a_cell_is_the_mean_with_the_ends_of_all_intervals(results: pd.DataFrame) -> None:
    lines = results_text(results, PLAN).splitlines()
    of_tracks, of_children = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| kit |")
    )
    assert of_tracks[1] == "0.9200 (0.8900 to 0.9200)"  # dated: two districts, one at .94 and one at .90
    assert of_tracks[3] == "0.9000 (0.8900 to 0.9200)"  # by number only: spreadsheets alone
    assert of_children[1] == "820 (790 to 820)"
    assert of_children[-1] == "–"  # nobody measured it
    order = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    assert order == 2 * ["method", "---", "exact", "kit"]


def test_another_version_is_not_on_the_page(results: pd.DataFrame) -> None:
    assert "No baseline" in results_text(results.assign(version="v0"), PLAN)


def test_the_chart_says_its_finding(results: pd.DataFrame) -> None:
    chart = chart_of(results)
    assert chart.title == "Of 1,000 children, kit 840 complete and 90 mixed, exact 800 complete and 50 mixed"
    assert chart.png()  # a text that is cut off or overlaps would be a warning, and warnings are errors


def test_the_page_lists_every_track_kind_and_family() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for track in PLAN.tracks:
        [row] = [line for line in page.splitlines() if line.startswith(f"| {track.name.replace('_', ' ')} |")]
        assert row.rstrip(" |").endswith(", ".join(track.kinds))
    for one in PLAN.sets:
        assert f"`{one.family}`" in page
        assert f"`{one.split}`" in page
        [row] = [line for line in page.splitlines() if line.startswith(f"| `{one.kind}`:")]
        assert re.search(rf"\b{one.students:,}\b", row)
    for word in (*STATUSES, *KEY_FILES):
        assert f"`{word}`" in page
