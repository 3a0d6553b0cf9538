"""Four weeks into a school year much hasn't happened yet: no grades, tests of last year only, few events."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.files import read_district
from tests.shared_districts import SharedDistricts
from tests.synthetic_data.one_silo import write_silo

EARLY = {"students": 60, "as_of": "2025-09-15"}


@pytest.mark.full
def test_of_this_year_there_are_no_grades_credits_or_tests(tmp_path: Path) -> None:
    for silo in ("attendance", "map_growth", "iready"):
        write_silo(tmp_path, silo, faults=0.0, **EARLY)
    early = read_district(tmp_path)
    for silo, table in (("attendance", "course_grade"), ("attendance", "course_transcript")):
        assert set(early[silo].fact(table)["school_year"]) == {2025}
    assert set(early["map_growth"].fact("assessment_result")["school_year"]) <= {2025, 2026}
    assert len(early["iready"].fact("assessment_result")), "its first window began in August"


@pytest.mark.full
def test_what_is_there_is_read_without_a_finding(districts: SharedDistricts) -> None:
    early = districts.read(faults=0.0, **EARLY)
    assert set(early.findings["kind"]) <= {"not_a_child"}
    assert (early.accounts["rows"] > 0).any()


@pytest.mark.full
def test_the_same_day_can_be_made_with_faults(districts: SharedDistricts) -> None:
    folder = districts.folder(level="none", **EARLY)
    assert (folder / "answer_key" / "faults.parquet").is_file()
