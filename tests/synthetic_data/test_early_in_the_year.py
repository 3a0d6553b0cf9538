"""Four weeks into a school year much hasn't happened yet: no grades, tests of last year only, few events."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.files import District, read_district
from synthetic_data.district import make_district


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> District:
    folder = tmp_path_factory.mktemp("early") / "district"
    return read_district(make_district(folder=folder, students=60, as_of="2025-09-15", faults=0.0))


def test_what_is_there_is_read_without_a_finding(early: District) -> None:
    findings = early.findings
    assert set(findings["kind"]) <= {"not_a_child"}
    assert (early.accounts["rows"] > 0).any()


def test_of_this_year_there_are_no_grades_credits_or_tests(early: District) -> None:
    for silo, table in (("attendance", "course_grade"), ("attendance", "course_transcript")):
        assert set(early[silo].fact(table)["school_year"]) == {2025}
    assert set(early["map_growth"].fact("assessment_result")["school_year"]) <= {2025, 2026}
    assert len(early["iready"].fact("assessment_result")), "its first window began in August"


def test_the_same_day_can_be_made_with_faults(tmp_path: Path) -> None:
    folder = make_district(folder=tmp_path / "wrong", students=60, as_of="2025-09-15", level="none")
    assert (folder / "answer_key" / "faults.parquet").is_file()
