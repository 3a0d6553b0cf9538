"""A draft makes absences and results of rows whose headers and values say so; the rest it asks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.files.draft import draft_layouts
from helpers.layouts.layout import read_layout
from tests.files.drafts import written

NAMES = (
    "Ana Ruiz",
    "Bo Li",
    "Cy Ode",
    "Di Fox",
    "Ed Kim",
    "Flo Moe",
    "Gus Nye",
    "Hal Poe",
    "Ivy Roy",
    "Jo Sun",
)


def drafted(folder: Path, name: str, head: str, rows: list[str]) -> pd.DataFrame:
    """Write a file about ten children, draft its layout, and give its first fact table."""
    children = [f"{100_000 + 7 * at},{who.replace(' ', ',')}" for at, who in enumerate(NAMES)]
    lines = [f"Student ID,First Name,Last Name,{head}"]
    lines += [f"{child},{row}" for child, row in zip(children, rows, strict=True)]
    draft_layouts(written(folder, **{f"{name}_DOT_csv": "\n".join(lines) + "\n"}))
    facts = next(iter(read_district(folder).values())).facts
    return next(iter(facts.values()), pd.DataFrame())


def days(codes: str) -> list[str]:
    return [f"{code},2025-10-{14 + at}" for at, code in enumerate(codes)]


def test_absences_are_made_of_a_day_and_a_code_of_the_closed_list(tmp_path: Path) -> None:
    made = drafted(tmp_path, "absences", "Att Code,Date", days("AAEETTAETA"))
    assert made["attendance_event_category"].value_counts().to_dict() == {
        "Unexcused Absence": 4,
        "Excused Absence": 3,
        "Tardy": 3,
    }
    assert made["date"].dt.day.tolist() == list(range(14, 24))


@pytest.mark.parametrize(
    ("codes", "is_made"), [("AAEETTAAEQ", True), ("AAEETTAAQQ", True), ("AAEETTAQQQ", False)]
)
def test_four_of_five_codes_must_be_known(tmp_path: Path, codes: str, is_made: bool) -> None:
    assert len(drafted(tmp_path, "absences", "Att Code,Date", days(codes))) == (10 if is_made else 0)


def test_a_code_that_nobody_knows_is_asked_and_its_row_is_no_absence(tmp_path: Path) -> None:
    made = drafted(tmp_path, "absences", "Att Code,Date", days("AAEETTAAER"))
    (layout,) = (tmp_path / "layouts").glob("*.toml")
    assert "# ? What does 'R' mean (1 of 10)?" in layout.read_text(encoding="utf-8")
    assert made["attendance_event_category"].isna().tolist() == [False] * 9 + [True]


def test_days_that_may_be_of_two_orders_make_nothing(tmp_path: Path) -> None:
    rows = [f"A,{at + 1:02}/{at + 2:02}/2025" for at in range(10)]
    assert drafted(tmp_path, "absences", "Att Code,Date", rows).empty


def test_each_column_of_a_score_is_a_result_by_its_subject_method_and_nearest_day(tmp_path: Path) -> None:
    head = "Fall Date,Fall Math Scale Score,Winter Date,Winter Math Scale Score,Winter Reading Percentile"
    head = head.replace("Date", "Test Date")
    rows = [f"2025-09-{15 + at},{400 + at},2026-01-{15 + at},{430 + at},{50 + at}" for at in range(10)]
    made = drafted(tmp_path, "results", head, rows)
    told = made[made["result"].isin([400, 430, 50])].sort_values("result")
    assert told[["result", "academic_subject", "score_method", "objective"]].values.tolist() == [
        [50.0, "Reading", "Percentile", "winter"],
        [400.0, "Mathematics", "Scale score", "fall"],
        [430.0, "Mathematics", "Scale score", "winter"],
    ]
    assert told["administration_date"].dt.month.tolist() == [1, 9, 1]


def test_a_scale_score_without_a_day_is_a_result_and_a_bare_score_is_asked(tmp_path: Path) -> None:
    rows = [f"{400 + at}" for at in range(10)]
    assert len(drafted(tmp_path / "one", "test", "Scale Score", rows)) == 10
    assert drafted(tmp_path / "two", "test", "Score", rows).empty
    (layout,) = (tmp_path / "two" / "layouts").glob("*.toml")
    assert "# ? If a row is a test that a child took" in layout.read_text(encoding="utf-8")
    assert [makes.table for makes in read_layout(layout).files[0].makes] == ["people"]
