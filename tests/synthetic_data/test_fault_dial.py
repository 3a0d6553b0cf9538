"""What depends on the rates of faults is told over a range of them."""

from __future__ import annotations

import pytest

from synthetic_data.studies.linking import links_by_fault_rate


@pytest.mark.full
def test_more_faults_make_more_wrong_joins_and_miss_more() -> None:
    told = links_by_fault_rate((0.0, 3.0), students=100, seeds=(3, 5))

    assert told["possible"].eq(told["right"] + told["missed"]).all()
    assert told["linked"].eq(told["right"] + told["wrong"]).all()
    at = told.set_index(["method", "fault_factor"])
    # Without faults planted numbers collide, and namesakes stand on one line of a list without ids.
    by_number, compared = at.loc["Looked up by number"], at.loc["Standardized"]
    assert by_number.loc[3.0, "wrong"] > by_number.loc[0.0, "wrong"] > compared.loc[0.0, "wrong"]
    assert compared.loc[0.0, "wrong"] <= 0.001 * compared.loc[0.0, "linked"]
    for method in ("Looked up by number", "Standardized"):
        share = at.loc[method]["missed"] / at.loc[method]["possible"]
        assert share[3.0] > share[0.0]
