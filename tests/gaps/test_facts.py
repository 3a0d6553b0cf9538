"""What a system holds of the children whom it lists, how new it is, and who was never seen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.gaps import measure_gaps, scorecard_and_records
from tests.district_by_hand import district, links, silo
from tests.gaps.test_scope import line

CHILDREN = ["ana", "ben", "cleo"]


def a_result(day: str, child: str = "ana") -> dict[str, Any]:
    return {"record": child, "administration_date": day, "assessment": "MAP", "result": 200.0}


def card_of(*, tests: list[dict[str, Any]], as_of: str = "2026-04-30") -> pd.DataFrame:
    people = [{"record": name} for name in CHILDREN]
    roster = silo("sis", [{**one, "as_of": as_of} for one in people])
    for one in tests:
        one["administration_date"] = pd.Timestamp(one["administration_date"])
    who = links({(system, name): name for system in ("sis", "map") for name in CHILDREN})
    return measure_gaps(district(roster, silo("map", people, assessment_result=tests)), who)


def test_a_child_who_is_listed_and_has_no_test_is_counted() -> None:
    card = card_of(tests=[a_result("2026-04-20"), a_result("2026-04-21"), a_result("2026-04-20", "ben")])
    entry = line(card, "children with an entry", "map")
    assert (entry.column, entry.numerator, entry.denominator, entry.example_row) == ("test results", 2, 3, 4)


@pytest.mark.full
def test_between_two_windows_of_tests_nothing_is_late() -> None:
    windows = [a_result("2025-09-10"), a_result("2026-01-20"), a_result("2026-01-25")]
    waiting = line(card_of(tests=windows), "days behind", "map")
    assert (waiting.value, waiting.is_limit) == (95, True)
    assert waiting.next_step.startswith("Probably not late")
    lag = line(card_of(tests=windows), "roster lag", "sis", "map")
    assert lag.is_limit
    assert pd.isna(lag.blocked_by)
    late = card_of(tests=windows, as_of="2026-06-30")
    assert not line(late, "days behind", "map").is_limit
    assert line(late, "roster lag", "sis", "map").blocked_by == "Not fresh"


def test_a_roster_that_dates_comings_and_goings_only_is_not_late_while_nobody_comes() -> None:
    spells = [{"record": name, "begin_date": day} for name, day in
              zip(CHILDREN, ("2025-08-18", "2026-02-01", "2026-04-20"), strict=True)]  # fmt: skip
    sis = silo("sis", [{"record": name} for name in CHILDREN], school_enrollment=spells)
    meals = silo("meals", [{"record": "ana", "as_of": "2026-04-30"}])
    who = links({("sis", name): name for name in CHILDREN} | {("meals", "ana"): "ana"})
    behind = line(measure_gaps(district(sis, meals), who), "days behind", "sis")
    assert (behind.value, behind.is_limit) == (10, True)


def test_work_without_a_score_is_no_gap() -> None:
    scores: list[dict[str, Any]] = [
        {"record": "ana", "score": 7.0},
        {"record": "ana"},
        {"record": "ben", "score_status": "Excused"},
        {"record": "ben", "score_status": "Not assigned"},
    ]
    people = [{"record": name} for name in CHILDREN]
    who = links({("lms", name): name for name in CHILDREN})
    card = measure_gaps(district(silo("lms", people, assignment_score=scores)), who)
    given = line(card, "scores given", "lms")
    assert (given.numerator, given.denominator, given.is_limit) == (1, 2, True)
    assert line(card, "children with an entry", "lms").numerator == 2


def test_who_is_enrolled_and_was_never_seen_is_told_apart_from_who_has_just_left() -> None:
    """Ben left the roster last week; Cleo, gone since summer, was carried over from last year's list."""
    spells = [{"record": name, "begin_date": "2025-08-18"} for name in CHILDREN]
    absences = [
        {"record": "ben", "date": "2025-11-03", "attendance_event_category": "Tardy"},
        {"record": "cleo", "date": "2025-05-05", "attendance_event_category": "Tardy"},
    ]
    people = [{"record": name, "as_of": "2026-04-28"} for name in CHILDREN]
    attendance = silo("attendance", people, school_enrollment=spells, attendance_event=absences)
    sis = silo("sis", [{"record": "ana", "as_of": "2026-04-30"}])
    who = links({("attendance", name): name for name in CHILDREN} | {("sis", "ana"): "ana"})
    unseen = line(measure_gaps(district(sis, attendance), who), "listed and never seen", "attendance")
    assert (unseen.numerator, unseen.denominator) == (1, 3)
    behind = scorecard_and_records(district(sis, attendance), who)[1]
    assert behind.loc[behind["measure"].eq("listed and never seen"), "record"].tolist() == ["cleo"]


@pytest.mark.full  # `ages` alone is tried every day in test_presence_by_hand
@pytest.mark.parametrize(("days", "fresh"), [(30, True), (31, True), (32, False)])
def test_exports_more_than_a_month_apart_are_of_two_rosters(days: int, fresh: bool) -> None:
    newest = pd.Timestamp("2026-04-30")
    roster = silo("sis", [{"record": name, "as_of": newest} for name in CHILDREN])
    older = newest - pd.Timedelta(days=days)
    meals = silo("meals", [{"record": name, "as_of": older} for name in CHILDREN])
    who = links({(system, name): name for system in ("sis", "meals") for name in CHILDREN})
    for left, right in ((roster, meals), (meals, roster)):
        card = measure_gaps(district(left, right), who)
        lag = card[card["measure"].eq("roster lag")].iloc[0]
        assert lag["value"] == days
        assert pd.isna(lag["blocked_by"]) is fresh
        assert line(card, "days behind", "meals").value == days


def test_a_placeholder_fills_neither_a_name_nor_a_birth_date() -> None:
    people: list[dict[str, Any]] = [
        {"record": "ana", "first_name": "Ana", "last_surname": "Ruiz", "birth_date": "2014-03-02"},
        {"record": "ben", "full_name": "Ben Ode", "birth_date": "2014-03-03"},
        {"record": "p1", "first_name": "First 1", "last_surname": "Last 1", "birth_date": "1900-01-01",
         "name_status": "Placeholder", "birth_date_status": "Placeholder"},
        {"record": "p2", "full_name": "First 2 Last 2", "birth_date": "2014-03-04",
         "name_status": "Placeholder"},
        {"record": "eva", "full_name": "Eva Koh"},
        {"record": "none"},
    ]  # fmt: skip
    card = measure_gaps(
        district(silo("sis", people)), links({("sis", one["record"]): one["record"] for one in people})
    )
    filled = card[card["measure"].eq("column filled")].set_index("column")
    counted = filled.loc[["first_name", "last_surname", "birth_date"], ["numerator", "denominator"]]
    assert counted.to_numpy().tolist() == [[3, 6], [3, 6], [3, 6]]
