from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.profile.indicators import declared_indicators
from helpers.report.child.indicators import (
    definition_counts,
    definition_words,
    indicator_sentences,
    indicator_source,
)
from helpers.share import Guard
from helpers.standard import BadInput, as_table


def said(**row: Any) -> str:
    given = {"child": "c-1", "school_year": 2026, "link_status": "Verified"}
    table = as_table("indicators", pd.DataFrame([{**given, **row}]))
    return str(indicator_sentences(table).iloc[0])


def test_a_reason_is_one_plain_sentence_with_its_numbers() -> None:
    days = {"indicator": "chronic_absence", "numerator": 21.0, "denominator": 172.0, "value": 21 / 172}
    assert said(**days, definition="federal", status="Flagged", detail="school=Maple") == (
        "Absent 21 of 172 days at Maple (12.2%); the federal definition flags 10% or more. Flagged."
    )
    assert said(indicator="early_warning_courses", definition="edfi", status="Warning", value=70.0,
                detail="part=Mathematics") == (
        "Mathematics: 70; the Ed-Fi early warning flags less than 65 and warns at less than 72. A warning."
    )  # fmt: skip
    assert said(indicator="screener_level", definition="student_form", status="Clear",
                detail="part=Student's form; says=Normal") == (
        "Student's form: Normal; the publisher flags Extremely Elevated and warns at Elevated. Not flagged."
    )  # fmt: skip
    assert said(indicator="on_track", definition="chicago", status="Flagged", value=0.0) == (
        "On track: no; Chicago's rule flags a child who is not. Flagged."
    )
    takes_part = {"indicator": "participation", "definition": "any_activity", "status": "Clear"}
    listed = "activities=1; clubs=1; hours=12.5"
    assert said(**takes_part, value=2.0, detail=listed) == "1 activity, 1 club, 12.5 hours in clubs."
    assert said(indicator="contact_in_home_language", definition="same_language", status="Warning",
                detail="home=spa; contact=eng").startswith(
        "Language at home: Spanish. Messages go out in: English;"
    )  # fmt: skip


def test_unknown_says_why_and_never_clear() -> None:
    words = said(
        indicator="chronic_absence", definition="by_child", status="Unknown", detail="why=Not linked"
    )
    assert words == "No system that records it is surely linked to this child. Unknown."
    old = said(indicator="chronic_absence", definition="by_child", status="Unknown", value=0.01,
               numerator=1.0, denominator=100.0, detail="why=too old")  # fmt: skip
    assert "too old" in old
    assert "Not flagged" not in old
    grade = said(indicator="early_warning_attendance", definition="balfanz_grade_6", status="Not applicable")
    assert grade == "Not for this child: the Philadelphia study applies it to grade 6."


def test_only_definitions_of_all_grades_and_one_degree_count_as_alike() -> None:
    statuses = {
        "by_child": ["Flagged"] * 3 + ["Clear"] * 7,
        "attendance_works": ["Flagged"] * 3 + ["Warning"] * 2 + ["Clear"] * 5,
        "severe": ["Flagged"] + ["Clear"] * 9,
        "rhode_island_k3": ["Flagged"] + ["Clear"] * 2 + ["Not applicable"] * 7,
    }
    rows = [
        {"child": f"c-{at}", "school_year": 2026, "link_status": "Verified", "indicator": "chronic_absence"}
        | {"definition": name, "status": status}
        for name, of in statuses.items()
        for at, status in enumerate(of)
    ]
    counts = definition_counts(
        as_table("indicators", pd.DataFrame(rows)), "chronic_absence", Guard(real=False)
    )
    counted = counts.assign(begins=counts["definition"].str.split("[ :]").str[0])
    assert counted[["begins", "flagged", "not_flagged", "out_of", "alike"]].values.tolist() == [
        ["10%", 3, 7, 10, True],
        ["Severe", 1, 9, 10, False],
        ["Attendance", 3, 7, 10, True],
        ["Rhode", 1, 2, 3, False],
    ]


def test_without_a_child_no_definition_counts_and_none_is_alike() -> None:
    nobody = as_table("indicators", pd.DataFrame(columns=["child", "indicator", "definition", "status"]))
    counts = definition_counts(nobody, "chronic_absence", Guard(real=True))
    assert counts[counts["alike"]].set_index("definition").empty


def test_every_definition_has_its_source_and_no_status_is_without_words() -> None:
    table = definition_words()
    assert len(table) == sum(len(one.definition) for one in declared_indicators())
    assert table.notna().all().all()
    for one in declared_indicators():
        for how in one.definition:
            for status in ("Flagged", "Warning", "Clear", "Unknown", "Not applicable"):
                words = said(indicator=one.name, definition=how.name, status=status)
                assert words.endswith(".")
                assert "nan" not in words
                assert "<NA>" not in words
    assert indicator_source("chronic_absence", "federal").startswith("CA-01: EDFacts")
    with pytest.raises(BadInput, match="has no definition"):
        indicator_source("chronic_absence", "federl")
