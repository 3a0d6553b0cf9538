"""What gradebooks say of a child, and of what they say nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import Silo
from helpers.profile import Profiles, build_profiles
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import YEAR, chosen, of, person
from tests.tiers import examples

OLD_YEAR = {
    "session_id": "2025",
    "begin_date": pd.Timestamp("2024-09-02"),
    "end_date": pd.Timestamp("2025-06-06"),
    "school_year": 2025,
}
COUNTS = (
    "assignments_assigned",
    "assignments_graded",
    "assignments_excused",
    "points_earned",
    "points_possible",
)


def cell(
    record: str, assignment: str | None, score: float | None = None, status: str | None = None, **more: Any
) -> dict[str, Any]:
    given = {"record": record, "section_id": "ART 1", "assignment_id": assignment, "score": score}
    return {**given, "score_possible": 10.0, "score_status": status, **more}


def grade(record: str, section: str, percent: float | None, **more: Any) -> dict[str, Any]:
    given = {"record": record, "section_id": section, "grade_type": "Current score"}
    return {**given, "numeric_grade": percent, **more}


def roster(*records: str) -> Silo:
    return silo("sis", [person(f"s{record}") for record in records], session=[OLD_YEAR, YEAR])


def shown(lms: Silo, *children: str) -> Profiles:
    """Profiles of children whom the roster knows; the learning system knows those that it lists."""
    who = {("sis", f"s{child}"): child for child in children}
    who |= {("lms", str(record)): str(record) for record in lms.people["record"] if str(record) in children}
    return build_profiles(district(roster(*children), lms), links(who))


def said(profiles: Profiles, child: str) -> list[str | None]:
    values = [chosen(profiles, child, name)["value"] for name in COUNTS]
    return [None if pd.isna(value) else value for value in values]


@pytest.mark.full
def test_cells_are_counted_and_an_empty_cell_is_no_zero() -> None:
    lms = silo(
        "lms",
        [person("a"), person("b"), person("c")],
        assignment_score=[
            cell("a", "1", 8.0), cell("a", "2", 0.0), cell("a", "3"), cell("a", "4", status="Excused"),
            cell("a", "5", status="Not assigned"),
            cell("b", "1"), cell("b", "5", status="Not assigned"),
        ],
    )  # fmt: skip
    profiles = shown(lms, "a", "b", "c", "d")

    assert said(profiles, "a") == ["4", "2", "1", "8.0000", "20.0000"]
    share = chosen(profiles, "a", "points_share")
    assert (share["value"], share["rows"]) == ("0.4000", 2)
    # A child with a line in a gradebook has a zero; without one there is none, nor without a record.
    assert said(profiles, "b") == ["1", "0", "0", "0.0000", "0.0000"]
    assert chosen(profiles, "b", "assignments_graded")["rows"] == 0
    assert chosen(profiles, "b", "points_share")["status"] == "Not applicable"
    assert said(profiles, "c") == said(profiles, "d") == [None] * 5
    assert chosen(profiles, "c", "assignments_graded")["status"] == "Empty"
    assert chosen(profiles, "d", "assignments_graded")["status"] == "Not linked"


def test_rows_behind_a_count_are_lines_of_gradebooks() -> None:
    scores = [
        cell("a", "1", 8.0, row=4),
        cell("a", "2", 9.0, row=4),
        cell("a", "3", row=4),
        cell("a", "4", row=9),
    ]
    profiles = shown(silo("lms", [person("a")], assignment_score=scores), "a")
    rows = {name: chosen(profiles, "a", name)["rows"] for name in COUNTS}
    assert rows == dict(zip(COUNTS, (2, 1, 0, 1, 1), strict=True))
    assert profiles.left_out.empty


def test_a_cell_in_two_exports_counts_once_as_the_later_one_has_it_and_a_nameless_one_each_time() -> None:
    nameless = {"section_id": None, "title": None}
    scores = [
        cell("a", "1", 4.0), cell("a", "2", 9.0), cell("a", "1", 7.0, file="lms/later.csv"),
        cell("b", None, 5.0, **nameless), cell("b", None, 6.0, **nameless),
    ]  # fmt: skip
    profiles = shown(silo("lms", [person("a"), person("b")], assignment_score=scores), "a", "b")

    assert said(profiles, "a") == ["2", "2", "0", "16.0000", "20.0000"]
    assert said(profiles, "b") == ["2", "2", "0", "11.0000", "20.0000"]


@pytest.mark.full
def test_points_are_unknown_where_nobody_says_how_many_were_to_be_had() -> None:
    lost = [cell("a", "1", 8.0), cell("a", "2", 3.0, score_possible=None)]
    profiles = shown(silo("lms", [person("a")], assignment_score=lost), "a")

    assert said(profiles, "a") == ["2", "2", "0", "11.0000", None]
    assert chosen(profiles, "a", "points_share")["status"] == "Empty"
    ungraded = [cell("a", "1", 8.0), cell("a", "2", score_possible=None)]
    profiles = shown(silo("lms", [person("a")], assignment_score=ungraded), "a")
    assert said(profiles, "a") == ["2", "1", "0", "8.0000", "10.0000"]


@pytest.mark.full
def test_each_class_counts_once_in_the_average_whatever_its_size() -> None:
    lms = silo(
        "lms",
        [person("a"), person("b")],
        course_grade=[
            grade("a", "ART 1", 90.0), grade("a", "MATH 1", 70.0), grade("a", "PE 1", None),
            # A later export of the same class, a grading period and another kind of grade.
            grade("a", "ART 1", 95.0, file="lms/later.csv"),
            grade("a", "MATH 1", 10.0, grading_period="Q1"),
            grade("a", "MATH 1", 10.0, grade_type="Final score"),
            grade("b", "PE 1", None),
        ],
    )  # fmt: skip
    profiles = shown(lms, "a", "b")

    average = chosen(profiles, "a", "course_average")
    assert (average["value"], average["rows"], average["unit"]) == ("82.5000", 2, "percent")
    assert chosen(profiles, "b", "course_average")["status"] == "Empty"
    assert set(profiles.left_out["reason"]) == {"No element"}
    assert len(profiles.left_out) == 2


def test_a_report_card_is_another_grade_than_the_gradebook_of_today() -> None:
    sis = silo(
        "sis",
        [person("s")],
        session=[YEAR],
        course_grade=[
            {**grade("s", "x", percent, grade_type=None), "grading_period": period, "school_year": 2026}
            for period, percent in (("Q1", 80.0), ("Q2", 90.0))
        ],
    )  # fmt: skip
    profiles = build_profiles(district(sis), links({("sis", "s"): "a"}))

    assert chosen(profiles, "a", "grade_average")["value"] == "85.0000"
    assert chosen(profiles, "a", "course_average")["status"] == "Not collected"


def test_the_year_of_an_assignment_is_that_of_its_day_its_class_or_the_export() -> None:
    lms = silo(
        "lms",
        [person("a", as_of="2025-02-01"), person("b"), person("c", as_of="2026-08-01")],
        session=[OLD_YEAR, YEAR],
        section=[{"section_id": "OLD", "session_id": "2025;2024"}],
        assignment_score=[
            cell("a", "1", 1.0, due_date=pd.Timestamp("2026-02-03"), section_id="OLD"),
            cell("b", "2", 1.0, section_id="OLD"),
            cell("a", "3", 1.0), cell("a", "4", 1.0),
            cell("b", "5", 1.0, section_id="UNKNOWN"),
            # In summer an export still tells of the year that is over.
            cell("c", "6", 1.0),
            cell("c", "7", 1.0, due_date=pd.Timestamp("2019-10-03")),
        ],
    )  # fmt: skip
    profiles = shown(lms, "a", "b", "c")

    def by_year(child: str) -> dict[int, str]:
        mine = of(profiles, child, "assignments_graded")
        mine = mine[mine["status"] == "Reported"]
        return dict(zip(mine["school_year"], mine["value"], strict=True))

    assert by_year("a") == {2026: "1", 2025: "2"}
    # Nobody says for which day the second child's line stands: that of its class, else the system's newest.
    assert by_year("b") == {2025: "1", 2026: "1"}
    assert by_year("c") == {2026: "1"}
    assert list(profiles.left_out["reason"]) == ["Another year"]


@pytest.mark.full
def test_a_test_user_becomes_no_child_and_its_scores_are_told() -> None:
    lms = silo(
        "lms",
        [person("a"), person("t", "Test", "Student", role="Test user")],
        assignment_score=[cell("a", "1", 1.0), cell("t", "1", 10.0)],
        course_grade=[grade("t", "ART 1", 100.0)],
    )
    profiles = shown(lms, "a")

    assert list(profiles.profile["child"]) == ["a"]
    assert sorted(profiles.left_out["table"]) == ["assignment_score", "course_grade"]
    assert set(profiles.left_out["reason"]) == {"Not a student"}
    assert chosen(profiles, "a", "points_possible")["value"] == "10.0000"


CELLS = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from(["ART 1", "PE 1"]), st.integers(0, 3),
        st.sampled_from([None, 0.0, 2.5, 10.0]), st.sampled_from([None, "Excused", "Not assigned", "Late"]),
        st.sampled_from([None, 5.0, 10.0]),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


@pytest.mark.full
@settings(max_examples=examples(6))
@given(CELLS)
def test_counts_equal_those_made_one_by_one(
    cells: list[tuple[str, str, int, float | None, str | None, float | None]],
) -> None:
    rows = [
        cell(child, str(number), score, status, section_id=section, score_possible=possible)
        for child, section, number, score, status, possible in cells
    ]
    profiles = shown(silo("lms", [person("a"), person("b")], assignment_score=rows), "a", "b")

    for child in "ab":
        last = {(row["section_id"], row["assignment_id"]): row for row in rows if row["record"] == child}
        kept = list(last.values())
        marked = [row for row in kept if row["score"] is not None]
        known = all(row["score_possible"] is not None for row in marked)
        expected: list[str | None] = [
            str(sum(row["score_status"] != "Not assigned" for row in kept)),
            str(len(marked)),
            str(sum(row["score_status"] == "Excused" for row in kept)),
            f"{sum(row['score'] for row in marked):.4f}",
            f"{sum(row['score_possible'] for row in marked):.4f}" if known else None,
        ]
        assert said(profiles, child) == (expected if kept else [None] * 5)
    assert profiles.accounts["rows_used"].sum() == len(rows)


@pytest.mark.one_in(5)
@pytest.mark.parametrize("name", COUNTS)
def test_numbers_have_their_units(name: str) -> None:
    lms = silo("lms", [person("a")], assignment_score=[cell("a", "1", 1.0)])
    assert chosen(shown(lms, "a"), "a", name)["unit"] in ("assignments", "points")
