"""Intervals hold what was simulated where they claim to, and fail where nobody recorded why who answers."""

from __future__ import annotations

import pandas as pd
import pytest

from synthetic_data.studies.sector import coverage_of, false_calls, sector_coverage


@pytest.fixture(scope="module")
def intervals() -> pd.DataFrame:
    situations = ["recorded non-response", "unrecorded self-selection", "nothing simulated"]
    return sector_coverage(sectors=5, situations=situations, endless=20_000)


@pytest.mark.full
def test_intervals_hold_but_for_volunteers(intervals: pd.DataFrame) -> None:
    """Five sectors are few, and the bounds are wide. The bench looks at a hundred."""
    table = coverage_of(intervals).set_index(["situation", "what", "comparison"])
    for comparison in ("weighted", "adjusted"):
        row = table.loc[("recorded non-response", "difference", comparison)]
        assert row["intervals"] == 5 * 3 * 3 * 6
        assert row["claims"]
        assert row["held"] > 0.8, comparison
        failed = table.loc[("unrecorded self-selection", "difference", comparison)]
        assert failed["held"] < 0.5, comparison
        assert failed["off"] < -0.2
    assert not table.loc[("recorded non-response", "mean", "unadjusted"), "claims"]
    means = table.loc["recorded non-response"].loc["mean"]
    assert means.loc["unadjusted", "held"] < means.loc["weighted", "held"]


@pytest.mark.full
def test_correction_makes_false_calls_rare(intervals: pd.DataFrame) -> None:
    calls = false_calls(intervals).set_index(["correction", "of"])
    assert calls.loc[("Holm", "differences"), "share"] <= calls.loc[("none", "differences"), "share"]
    assert calls.loc[("Holm", "families of six"), "share"] < 0.25
    assert calls.loc[("Holm", "differences"), "tested"] == 5 * 3 * 3 * 6
