"""README and docs have the kept figures about links, with level, seeds and spread for every population."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.score.populations import ALL_NAMED, OUTCOMES, POPULATIONS
from helpers.score.summary import ALL_RECORDS, NAMED_RECORDS
from tests.bench.linking_district import DECIDED
from tests.bench.linking_kept import (
    DOCS,
    README,
    docs_table,
    figures_of,
    kept_figures,
    page_with,
    readme_table,
    table_of,
)
from tests.bench.linking_run import CAREFUL

WHAT = (*POPULATIONS, ALL_NAMED)


def measured(seed: int, f1: float, complete: float) -> dict[str, Any]:
    """Give what is measured of one district, all populations alike."""
    rates = {name: {"precision": 0.99, "recall": 0.9, "f1": f1} for name in WHAT}
    children = {"complete": complete, "split": 0.9 - complete, "mixed": 0.1, "silent": 2, "children": 400}
    return {
        "seed": seed,
        "possible": {**dict.fromkeys(POPULATIONS, 100), ALL_NAMED: 300},
        "methods": {DECIDED: rates, CAREFUL: rates},
        "silent": dict.fromkeys(WHAT, seed),
        "children": {ALL_RECORDS: children, NAMED_RECORDS: children},
    }


def test_readme_and_docs_have_the_kept_figures() -> None:
    for path, lines in ((README, readme_table(kept_figures())), (DOCS, docs_table(kept_figures()))):
        text = path.read_text(encoding="utf-8")
        assert page_with(text, lines) == text


def test_kept_figures_are_of_every_population_and_outcome() -> None:
    figures = kept_figures()
    for _, part in figures[figures["method"].eq("kit")].groupby(["level", "errors"]):
        assert set(part.loc[part["measure"].eq("f1"), "what"]) == set(WHAT)
        shares = part[part["measure"].isin(OUTCOMES)].groupby("what")["mean"].sum()
        assert shares.to_dict() == pytest.approx({ALL_RECORDS: 1, NAMED_RECORDS: 1}, abs=2e-4)
        four = part[part["measure"].eq("share") & part["what"].isin(POPULATIONS)]
        assert four["mean"].sum() == pytest.approx(1, abs=3e-4)
    assert (figures["low"] <= figures["mean"]).all()
    assert (figures["mean"] <= figures["high"]).all()


def test_a_figure_is_the_mean_over_seeds_with_the_lowest_and_the_highest() -> None:
    districts = [measured(1, 0.9, 0.5), measured(2, 0.92, 0.6), measured(6, 0.97, 0.4)]
    figures = figures_of(districts, "none", "catalog", 400)
    at = figures.set_index(["method", "what", "measure"])[["mean", "low", "high"]]
    assert at.loc[("kit", "By number only", "f1")].tolist() == pytest.approx([0.93, 0.9, 0.97])
    assert at.loc[("kit", "By number only", "share")].tolist() == [0.25] * 3
    assert at.loc[("kit", "All named", "silent")].tolist() == [3, 1, 6]
    assert at.loc[("kit", ALL_RECORDS, "complete")].tolist() == pytest.approx([0.5, 0.4, 0.6])
    assert at.loc[("kit", ALL_RECORDS, "silent per 1,000"), "mean"] == 5
    assert set(figures["seeds"]) == {"1 2 6"}
    lines = table_of(figures)
    assert "3 districts of 400 children (seeds 1, 2, 6): mean (lowest to highest)" in lines[0]
    both = next(line for line in lines if line.startswith("| both dated |"))
    assert ".930 (.900 to .970)" in both
    children = next(line for line in lines if line.startswith("| all records |"))
    assert children.startswith("| all records | 50% (40% to 60%) | 40% (30% to 50%) | 10% (10% to 10%) |")
    assert [line.split(" |")[0][2:] for line in lines[4:9]] == [
        "both dated", "one dated", "none dated", "all named", "by number only",
    ]  # fmt: skip


def test_one_district_has_no_spread() -> None:
    lines = table_of(figures_of([measured(1, 1.0, 0.5)], "manual", "scans", 400))
    assert "errors of the family *scans*, one district of 400 children (seed 1)." in lines[0]
    by_number = next(line for line in lines if line.startswith("| by number only |"))
    assert by_number == "| by number only | 25% | .990 | .900 | 1 | 1 | 1 |"


def test_only_what_is_between_the_marks_is_written() -> None:
    text = "above\n<!-- linkage figures -->\nold\n<!-- end of linkage figures -->\nbelow\n"
    written = page_with(text, ["new", "", "table"])
    assert written == text.replace("old", "new\n\ntable")
    assert page_with(written, ["new", "", "table"]) == written
