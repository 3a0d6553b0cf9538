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


def drafted(folder: Path, name: str, head: str, rows: list[str], times: int = 1) -> pd.DataFrame:
    """Write a file about ten children, draft its layout, and give its first fact table."""
    children = [f"{100_000 + 7 * at},{who.replace(' ', ',')}" for at, who in enumerate(NAMES)]
    lines = [f"Student ID,First Name,Last Name,{head}"]
    lines += [f"{child},{row}" for child, row in zip(children * times, rows, strict=True)]
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


def test_a_row_with_a_code_that_nobody_knows_is_no_absence(tmp_path: Path) -> None:
    made = drafted(tmp_path, "absences", "Att Code,Date", days("AAEETTAAER"))
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


def test_a_part_of_the_file_s_subject_is_no_score_of_the_whole(tmp_path: Path) -> None:
    """Geometry in a file of mathematics is a part, with a level of its own; a goal is no result."""
    head = "Test Date,Overall Scale Score,Overall Placement,Geometry Scale Score,Geometry Placement"
    head += ",Mid On Grade Level Scale Score,Diagnostic Gain,Lexile Measure"
    rows = [
        f"2025-09-{10 + at},{400 + at},Grade 4,{300 + at},Grade 2,{500 + at},{at},{600 + at}L"
        for at in range(10)
    ]
    made = drafted(tmp_path, "diagnostic_math", head, rows)
    first = made[made["row"].eq(2)].sort_values("score_method")
    found = first[["score_method", "objective", "result", "result_text", "performance_level"]]
    assert found.astype("string").fillna("").values.tolist() == [
        ["Lexile", "", "", "600L", "Grade 4"],
        ["Scale score", "", "400.0", "", "Grade 4"],
        ["Scale score", "geometry", "300.0", "", "Grade 2"],
    ]


def guesses(folder: Path) -> list[tuple[str, str | None]]:
    (layout,) = (folder / "layouts").glob("*.toml")
    return [(makes.table, makes.guess) for makes in read_layout(layout).files[0].makes]


@pytest.mark.parametrize(
    ("name", "head", "guess"),
    [
        ("test", "Scale Score", None),
        ("test", "Score", "yes"),
        ("list", "Score", "no"),
        ("test", "Growth", "yes"),
        ("test", "Room", ""),
        ("list", "Growth", ""),
    ],
)
def test_what_a_header_doesn_t_say_of_scores_is_a_guess_by_the_file_s_other_words(
    tmp_path: Path, name: str, head: str, guess: str | None
) -> None:
    made = drafted(tmp_path, name, head, [f"{400 + at}" for at in range(10)])
    assert len(made) == (10 if guess in (None, "yes") else 0)
    told = [("people", None)] + ([] if guess == "" else [("assessment_result", guess)])
    assert guesses(tmp_path) == told


@pytest.mark.parametrize(("columns", "is_a_test"), [(2, False), (3, True)])
def test_three_columns_of_numbers_may_be_a_test_s(tmp_path: Path, columns: int, is_a_test: bool) -> None:
    heads = ",".join(["Blending", "Sounds", "Fluency"][:columns])
    rows = [",".join([f"{at + 10 * place}" for place in range(columns)]) for at in range(10)]
    assert drafted(tmp_path, "list", heads, rows).empty
    assert (("assessment_result", "no") in guesses(tmp_path)) == is_a_test


@pytest.mark.parametrize(
    "numbers", [[f"{at % 3}" for at in range(10)], [f"{70_001 + at}" for at in range(10)]]
)
def test_flags_and_numbers_of_rows_are_no_scores(tmp_path: Path, numbers: list[str]) -> None:
    assert drafted(tmp_path, "test", "Total", numbers).empty
    assert guesses(tmp_path) == [("people", None)]


@pytest.mark.parametrize(("alike", "is_a_number"), [(0, True), (1, True), (2, False)])
def test_the_number_of_each_child_is_no_score_however_many_rows_a_child_has(
    tmp_path: Path, alike: int, is_a_number: bool
) -> None:
    """Nine of ten children must differ in it."""
    numbers = [f"{70_001 + max(at, alike)}" for at in range(10)] * 3
    assert drafted(tmp_path, "test", "Total", numbers, times=3).empty == is_a_number


def test_a_highest_possible_score_is_no_result(tmp_path: Path) -> None:
    rows = [f"{400 + at},{500 + at}" for at in range(10)]
    made = drafted(tmp_path, "test", "Scale Score,Max Scale Score", rows)
    assert made["result"].tolist() == [400.0 + at for at in range(10)]


@pytest.mark.parametrize(("schools", "is_named"), [("AB", False), (("Oak", "Elm"), True)])
def test_a_letter_names_no_school(tmp_path: Path, schools: tuple[str, str], is_named: bool) -> None:
    drafted(tmp_path, "list", "School", [schools[at % 2] for at in range(10)])
    (layout,) = (tmp_path / "layouts").glob("*.toml")
    assert ("school_name" in layout.read_text(encoding="utf-8")) == is_named
