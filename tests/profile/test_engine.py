"""The rules in SQL find what the rules in NumPy find: every value, every source row."""

from pathlib import Path

import pytest

from helpers.files import read_district
from helpers.link import link_district
from synthetic_data.district import make_district
from tests.bench.profile_engine import RULES
from tests.profile.engine_difference import differences


@pytest.mark.parametrize(("faults", "seed"), [(0.0, 7), (1.0, 11), (3.0, 23)])
def test_both_engines_find_the_same(tmp_path: Path, faults: float, seed: int) -> None:
    folder = make_district(folder=tmp_path / "made", students=120, seed=seed, faults=faults)
    district = read_district(folder)
    found = differences(district, link_district(district), tmp_path / "standard", RULES, parts=2)
    for told in found.values():
        assert told["rows"] > 1000
        assert told["only_old"] == told["only_new"] == []
