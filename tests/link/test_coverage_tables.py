"""The docs' tables about estimates and probabilities are those that were measured."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.bench.linking_coverage import DOCS, docs_with, kept_tables, table_lines


def test_the_docs_have_the_measured_tables() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert docs_with(text, table_lines(*kept_tables())) == text


def test_only_what_is_between_the_marks_is_written() -> None:
    text = "above\n<!-- coverage -->\nold\n<!-- end of coverage -->\nbelow\n"
    assert docs_with(text, ["new", "table"]) == text.replace("old", "new\ntable")


def test_a_run_counts_if_its_interval_holds_the_truth_ends_included() -> None:
    covered = pd.DataFrame(
        {
            "errors": "scans",
            "level": "none",
            "seed": [1, 2, 3, 4],
            "measure": "F1",
            "true": [0.9, 0.95, 0.95001, 0.89999],
            "value": 0.92,
            "low": 0.9,
            "high": 0.95,
            "share_of_pairs": 0.7,
        }
    )
    reliability = pd.DataFrame(
        {"errors": "all", "band": ["to .5", "to .9"], "pairs": [499, 500], "expected": 0.4, "share": 0.5}
    )
    lines = table_lines(covered, reliability)
    assert "| scans | 2 of 4 (0.925; 0.050) |" in lines
    assert lines[-2:] == ["| to .5 | 499 (few) | 0.400 | 0.500 |", "| to .9 | 500 | 0.400 | 0.500 |"]


def test_seeds_that_trained_are_not_measured() -> None:
    from synthetic_data.studies.link_calibration import SEEDS

    assert not set(kept_tables()[0]["seed"]) & set(SEEDS)


@pytest.mark.parametrize("measure", ["Precision", "Recall", "F1"])
def test_intervals_hold_the_truth_in_nine_of_ten_runs(measure: str) -> None:
    covered = kept_tables()[0]
    runs = covered[covered["measure"].eq(measure)]
    assert runs["true"].between(runs["low"], runs["high"]).mean() >= 0.9
