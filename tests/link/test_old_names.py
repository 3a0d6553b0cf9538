"""Words of version 0.1.0 that users may still write."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.link import METHODS, method_named
from helpers.standard import OLD_METHODS, BadInput
from synthetic_data.district import make_district
from synthetic_data.studies.levels.cells import plan


@pytest.mark.parametrize(("old", "new"), OLD_METHODS.items())
def test_a_method_is_still_known_by_its_name_of_0_1_0(old: str, new: str) -> None:
    assert old not in METHODS
    assert method_named(old) == method_named(new) == new
    assert {cell.method for cell in plan(("none",), (1,), 60, method=old)} == {new}


def test_an_unknown_method_is_refused_with_the_nearest_of_today() -> None:
    with pytest.raises(BadInput, match="Did you mean resolved"):
        method_named("resolvd")


@pytest.mark.full
def test_the_command_links_by_an_old_name_and_offers_only_new_ones(tmp_path: Path) -> None:
    folder = make_district("workshop", tmp_path / "made", students=60, seed=3, people_only=True)
    out = [tmp_path / name for name in ("old", "new")]
    for place, method in zip(out, ("standardised", "standardized"), strict=True):
        result = CliRunner().invoke(main, ["link", str(folder), "--method", method, "--out", str(place)])
        assert result.exit_code == 0, result.output
    old, new = ((place / "crosswalk.csv").read_bytes() for place in out)
    assert old == new
    assert b"Standardized" in new
    refused = CliRunner().invoke(main, ["link", str(folder), "--method", "nonsense"])
    assert "resolved" in refused.output
    assert "decided" not in refused.output
